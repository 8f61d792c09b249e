"""The map of the course: its chapters against the sections of the five documents that they mirror.

What stands in it is data of `nnlab.contents`; here it is only drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nnlab.contents import CHAPTERS, DOCUMENTS, PARTS, Chapter, Document
from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import INK, QUIET, Picture, new_figure, styled

_WIDTH, _ROW, _TOP = 840, 19, 58  # in pixels of the page, as all that follows
_PARTS, _NUMBERS, _TITLES = 10, 118, 145  # left edges of the first columns
_COLUMNS = {"A": (412, 108), "B": (520, 82), "C": (602, 62), "D": (664, 58), "E": (722, 110)}  # left edge, width
_THERE, _TO_COME = "#cfe4f3", "#f3f3f3"  # grounds of the cells


@styled
@checked
def course_map(chapters: Sequence[Chapter] = CHAPTERS) -> Picture:
    """Draw the course as a matrix: chapters as rows, by part, and the documents as columns.

    Parameters
    ----------
    chapters : sequence of Chapter
        In their order; those of a part stand together.

    Returns
    -------
    Picture
        With the numbers of the mirrored sections in its cells. What is written is in ink, what is to come in gray.

    Raises
    ------
    ValueError
        If there is no chapter, or one mirrors a section that there is not.
    """
    _check(chapters)
    height = _TOP + _ROW * len(chapters) + 42
    figure = new_figure(_WIDTH, height, layout=None)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, _WIDTH), ylim=(height, 0))
    ax.set_axis_off()
    _head(ax)
    top = float(_TOP)
    for part, group in groupby(chapters, key=lambda chapter: chapter.part):
        rows = list(group)
        _part(ax, part, rows, top)
        for k, chapter in enumerate(rows):
            _row(ax, chapter, top + _ROW * (k + 0.5))
        top += _ROW * len(rows)
    _foot(ax, chapters, top)
    figure.alt = _words(chapters)
    return figure


def shortened(sections: Sequence[str], document: Document) -> str:
    """Write section numbers in little room: three or more in a row become a range.

    Parameters
    ----------
    sections : sequence of str
        In the order of the document.
    document : Document

    Returns
    -------
    str

    Examples
    --------
    >>> shortened(["1.1", "5.1", "5.2", "5.3"], DOCUMENTS[4])
    '1.1 5.1–5.3'
    """
    order = document.sections.index
    runs: list[list[str]] = []
    for section in sections:
        follows = runs and order(section) == order(runs[-1][-1]) + 1 and _above(section) == _above(runs[-1][-1])
        if follows:
            runs[-1].append(section)
        else:
            runs.append([section])
    return " ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else " ".join(run) for run in runs)


def _above(section: str) -> str:
    return section.rpartition(".")[0]


def _check(chapters: Sequence[Chapter]) -> None:
    known = {f"{document.letter} {number}" for document in DOCUMENTS for number in document.sections}
    if not chapters:
        raise ValueError(_("plots.course_map needs at least one chapter."))
    for chapter in chapters:
        for section in chapter.mirrors:
            if section not in known:
                words = _("Chapter {chapter} mirrors {section}, but no document has such a section.")
                raise ValueError(words.format(chapter=chapter.name, section=section))


def _head(ax: Axes) -> None:
    ax.text(
        _PARTS, 18, _("The course and the documents that it mirrors"), fontweight="bold", fontsize=11.5, va="center"
    )
    ax.text(_NUMBERS, _TOP - 14, _("chapter"), color=QUIET, fontsize=10, va="center")
    ax.text(_COLUMNS["A"][0] - 8, _TOP - 14, _("document"), color=QUIET, fontsize=10, va="center", ha="right")
    for letter, (left, width) in _COLUMNS.items():
        ax.text(left + width / 2, _TOP - 14, letter, fontweight="bold", fontsize=11.5, ha="center", va="center")


def _part(ax: Axes, part: str, rows: Sequence[Chapter], top: float) -> None:
    """Name a part at the left of its chapters, and rule a line above it."""
    ax.plot((_PARTS, _WIDTH - 8), (top, top), color="#c8c8c8", linewidth=0.8)
    words = f"{part} {_(PARTS[part])}".strip()
    first, _space, last = words.rpartition(" ") if words.count(" ") > 1 and len(rows) > 1 else (words, "", "")
    color = INK if any(chapter.written for chapter in rows) else QUIET
    for k, line in enumerate((first, last)):
        ax.text(_PARTS, top + _ROW * (k + 0.5), line, fontsize=10, va="center_baseline", color=color)


def _row(ax: Axes, chapter: Chapter, y: float) -> None:
    color = INK if chapter.written else QUIET
    ax.text(_NUMBERS, y, chapter.name, color=color, fontsize=10, va="center_baseline")
    title = _(chapter.short or chapter.title)
    ax.text(_TITLES, y, title, color=color, fontsize=10, va="center_baseline")
    for document, text in _cells(chapter):
        left, width = _COLUMNS[document]
        ground = _THERE if chapter.written else _TO_COME
        place = (left + 1, y - _ROW / 2 + 1)
        ax.add_patch(Rectangle(place, width - 2, _ROW - 2, facecolor=ground, edgecolor="none"))
        ax.text(left + width / 2, y, text, color=color, fontsize=10, ha="center", va="center_baseline")


def _cells(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield the letter of each document that a chapter mirrors, and the sections as they are written."""
    for document in DOCUMENTS:
        sections = chapter.sections(document.letter)
        if sections:
            yield document.letter, shortened(sections, document)


def _foot(ax: Axes, chapters: Sequence[Chapter], top: float) -> None:
    """Say how much of each document is mirrored by now."""
    ax.plot((_PARTS, _WIDTH - 8), (top, top), color="#c8c8c8", linewidth=0.8)
    words = _("Ink: there now. Gray: to come.")
    ax.text(_PARTS, top + 16, words, fontsize=10, va="center_baseline", color=QUIET)
    words = _("sections mirrored so far")
    ax.text(_COLUMNS["A"][0] - 8, top + 16, words, fontsize=10, va="center_baseline", ha="right", color=QUIET)
    for document in DOCUMENTS:
        left, width = _COLUMNS[document.letter]
        words = _("{done} of {all}").format(done=_mirrored(chapters, document), all=len(document.sections))
        ax.text(left + width / 2, top + 16, words, fontsize=10, ha="center", va="center_baseline")


def _mirrored(chapters: Sequence[Chapter], document: Document) -> int:
    return len({section for one in chapters if one.written for section in one.sections(document.letter)})


def _words(chapters: Sequence[Chapter]) -> str:
    words = _(
        "A map of {count} chapters, {written} of them written, against the sections of the documents A to E. Mirrored "
        "so far: {told}. The README of the chapters has it as a table."
    )
    told = [
        _("{done} of the {all} sections of {letter}").format(
            letter=document.letter, done=_mirrored(chapters, document), all=len(document.sections)
        )
        for document in DOCUMENTS
    ]
    written = sum(chapter.written for chapter in chapters)
    return words.format(count=len(chapters), written=written, told=", ".join(told))
