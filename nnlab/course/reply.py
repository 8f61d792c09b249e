"""What `check`, `hint` and `solution` return: a text that a notebook shows when it ends a cell."""

from __future__ import annotations

import html
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from nnlab.language import _

# Quiet, and the same in JupyterLab's light and dark themes: the color is never the only sign.
_BAR = {"passed": "#009E73", "failed": "#CC79A7", "untouched": "#9a9a9a", "note": "#56B4E9"}
_SIGN = {"passed": "✓", "failed": "✗", "untouched": "○", "note": "›"}


@dataclass(frozen=True)
class Reply:
    """A reply to the learner.

    Parameters
    ----------
    status : {"passed", "failed", "untouched", "note"}
        The first three are of an exercise; a note is a hint or a solution.
    head : str
        The first sentence.
    lines : tuple of str
        What follows, a paragraph each.
    code : str
        Shown as code below.
    mistake : str
        Which known mistake was recognized, by its name; it is not shown.
    """

    status: str
    head: str
    lines: tuple[str, ...] = ()
    code: str = ""
    mistake: str = ""

    @property
    def passed(self) -> bool:
        """Whether the exercise is solved."""
        return self.status == "passed"

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join([self.head, *self.lines, *([f"\n{self.code}"] if self.code else [])])

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        style = f"border-left: 4px solid {_BAR[self.status]}; padding: 2px 0 2px 12px; max-width: 760px"
        sign = f'<span aria-hidden="true">{_SIGN[self.status]}</span>'
        rest = "".join(f'<div style="margin-top: 4px">{html.escape(line)}</div>' for line in self.lines)
        code = f'<pre style="margin: 8px 0 0">{html.escape(self.code)}</pre>' if self.code else ""
        return f'<div role="status" style="{style}">{sign} <strong>{html.escape(self.head)}</strong>{rest}{code}</div>'

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Give a notebook the text, which tests compare, and its HTML."""
        del include, exclude  # IPython filters again by itself
        return {"text/plain": self.text, "text/html": self._repr_html_()}


def beside_text(live: Any, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put a text beside a widget's live view, for where no kernel runs.

    Parameters
    ----------
    live : dict or tuple
        The widget's own MIME bundle.
    text : str

    Returns
    -------
    tuple of dict
        Data and metadata; the latter repeat the text, by which `nnlab.server` knows the output as ours.
    """
    data = live[0] if isinstance(live, tuple) else live
    return {**(data or {}), "text/plain": text}, {"text/plain": {"alt": text}}


def attempted(number: str, status: str, lines: Collection[str] = (), mistake: str = "") -> Reply:
    """Make the reply to an answer.

    Parameters
    ----------
    number : str
        The exercise's id.
    status : {"passed", "failed", "untouched"}
    lines : sequence of str
    mistake : str

    Returns
    -------
    Reply
    """
    heads = {
        "passed": _("Exercise {number}: right."),
        "failed": _("Exercise {number}: not yet."),
        "untouched": _("Exercise {number}: not attempted yet."),
    }
    return Reply(status, heads[status].format(number=number), tuple(lines), mistake=mistake)
