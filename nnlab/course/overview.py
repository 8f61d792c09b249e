"""`progress`: what a learner has solved, predicted and recalled, and what to come back to, as a picture and as text.

What is kept, and where, is in `nnlab.course.state`. The text alone needs no matplotlib: ``nnlab progress`` prints it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from nnlab import __version__
from nnlab.course import state
from nnlab.course.exercise import Exercise, exercises
from nnlab.language import N_, _

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nnlab.plots.style import Picture

_COLUMNS = {"recalled": N_("Recall"), "predicted": N_("Predictions")}


def progress() -> Picture:
    """Show what you have solved, predicted and recalled, and what to come back to.

    Returns
    -------
    Picture
        Its ``alt`` says the same in words.
    """
    from nnlab.plots.style import QUIET, new_figure, styled

    kept = state.read()
    rows = _chapters(kept)

    def plot() -> Picture:
        figure = new_figure(760, 132 + 56 * len(rows))
        ax = figure.subplots()
        for place, (chapter, group) in enumerate(rows.items()):
            _draw_chapter(ax, -place, chapter, group, kept)
        widest = max(6, *map(len, rows.values()))
        ax.set(xlim=(-1.3, widest + 4.6), ylim=(-len(rows) - 0.4, 0.6), xticks=[], yticks=[])
        notes = [_("✓ solved    (✓) solved with help    … begun"), _come_back(kept, 4)]
        for k, note in enumerate(notes):
            y = 0.32 - len(rows) - 0.4 * k
            ax.text(-1.2, y, note, ha="left", va="center", color=QUIET, fontsize=10, parse_math=False)
        ax.grid(False)
        ax.spines[:].set_visible(False)
        ax.set_title(_("Your progress"))
        figure.alt = text(kept)
        return figure

    return styled(plot)()


def _chapters(kept: state.State) -> dict[str, list[Exercise]]:
    """Exercises by chapter: chapters in which something has been done, or else the first one."""
    groups: dict[str, list[Exercise]] = {}
    for exercise in exercises().values():
        groups.setdefault(exercise.number.partition(".")[0].zfill(2), []).append(exercise)
    begun = {number.partition(".")[0].zfill(2) for number in kept["exercises"]}
    begun |= {key.partition(".")[0] for kind in state.ANSWERED for key in kept[kind]}
    chapters = sorted(name for name in begun if re.fullmatch("[0-9]{2}", name)) or [min(groups)]
    return {chapter: groups.get(chapter, []) for chapter in chapters}


def _draw_chapter(ax: Axes, y: float, chapter: str, group: list[Exercise], kept: state.State) -> None:
    """Draw a row: a square for each exercise, and the answers beside it."""
    from matplotlib.patches import Rectangle

    from nnlab.plots.style import GHOST, INK, PAPER, QUIET, RIGHT_TEXT

    ax.text(-1.2, y, chapter, ha="left", va="center", fontweight="bold", fontsize=12)
    for k, exercise in enumerate(group):
        entry = kept["exercises"].get(exercise.number, state.new_entry())
        kind = _kind(entry)
        face = {"alone": RIGHT_TEXT, "helped": "#bfe6d8"}.get(kind, PAPER)
        edge = GHOST if kind == "untouched" else RIGHT_TEXT if entry["solved"] else INK
        ax.add_patch(Rectangle((k - 0.43, y - 0.36), 0.86, 0.72, facecolor=face, edgecolor=edge, linewidth=1.2))
        sign = {"alone": "✓", "helped": "(✓)", "begun": "…", "untouched": ""}[kind]
        ink = "white" if kind == "alone" else INK
        ax.text(k, y + 0.14, exercise.number, ha="center", va="center", color=ink, fontsize=10)
        ax.text(k, y - 0.18, sign, ha="center", va="center", color=ink, fontsize=11)
    for place, kind in enumerate(state.ANSWERED):
        right, all_ = _answered(kept, kind, chapter)
        if all_:
            at = max(6, len(group)) + 0.1 + 2.3 * place
            words = _("{right} of {all} right").format(right=right, all=all_)
            ax.text(at, y + 0.14, _(_COLUMNS[kind]), ha="left", va="center", color=QUIET, fontsize=10)
            ax.text(at, y - 0.18, words, ha="left", va="center", color=INK, fontsize=10)


def _kind(entry: dict[str, Any]) -> str:
    if entry["solved"]:
        return "helped" if entry["solved"]["hints"] or entry["solved"]["solution"] else "alone"
    return "begun" if entry["attempts"] or entry["hints"] or entry["solution"] else "untouched"


def _answered(kept: state.State, kind: str, chapter: str) -> tuple[int, int]:
    """How many questions of a chapter were answered rightly the last time, and how many at all."""
    last = [entry["last"] for key, entry in kept[kind].items() if key.partition(".")[0] == chapter]
    return sum(last), len(last)


def text(kept: state.State | None = None) -> str:
    """Tell the progress in words.

    Parameters
    ----------
    kept : dict, optional
        The state; what is known now by default.

    Returns
    -------
    str
        Several lines.
    """
    kept = state.read() if kept is None else kept
    lines = []
    for chapter, group in _chapters(kept).items():
        solved = sum(bool(kept["exercises"].get(exercise.number, {}).get("solved")) for exercise in group)
        message = _("Chapter {chapter}: {solved} of {all} exercises are solved.") if group else _("Chapter {chapter}")
        lines.append(message.format(chapter=chapter, solved=solved, all=len(group)))
        lines += [_line(exercise.number, kept["exercises"].get(exercise.number)) for exercise in group]
        for kind, message in (
            ("recalled", _("Questions recalled: {right} of {all} right.")),
            ("predicted", _("Predictions: {right} of {all} right.")),
        ):
            right, all_ = _answered(kept, kind, chapter)
            if all_:
                lines.append(message.format(right=right, all=all_))
    return "\n".join([*lines, _come_back(kept), *state.notes()])


def _come_back(kept: state.State, most: int | None = None) -> str:
    again = revisit(kept)
    more = ["…"] if most is not None and len(again) > most else []
    listed = ", ".join([*again[:most], *more])
    return _("To come back to: {listed}").format(listed=listed) if again else _("There is nothing to come back to.")


def _line(number: str, entry: dict[str, Any] | None) -> str:
    entry = entry or state.new_entry()
    fields = {"number": number, "attempts": entry["attempts"], "hints": (entry["solved"] or entry)["hints"]}
    if entry["solved"] and entry["solved"]["solution"]:
        message = _("Exercise {number}: solved after the solution was seen.")
    elif entry["solved"] and entry["solved"]["hints"]:
        message = _("Exercise {number}: solved. Hints used: {hints}.")
    elif entry["solved"]:
        message = _("Exercise {number}: solved without help.")
    elif _kind(entry) == "untouched":
        message = _("Exercise {number}: not attempted yet.")
    else:
        message = _("Exercise {number}: not solved yet. Attempts: {attempts}, hints used: {hints}.")
    return message.format(**fields)


def revisit(kept: state.State) -> list[str]:
    """List what to come back to.

    Parameters
    ----------
    kept : dict

    Returns
    -------
    list of str
        Exercises begun and not solved, or solved with the solution seen; questions whose last answer was wrong.
    """
    by_number = exercises()
    again = []
    for number in by_number:
        entry = kept["exercises"].get(number, state.new_entry())
        if _kind(entry) == "begun" or (entry["solved"] and entry["solved"]["solution"]):
            again.append(_("exercise {number}").format(number=number))
    for kind, message in (("recalled", _("question “{key}”")), ("predicted", _("prediction “{key}”"))):
        again += [message.format(key=_shown(key)) for key, entry in sorted(kept[kind].items()) if not entry["last"]]
    return again


def _shown(key: str) -> str:
    """Cut what a damaged file could hold in place of a question's id."""
    return "".join(c if c.isprintable() else " " for c in key[:80])


def export() -> str:
    """Write the progress as JSON, for a teacher.

    Returns
    -------
    str
        With all exercises that there are; nothing in it tells who the learner is.
    """
    kept = state.read()
    entries = {number: kept["exercises"].get(number, state.new_entry()) for number in exercises()}
    answers = {kind: kept[kind] for kind in state.ANSWERED}
    found = {"version": state.VERSION, "nnlab": __version__, "exercises": {**kept["exercises"], **entries}, **answers}
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
