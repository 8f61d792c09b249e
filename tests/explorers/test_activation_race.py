"""Chapter 3's race: what it trains, what it draws and what it says of it."""

import sys

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_03._activation_race_figure import EPOCHS, HIGHEST
from nnlab.explorers.chapter_03.activation_race import ACTIVATIONS, EARLY, MANY, SEEDS, ActivationRace
from nnlab.plots.labels import spread
from nnlab.plots.style import ACTIVATION_COLORS

module = sys.modules["nnlab.explorers.chapter_03.activation_race"]  # the name in the package is the function's


@pytest.fixture(scope="module")
def race(compiled):
    """One explorer, with the compiled runner, for all tests that only look or that set what they need."""
    return explorers.activation_race()


def moved(race, **values):
    race.set(**{**ActivationRace.presets["default"], **values})
    race.settle()
    return race.data


def by_name(values):
    return dict(zip(ACTIVATIONS, values, strict=True))


def test_a_line_cannot_part_the_moons_and_those_that_bend_can(race):
    accuracy = by_name(moved(race)["accuracy"])
    assert 0.82 < accuracy["linear"] < 0.9
    assert min(accuracy[name] for name in ("tanh", "relu", "gelu")) > 0.97


@pytest.mark.parametrize("data", ["circles", "xor"])
def test_circles_and_xor_are_a_coin_toss_for_a_line(race, data):
    accuracy = by_name(moved(race, data=data)["accuracy"])
    assert accuracy["linear"] < 0.6
    assert accuracy["tanh"] > 0.95
    assert "linear no better than tossing a coin" in race.alt


def test_arrays_have_a_row_for_each_activation_and_quartiles_in_order(race):
    data = moved(race, data="spiral")
    assert data["loss"].shape == data["loss_low"].shape == data["loss_high"].shape == (len(ACTIVATIONS), EPOCHS)
    assert data["accuracies"].shape == (len(ACTIVATIONS), SEEDS)
    assert (data["loss_low"] <= data["loss"]).all()
    assert (data["loss"] <= data["loss_high"]).all()
    assert (data["loss_low"] < data["loss_high"]).any()
    np.testing.assert_array_equal(data["accuracy"], np.median(data["accuracies"], axis=1))
    np.testing.assert_array_equal(data["epoch"], np.arange(1, EPOCHS + 1))
    assert ((data["surface"] >= 0) & (data["surface"] <= 1)).all()


def test_what_is_drawn_is_the_data(race):
    data = moved(race, width=5)
    picture = race._picture
    for k, panel in enumerate(picture._panels):
        np.testing.assert_array_equal(panel._surface._field.values, data["surface"][k])
        assert len(panel._surface._zeros.get_xdata()) + len(panel._surface._ones.get_xdata()) == len(data["x"]) == 200
        assert str(int(100 * data["accuracy"][k] + 1e-6)) in panel._right.get_text()
        np.testing.assert_array_equal(picture._race._lines[k].get_ydata()[:5], data["loss"][k, :5].clip(max=HIGHEST))


def test_the_same_state_gives_the_same_arrays(race):
    first = moved(race, learning_rate=0.1, width=4)
    moved(race, learning_rate=0.01)
    again = moved(race, learning_rate=0.1, width=4)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_a_run_in_two_laps_is_the_run_in_one():
    values = core.Values(**ActivationRace.presets["default"])
    one, two = (module.build(values, "tanh", 3, run_eagerly=False) for _ in range(2))
    x, y = module._points("moons")
    whole = one.fit(x, y, batch_size=20, epochs=7, verbose=0).history["loss"]
    first = two.fit(x, y, batch_size=20, epochs=3, verbose=0).history["loss"]
    rest = two.fit(x, y, batch_size=20, epochs=7, initial_epoch=3, verbose=0).history["loss"]
    np.testing.assert_array_equal(whole, first + rest)


def test_all_activations_begin_with_the_same_weights():
    values = core.Values(**ActivationRace.presets["deep sigmoid"])
    weights = [module.build(values, name, 5, run_eagerly=False).get_weights() for name in ACTIVATIONS]
    for others in weights[1:]:
        for mine, theirs in zip(weights[0], others, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_a_deep_sigmoid_network_learns_late(race):
    loss = by_name(moved(race, **ActivationRace.presets["deep sigmoid"])["loss"])
    others = [loss[name][EARLY - 1] for name in ("tanh", "relu", "gelu")]
    assert loss["sigmoid"][EARLY - 1] > 3 * max(others)
    assert loss["sigmoid"][-1] < 0.5 * loss["sigmoid"][EARLY - 1]
    assert "the loss of sigmoid is more than twice" in race.alt


def test_a_learning_rate_of_one_ruins_many_runs_and_the_banner_counts_them(race):
    data = moved(race, **ActivationRace.presets["too fast"])
    lost = by_name(data["lost"])
    assert sum(lost.values()) >= MANY
    banner = race.figure.banner
    assert "learning rate of 1 " in banner
    assert f"relu in {lost['relu']} of {SEEDS} runs" in banner
    assert "to the left" in banner
    assert "learning rate is too high" in race.alt
    moved(race)
    assert race.figure.banner == ""


def test_a_slow_run_is_not_called_too_fast(race):
    data = moved(race, learning_rate=0.001, data="xor", depth=1, width=2)
    assert data["lost"].sum() == 0
    assert race.figure.banner == ""


@pytest.mark.parametrize("preset", ["default", "linear cannot bend", "deep sigmoid"])
def test_the_words_of_the_presets_stand_far_from_their_edges(race, preset):
    data = moved(race, **ActivationRace.presets[preset])
    spread_of = np.subtract(*np.quantile(data["accuracies"], (0.75, 0.25), axis=1))
    for accuracy, width in zip(data["accuracy"], spread_of, strict=True):
        if accuracy < 0.52:
            continue
        assert abs(width - 0.1) > 0.03
        if width < 0.1:
            assert accuracy > 0.955 or 0.005 < accuracy % 0.05 < 0.045


def test_the_share_of_right_answers_leaves_room_for_the_name_of_the_axis(race):
    data = moved(race)
    assert data["accuracy"].max() > 0.99
    for panel in race._picture._panels:
        x1 = next(text for text in panel._right.axes.texts if text.get_text() == "x₁")
        assert panel._right.get_window_extent().x1 + 10 < x1.get_window_extent().x0


def test_the_names_at_the_right_never_touch(race):
    for preset in ActivationRace.presets.values():
        moved(race, **preset)
        boxes = [name.get_window_extent() for name in race._picture._race._names]
        centers = sorted((box.y0 + box.y1) / 2 for box in boxes)
        assert min(np.diff(centers)) > 0.8 * max(box.height for box in boxes)
        assert max(box.x1 for box in boxes) <= race._stage.figure.bbox.width


def test_spread_keeps_the_order_and_stays_inside():
    rng = np.random.default_rng(0)
    for _ in range(50):
        places = rng.choice([0.0, 0.02, 0.5, 0.51, 1.0, rng.random()], 5)
        out = spread(places, 0.12)
        assert np.diff(np.sort(out)).min() > 0.12 - 1e-12
        assert out.min() > -1e-12
        assert out.max() < 1 + 1e-12
        for a, b in zip(places, out, strict=True):
            assert ((out > b)[places > a]).all()


def test_the_first_picture_comes_long_before_the_last(race, monkeypatch):
    pictures = []
    show = race._show

    def spy(values, arrays, final):
        pictures.append((arrays["accuracies"].shape[1], len(arrays["epoch"]), final))
        show(values, arrays, final)

    monkeypatch.setattr(race, "_show", spy)
    moved(race, width=9)
    assert pictures[0] == (1, EARLY, False)
    assert pictures[-1] == (SEEDS, EPOCHS, True)
    assert [seeds for seeds, _epochs, _final in pictures] == sorted(seeds for seeds, _epochs, _final in pictures)


def test_it_stops_soon_after_it_is_told_to(race, given_up):
    race.compute(core.Values(**ActivationRace.presets["default"]), given_up)
    assert len(given_up.shown) == 1


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_shows_a_shorter_race():
    explorer = explorers.activation_race(depth=1, width=2)
    data = explorer.data
    assert data["loss"].shape == (len(ACTIVATIONS), EARLY)
    assert data["accuracies"].shape[1] == 2
    assert f"2 of {SEEDS} seeds" in explorer.figure.status
    assert explorer.png.startswith(b"\x89PNG")


class Diverging:
    """A model whose loss is no longer a number after three epochs."""

    def fit(self, x, y, **kwargs):
        return type("History", (), {"history": {"loss": [0.7, 30.0, np.nan]}, "diverged": 21})()

    def predict(self, x):
        return np.full((len(x), 1), 0.5)


def test_a_loss_that_is_no_number_is_counted_and_clipped(race, monkeypatch):
    build = module.build
    monkeypatch.setattr(
        module, "build", lambda values, name, *rest: Diverging() if name == "linear" else build(values, name, *rest)
    )
    data = moved(race, learning_rate=0.5)
    assert by_name(data["diverged"])["linear"] == SEEDS
    assert np.isfinite(data["loss"]).all()
    assert data["loss"][0, -1] > HIGHEST
    assert race._picture._race._lines[0].get_ydata()[-1] == HIGHEST
    assert race.figure.banner.startswith("Diverged")
    assert f"linear in {SEEDS} of {SEEDS} runs" in race.figure.banner
    assert "too high" in race.alt


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": 2.0}, "one of 0.001, 0.0012, 0.0015, … 1 "),
        ({"depth": 5}, "between 1 and 4"),
        ({"width": 1}, "between 2 and 16"),
        ({"data": "gaussians"}, "'moons', 'circles'"),
        ({"momentum": 0.9}, "no control 'momentum'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(race, values, words):
    with pytest.raises(ValueError, match=words):
        race.set(**values)


def test_code_reproduces_the_state(race):
    moved(race, depth=3, data="xor")
    assert race.code() == 'explorers.activation_race(learning_rate=0.03, depth=3, width=8, data="xor")'
    again = eval(race.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["loss"], race.data["loss"])


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.activation_race(depth=1, width=2)
    explorer.set(learning_rate=1.0)
    explorer.settle()
    arrays = {**explorer._arrays, "diverged": np.full(5, 2), "lost": np.full(5, 0)}
    texts = [explorer.warn(explorer._values(), arrays), explorer.describe(explorer._values(), arrays)]
    texts += [explorer.warn(explorer._values(), {**arrays, "lost": np.full(5, 2)})]
    texts += [explorer.describe(explorer._values(), {**arrays, "diverged": np.zeros(5)})]
    texts += [explorer.alt, explorer.figure.status]
    texts += [control.description for control in explorer.controls.values()]
    texts += [button.description for button in explorer.children[2].children[1:]]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    symbols = {"", "x₁", "x₂", *ACTIVATION_COLORS}  # names of activations are code
    texts += [text for text in drawn - symbols if not is_number(text)]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text


def is_number(text):
    return text.replace(".", "").replace("−", "").isdigit() or "mathdefault" in text
