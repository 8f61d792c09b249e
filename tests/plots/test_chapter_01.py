"""Chapter 01's figures: the cell and the unit, the hidden layer's plane, the timeline, three ways, and the bound."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import plots
from nnlab.plots import timelines

RNG = np.random.default_rng(0)
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([0, 1, 1, 0])
BY_HAND = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1, -1]), -0.5)
IMAGES = RNG.integers(0, 256, (40, 28, 28), dtype=np.uint8)
TRUTH = np.arange(40) % 2
LINES = ["a rule", "two measurements;\nthe line is learned", "features are learned"]


def answers(*wrong):
    names = ("artificial intelligence", "machine learning", "deep learning")
    given = {}
    for name, count in zip(names, wrong, strict=True):
        given[name] = TRUTH.copy()
        given[name][:count] = 1 - TRUTH[:count]
    return given


def all_pictures():
    yield plots.cell_and_unit()
    yield plots.timeline()
    yield plots.unit_to_network()
    yield plots.hidden_space(CORNERS, XOR, *BY_HAND)
    yield plots.nested_ways(IMAGES, TRUTH, answers(4, 2, 0), LINES)
    yield plots.nested_ways(IMAGES, TRUTH, answers(9, 8, 7), LINES, labels=["cat", "dog"])
    yield plots.mistakes_and_bound([0.05, 0.05, 0.2], [20, 31, 8], [1200, 1200, 75])


def boxes(figure):
    """Boxes of all visible texts that say something."""
    figure.png(1.0)
    renderer = figure.canvas.get_renderer()
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts if in_sight(text)]


def in_sight(text):
    """Ticks of axes that are switched off, or lie outside, are not drawn."""
    axes = text.axes
    return axes is None or axes.axison or text in axes.texts


def test_every_figure_is_a_picture_with_words_and_nothing_is_clipped():
    for figure in all_pictures():
        data, metadata = figure._repr_mimebundle_()
        assert data["text/plain"] == figure.alt
        assert figure.alt.endswith(".")
        assert metadata["image/png"]["width"] <= 840
        box = figure.get_tightbbox(figure.canvas.get_renderer())  # in inches
        assert box.x0 >= -0.02
        assert box.y0 >= -0.02
        assert box.x1 <= figure.get_figwidth() + 0.02
        assert box.y1 <= figure.get_figheight() + 0.02


@pytest.mark.parametrize("make", [plots.timeline, plots.cell_and_unit], ids=["timeline", "cell and unit"])
def test_no_two_texts_overlap(make):
    for (one, a), (other, b) in itertools.combinations(boxes(make()), 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 0.5 or down <= 2.5, (one, other)  # a box of text has some air above and below


def test_the_timeline_is_in_order_and_told_in_words():
    stones = (*timelines.UNIT, *timelines.LAYERS, *timelines.DEPTH)
    years = [stone.year for stone in stones]
    assert years == sorted(years)
    alt = plots.timeline().alt
    for year in (1943, 1949, 1958, 1960, 1969, 1970, 1974, 1980, 1982, 1986, 1989, 1997, 1998, 2006, 2012, 2017, 2021):
        assert str(year) in alt
    assert [stone.year for stone in stones if stone.gradient] == [1970, 1974, 1986]


def test_the_hidden_space_says_where_the_points_go():
    assert "4 of 4 right" in plots.hidden_space(CORNERS, XOR, *BY_HAND).alt
    assert "(0, 1) to (1, 0), (1, 0) to (1, 0)" in plots.hidden_space(CORNERS, XOR, *BY_HAND).alt
    kernel, bias, _out, _b = BY_HAND
    assert "3 of 4 right" in plots.hidden_space(CORNERS, XOR, kernel, bias, np.array([1, 0]), -0.5).alt


def test_nested_ways_counts_and_names_what_is_wrong():
    figure = plots.nested_ways(IMAGES, TRUTH, answers(4, 2, 0), LINES, labels=["cat", "dog"])
    texts = [text for text, _box in boxes(figure)]
    for words in ("4 of 40 wrong", "2 of 40 wrong", "0 of 40 wrong"):
        assert words in texts
    assert texts.count("says dog") == 3  # of the wrong answers to 0, 2, of 4 and 2
    assert "at most 12 % wrong; machine learning, at most 6 % wrong; deep learning, at most 3 % wrong" in figure.alt


def test_the_bound_is_compared_with_the_mistakes():
    assert "3 of 3 lie below" in plots.mistakes_and_bound([0.05, 0.05, 0.2], [20, 31, 8], [1200, 1200, 75]).alt
    assert "2 of 3 lie below" in plots.mistakes_and_bound([0.05, 0.05, 0.2], [20, 31, 80], [1200, 1200, 75]).alt


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.hidden_space(CORNERS, XOR, np.ones((2, 3)), np.ones(3), np.ones(3), 0.0), r"W1 \(2, 2\)"),
        (lambda: plots.nested_ways(IMAGES, TRUTH, {"one": TRUTH}, LINES), "three ways"),
        (lambda: plots.nested_ways(IMAGES, TRUTH[:5], answers(1, 1, 1), LINES), "one entry for each sample"),
        (lambda: plots.nested_ways(IMAGES, TRUTH, answers(1, 1, 1), LINES, labels=["cat"]), "2 labels"),
        (lambda: plots.mistakes_and_bound([0.1], [1, 2], [3]), "one length"),
        (lambda: plots.mistakes_and_bound([0.1], [0], [3]), "logarithmic"),
    ],
)
def test_bad_input_is_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.usefixtures("pseudo")
def test_what_is_told_is_translated():
    for figure in all_pictures():
        assert figure.alt.startswith("⟦")
        assert figure.alt.endswith("⟧")
