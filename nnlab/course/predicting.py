"""Predict first: a question that hides an explorer until the learner has committed to an answer.

`predict` is what a chapter calls; a choice, a number, or a curve can be asked for. The curve is drawn on a
`nnlab.explorers.curve_pad.CurvePad`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab._numbers import as_numbers, is_whole
from nnlab.course import state
from nnlab.course.comparing import written
from nnlab.course.reply import beside_text
from nnlab.explorers import controls
from nnlab.explorers._cells import shown
from nnlab.explorers._page import NamedControls
from nnlab.explorers.curve_pad import CurvePad
from nnlab.language import _

MOST_POINTS = 100  # each has its slider
NEAR = 0.1  # of the range: a number or a curve that is nearer than this counts as right


def predict(
    number: str,
    question: str,
    choices: Sequence[str] = (),
    *,
    answer: Any,
    because: str,
    reveals: Any,
    between: tuple[float, float] | None = None,
    curve: ArrayLike | None = None,
    labels: tuple[str, str] = ("x", "y"),
) -> Prediction:
    """Ask for a prediction, and unlock an explorer when it is made.

    Parameters
    ----------
    number : str
        Such as "3.a"; under this name the prediction is kept in the learner's progress.
    question : str
    choices : sequence of str
        Asks for one of these.
    answer : int, float or array_like of shape (points,)
        The number of the right choice, from 0; the right number; the right curve.
    because : str
        Why, in a sentence: shown with the answer.
    reveals : widget
        What is hidden until then, such as an explorer.
    between : tuple of float, optional
        Asks for a number between these two, or for a curve whose y lie there.
    curve : array_like of shape (points,), optional
        Asks for a curve over these x.
    labels : tuple of str
        Of the axes of the curve.

    Returns
    -------
    Prediction
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    TypeError, ValueError
        If it is not clear what is asked for, or an argument is not of its kind.
    """
    _check_texts(number=number, question=question, because=because)
    _check_list_of_texts("choices", choices)
    _check_list_of_texts("labels", labels, 2)
    if not isinstance(reveals, widgets.Widget):
        raise TypeError(_("reveals is a widget, such as an explorer; got {value}.").format(value=repr(reveals)))
    if between is not None:
        between = _range(between)
    if bool(choices) == (between is not None) or (choices and curve is not None):
        raise ValueError(
            _("predict asks for one thing: give choices=[...], or between=(low, high), perhaps with curve=x.")
        )
    curve = None if curve is None else _real("curve", curve)
    if not choices:
        answer = _real("answer", answer)
        if curve is not None and (curve.ndim != 1 or not 2 <= curve.size <= MOST_POINTS):
            words = _("curve holds the x of 2 to {most} points; got an array of shape {shape}.")
            raise ValueError(words.format(most=MOST_POINTS, shape=curve.shape))
        if curve is None and answer.ndim:
            raise ValueError(_("answer is a single number; got {value}.").format(value=written(answer)))
    if curve is not None and np.shape(answer) != np.shape(curve):
        words = _("answer has to have a y for each x of the curve, {shape}; got {given}.")
        raise ValueError(words.format(shape=np.shape(curve), given=np.shape(answer)))
    if choices:
        asked: Any = _Choice(list(choices), answer)
    elif curve is None:
        asked = _Number(between, float(answer))  # type: ignore[arg-type]
    else:
        asked = _Curve(np.asarray(curve, float), between, labels, np.asarray(answer, float))  # type: ignore[arg-type]
    return Prediction(number, question, asked, because, reveals)


def _check_texts(**texts: Any) -> None:
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(_("{name} is a text; got {value}.").format(name=name, value=repr(text)))


def _check_list_of_texts(name: str, texts: Any, count: int | None = None) -> None:
    fits = isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts)
    if not fits or len(texts) != (count or len(texts)):
        words = (
            _("{name} is a list of texts; got {value}.")
            if count is None
            else _("{name} is a list of {count} texts; got {value}.")
        )
        raise TypeError(words.format(name=name, count=count, value=repr(texts)))


def _range(between: Any) -> tuple[float, float]:
    if isinstance(between, tuple | list) and len(between) == 2:
        low, high = (_real("between", end) for end in between)
        if low.ndim == high.ndim == 0 and low < high:
            return float(low), float(high)
    raise ValueError(_("between is a pair (low, high) of numbers; got {value}.").format(value=repr(between)))


def _real(name: str, value: Any) -> NDArray[np.float64]:
    numbers = as_numbers(f"the numbers of {name}", value)
    if not np.isfinite(numbers).all():
        raise ValueError(_("{name} holds finite numbers; got {value}.").format(name=name, value=written(numbers)))
    return numbers.astype(np.float64)


class Prediction(widgets.VBox):  # type: ignore[misc]
    """The widget that `predict` returns.

    Attributes
    ----------
    unlocked : bool
        Whether the explorer is shown.
    text : str
        What is said after the prediction; empty before.
    """

    def __init__(self, number: str, question: str, asked: Any, because: str, reveals: Any) -> None:
        self.number, self.question, self.because, self.reveals = number, question, because, reveals
        self._asked = asked
        self.unlocked, self.text = False, ""
        self._said = widgets.HTML()
        self._said.add_class("nnlab-said")
        self._names = NamedControls()
        commit = widgets.Button(description=_("Commit"), button_style="primary", layout=widgets.Layout(width="auto"))
        show = widgets.Button(description=_("Show without predicting"), layout=widgets.Layout(width="auto"))
        commit.on_click(lambda _clicked: self.commit())
        show.on_click(lambda _clicked: self.unlock())
        self._buttons = widgets.HBox([commit, show])
        title = widgets.HTML(f"<b>{_('Predict first.')}</b> {html.escape(question)}")
        self._first = (title, asked.widget, self._buttons, self._said, self._names)
        super().__init__(self._first)
        self.add_class("nnlab-prediction")

    def commit(self, value: Any = None) -> str:
        """Take the prediction, compare it with the answer, and unlock.

        Parameters
        ----------
        value : int, float or array_like, optional
            The number of a choice, a number, a curve; what the controls say if not given.

        Returns
        -------
        str
            What is shown.

        Raises
        ------
        ValueError
            If the value is none that the controls offer; then nothing has happened.
        """
        if value is not None:
            self._asked.put(value)
        if not self._asked.chosen:
            self._said.value = _("Choose first: a wrong guess teaches more than none.")
            return str(self._said.value)
        right, words = self._asked.compare()
        chapter, _dot, letter = self.number.partition(".")
        if not self.unlocked:  # afterwards the answer is known
            state.record("predicted", f"{chapter:0>2}.{letter}", right)
        self.text = " ".join([words, self.because, *state.notes()])
        sign = "✓" if right else "→"
        self._said.value = f"<b aria-hidden='true'>{sign}</b> {html.escape(self.text)}"
        self.unlock()
        return self.text

    def unlock(self) -> None:
        """Show the explorer, with or without a prediction."""
        if not self.unlocked:
            self.unlocked = True
            self._buttons.layout.display = "none"
            self.add_class("nnlab-answered")  # slides then leave the choices out
            self.children = (*self._first, self.reveals)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the live view, and beside it the question: a picture of the explorer would answer it."""
        shown(self)
        text = _("Predict {number}: {question}").format(number=self.number, question=self.question)
        return beside_text(super()._repr_mimebundle_(**kwargs), f"{text}\n{self._asked.text}")


class _Choice:
    """One of several sentences."""

    def __init__(self, choices: list[str], answer: int) -> None:
        self.choices = choices
        self.answer = self._checked(answer)
        self.widget = widgets.RadioButtons(
            options=[(text, k) for k, text in enumerate(choices)], value=None, description=_("I think"),
            layout=widgets.Layout(width="max-content"),
        )  # fmt: skip
        self.text = "\n".join(f"( ) {choice}" for choice in choices)

    @property
    def chosen(self) -> bool:
        return self.widget.value is not None

    def put(self, value: Any) -> None:
        self.widget.value = self._checked(value)

    def _checked(self, value: Any) -> int:
        last = len(self.choices) - 1
        if not is_whole(value) or not 0 <= value <= last:
            words = _("A choice is given by its number, from 0 to {last}; got {value}.")
            raise ValueError(words.format(last=last, value=written(value)))
        return int(value)

    def compare(self) -> tuple[bool, str]:
        said = self.choices[self.widget.value]
        if self.widget.value == self.answer:
            return True, _("You said “{said}”, and so it is.").format(said=said)
        return False, _("You said “{said}”; it is “{answer}”.").format(said=said, answer=self.choices[self.answer])


class _Number:
    """A number on a slider."""

    def __init__(self, between: tuple[float, float], answer: float) -> None:
        self.low, self.high = between
        self.answer = answer
        step = (self.high - self.low) / 100
        self.widget = controls.slider(_("I think"), (self.low + self.high) / 2, self.low, self.high, step, ".3g")
        self.text = _("(a number between {low} and {high})").format(low=f"{self.low:g}", high=f"{self.high:g}")
        self.chosen = True

    def put(self, value: Any) -> None:
        (self.widget.value,) = _numbers(value, (), (self.low, self.high))

    def compare(self) -> tuple[bool, str]:
        said = self.widget.value
        right = abs(said - self.answer) <= NEAR * (self.high - self.low)
        words = _("You said {said}; it is {answer}.").format(said=f"{said:.3g}", answer=f"{self.answer:.3g}")
        return right, words


class _Curve:
    """A curve through points."""

    def __init__(
        self, x: NDArray[Any], between: tuple[float, float], labels: tuple[str, str], answer: NDArray[Any]
    ) -> None:
        self.x, self.between, self.answer = x, between, answer
        self.widget = CurvePad(x, between, labels)
        self.text = _("(a curve of {points} points)").format(points=len(x))
        self.chosen = True

    def put(self, value: Any) -> None:
        y = _numbers(value, self.x.shape, self.between)
        self.widget.set(**dict(zip(self.widget.controls, y, strict=True)))

    def compare(self) -> tuple[bool, str]:
        self.widget.reveal(self.answer)
        said = self.widget.curve()
        apart = np.abs(said - self.answer)
        k = int(np.argmax(apart))
        words = _(
            "Your curve lies {mean} from the true one on average; farthest at {x}, where you drew {said} and it is "
            "{answer}."
        ).format(
            mean=f"{apart.mean():.2g}", x=f"{self.x[k]:g}", said=f"{said[k]:.2g}", answer=f"{self.answer[k]:.2g}"
        )  # fmt: skip
        return bool(apart.mean() <= NEAR * (self.between[1] - self.between[0])), words


def _numbers(value: Any, shape: tuple[int, ...], between: tuple[float, float]) -> list[float]:
    """Return a number, or the numbers of a curve, as a list; refuse what the controls cannot show."""
    try:
        numbers = as_numbers("the numbers", value)
    except ValueError:
        numbers = None
    real = numbers is not None and numbers.dtype.kind != "b"
    if numbers is not None and real and numbers.shape == shape and bool(np.all(_within(numbers, between))):
        return [float(number) for number in numbers.ravel()]
    if shape:
        words = _("The curve is given by {points} numbers between {low} and {high}, one for each x; got {value}.")
    else:
        words = _("A number between {low} and {high} is asked for; got {value}.")
    low, high = between
    given = value if numbers is None else numbers
    raise ValueError(words.format(points=sum(shape), low=f"{low:g}", high=f"{high:g}", value=written(given)))


def _within(numbers: NDArray[Any], between: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((numbers >= between[0]) & (numbers <= between[1]))  # NaN is not
