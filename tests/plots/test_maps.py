"""The map of the course: every chapter in its row, its sections in the columns of their documents."""

import matplotlib
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from nnlab import plots
from nnlab.contents import CHAPTERS, DOCUMENTS, Chapter
from nnlab.plots.maps import shortened
from nnlab.plots.style import INK, QUIET

SMALL = (
    Chapter(0, "Begin", "", ()),
    Chapter(1, "Go", "I", ("A 1.1", "A 4.1", "A 4.2", "A 4.3", "E 2.1"), written=True),
    Chapter(2, "A title that is far too long for a map", "I", ("D 8.9", "D 8.10"), short="Go on"),
)


def texts(figure):
    return {text.get_text(): text for text in figure.axes[0].texts if text.get_text()}


def in_row(figure, name):
    """All texts that stand in the row of a chapter, from left to right."""
    shown = list(figure.axes[0].texts)
    (y,) = {text.get_position()[1] for text in shown if text.get_text() == name}
    row = sorted((text for text in shown if text.get_position()[1] == y), key=lambda text: text.get_position()[0])
    return [text.get_text() for text in row if text.get_text()]


def boxes(figure):
    """What is written, and its place in pixels of the page."""
    figure.png(scale=1)
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("chapters", [CHAPTERS, SMALL], ids=["course", "small"])
def test_nothing_is_clipped_small_or_overlaps(chapters):
    figure = plots.course_map(chapters)
    assert figure.png(scale=1).startswith(b"\x89PNG")
    width, height = figure.size()
    assert width <= 860
    for text in figure.findobj(matplotlib.text.Text):
        assert text.get_fontsize() >= 10 or not text.get_text()
    shown = boxes(figure)
    for k, (name, box) in enumerate(shown):
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, name
        for other, another in shown[k + 1 :]:
            assert not box.overlaps(another), (name, other)


def test_sections_stay_within_their_cells():
    figure = plots.course_map()
    grounds = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert len(grounds) == sum(bool(chapter.sections(d.letter)) for chapter in CHAPTERS for d in DOCUMENTS)
    across = [(ground.get_x(), ground.get_x() + ground.get_width()) for ground in grounds]
    numbered = [box for name, box in boxes(figure) if name[0].isdigit() and "." in name]
    assert len(numbered) > 30
    for box in numbered:
        assert any(left <= box.x0 and box.x1 <= right for left, right in across)


def test_each_chapter_has_its_sections_beside_it():
    figure = plots.course_map(SMALL)
    assert in_row(figure, "00")[-2:] == ["00", "Begin"]
    assert in_row(figure, "01")[-4:] == ["01", "Go", "1.1 4.1–4.3", "2.1"]
    assert in_row(figure, "02")[-3:] == ["02", "Go on", "8.9 8.10"]
    for letter, section in (("A", "1.1 4.1–4.3"), ("E", "2.1"), ("D", "8.9 8.10")):
        found = texts(figure)
        assert found[letter].get_position()[0] == found[section].get_position()[0]


def test_what_is_written_is_in_ink_and_the_rest_is_gray():
    found = texts(plots.course_map(SMALL))
    assert {to_hex(found[name].get_color()) for name in ("01", "Go", "1.1 4.1–4.3")} == {INK}
    assert {to_hex(found[name].get_color()) for name in ("00", "02", "Go on", "8.9 8.10")} == {QUIET}


def test_it_counts_what_is_mirrored_by_now():
    figure = plots.course_map(SMALL)
    assert {"4 of 15", "0 of 28", "0 of 14", "0 of 21", "1 of 22"} <= set(texts(figure))
    twice = (SMALL[1], Chapter(2, "Again", "I", ("A 1.1", "A 5"), written=True))
    assert "5 of 15" in texts(plots.course_map(twice))


def test_it_says_the_same_in_words():
    alt = plots.course_map(SMALL).alt
    assert alt.startswith("A map of 3 chapters, 1 of them written, against the sections of the documents A to E.")
    assert "4 of the 15 sections of A, 0 of the 28 sections of B, " in alt


def test_numbers_in_a_row_become_a_range_within_one_section_only():
    a, b, _c, _d, e = DOCUMENTS
    assert shortened(["4.1", "4.2", "4.3", "4.4"], a) == "4.1–4.4"
    assert shortened(["1.1", "1.2", "2.1", "2.3"], a) == "1.1 1.2 2.1 2.3"
    assert shortened(["1.1", "1.2", "2.1", "2.2", "2.3"], a) == "1.1 1.2 2.1–2.3"
    assert shortened(["7.1", "7.3"], b) == "7.1 7.3"
    assert shortened(["2.2.1", "2.2.2", "2.2.3", "2.3"], e) == "2.2.1–2.2.3 2.3"
    assert shortened([], e) == ""


def test_it_refuses_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="at least one chapter"):
        plots.course_map([])
    with pytest.raises(ValueError, match=r"Chapter 07 mirrors A 9\.9, but no document"):
        plots.course_map([Chapter(7, "Wrong", "I", ("A 9.9",))])


@pytest.mark.usefixtures("pseudo")
def test_its_words_are_translated():
    assert "⟦" in plots.course_map(SMALL).alt
    shown = texts(plots.course_map(SMALL))
    assert not {"chapter", "document", "Start", "Go"} & set(shown)
