"""What the playground draws, and what a press in its picture does."""

import itertools
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from nnlab.explorers.chapter_09._playground_figure import at_epoch, epoch_under
from nnlab.explorers.chapter_09._playground_network import Tiles, number, wires_of
from nnlab.explorers.chapter_09._playground_places import HEIGHT, LOSSES, NETWORK, TOP, places
from nnlab.explorers.chapter_09.playground import Playground

from .hands import ALL, DRAWN, at_data, moved, press, texts


def test_pressing_a_feature_or_a_unit(play):
    where = places((4, 2))
    press(play, *where.features["x1*x2"])
    play.settle()
    assert play.controls["features"].value == ("x1", "x2", "x1*x2")
    press(play, *where.features["x1*x2"], pressed=False)  # dragged: nothing
    assert play.controls["features"].value == ("x1", "x2", "x1*x2")
    for name in ("x1*x2", "x1", "x2", "x2"):
        press(play, *where.features[name])
    assert play.controls["features"].value == ("x2",)  # the last one stays
    press(play, *where.units["2.2"])
    play.settle()
    assert play.controls["look"].value == "2.2"
    assert "unit 2.2" in play.alt
    press(play, *where.units["2.2"])
    assert play.controls["look"].value == "output"
    press(play, *where.units["1.1"])
    press(play, *at_data(play, 0, 0))
    assert play.controls["look"].value == "output"
    press(play, NETWORK / 2, TOP - 20)  # nothing there
    assert play.controls["look"].value == "output"


def test_pressing_the_losses_goes_to_their_epoch(play):
    left, top, width, height = LOSSES
    for epoch in (0, 5, 100, 3000):
        press(play, left + width * at_epoch(epoch) / at_epoch(3000), top + height / 2, pressed=epoch == 0)
        assert play.controls["epoch"].value == epoch
    assert epoch_under(0) == 0
    play.set(epoch=0)


def test_places_do_not_overlap_and_stay_inside():
    for hidden in [(), (1,), (8,), (4, 2), (8, 1, 8), (8, 8, 8, 8), (1, 1, 1, 1), (3, 5, 7)]:
        where = places(hidden)
        boxes = [(x, y, where.half(name)) for name, (x, y) in {**where.features, **where.units}.items()]
        for x, y, half in boxes:
            assert half <= x <= NETWORK - half
            assert y - half >= TOP - 1
            assert y + half <= TOP + HEIGHT + 1
        for (x, y, half), (u, v, other) in itertools.combinations(boxes, 2):
            assert abs(x - u) > half + other or abs(y - v) > half + other
        for name, (x, y) in {**where.features, **where.units}.items():
            assert where.under(x, y) == name
        wires = wires_of(("x1", "x2"), hidden)
        sizes = (2, *hidden, 1)
        assert len(wires.curves) == sum(a * b for a, b in itertools.pairwise(sizes)) == len(wires.into)
        assert len(wires.bars) == sum(sizes[1:])


def test_lines_stand_where_their_weights_do(play):
    moved(play, hidden=(3,), features=("x1", "x2"), epoch=0)
    kernel = play.weights()[0]
    where, wires = places((3,)), wires_of(("x1", "x2"), (3,))
    for i, j in itertools.product(range(2), range(3)):
        line = wires.curves[3 * i + j]
        assert line[0][1] == pytest.approx(where.features[("x1", "x2")[i]][1])
        assert line[-1][1] == pytest.approx(where.units[f"1.{j + 1}"][1])
    positive, negative = play._picture.network._lines
    weights = np.concatenate([part.ravel() for part in play.weights()[::2]])
    assert len(positive.get_segments()) == (weights >= 0).sum()
    assert len(negative.get_segments()) == (weights < 0).sum()
    widths = positive.get_linewidths()
    largest = np.argmax(weights[weights >= 0])
    assert np.argmax(widths) == largest
    assert kernel.shape == (2, 3)


def test_training_points_are_filled_and_test_points_outlined(play):
    data = moved(play, training=30)
    marks = play._picture.field._marks
    for (kind, trained), mark in marks.items():
        expected = data["x"][(data["y"] == kind) & (data["training"] == trained)]
        np.testing.assert_allclose(np.stack(mark.get_data(), axis=1), expected)
        assert (mark.get_markerfacecolor() == "white") is not trained
    play.set(show_test=False)
    play.settle()
    assert len(marks[0, False].get_xdata()) == 0
    assert len(marks[0, True].get_xdata()) > 0


def test_discretize_leaves_two_colors(play):
    def share_of_two_colors():
        x, y = (round(2 * part) for part in at_data(play, -2.9, 2.9))
        far, low = (round(2 * part) for part in at_data(play, 2.9, -2.9))
        field = np.asarray(Image.open(BytesIO(play.png)).convert("RGB"))[y:low, x:far].reshape(-1, 3)
        return np.sort(np.unique(field, axis=0, return_counts=True)[1])[-2:].sum() / len(field)

    play.set(points=DRAWN[:2], data="own", epoch=0)
    play.settle()
    assert share_of_two_colors() < 0.3
    play.set(discretize=True)
    play.settle()
    assert share_of_two_colors() > 0.9


EXTREMES = [
    {},
    {"hidden": (8, 8, 8, 8), "features": ALL, "look": "4.8", "epoch": 300},
    {"hidden": (), "features": ALL, "initialization": "large"},
    {"hidden": (1, 1, 1, 1), "look": "3.1"},
    {"data": "hills", "initialization": "large", "epoch": 1000},
    dict(Playground.presets["diverges"]),
    {"data": "own"},
    {"hidden": (8, 8), "look": "2.3", "typed": {"bias 2.3": -123456.0, "1.1->2.3": -99.5}},
]


@pytest.mark.parametrize("values", EXTREMES)
def test_no_text_is_cut_or_covered(play, values):
    moved(play, **values)
    box = play._stage.figure.bbox
    found = texts(play)
    assert len(found) > 5
    for text, left, bottom, right, top in found:
        assert left >= 0, text
        assert bottom >= 0, text
        assert right <= box.width + 1, text
        assert top <= box.height, text
    for (a, *one), (b, *other) in itertools.combinations(found, 2):
        apart = one[2] <= other[0] + 2 or other[2] <= one[0] + 2 or one[3] <= other[1] + 3 or other[3] <= one[1] + 3
        assert apart, (a, b)


def test_numbers_are_short():
    assert number(-1.234) == "−1.23"
    assert number(123456.0) == "1e05"
    assert number(float("nan")) == "–"


def test_small_pictures_of_nan_and_of_small_answers(play):
    tiles = Tiles(play._picture.network._axes)
    pixels = tiles._pixels(np.full((1, 20, 20), np.nan), np.ones(1), 30)
    assert pixels.shape == (1, 30, 30, 4)
    assert (pixels[0, 5:-5, 5:-5, :3] > 245).all()
    pale, full = (tiles._pixels(np.full((1, 20, 20), size), np.ones(1), 30)[0, 15, 15, :3] for size in (0.1, 9.0))
    assert pale.min() > full.min()
