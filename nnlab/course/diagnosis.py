"""Finds out what is wrong with an answer.

`diagnose` calls the answer on the exercise's probes and goes from the coarse to the fine: not attempted, the wrong
kind of thing, no end; then the known mistakes; then inputs changed in place, errors, missing results, shapes and
numbers. Each step is a function that returns what it found, or None. Nothing is recorded here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnlab.course.calling import LIMIT, Outcome, call_all, is_empty, limited, misfit
from nnlab.course.comparing import (
    as_numbers,
    attempt,
    call_written,
    is_coarse,
    same,
    same_numbers,
    size,
    split,
    written,
)
from nnlab.course.exercise import FUNCTION, VALUE, YOUR_RESULT, Array, Exercise, Function
from nnlab.course.mistakes import FAMILIES, known
from nnlab.course.reply import Reply, attempted
from nnlab.language import N_, _

TINY = 4  # right results of so many numbers are shown: they do not give a formula away

Found = tuple[str, list[str]] | None  # name of what is wrong, and what is said


def diagnose(exercise: Exercise, answer: Any) -> Reply:
    """Reply to an answer.

    Parameters
    ----------
    exercise : Exercise
    answer : object

    Returns
    -------
    Reply

    Examples
    --------
    >>> from nnlab.course.exercise import find
    >>> diagnose(find("3.2"), lambda a: a * (a - 1)).mistake
    'sign'
    """
    if answer is None or answer is Ellipsis:
        return attempted(exercise.number, "untouched")
    wrong_kind = _wrong_kind(exercise, answer)
    if wrong_kind:
        return attempted(exercise.number, "failed", [wrong_kind], "kind")
    pieces = exercise.form.pieces(answer)
    outcomes = call_all(exercise.form.function(answer), exercise.probes, exercise.argument_names, pieces)
    if _is_untouched(exercise, outcomes, pieces):
        return attempted(exercise.number, "untouched")
    for step in (_no_end, _known_mistake, _changed, _error, _nothing, _fitted, _different, _imprecise):
        found = step(exercise, outcomes)
        if found is not None:
            return attempted(exercise.number, "failed", found[1], found[0])
    last = _last_test(exercise, answer)
    if last:
        return attempted(exercise.number, "failed", [last], "last test")
    return attempted(exercise.number, "passed", [_praise(exercise)])


def _praise(exercise: Exercise) -> str:
    if exercise.form is VALUE:
        return _("{name} is what it should be.").format(name=exercise.name)
    message = _("{name} agrees with the reference on all {count} inputs that were tried.")
    return message.format(name=exercise.name, count=len(exercise.probes))


def _wrong_kind(exercise: Exercise, answer: Any) -> str:
    """Say what is wrong with the answer before it is called."""
    name, names = exercise.name, exercise.argument_names
    if exercise.form is VALUE:
        return (
            _("{name} is a function; its result is asked for: call it.").format(name=name) if callable(answer) else ""
        )
    if exercise.form.type is not None and not isinstance(answer, exercise.form.type):
        message = _("{name} must be made with {kind}, with brackets and its arguments. This is {given}.")
        return message.format(name=name, kind=exercise.form.type.__name__, given=written(answer))
    if exercise.form is not FUNCTION:
        return ""
    if not callable(answer):
        message = _("Hand in the function itself, without calling it: {call}. This is {given}.")
        return message.format(call=f'check("{exercise.number}", {name})', given=written(answer))
    signature = misfit(answer, len(names))
    return "" if signature is None else _misfit(name, names, signature)


def _misfit(name: str, names: Sequence[str], signature: inspect.Signature) -> str:
    """Say why a function cannot be called with the arguments it should take."""
    takes = signature.parameters
    if not takes:
        message = _("{name} takes these arguments: {names}. Yours takes none: begin it with {line}")
    elif any(each.kind is each.KEYWORD_ONLY and each.default is each.empty for each in takes.values()):
        message = _("{name} is called with its arguments in a row: leave the * out, and begin it with {line}")
    else:
        message = _("{name} takes these arguments: {names}. Yours takes another number of them: {takes}.")
    listed = ", ".join(names)
    return message.format(name=name, names=listed, takes=len(takes), line=f"def {name}({listed}):")


def _is_untouched(exercise: Exercise, outcomes: Sequence[Outcome], pieces: Sequence[Any]) -> bool:
    def is_open(outcome: Outcome) -> bool:
        if outcome.failure:
            return outcome.failure.kind == "NotImplementedError" or any(piece is Ellipsis for piece in pieces)
        results = split(outcome.value, exercise.parts) or (outcome.value,)
        # A function that only forgets its return gives None, too: it is not empty.
        return any(result is Ellipsis for result in results) or (
            all(result is None for result in results) and all(map(is_empty, pieces))
        )

    return all(map(is_open, outcomes))


def _no_end(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    for arguments, outcome in zip(exercise.probes, outcomes, strict=False):
        if outcome.late:
            message = _("{name} did not come to an end within {limit:g} seconds for {call}: is there an endless loop?")
            call = call_written(exercise.argument_names, arguments)
            return "no end", [message.format(name=exercise.name, limit=LIMIT, call=call)]
    return None


def _known_mistake(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    """Find a mistake that gives the same on all probes."""

    def same_everywhere(function: Function) -> bool:
        others = (attempt(function, arguments) for arguments in exercise.probes)
        return all(same(one, other, exercise.parts) for one, other in zip(outcomes, others, strict=True))

    # A changed input comes first: it may be the reason of all the rest.
    if any(outcome.changed for outcome in outcomes) or same_everywhere(exercise.function):
        return None
    for mistake in known(exercise):
        if same_everywhere(mistake.wrong):
            fields = {key: _(word) for key, word in mistake.fields.items()}
            return mistake.name, [_(mistake.message).format(**fields), *_example(exercise, outcomes)]
    return None


_ADVICE = (
    ("truth value of an array", N_("An if looks at one number; here are several. Use np.where, or a mask.")),
    ("can( only)? be converted to .*scalar", N_("Functions of math take one number: take those of np.")),
    ("name '(np|nnlab)' is not defined", N_("Run the cell with the imports at the top of the chapter first.")),
    ("broadcast|matmul|not aligned", N_("The shapes do not fit: print the .shape of what you combine.")),
    ("maximum recursion", N_("The function calls itself without an end.")),
)


def _error(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    for arguments, outcome in zip(exercise.probes, outcomes, strict=True):
        failure = outcome.failure
        if failure is None:
            continue
        message = _("{name} stops with an error for {call}. {kind}: {message}")
        call = call_written(exercise.argument_names, arguments)
        lines = [message.format(name=exercise.name, call=call, kind=failure.kind, message=failure.message)]
        if failure.line:
            message = (
                _("It happens in line {line} of your function: {source}")
                if failure.source
                else (_("It happens in line {line} of your function."))
            )
            lines.append(message.format(line=failure.line, source=failure.source))
        lines += [_(advice) for pattern, advice in _ADVICE if re.search(pattern, failure.message)]
        return "error", lines
    return None


def _nothing(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    for outcome in outcomes:
        results = (None,) * len(exercise.parts) if outcome.value is None else split(outcome.value, exercise.parts)
        for what, result in zip(exercise.parts or (YOUR_RESULT,), results or (outcome.value,), strict=False):
            if result is None or result is Ellipsis:
                message = _("Nothing comes back as {what}. Does the function end with a line that begins with return?")
                return "nothing", [message.format(what=_(what))]
    return None


def _changed(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    for outcome in outcomes:
        if outcome.changed:
            message = _(
                "{name} changes its input {argument} in place, so that whoever called it loses those numbers. "
                "Work on a copy, or build a new array."
            )
            return "changes input", [message.format(name=exercise.name, argument=outcome.changed)]
    return None


def _pairs(exercise: Exercise, outcomes: Sequence[Outcome]) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Arguments, right results and given results of each probe, the smallest first."""
    order = sorted(range(len(outcomes)), key=lambda k: size(exercise.probes[k]))
    for k in order:
        yield exercise.probes[k], exercise.function(*exercise.probes[k]), outcomes[k].value


def _leaves(exercise: Exercise, right: Any, given: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, right and given of each result; nothing if they are not as many."""
    rights, givens = split(right, exercise.parts), split(given, exercise.parts)
    if rights is not None and givens is not None:
        yield from zip(exercise.parts or (YOUR_RESULT,), rights, givens, strict=True)


def _fitted(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    """Find a result that is off by the same factor or amount everywhere."""
    columns: dict[str, list[tuple[Array | None, Array | None]]] = {}
    for _arguments, right, given in _pairs(exercise, outcomes):
        for what, one, other in _leaves(exercise, right, given):
            columns.setdefault(what, []).append((as_numbers(one), as_numbers(other)))
    for what, column in columns.items():
        if any(one is None or other is None or one.shape != other.shape for one, other in column):
            continue
        # 1.0: NumPy does not subtract booleans.
        one, other = (1.0 * np.concatenate([np.ravel(pair[side]) for pair in column]) for side in (0, 1))  # type: ignore[arg-type]
        # Two numbers always fit, and a constant result fits whatever it may be.
        if one.size < 3 or not np.isfinite(other).all() or np.ptp(other) == 0 or same_numbers(one, other):
            continue
        for family in FAMILIES:
            number = family.fit(one, other)
            if same_numbers(family.apply(one, number), other):
                message = _(family.message).format(what=_(what), number=written(number))
                return family.name, [message, *_example(exercise, outcomes)]
    return None


def _example(exercise: Exercise, outcomes: Sequence[Outcome]) -> list[str]:
    """Show the smallest probe on which the answer and the reference differ."""
    if exercise.form is VALUE:
        return []
    for arguments, right, given in _pairs(exercise, outcomes):
        for what, one, other in _leaves(exercise, right, given):
            if other is None or same_numbers(one, other):  # there it stops with an error, or is right
                continue
            call = call_written(exercise.argument_names, arguments)
            if exercise.parts:
                few, many = (
                    _("For {call} you give {given} as {name}; it should be {right}."),
                    _("For {call} you give {given} as {name}."),
                )
            else:
                few, many = (
                    _("For {call} your {name} gives {given}; it should be {right}."),
                    _("For {call} your {name} gives {given}."),
                )
            name = _(what) if exercise.parts else exercise.name
            message = many if size((one,)) > TINY else few
            return [message.format(call=call, name=name, given=written(other), right=written(one))]
    return []


def _different(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    """Find the first thing that differs on the smallest probe that tells."""
    for arguments, right, given in _pairs(exercise, outcomes):
        if split(given, exercise.parts) is None:
            message = _("Not one result is asked for, but these, in this order: {names}. You give {given}.")
            return "count", [message.format(names=", ".join(map(_, exercise.parts)), given=written(given))]
        for what, one, other in _leaves(exercise, right, given):
            if not same_numbers(one, other):
                name, line = _difference(exercise, what, arguments, one, other)
                lines = [line, *(_example(exercise, outcomes) if name in ("numbers", "not finite") else [])]
                return name, [*lines, _("For a hint: {call}").format(call=f'hint("{exercise.number}")')]
    return None


def _difference(exercise: Exercise, what: str, arguments: tuple[Any, ...], right: Any, given: Any) -> tuple[str, str]:
    """Name of the difference between two results, and the sentence about it."""
    one, other = as_numbers(right), as_numbers(given)
    fields = {"what": _(what), "call": call_written(exercise.argument_names, arguments)}
    assert one is not None
    if other is None:
        kind = _("an array of numbers") if one.ndim else _("a number")
        message = _("What you give as {what} is {given}; {kind} is asked for.")
        return "type", message.format(given=written(given), kind=kind, **fields)
    if one.shape != other.shape:
        message = _("The shape of {what} is {given} and should be {right}, for {call}.")
        return "shape", message.format(given=other.shape, right=one.shape, **fields)
    if np.isfinite(one).all() and not np.isfinite(other).all():
        message = _("There is infinity or NaN in {what}: is something divided by 0, or too large for exp?")
        return "not finite", message.format(**fields)
    if exercise.slope and what == exercise.parts[1]:
        return "slope", _slope(exercise, arguments, one, other)
    if one.size > 1:
        message = _("The shape of {what} is right, but {wrong} of its {all} numbers are not.")
        wrong = int(np.sum(~np.isclose(one, other, rtol=1e-7, equal_nan=True)))
        return "numbers", message.format(wrong=wrong, all=one.size, **fields)
    return "numbers", _("The number that you give as {what} is not right yet.").format(**fields)


def _slope(exercise: Exercise, arguments: tuple[Any, ...], right: Array, given: Array) -> str:
    """Say where the second result is not the slope of the first, which is measured by a tiny step."""
    at = int(np.argmax(~np.isclose(right, given, rtol=1e-7).ravel()))
    z, h = float(np.ravel(arguments[0])[at]), 6e-6  # the step that balances rounding and curvature
    above, below = (exercise.function(np.array([z + step]), *arguments[1:])[0][0] for step in (h, -h))
    message = _(
        "At {argument} = {z}, {what} is not the slope of {first}: it gives {given}. When {argument} goes up by a tiny "
        "step there, {first} changes by {measured} times that step."
    )
    return message.format(
        argument=exercise.argument_names[0], z=written(z), what=_(exercise.parts[1]), first=_(exercise.parts[0]),
        given=written(np.ravel(given)[at]), measured=written((above - below) / (2 * h)),
    )  # fmt: skip


def _imprecise(exercise: Exercise, outcomes: Sequence[Outcome]) -> Found:
    for _arguments, right, given in _pairs(exercise, outcomes):
        for what, _one, other in _leaves(exercise, right, given):
            complex_ones = np.asarray(other).dtype.kind == "c"
            if is_coarse(other) or complex_ones:
                message = (
                    _("The numbers in {what} are right, but they are complex: give their real part, with np.real.")
                    if complex_ones
                    else _("The numbers in {what} are right, but their type is {given}: leave out the dtype or astype.")
                )
                return "precision", [message.format(what=_(what), given=np.asarray(other).dtype)]
    return None


def _last_test(exercise: Exercise, answer: Any) -> str:
    """Say what only shows when the answer is put to use."""
    said: list[str] = []
    test = exercise.last_test
    if test is None:
        return ""

    def work() -> None:
        with np.errstate(all="ignore"):
            said.append(test(answer))

    # First with the solution, and without a limit: what is compiled at its first use is no fault of the answer.
    with np.errstate(all="ignore"):
        test(exercise.reference)
    try:
        if limited(work):
            return said[0]
    except Exception as error:
        message = _("On the probes {name} is right, but put to use it stops with an error. {kind}: {message}")
        return message.format(name=exercise.name, kind=type(error).__name__, message=error)
    return _("On the probes {name} is right, but put to use it did not come to an end in time.").format(
        name=exercise.name
    )
