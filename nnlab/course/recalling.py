"""`recall`: five questions at the end of a chapter, with numbers of the learner's own, as a widget.

What is asked is in modules such as `nnlab.course.recall_03`; here is how it is drawn, shown and answered.
"""

from __future__ import annotations

import html
import math
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np

from nnlab._numbers import is_whole
from nnlab.course import state
from nnlab.course.comparing import as_numbers, written
from nnlab.course.question import Asked, Draw, Question, banks
from nnlab.course.reply import beside_text
from nnlab.explorers._cells import shown
from nnlab.explorers._page import NamedControls
from nnlab.language import _

ASKED = 5
FROM_EARLIER = 2


def recall(chapter: str) -> Recall:
    """Ask five questions, two of them from earlier chapters as soon as there are such questions.

    Parameters
    ----------
    chapter : str
        "03".

    Returns
    -------
    Recall
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If there are no questions to that chapter; the message says to which there are.
    """
    known = banks()
    name = str(chapter).strip().zfill(2)
    if name not in known:
        message = _("There are no questions to chapter {chapter}. There are some to: {listed}.")
        raise ValueError(message.format(chapter=repr(chapter), listed=", ".join(known)))
    return Recall(choose(name, state.learner_seed()))


def choose(chapter: str, seed: int) -> list[tuple[Question, Asked]]:
    """Draw the questions and their numbers.

    Parameters
    ----------
    chapter : str
    seed : int

    Returns
    -------
    list of (Question, Asked)
        Those of earlier chapters last.
    """
    draw, known = Draw(f"{seed} {chapter}"), banks()
    earlier = [question for name, bank in known.items() if name < chapter for question in bank]
    old = draw.some_of(earlier, FROM_EARLIER)
    chosen = [*draw.some_of(known[chapter], ASKED - len(old)), *old]
    # A source of its own for each question: a new one beside it leaves its numbers as they are.
    return [(question, question.ask(Draw(f"{seed} {question.key}"))) for question in chosen]


class Recall(widgets.VBox):  # type: ignore[misc]
    """Questions to answer, each with its feedback below it.

    Parameters
    ----------
    chosen : list of (Question, Asked)

    Attributes
    ----------
    questions : list of Asked
    """

    def __init__(self, chosen: list[tuple[Question, Asked]]) -> None:
        self._keys = [question.key for question, _asked in chosen]
        self.questions = [asked for _question, asked in chosen]
        self._answered: set[int] = set()
        self._boxes = [
            (_Choice if asked.options else _Number)(k + 1, asked, partial(self.answer, k))
            for k, asked in enumerate(self.questions)
        ]
        super().__init__([*self._boxes, NamedControls()], layout=widgets.Layout(max_width="760px"))
        self.add_class("nnlab-recall")

    def answer(self, k: int, value: float | str) -> str:
        """Answer a question; the first answer to it is kept in the progress.

        Parameters
        ----------
        k : int
            Which question, from 0.
        value : float or str
            A number, or one of the options; numbers may be given as they are typed: "0,25" or "1/4".

        Returns
        -------
        str
            The feedback, which is shown below the question, too.

        Raises
        ------
        ValueError
            If there is no such question.
        """
        if not is_whole(k) or not 0 <= k < len(self.questions):
            words = _("k is the number of a question, from 0 to {last}; got {value}.")
            raise ValueError(words.format(last=len(self.questions) - 1, value=repr(k)))
        asked, box = self.questions[k], self._boxes[k]
        given = _option(value, asked.options) if asked.options else _number(value)
        if given is None:
            said = value if isinstance(value, str) else written(value)
            words = _("{text} is not a number. Write it as 0.25 or as 1/4.")
            if asked.options:
                words = _("{text} is none of the options. They are: {listed}.")
            return box.say(words.format(text=said, listed=", ".join(map(_, asked.options))))
        right = asked.is_right(given)
        if k not in self._answered:  # after it the answer is on the screen
            self._answered.add(k)
            state.record("recalled", self._keys[k], right)
        return box.say(" ".join([asked.feedback(given), *state.notes()]), right)

    @property
    def text(self) -> str:
        """The questions, as they stand in a stored notebook."""
        lines = [_("Questions to recall:")]
        for k, asked in enumerate(self.questions):
            options = f" ({' / '.join(map(_, asked.options))})" if asked.options else ""
            lines.append(f"{k + 1}. {asked.text}{options}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the widget, and the questions as text for where no kernel runs."""
        shown(self)
        return beside_text(super()._repr_mimebundle_(**kwargs), self.text)


class _Box(widgets.VBox):  # type: ignore[misc]
    """One question, what it is answered with, and the feedback."""

    def __init__(self, number: int, asked: Asked, control: Any) -> None:
        self._said = widgets.HTML()
        self._said.add_class("nnlab-said")
        title = widgets.HTML(f"<p style='margin: 10px 0 2px'><b>{number}.</b> {html.escape(asked.text)}</p>")
        super().__init__([title, control, self._said])

    def say(self, text: str, right: bool | None = None) -> str:
        sign = {True: "✓", False: "✗", None: "›"}[right]
        self._said.value = f"<span aria-hidden='true'>{sign}</span> {html.escape(text)}"
        return text


def _label(number: int) -> dict[str, Any]:
    return {"description": _("Your answer to question {number}:").format(number=number)}


class _Choice(_Box):
    def __init__(self, number: int, asked: Asked, answer: Any) -> None:
        self.control = widgets.RadioButtons(
            options=[(_(option), option) for option in asked.options], value=None, **_label(number),
            style={"description_width": "initial"}, layout=widgets.Layout(width="max-content"),
        )  # fmt: skip
        self.control.observe(lambda change: answer(change["new"]), "value")
        super().__init__(number, asked, self.control)


class _Number(_Box):
    def __init__(self, number: int, asked: Asked, answer: Any) -> None:
        # A text field, because a number field begins at 0, and 0 may be the answer.
        self.control = widgets.Text(
            placeholder=_("a number, then Enter"), continuous_update=False, **_label(number),
            style={"description_width": "initial"}, layout=widgets.Layout(width="380px"),
        )  # fmt: skip
        self.button = widgets.Button(description=_("Check"), layout=widgets.Layout(width="auto"))
        self.button.tooltip = _("Check your answer to question {number}").format(number=number)
        self.control.observe(lambda change: answer(change["new"]) if change["new"].strip() else None, "value")
        self.button.on_click(lambda _button: answer(self.control.value))
        super().__init__(number, asked, widgets.HBox([self.control, self.button]))


def _option(given: Any, options: tuple[str, ...]) -> str | None:
    return given if isinstance(given, str) and given in options else None


def _number(typed: Any) -> float | None:
    """Read a number as people type it: 0.25, 0,25, 1/4, −2; None if it is none, or infinite."""
    if not isinstance(typed, str):
        given = as_numbers(typed)
        real = given is not None and given.ndim == 0 and given.dtype.kind in "biuf"
        return float(given) if given is not None and real and np.isfinite(given) else None
    text = typed.replace("−", "-").replace(" ", "")
    above, slash, below = (text.replace(",", ".") if text.count(",") == 1 and "." not in text else text).partition("/")
    try:
        number = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None
