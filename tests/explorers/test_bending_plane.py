"""Chapter 4's bending plane: what it trains, where it puts the plane, and what it says of it."""

import sys

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_04.bending_plane import EPOCHS, HIDDEN, BendingPlane
from nnlab.plots.passages import Passage

module = sys.modules["nnlab.explorers.chapter_04.bending_plane"]  # the name in the package is the function's


@pytest.fixture(scope="module")
def plane(compiled):
    return explorers.bending_plane()


def moved(plane, **values):
    plane.set(**{"position": 100, "data": "circles", **BendingPlane.presets["three units"], **values})
    plane.settle()
    return plane.data


def test_three_units_part_the_rings_and_two_do_not(plane):
    assert moved(plane)["accuracy"] > 0.97
    assert "Nearly all points" in plane.alt
    assert plane.figure.banner == ""
    for seed in range(4):
        assert moved(plane, hidden="2", seed=seed)["accuracy"] < 0.9
    assert "Many points lie on the wrong side" in plane.alt
    assert "no straight cut" in plane.figure.banner


@pytest.mark.parametrize("name", BendingPlane.presets)
def test_presets_keep_what_they_promise(plane, name):
    accuracy = float(moved(plane, **BendingPlane.presets[name])["accuracy"])
    if name in ("three units", "ReLUs fold", "moons", "XOR in space"):
        assert accuracy > 0.975
    elif name != "not trained":
        assert accuracy < 0.88


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_the_way_begins_as_the_plane_and_ends_with_the_last_z_as_height(plane, hidden, activation):
    data = moved(plane, hidden=hidden, activation=activation, data="moons", position=0)
    np.testing.assert_allclose(data["place"][:, :2], data["x"], atol=1e-6)
    passage = plane._arrays["_passage"]
    assert len(passage.stages) == 3 * len(HIDDEN[hidden]) + 1
    end = moved(plane, hidden=hidden, activation=activation, data="moons")["place"]
    z = passage.forward(data["x"])
    up = float(np.linalg.norm(passage._last))
    np.testing.assert_allclose(end[:, 1] * up + passage._last_bias, z, atol=1e-8 * max(1, np.abs(z).max()))


def test_the_passage_is_the_network(plane):
    state = {"data": "moons", "hidden": "2-2", "activation": "tanh", "epochs": 200, "seed": 4}
    values = core.Values(**state, position=100)
    model = module.build(values, run_eagerly=False)
    x, y = module._points("moons")
    model.fit(x, y, batch_size=20, epochs=values.epochs, verbose=0)
    data = moved(plane, **state)
    p = model.predict(x)[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-plane._arrays["_passage"].forward(x))), p, atol=1e-3)
    assert data["accuracy"] == np.mean((p > 0.5) == (y == 1))


def test_only_a_bend_makes_the_border_curved(plane):
    flat = moved(plane, activation="linear", data="moons")["border"]
    points = flat[np.isfinite(flat).all(axis=1)]
    _u, sizes, _v = np.linalg.svd(points - points.mean(axis=0))
    assert sizes[1] < 1e-6 * sizes[0]
    bent = moved(plane)["border"]
    points = bent[np.isfinite(bent).all(axis=1)]
    _u, sizes, _v = np.linalg.svd(points - points.mean(axis=0))
    assert sizes[1] > 0.3 * sizes[0]


def test_moving_the_position_trains_nothing_anew(plane, monkeypatch):
    moved(plane)
    monkeypatch.setattr(module, "build", lambda *_: pytest.fail("trained again"))
    first = moved(plane, position=20)["place"]
    second = moved(plane, position=80)["place"]
    assert not np.allclose(first, second)


def test_the_same_state_gives_the_same_arrays(plane):
    first = moved(plane, data="xor", epochs=50)
    moved(plane, data="moons")
    again = moved(plane, data="xor", epochs=50)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_the_bar_stands_at_the_step(plane):
    bar = plane._picture._steps._bar
    rows = []
    for position in (0, 10, 40, 60, 90):
        moved(plane, position=position)
        rows.append(bar.get_y() // 22)
    assert rows == [0, 1, 2, 3, 4]
    moved(plane, position=75)  # three of four steps are done: the last of them is full
    assert (bar.get_y() // 22, bar.get_width()) == (3, 276)
    moved(plane, hidden="2-2", data="moons", position=60)  # stage 4.2 of 7: the second shift
    assert bar.get_y() // 22 == 2
    assert plane._picture._steps._layer.get_text() == "layer 2"


def test_what_is_drawn_is_the_data(plane):
    data = moved(plane, position=70)
    sheet = plane._picture._sheet
    drawn = np.concatenate([np.transpose(line.get_data()) for line in (sheet._zeros, sheet._ones)])
    assert len(drawn) == 200
    expected = np.concatenate([data["place"][data["y"] == k, :2] for k in (0, 1)])
    np.testing.assert_allclose(drawn, expected)
    low, high = np.array([sheet._axes.get_xlim(), sheet._axes.get_ylim()]).T
    assert ((drawn > low) & (drawn < high)).all()


@pytest.mark.parametrize("epochs", EPOCHS)
def test_every_age_can_be_shown(plane, epochs):
    moved(plane, epochs=epochs, hidden="3-3", activation="relu", data="spiral", position=85)
    assert ("not trained" in plane.alt) == (epochs == 0)
    assert plane.png.startswith(b"\x89PNG")


def test_a_dead_network_still_has_a_picture():
    zeros = [np.zeros((2, 3)), np.zeros(3), np.zeros((3, 1)), np.zeros(1)]
    x = np.array([[0.0, 1.0], [1.0, 0.0]])
    passage = Passage(zeros, "relu", x)
    for position in (0.0, 0.5, 2.5, 4.0):
        assert np.isfinite(passage.place(x, position)).all()
        assert passage.box(position)[1] > 0


@pytest.mark.parametrize(
    ("values", "words"),
    [({"hidden": "4"}, "'2', '3'"), ({"epochs": 3}, "epochs"), ({"position": 101}, "between 0 and 100")],
)
def test_what_the_controls_do_not_offer_is_refused(plane, values, words):
    with pytest.raises(ValueError, match=words):
        plane.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.bending_plane(hidden="2-2", position=30, epochs=50)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [control.description for name, control in explorer.controls.items() if name != "position"]
    texts += [explorer.controls["position"].slider.description]
    symbols = {"", "x₁", "x₂", "z₁", "z₂", "a₁", "a₂", "x", "x W", "+ b", "f(z)", "= 0"}
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - symbols
    texts += [text for text in drawn if not text.replace("−", "").isdigit() and "mathdefault" not in text]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
