"""The mistakes that every exercise may draw, written once: what they do to the right result, and what is said.

Each is a transform of the reference's own output. These rules, and no others, decide which of them an exercise has:
a transform that does not fit the kind of result gives None and is left out; one that changes no result on any probe
is no mistake there; with several results, it is one on all of them only if it changes each of them; one that
coincides with another mistake is named in the exercise's ``covered``. A test proves that all that remain can be
told apart. `nnlab.course.checking` matches answers with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.course.comparing import as_numbers, attempt, same
from nnlab.course.exercise import YOUR_RESULT, Array, Exercise, Function, Mistake, Size
from nnlab.language import N_

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Transform:
    """A common mistake.

    Parameters
    ----------
    name : str
    message : str
        With the field {what}: the result that is wrong.
    change : callable
        From the right result and the arguments to the wrong result; None where it does not fit.
    everywhere : bool
        Whether it must fit on every probe.
    fields : dict
        Words for further fields of the message.
    """

    name: str
    message: str
    change: Callable[[Array, Arguments], Array | None]
    everywhere: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


def _whole_like_input(right: Array, arguments: Arguments) -> Array | None:
    first = arguments[0] if arguments else None
    is_whole = isinstance(first, np.ndarray) and first.dtype.kind in "iu"
    return right.astype(np.int64) if is_whole else None


def _input(right: Array, arguments: Arguments) -> Array | None:
    first = arguments[0] if arguments else None
    return first if isinstance(first, np.ndarray) and first.shape == right.shape else None


TRANSFORMS = (
    Transform(
        "sign",
        N_("Every number in {what} has the wrong sign: is there a minus too many, or is one missing?"),
        lambda right, _arguments: -right,
    ),
    Transform(
        "twice",
        N_("Every number in {what} is twice what it should be: is there a factor 2 too many?"),
        lambda right, _arguments: 2 * right,
    ),
    Transform(
        "half",
        N_("Every number in {what} is half of what it should be: is there a factor ½ too many, or a 2 missing?"),
        lambda right, _arguments: right / 2,
    ),
    Transform(
        "transposed",
        N_("The numbers in {what} are right, but rows and columns are exchanged: is there a .T too many, or missing?"),
        lambda right, _arguments: right.T if right.ndim == 2 else None,
    ),
    Transform(
        "absolute",
        N_("In {what} the minus signs are lost: is there an absolute value or a square where none belongs?"),
        lambda right, _arguments: np.abs(right),
    ),
    Transform(
        "negatives lost",
        N_("In {what} everything below zero has become 0: is there a maximum with 0 where none belongs?"),
        lambda right, _arguments: np.maximum(right, 0),
    ),
    Transform(
        "one minus",
        N_("What you give as {what} and what is right add up to 1: did you take the opposite share?"),
        lambda right, _arguments: 1 - right if np.all((right >= 0) & (right <= 1)) else None,
    ),
    Transform(
        "rounded",
        N_("In {what} everything is rounded to whole numbers: leave the rounding out."),
        lambda right, _arguments: np.round(right),
    ),
    Transform(
        "cut",
        N_("In {what} everything after the decimal point is cut off: is there an int(), a // or an integer array?"),
        lambda right, _arguments: np.trunc(right),
    ),
    Transform(
        "whole like the input",
        N_(
            "When the input holds whole numbers, {what} does so too, and what stands after the decimal point is lost. "
            "zeros_like and copy keep the type of their input: work on z.astype(float), or build a new array."
        ),
        _whole_like_input,
        everywhere=False,
    ),
    Transform(
        "input returned",
        N_("As {what} the input comes back unchanged: do you return the new array, or the old one?"),
        _input,
    ),
    Transform(
        "flattened",
        N_("The numbers in {what} are right, but they stand in one long row: leave out ravel, flatten or reshape."),
        lambda right, _arguments: right.ravel() if right.ndim > 1 else None,
    ),
    Transform(
        "axis in front",
        N_(
            "The numbers in {what} are right, but there is an axis of length 1 too many: is there a keepdims or [None]?"
        ),
        lambda right, _arguments: right[None],
    ),
    Transform(
        "axis behind",
        N_(
            "The numbers in {what} are right, but there is an axis of length 1 too many at the end: "
            "is there a keepdims, or a reshape(-1, 1)?"
        ),
        lambda right, _arguments: right[..., None] if right.ndim else None,
    ),
)


@dataclass(frozen=True)
class Family:
    """Common mistakes that differ by one number, which is found by fitting.

    Parameters
    ----------
    name : str
    message : str
        With the fields {what} and {number}.
    sample : callable
        One of them, for the tests.
    fit : callable
        From all right numbers and all given ones to the number; any, since it is verified.
    apply : callable
        From right numbers and the number to wrong ones.
    """

    name: str
    message: str
    sample: Callable[[Array], Array]
    fit: Callable[[Array, Array], float]
    apply: Callable[[Array, float], Array]


FAMILIES = (
    Family(
        "factor",
        N_("Every number in {what} is {number} times what it should be: is there a factor too many, or missing?"),
        lambda right: 7 * right,
        lambda right, given: float(given[np.argmax(np.abs(right))] / right[np.argmax(np.abs(right))]),
        lambda right, number: number * right,
    ),
    Family(
        "offset",
        N_("Every number in {what} is off by {number}: is something added that should not be, or forgotten?"),
        lambda right: right + 7,
        lambda right, given: float(given[0] - right[0]),
        lambda right, number: right + number,
    ),
)


def known(exercise: Exercise) -> list[Mistake]:
    """All mistakes that an exercise can draw: its own first, then the common ones that apply.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    list of Mistake
    """
    return [*exercise.mistakes, *(mistake for mistake in common(exercise) if mistake.name not in exercise.covered)]


def common(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the common mistakes of an exercise, before those that coincide with others are left out.

    Parameters
    ----------
    exercise : Exercise

    Yields
    ------
    Mistake
    """
    for step, function in exercise.steps.items():
        message = N_("You give {step}: one step is still missing.")
        yield Mistake(f"before: {step}", message, function, {"step": step})
    if exercise.reduction:
        yield from _reductions(exercise)
    if len(exercise.parts) == 2:
        message = N_("You give both results, but in the wrong order: first {first}, then {second}.")
        fields = {"first": exercise.parts[0], "second": exercise.parts[1]}
        yield Mistake("swapped", message, lambda *arguments: exercise.function(*arguments)[::-1], fields)
    for transform in (*TRANSFORMS, *_divisions(exercise)):
        yield from _of_transform(exercise, transform)


def _of_transform(exercise: Exercise, transform: Transform) -> Iterator[Mistake]:
    """Make the mistake on a single result; or on each of several, and on all of them."""

    def mistake(chosen: Sequence[int], what: str, suffix: str = "") -> Mistake | None:
        wrong = _transformed(exercise, transform, chosen)
        if wrong is None or not _changes(exercise, wrong):
            return None
        return Mistake(transform.name + suffix, transform.message, wrong, {"what": what, **transform.fields})

    names = exercise.parts or (YOUR_RESULT,)
    single = [mistake([k], name, f" in {name}" if exercise.parts else "") for k, name in enumerate(names)]
    yield from filter(None, single)
    if exercise.parts and all(single):
        together = mistake(range(len(names)), N_("both results") if len(names) == 2 else N_("all results"))
        yield from filter(None, [together])


def _changes(exercise: Exercise, wrong: Function) -> bool:
    """Whether a mistake shows on some probe."""
    return not all(
        same(attempt(exercise.function, arguments), attempt(wrong, arguments), exercise.parts)
        for arguments in exercise.probes
    )


def _transformed(exercise: Exercise, transform: Transform, chosen: Sequence[int]) -> Function | None:
    """Put a transform on some results of the reference; None if it does not fit."""
    parts = exercise.parts

    def leaves(arguments: Arguments) -> list[Any]:
        value = exercise.function(*arguments)
        return list(value) if parts else [value]

    def changed(arguments: Arguments) -> list[Array | None]:
        found = [as_numbers(leaf) for leaf in leaves(arguments)]
        return [transform.change(found[k], arguments) for k in chosen]  # type: ignore[arg-type]

    fits = [all(leaf is not None for leaf in changed(arguments)) for arguments in exercise.probes]
    if not (all(fits) if transform.everywhere else any(fits)):
        return None

    def wrong(*arguments: Any) -> Any:
        results = leaves(arguments)
        for k, leaf in zip(chosen, changed(arguments), strict=True):
            results[k] = results[k] if leaf is None else leaf
        return tuple(results) if parts else results[0]

    return wrong


def _divisions(exercise: Exercise) -> Iterator[Transform]:
    for size in exercise.sizes:
        fields = {"symbol": size.symbol, "meaning": size.meaning}
        message = N_(
            "Every number in {what} is {symbol} times too large, {symbol} being {meaning}: is a division by it missing?"
        )
        yield Transform(f"missing 1/{size.symbol}", message, _times(size), fields=fields)
        message = N_(
            "Every number in {what} is {symbol} times too small, {symbol} being {meaning}: is it divided twice?"
        )
        yield Transform(f"extra 1/{size.symbol}", message, _over(size), fields=fields)


def _times(size: Size) -> Callable[[Array, Arguments], Array]:
    return lambda right, arguments: right * size.of(*arguments)


def _over(size: Size) -> Callable[[Array, Arguments], Array]:
    return lambda right, arguments: right / size.of(*arguments)


def _reductions(exercise: Exercise) -> Iterator[Mistake]:
    """Make what goes wrong with the sum or mean that ends the reference."""
    reduction = exercise.reduction
    assert reduction is not None
    terms, reduce = reduction.terms, np.mean if reduction.mean else np.sum
    dimensions = {np.ndim(terms(*arguments)) for arguments in exercise.probes}
    yield Mistake("not reduced", N_("The last step is missing: the terms are not put together yet."), terms)
    if reduction.mean:
        message = N_("You add the terms up, where their mean is asked for.")
        yield Mistake("sum", message, lambda *arguments: terms(*arguments).sum(axis=reduction.axis))
    else:
        message = N_("You take the mean of the terms, where their sum is asked for.")
        yield Mistake("mean", message, lambda *arguments: terms(*arguments).mean(axis=reduction.axis))
    if min(dimensions) > 1:
        message = N_("You go along the wrong axis: axis=0 goes down the rows, axis=1 along each row.")
        yield Mistake("wrong axis", message, lambda *arguments: reduce(terms(*arguments), axis=1 - reduction.axis))
        message = N_("You put everything together into one number: name the axis to go along.")
        yield Mistake("all axes", message, lambda *arguments: reduce(terms(*arguments)))
