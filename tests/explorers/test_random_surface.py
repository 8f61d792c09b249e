"""Chapter 4's random network: what it computes, draws and says."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import Sequential, explorers, layers
from nnlab.explorers import core
from nnlab.explorers.chapter_04.random_surface import (
    NAMES,
    SIDE,
    WILD,
    RandomSurface,
    _drawn,
    forward,
    turns,
)


@pytest.fixture(scope="module")
def surface():
    return explorers.random_surface()


def moved(surface, **values):
    surface.set(**{"activation": "tanh", "depth": 2, "width": 16, "scale": 2.0, "seed": 0, "cut": 0.0, **values})
    surface.settle()
    return surface.data


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_network_that_it_says(name):
    values = core.Values(activation=name, depth=3, width=5, scale=1.5, seed=2)
    first, others, biases, last = _drawn(2)
    hidden = [layers.Dense(5, activation=name) for _ in range(3)]
    model = Sequential([layers.Input(shape=(2,)), *hidden, layers.Dense(1)])
    kernels = [first[:, :5] * 1.5 / np.sqrt(2), *(others[:2, :5, :5] * 1.5 / np.sqrt(5))]
    weights = [array for kernel, bias in zip(kernels, biases[:3, :5], strict=True) for array in (kernel, bias)]
    model.set_weights([*weights, last[:5] / np.sqrt(5), np.zeros(1)])
    x = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(forward(values, x)[0], model.predict(x)[:, 0], atol=1e-4)


def test_linear_is_a_plane_at_any_depth(surface):
    data = moved(surface, activation="linear", depth=10, scale=1.0)
    bend = np.diff(data["surface"], 2, axis=0)
    assert np.abs(bend).max() < 1e-4 * np.ptp(data["surface"])
    assert data["turns"] == 0


def test_the_presets_are_what_their_names_say(surface):
    found = {}
    for name, values in RandomSurface.presets.items():
        found[name] = moved(surface, **values), surface.figure.banner, surface.alt
    assert found["smooth"][0]["turns"] <= 3
    assert found["smooth"][1] == ""
    chaos = found["chaos: deep tanh, large weights"]
    assert chaos[0]["turns"] > 3 * WILD
    assert chaos[0]["saturated"] > 0.43
    assert chaos[1].startswith("Saturated")
    assert "wild" in chaos[2]
    assert found["flat: deep sigmoid"][1].startswith("Flat")
    assert found["dead"][1].startswith("Dead")
    assert "exactly the same" in found["dead"][2]
    facets = found["facets"][0]["surface"]
    bends = np.abs(np.diff(facets, 2, axis=1)) > 1e-4 * np.ptp(facets)
    assert bends.mean() < 0.3  # straight almost everywhere


def test_depth_makes_large_weights_wild(surface):
    counted = [int(moved(surface, depth=depth, width=32, scale=4.0)["turns"]) for depth in (1, 4, 10)]
    assert counted[0] < WILD < counted[2]
    assert counted == sorted(counted)


def test_the_cut_is_a_row_of_the_surface(surface):
    middle = moved(surface, cut=0.0)
    np.testing.assert_allclose(
        np.interp(np.linspace(-3, 3, SIDE), middle["x"], middle["height"]), middle["surface"][SIDE // 2], atol=1e-3
    )
    top = moved(surface, cut=3.0)
    np.testing.assert_array_equal(top["surface"], middle["surface"])
    np.testing.assert_allclose(
        np.interp([-3, 0, 3], top["x"], top["height"]), top["surface"][-1, [0, 45, 90]], atol=1e-4
    )


def test_a_slider_changes_one_thing(surface):
    """A wider or deeper network keeps the numbers of the smaller one, so that nothing jumps about."""
    one, two = (_drawn(3) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        assert a is b
    assert not np.allclose(moved(surface, seed=3)["surface"], moved(surface, seed=4)["surface"])


def test_the_cut_can_be_dragged(surface):
    moved(surface)
    surface._pointed(0.2, 0.2, True)
    surface.settle()
    assert surface.controls["cut"].value > 0.5
    np.testing.assert_allclose(surface._line.get_ydata(), surface.controls["cut"].value)


@pytest.mark.parametrize(("y", "count"), [([0, 1, 2], 0), ([0, 1, 0, 1], 2), ([1, 1, 1], 0), ([0, 5, 5 - 1e-9, 6], 0)])
def test_turns_are_counted(y, count):
    assert turns(np.array(y, float)) == count


@pytest.mark.parametrize(
    ("values", "words"),
    [({"depth": 11}, "between 1 and 10"), ({"scale": 20.0}, "scale"), ({"activation": "step"}, "'linear'")],
)
def test_what_the_controls_do_not_offer_is_refused(surface, values, words):
    with pytest.raises(ValueError, match=words):
        surface.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.random_surface()
    texts = [explorer.alt, explorer.figure.status]
    for preset in RandomSurface.presets.values():
        explorer.set(**preset)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - {"", "x₁", "x₂"}
    texts += [text for text in drawn if not text.replace(".", "").replace("−", "").isdigit() and "math" not in text]
    for text in filter(None, texts):
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
