"""Chapter 02's neuron over the plane: its numbers, its picture, and what can be dragged."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_02._neuron_surface_figure import REACH, bracketed, strips, written
from nnlab.explorers.chapter_02._plane import answer, arrow


@pytest.fixture(scope="module")
def surface():
    return explorers.neuron_surface()


def moved(surface, **values):
    start = {"w1": 1.0, "w2": 0.5, "b": -0.5, "activation": "sigmoid", "x1": 1.5, "x2": 1.0}
    surface.set(**{**start, **values})
    surface.settle()
    return surface.data


def test_the_numbers_of_the_sample_are_the_neurons(surface):
    data = moved(surface, w1=3.0, w2=-2.0, b=0.5, x1=1.0, x2=2.0)
    assert data["z"] == pytest.approx(3 - 4 + 0.5)
    assert data["a"] == pytest.approx(1 / (1 + np.exp(0.5)))
    assert data["distance"] == pytest.approx(-0.5 / np.sqrt(13))
    assert data["edge"] == pytest.approx(-0.5 / np.sqrt(13))
    assert data["place"] - data["edge"] == pytest.approx(data["distance"])


def test_the_foot_lies_on_the_line_and_straight_below_the_sample(surface):
    data = moved(surface, w1=-1.5, w2=0.8, b=1.2)
    assert data["w"] @ data["foot"] + data["b"] == pytest.approx(0)
    way = data["sample"] - data["foot"]
    assert way @ np.array([-data["w"][1], data["w"][0]]) == pytest.approx(0)
    assert np.hypot(*way) == pytest.approx(abs(data["distance"]))


def test_doubling_all_leaves_the_line_and_sharpens_the_step(surface):
    one = moved(surface)
    two = moved(surface, w1=2.0, w2=1.0, b=-1.0)
    for name in ("edge", "distance", "foot", "place"):
        np.testing.assert_allclose(one[name], two[name])
    assert two["z"] == pytest.approx(2 * one["z"])
    assert np.diff(two["profile"]).max() > 1.9 * np.diff(one["profile"]).max()


@pytest.mark.parametrize("activation", ["step", "sigmoid", "linear"])
@pytest.mark.parametrize("w", [(1.0, 0.5), (-2.0, 1.0), (0.0, 3.0), (-3.0, 0.0), (0.0, 0.0)])
@pytest.mark.parametrize("b", [-4.0, 0.0, 1.3])
def test_strips_cover_the_square_and_have_the_neurons_heights(activation, w, b):
    corners, heights = strips(np.array(w), b, activation)
    x, y = np.moveaxis(corners, -1, 0)
    area = 0.5 * np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1))
    assert area.sum() == pytest.approx((2 * REACH) ** 2)
    assert np.abs(corners).max() <= REACH + 1e-9
    if activation != "step":
        np.testing.assert_allclose(heights, answer(activation, corners @ np.array(w) + b), atol=1e-9)
    else:
        assert set(np.unique(heights)) <= {0.0, 1.0}
        middle = corners.mean(axis=1) @ np.array(w) + b
        solid = area > 1e-9
        np.testing.assert_array_equal(heights[solid, 0], (middle[solid] >= 0).astype(float))


def test_an_arrow_ends_where_it_points():
    drawn = arrow(np.zeros(2), np.array([3.0, 4.0]), 0.5)
    np.testing.assert_allclose(drawn[[1, 3]], [[3, 4], [3, 4]])
    np.testing.assert_allclose(arrow(np.zeros(2), np.zeros(2), 0.5), 0)


def test_arrow_and_sample_can_be_dragged(surface):
    moved(surface)
    surface.handles.held = "plane", 0
    surface.pointed("plane", -1.02, 2.51)
    assert (surface.controls["w1"].value, surface.controls["w2"].value) == (pytest.approx(-1.0), pytest.approx(2.5))
    surface.handles.held = "plane", 1
    surface.pointed("plane", 9.0, -0.52)
    assert surface.controls["x1"].value == pytest.approx(2.8)
    assert surface.controls["x2"].value == pytest.approx(-0.5)


def test_the_threshold_can_be_dragged_in_the_profile(surface):
    moved(surface, w1=3.0, w2=0.0)
    surface.pointed("profile", 1.0, 0.3)
    surface.settle()
    assert surface.controls["b"].value == pytest.approx(-3.0)
    assert surface.data["edge"] == pytest.approx(1.0)


def test_without_weights_there_is_no_line(surface):
    data = moved(surface, w1=0.0, w2=0.0)
    assert np.isnan(data["edge"])
    assert np.ptp(data["profile"]) == 0
    assert "no line" in surface.alt
    assert "no line" in surface.figure.status


def test_a_line_outside_the_square_is_not_drawn_on_the_surface(surface):
    moved(surface, w1=0.1, w2=0.0, b=0.4)
    assert np.isnan(surface._picture._surface._edge.get_xdata()).all()
    moved(surface, w1=1.0, w2=0.0, b=0.4)
    assert np.isfinite(surface._picture._surface._edge.get_xdata()).all()


def test_words_and_numbers():
    assert [written(value) for value in (1.0, -0.5, -0.001)] == ["1.00", "−0.50", "0.00"]
    assert [bracketed(value) for value in (1.0, -0.5, -0.001)] == ["1.00", "(−0.50)", "0.00"]


def test_a_step_in_the_plane_has_a_clean_edge(surface):
    moved(surface, activation="step", w1=1.0, w2=1.0, b=0.0)
    values = surface._picture._plane._field.values
    assert ((values > 0) & (values < 1)).mean() < 0.03
    assert values[0, 0] == 0
    assert values[-1, -1] == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"w1": 3.5}, "between -3 and 3"),
        ({"x2": -3.0}, "between -2.8 and 2.8"),
        ({"activation": "tanh"}, "'step', 'sigmoid', 'linear'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(surface, values, words):
    with pytest.raises(ValueError, match=words):
        surface.set(**values)


def test_code_reproduces_the_state(surface):
    data = moved(surface, w1=-0.35, activation="step")
    again = eval(surface.code(), {"explorers": explorers})
    for name, array in data.items():
        np.testing.assert_array_equal(again.data[name], array)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.neuron_surface()
    texts = [explorer.alt, explorer.figure.status]
    explorer.set(w1=0.0, w2=0.0)
    explorer.settle()
    texts += [explorer.alt, explorer.figure.status]
    texts += [control.description for control in explorer.controls.values()]
    texts += [button.description for button in explorer.children[2].children[1:]]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn if len(text) > 6 and not text.startswith("z = ") and "mathdefault" not in text]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
