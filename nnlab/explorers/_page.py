"""What all widgets of ours share in the page: accessible names for their controls, and which keys are theirs.

The page's side is in ``_controls.js``. A module in the page cannot import another of ours, so they are joined here.
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
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("_controls.js", *files))


def style_sheet(name: str) -> str:
    """Read a style sheet of this folder: given as a path, anywidget would watch it, and keep every widget for it.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return (_FOLDER / name).read_text(encoding="utf-8")


class NamedControls(anywidget.AnyWidget):
    """Nothing to be seen: names the controls of the prediction or the questions that it is put into."""

    _esm = module("_names.js")
