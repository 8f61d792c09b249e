"""`check`, `hint` and `solution`: what a learner calls in an exercise.

What `check` replies is found in `nnlab.course.diagnosis`; what is remembered of it is in `nnlab.course.state`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nnlab.course import state
from nnlab.course.diagnosis import diagnose
from nnlab.course.exercise import Exercise, find
from nnlab.course.reply import Reply
from nnlab.language import _


def check(number: str, answer: Any) -> Reply:
    """Say what is wrong with an answer, or that it is right.

    Parameters
    ----------
    number : str
        The exercise: "3.2".
    answer : object
        What the exercise asks for, such as a function; not the result of calling it.

    Returns
    -------
    Reply
        Shown when it ends a cell; ``passed`` and ``text`` tell the same to a program.

    Raises
    ------
    ValueError
        If there is no such exercise; the message says which there are.

    Examples
    --------
    >>> check("3.2", ...)
    Exercise 3.2: not attempted yet.
    """
    exercise = find(number)
    reply = diagnose(exercise, answer)
    if reply.status != "untouched":
        _record(exercise, reply.passed)
    return _with_notes(reply)


def hint(number: str) -> Reply:
    """Give the next hint; the third is given again when there is no further one.

    Parameters
    ----------
    number : str
        The exercise: "3.2".

    Returns
    -------
    Reply
    """
    exercise = find(number)

    def next_one(entry: dict[str, Any]) -> None:
        entry["hints"] = min(entry["hints"] + 1, len(exercise.hints))

    seen = state.change_exercise(exercise.number, next_one)["hints"]
    head = _("Exercise {number}, hint {seen} of {all}").format(
        number=exercise.number, seen=seen, all=len(exercise.hints)
    )
    lines = [_(exercise.hints[seen - 1])]
    if seen == len(exercise.hints):
        lines.append(_('There is no further hint. The solution: solution("{number}").').format(number=exercise.number))
    return _with_notes(Reply("note", head, tuple(lines)))


def solution(number: str) -> Reply:
    """Show the solution; your progress remembers that you have seen it.

    Parameters
    ----------
    number : str
        The exercise: "3.2".

    Returns
    -------
    Reply
        Its ``code`` can be run.
    """
    exercise = find(number)
    state.change_exercise(exercise.number, lambda entry: entry.update(solution=True))
    head = _("Exercise {number}, a solution").format(number=exercise.number)
    return _with_notes(Reply("note", head, (_(exercise.why),), exercise.solution()))


def _record(exercise: Exercise, passed: bool) -> None:
    def change(entry: dict[str, Any]) -> None:
        entry["attempts"] += 1
        if passed:
            entry["solved"] = {"hints": entry["hints"], "solution": entry["solution"]}

    entry = state.read()["exercises"].get(exercise.number, state.new_entry())
    if entry["solved"] is None:  # what is solved stays so, also when somebody tries on
        state.change_exercise(exercise.number, change)


def _with_notes(reply: Reply) -> Reply:
    notes = state.notes()
    return replace(reply, lines=(*reply.lines, *notes)) if notes else reply
