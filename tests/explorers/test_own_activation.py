"""Chapter 3's own activation: what it trains, draws and says, and what a wrong formula does."""

import re
import sys
import threading

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_03._own_activation_figure import EPOCHS, HIGHEST, LOWEST, SIZE
from nnlab.explorers.chapter_03.own_activation import EARLY, OwnActivation, build, parse


@pytest.fixture(scope="module")
def own():
    return explorers.own_activation()


def moved(own, formula, learning_rate=0.03):
    own.set(formula=formula, learning_rate=learning_rate)
    own.settle()
    return own.data


@pytest.mark.parametrize("formula", ["z / (1 + abs(z))", "sin(z)", "exp(-z*z)", "max(z, 0)"])
def test_what_bends_parts_the_moons(own, formula):
    data = moved(own, formula)
    assert data["accuracy"] > 0.97
    assert data["loss"][-1] < 0.05
    assert len(data["loss"]) == EPOCHS
    assert "at least 95 % of the points are right, and the border is a curve" in own.alt
    assert own.figure.banner == ""


def test_a_line_does_not_bend(own):
    data = moved(own, "z")
    assert 0.8 < data["accuracy"] < 0.9
    assert np.all(data["slope"] == 1)
    assert "a straight line" in own.alt
    assert "the same everywhere" in own.figure.status
    border = np.array(own._picture._surface._surface._border.get_data())
    border = border[:, np.isfinite(border).all(axis=0)]
    straight = np.polyval(np.polyfit(*border, 1), border[0])
    assert np.abs(straight - border[1]).max() < 0.05


def test_the_curves_are_the_formula_and_its_slope(own):
    data = moved(own, "z**2 / 4")
    np.testing.assert_allclose(data["f"], data["z"] ** 2 / 4)
    np.testing.assert_allclose(data["slope"], data["z"] / 2)
    curve = own._picture._curve
    low, high = curve._axes.get_ylim()
    inside = (data["f"] > low) & (data["f"] < high)
    np.testing.assert_array_equal(curve._f.get_ydata()[inside], data["f"][inside])
    np.testing.assert_array_equal(curve._slope.get_xdata(), data["z"])
    np.testing.assert_array_equal(own._picture._surface._surface._field.values, data["surface"])
    np.testing.assert_array_equal(own._picture._loss._line.get_ydata(), data["loss"].clip(LOWEST, HIGHEST))


def test_the_network_trains_as_one_built_by_hand():
    import nnlab
    from nnlab import layers, optimizers
    from nnlab.datasets import moons

    x, y = moons(200, noise=0.2, seed=0)
    dense = [layers.Dense(8, activation="tanh") for _ in range(2)]
    hand = nnlab.Sequential(
        [layers.Input(shape=(2,)), *dense, layers.Dense(1, activation="sigmoid")], seed=0, dtype="float64"
    )
    hand.compile(optimizer=optimizers.Adam(0.05), loss="binary_crossentropy", run_eagerly=True)
    mine = build(parse("tanh(z)"), 0.05)
    assert mine.why_formulas()
    losses = [
        model.fit(x, y, batch_size=200, epochs=20, verbose=0, shuffle=False).history["loss"] for model in (hand, mine)
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-9)


def test_a_constant_has_no_slope_and_learns_nothing(own):
    data = moved(own, "3")
    assert np.all(data["slope"] == 0)
    assert "slope is 0 everywhere" in own.figure.status
    assert "no better than tossing a coin" in own.alt
    assert own.figure.banner == ""


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("log(z)", "log(z) has no finite value for z up to 0:"),
        ("log(-z)", "for z from 0 on:"),
        ("sqrt(z*z - 1)", "for z from -0.975 to 0.975:"),
        ("1 / z", "at z = 0:"),
        ("1 / z + 1 / (z - 2)", "at z = 0 and at z = 2:"),
        ("1 / z / (z - 1) / (z - 2)", "in 3 places:"),
        ("log(-1)", "for any z shown:"),
    ],
)
def test_places_without_a_value_are_gaps_and_told(own, formula, words):
    data = moved(own, formula)
    missing = ~np.isfinite(data["f"])
    assert missing.any()
    assert np.isnan(own._picture._curve._f.get_ydata()[missing]).all()
    assert np.isnan(own._picture._curve._slope.get_ydata()[missing]).all()
    assert words in own.figure.banner
    assert own.png.startswith(b"\x89PNG")


def test_an_infinite_slope_is_told(own):
    data = moved(own, "where(z >= 0, z**0.5, 0)")
    assert np.isfinite(data["f"]).all()
    assert "slope of where(z >= 0, z**0.5, 0) is not finite" in own.figure.banner


def test_a_pole_is_not_drawn_as_a_line(own):
    moved(own, "1 / (z - 0.01)")
    drawn = own._picture._curve._f.get_ydata()
    low, high = own._picture._curve._axes.get_ylim()
    across = (drawn[1:] > high) & (drawn[:-1] < low)
    assert not across.any()
    assert high - low < 50


def test_divergence_gets_a_banner_and_ends_the_curve(own):
    data = moved(own, "exp(z*z)", learning_rate=1.0)
    assert data["diverged"] == 1
    assert len(data["loss"]) == 0
    assert own.figure.banner.startswith("Diverged: at step 1")
    assert "too large for the computer" in own.figure.banner
    assert "the training diverges" in own.alt
    later = {**own._arrays, "diverged": np.array(7)}
    assert "learning rate to the left" in own.warn(own._values(), later)
    moved(own, "log(z)")
    assert own.figure.banner.startswith("Diverged")
    assert "A z that gets there" in own.figure.banner


def test_steps_that_are_too_long_get_a_banner(own):
    data = moved(own, "sin(z)", learning_rate=1.0)
    assert data["loss"][-5:].mean() > 0.6
    lost = {**own._arrays, "loss": np.full(EPOCHS, 0.9)}
    assert own.warn(own._values(), lost).startswith("No better than tossing a coin")
    assert "coin" in own.describe(own._values(), lost)


def test_a_wrong_formula_leaves_the_picture_and_says_what_is_wrong(own):
    moved(own, "sin(z)")
    png = own.png
    own.set(formula="sin(5*z")
    own.settle()
    assert own.png == png
    assert "never closed" in own.figure.banner
    assert "sin▸(5*z" in own.figure.banner
    assert "never closed" in own.alt
    moved(own, "cos(z)")
    assert own.figure.banner == ""
    assert own.png != png


def test_a_wrong_formula_can_be_the_first():
    own = explorers.own_activation(formula="__import__('os')")
    assert "has no place" in own.figure.banner or "There is no __import__" in own.figure.banner
    assert own.png.startswith(b"\x89PNG")
    moved(own, "z")
    assert own.data["accuracy"] > 0.8


class Watched:
    """A task that is watched, and stopped after so many pictures."""

    eagerly, watched = False, True

    def __init__(self, pictures):
        self.stop, self.shown, self._pictures = threading.Event(), [], pictures

    def show(self, arrays):
        self.shown.append(arrays)
        if len(self.shown) == self._pictures:
            self.stop.set()


def test_the_first_picture_comes_early_and_it_stops_when_it_is_told_to(own):
    task = Watched(pictures=1)
    arrays = own.compute(core.Values(formula="tanh(z)", learning_rate=0.03), task)
    assert [len(shown["loss"]) for shown in task.shown] == [EARLY]
    assert len(arrays["loss"]) == EARLY
    assert task.shown[0].keys() == arrays.keys()


def test_more_pictures_come_while_it_trains_and_change_no_number(own, monkeypatch):
    task = Watched(pictures=-1)
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["nnlab.explorers.chapter_03.own_activation"], "BETWEEN", 0.0)
        arrays = own.compute(core.Values(formula="tanh(z)", learning_rate=0.03), task)
    assert len(task.shown) == EPOCHS - EARLY + 1
    np.testing.assert_array_equal(moved(own, "tanh(z)")["loss"], arrays["loss"])


def test_the_same_state_gives_the_same_arrays(own):
    first = moved(own, "tanh(z)", 0.1)
    moved(own, "z")
    again = moved(own, "tanh(z)", 0.1)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_code_reproduces_the_state(own):
    moved(own, "where(z > 0, z, 0.1 * z)", 0.01)
    assert own.code() == 'explorers.own_activation(formula="where(z > 0, z, 0.1 * z)", learning_rate=0.01)'
    again = eval(own.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["loss"], own.data["loss"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": 2.0}, "one of 0.001, 0.0012, 0.0015, … 1 "),
        ({"formula": 3}, "is a text"),
        ({"depth": 3}, "no control 'depth'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(own, values, words):
    with pytest.raises(ValueError, match=words):
        own.set(**values)


@pytest.mark.parametrize("formula", ["exp(z)", "-z", "100*z", "z", "3", "sin(z)", "where(z > 0, z, 0.1 * z) + z * z"])
def test_nothing_is_written_outside_the_figure_and_the_names_do_not_touch(own, formula):
    moved(own, formula)
    own._stage.png(1)
    boxes = [t.get_window_extent() for t in own._stage.figure.findobj(Text) if t.get_text() and t.get_visible()]
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= SIZE[0]
    f, slope = (name.get_window_extent() for name in own._picture._curve._names)
    assert abs(f.y0 - slope.y0) > 11
    axes = own._picture._curve._axes.get_window_extent()
    assert max(f.y1, slope.y1) < axes.y1 + 10


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    own = explorers.own_activation()
    texts = []
    for formula in (
        "z",
        "3",
        "log(z)",
        "sin(5*z",
        "where(z >= 0, z**0.5, 0)",
        "exp(z*z)",
        "1/z + 1/(z - 2)",
        "tanh(z)",
    ):
        moved(own, formula)
        texts += [own.alt, own.figure.status, own.figure.banner]
    lost = {**own._arrays, "loss": np.full(EPOCHS, 0.9), "diverged": np.array(0)}
    values = core.Values(formula="tanh(z)", learning_rate=0.5)
    texts += [
        own.warn(values, lost),
        own.describe(values, lost),
        own.warn(values, {**lost, "diverged": np.array(3)}),
    ]
    texts += [control.description for control in own.controls.values()]
    texts += [button.description for button in own.children[1].children[1:]]
    symbols = {"z", "x₁", "x₂", "f(z)", "f′(z)", "f(z) = tanh(z)"}  # mathematics
    texts += [text.get_text() for text in own._stage.figure.findobj(Text) if text.get_text() not in symbols]
    assert len(OwnActivation.presets) == 5
    for text in texts:
        if re.search("[a-zA-Z]", text):
            assert text.startswith("⟦"), text
            assert text.endswith("⟧"), text
