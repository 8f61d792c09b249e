"""What all widgets of ours share in the page: accessible names for their controls, which keys are theirs, the focus.

The page's side is in ``_controls.js`` and ``_controls.css``. A module in the page cannot import another of ours, so
they are joined here.
"""

from __future__ import annotations

from pathlib import Path

import anywidget

_FOLDER = Path(__file__).parent


def module(*files: str) -> str:
    """Join JavaScript files of this folder into one module for the page.

    Parameters
    ----------
    *files : str
        Those that come after ``_controls.js``; the last one has the export.

    Returns
    -------
    str
    """
    return _joined("_controls.js", *files)


def style(*files: str) -> str:
    """Join style sheets of this folder into one for the page.

    As text: a path would be watched by anywidget, and the watch keeps every widget for as long as the kernel runs.

    Parameters
    ----------
    *files : str
        Those that come after ``_controls.css``.

    Returns
    -------
    str
    """
    return _joined("_controls.css", *files)


def _joined(*files: str) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in files)


class NamedControls(anywidget.AnyWidget):
    """Nothing to be seen: names the controls of the prediction or the questions that it is put into."""

    _esm = module("_names.js")
    _css = style()
