"""What a recall question is, and how its numbers are drawn from the learner's own seed.

The questions stand in one module a chapter, such as `nnlab.course.recall_03`; the widget that asks them is in
`nnlab.course.recalling`. Texts are data here, translated when shown.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from nnlab.language import _

T = TypeVar("T")


class Draw:
    """Draws the same for the same seed, with every version of Python and NumPy.

    Parameters
    ----------
    seed : str

    Examples
    --------
    >>> Draw("0").one_of([1, 2, 3]) == Draw("0").one_of([1, 2, 3])
    True
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def one_of(self, values: Sequence[T]) -> T:
        """Draw one of these."""
        # random() alone is promised to stay the same in later versions; choice and shuffle are not.
        return values[int(self._random.random() * len(values))]

    def some_of(self, values: Sequence[T], count: int) -> list[T]:
        """Draw several of these, each at most once, in an order of their own."""
        left: list[T] = list(values)
        drawn: list[T] = []
        while left and len(drawn) < count:
            drawn.append(left.pop(int(self._random.random() * len(left))))
        return drawn


@dataclass(frozen=True)
class Asked:
    """A question with its numbers.

    Parameters
    ----------
    template : str
        The question, with named fields.
    answer : float or str
        The right number, or the right one of the options.
    why : str
        The reason, in a sentence or two; it may have the same fields.
    fields : dict
        Values of the fields.
    options : tuple of str
        What to choose from; empty for a number.
    slips : dict
        Wrong answers that have a reason, and what to say to them.
    tolerance : float
        How far a number may be off, as a share of it.
    """

    template: str
    answer: float | str
    why: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    slips: Mapping[Any, str] = field(default_factory=dict)
    tolerance: float = 0.02

    @property
    def text(self) -> str:
        """The question in the present language."""
        return self._filled(self.template)

    def _filled(self, template: str) -> str:
        return _(template).format(**{name: written(value) for name, value in self.fields.items()})

    def is_right(self, given: float | str) -> bool:
        """Whether this is the right number, or option."""
        return self._is(given, self.answer)

    def _is(self, given: float | str, value: float | str) -> bool:
        if isinstance(value, str) or isinstance(given, str):
            return given == value
        return math.isclose(given, value, rel_tol=self.tolerance, abs_tol=1e-9)

    def feedback(self, given: float | str) -> str:
        """Say whether an answer is right, and why.

        Parameters
        ----------
        given : float or str

        Returns
        -------
        str
        """
        why = self._filled(self.why)
        if self.is_right(given):
            return " ".join([_("Right: {answer}.").format(answer=written(self.answer)), why])
        first = _("Not quite: you say {given}, and it is {answer}.")
        first = first.format(given=written(given), answer=written(self.answer))
        slip = [self._filled(text) for value, text in self.slips.items() if self._is(given, value)]
        return " ".join([first, *slip[:1], why])


def which(
    draw: Draw,
    template: str,
    cases: Mapping[str, tuple[str, str]],
    options: Sequence[str],
    slips: Mapping[Any, str] | None = None,
) -> Asked:
    """Ask which of the options belongs to a case.

    Parameters
    ----------
    draw : Draw
    template : str
        The question, with the field ``case``.
    cases : dict
        Each case with the right option and the reason.
    options : sequence of str
        What to choose from.
    slips : dict, optional
        Wrong options that have a reason, and what to say to them.

    Returns
    -------
    Asked
    """
    case = draw.one_of(list(cases))
    answer, why = cases[case]
    shuffled = tuple(draw.some_of(options, len(options)))
    return Asked(template, answer, why, {"case": case}, options=shuffled, slips=slips or {})


@dataclass(frozen=True)
class Question:
    """A question before its numbers are drawn.

    Parameters
    ----------
    key : str
        Its id, which begins with the chapter: "03.sigmoid at 0". It stays the same.
    ask : callable
        From a `Draw` to what is `Asked`.
    """

    key: str
    ask: Callable[[Draw], Asked]


def written(value: Any) -> str:
    """Write a number of a question, an option, or an array.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> written(0.25**5), written(-2.0), written([[0, 1.5]])
    ('0.000977', '−2', '[[0, 1.5]]')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        return _(value)
    return f"{value:.3g}".replace("-", "−") if isinstance(value, float) else str(value).replace("-", "−")


@cache
def banks() -> dict[str, tuple[Question, ...]]:
    """All questions by chapter, in order.

    Returns
    -------
    dict of str to tuple of Question
    """
    import nnlab.course

    names = sorted(module.name for module in pkgutil.iter_modules(nnlab.course.__path__))
    found = [name for name in names if name.startswith("recall_")]
    return {name.removeprefix("recall_"): importlib.import_module(f"nnlab.course.{name}").QUESTIONS for name in found}
