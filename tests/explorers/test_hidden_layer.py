"""Chapter 1's hidden layer: what it trains, keeps, draws and says."""

import sys

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_01._hidden_layer_figure import SEEDS
from nnlab.explorers.chapter_01.hidden_layer import (
    EAGER_FRAMES,
    EAGER_SEEDS,
    EPOCHS,
    FRAMES,
    PIECE,
    HiddenLayer,
    answer,
)

module = sys.modules["nnlab.explorers.chapter_01.hidden_layer"]  # the name in the package is the function's
DEFAULT = {"data": "XOR", "units": 2, "learning_rate": 2.0, "seed": 0, "time": FRAMES}


@pytest.fixture(scope="module")
def network(compiled):
    return explorers.hidden_layer()


def moved(network, **values):
    network.set(**{**DEFAULT, **values})
    network.settle()
    return network.data


def test_one_unit_never_learns_xor_two_sometimes_eight_always(network):
    shares = [moved(network, units=units)["solved_at_last"].mean() for units in (1, 2, 3, 8)]
    assert shares[0] == 0
    assert 0.3 < shares[1] < 0.7
    assert shares[2] > 0.75
    assert shares[3] > 0.97
    assert "all or nearly all" in network.alt


def test_two_units_cannot_ring_a_circle_and_eight_can(network):
    assert moved(network, data="circles", units=2)["solved_at_last"].sum() == 0
    assert moved(network, data="circles", units=8)["solved_at_last"].mean() > 0.9


@pytest.mark.parametrize(("preset", "right"), [("two units, a good seed", True), ("two units, stuck", False)])
def test_the_presets_show_what_they_say(network, preset, right):
    data = moved(network, **HiddenLayer.presets[preset])
    assert data["right"].all() == right
    assert bool(data["solved_at_last"][HiddenLayer.presets[preset]["seed"]]) == right


def test_the_surface_is_what_the_model_says(network):
    data = moved(network, units=3, seed=4)
    x, y = module._samples("XOR")
    values = core.Values(**{**DEFAULT, "units": 3, "seed": 4})
    model = module.build(values, 4, run_eagerly=False)
    model.fit(x, y, batch_size=4, epochs=EPOCHS, verbose=0)
    np.testing.assert_allclose(answer(model.get_weights(), x), model.predict(x)[:, 0], atol=1e-5)
    said = model.predict(module.grid(49).astype(np.float32))[:, 0].reshape(49, 49)
    assert np.mean(np.abs(said - data["surface"]) > 0.01) < 0.02


def test_the_seed_that_is_shown_is_one_of_all(network):
    data = moved(network, seed=7)
    assert data["loss"][-1] == pytest.approx(data["last"][7], rel=1e-3, abs=1e-5)
    mine = network._picture._mine.get_data()
    assert mine[0][0] == 7


def test_time_looks_something_up_and_trains_nothing(network, monkeypatch):
    moved(network)
    monkeypatch.setattr(module, "build", None)
    begin, half, end = (moved(network, time=time) for time in (0, FRAMES // 2, FRAMES))
    assert [int(data["epoch"]) for data in (begin, half, end)] == [0, PIECE * FRAMES // 2, EPOCHS]
    assert np.abs(begin["surface"] - end["surface"]).max() > 0.3
    assert begin["solved"].sum() < end["solved"].sum()
    np.testing.assert_array_equal(begin["last"], end["last"])


def test_too_fast_is_told_by_a_banner_and_goes_away(network):
    moved(network, **HiddenLayer.presets["too fast"])
    assert "learning rate of 10 " in network.figure.banner
    assert "to the left" in network.figure.banner
    assert "too high" in network.alt
    moved(network)
    assert network.figure.banner == ""


def test_a_click_takes_the_seed(network):
    moved(network)
    network.handles.held = ("seeds", 0)
    network.pointed("seeds", 11.3, 0.4)
    network.settle()
    assert network.controls["seed"].value == 11


def test_the_first_picture_comes_before_the_seeds(network, monkeypatch):
    pictures = []
    show = network._show

    def spy(values, arrays, final):
        pictures.append((len(arrays["losses"]), final))
        show(values, arrays, final)

    monkeypatch.setattr(network, "_show", spy)
    moved(network, units=5, learning_rate=1.2)
    assert pictures[0] == (0, False)
    assert pictures[-1] == (SEEDS, True)


def test_what_was_broken_off_is_not_kept(network, given_up):
    values = core.Values(**{**DEFAULT, "units": 7, "learning_rate": 0.5})
    assert network.compute(values, given_up) == {}
    assert len(given_up.shown) == 1
    assert not any(key[1] == 7 for key in network._sweeps)
    again = moved(network, units=7, learning_rate=0.5)
    assert len(again["losses"]) == SEEDS


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_less():
    explorer = explorers.hidden_layer(units=3)
    data = explorer.data
    assert len(data["losses"]) == EAGER_SEEDS
    assert int(data["epoch"]) == EAGER_FRAMES * PIECE
    assert explorer.png.startswith(b"\x89PNG")


def test_titles_and_numbers_do_not_touch(network):
    for values in (DEFAULT, {**DEFAULT, "data": "circles", "units": 8}, HiddenLayer.presets["too fast"]):
        moved(network, **values)
        word, count = (text.get_window_extent() for text in (network._picture._word, network._picture._count))
        assert word.x1 + 8 < count.x0
        assert count.x1 <= network._stage.figure.bbox.width


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data": "spiral"}, "'XOR', 'circles'"),
        ({"units": 0}, "between 1 and 8"),
        ({"learning_rate": 20.0}, "learning_rate"),
        ({"seed": 40}, "between 0 and 39"),
        ({"time": 31}, "between 0 and 30"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(network, values, words):
    with pytest.raises(ValueError, match=words):
        network.set(**values)


def test_code_reproduces_the_state(network):
    moved(network, units=4, seed=3, time=5)
    assert network.code() == 'explorers.hidden_layer(data="XOR", units=4, learning_rate=2, seed=3, time=5)'
    again = eval(network.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["losses"], network.data["losses"])


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.hidden_layer(units=1)
    values, arrays = explorer._values(), explorer._arrays
    lost = {**arrays, "last": np.full(SEEDS, 3.0)}
    texts = [explorer.warn(values, lost), explorer.describe(values, lost), explorer.alt, explorer.figure.status]
    texts += [module._share(share) for share in (0.0, 0.2, 0.5, 0.8, 1.0)]
    texts += [explorer.describe(core.Values(**{**DEFAULT}), arrays)]
    texts += [control.description for name, control in explorer.controls.items() if name != "time"]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn - {"", "x₁", "x₂"} if not text.strip("−").replace(".", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert "⟧" in text, text
