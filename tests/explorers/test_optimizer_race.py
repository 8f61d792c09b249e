"""Chapter 8's race: the steps, the surfaces, what is drawn, and what is said of it."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_08._landscapes import LANDSCAPES, STEEP
from nnlab.explorers.chapter_08._optimizer_race_figure import HIGHEST, LOWEST, NAMES, STEPS
from nnlab.explorers.chapter_08.optimizer_race import CLOSE, OFF, ON, OptimizerRace


@pytest.fixture(scope="module")
def race():
    return explorers.optimizer_race()


def moved(race, **values):
    race.set(**{**race._first, **values})
    race.settle()
    return race.data


def last(data):
    return dict(zip(NAMES, data["loss"][:, -1], strict=True))


def by_hand(gradient, start, rate, beta_1, beta_2, corrected=True):
    """Walk with each rule written out, (6, STEPS + 1, 2)."""
    w, paths = np.tile(np.array(start), (6, 1)), []
    v, s, r, m, q = np.zeros((2, 2)), np.full(2, 0.1), np.zeros(2), np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 2):
        paths.append(w.copy())
        g = gradient(w)
        v = beta_1 * v - rate * g[1:3]
        s, r = s + g[3] ** 2, beta_2 * r + (1 - beta_2) * g[4] ** 2
        m, q = beta_1 * m + (1 - beta_1) * g[5], beta_2 * q + (1 - beta_2) * g[5] ** 2
        factor = np.sqrt(1 - beta_2**t) / (1 - beta_1**t) if corrected else 1.0
        w = w + np.stack(
            [
                -rate * g[0], v[0], beta_1 * v[1] - rate * g[2], -rate * g[3] / np.sqrt(s + 1e-7),
                -rate * g[4] / np.sqrt(r + 1e-7), -rate * factor * m / (np.sqrt(q) + 1e-7),
            ]
        )  # fmt: skip
    return np.array(paths).swapaxes(0, 1)


@pytest.mark.parametrize(("landscape", "correction"), [("valley", ON), ("tilted valley", ON), ("saddle", OFF)])
def test_the_six_walk_by_the_formulas_of_the_chapter(race, landscape, correction):
    data = moved(race, landscape=landscape, correction=correction, learning_rate=0.05, beta_1=0.8, beta_2=0.95)
    expected = by_hand(LANDSCAPES[landscape].gradient, (-1.7, 1.2), 0.05, 0.8, 0.95, correction == ON)
    np.testing.assert_allclose(data["path"], expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", list(LANDSCAPES))
def test_gradients_are_those_of_the_losses_and_the_least_loss_is_0(name):
    surface = LANDSCAPES[name]
    for w in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        measured = [(surface.loss(w + 1e-6 * d) - surface.loss(w - 1e-6 * d)) / 2e-6 for d in np.eye(2)]
        np.testing.assert_allclose(surface.gradient(w), measured, rtol=1e-6, atol=1e-7)
    along = np.linspace(-2, 2, 201)
    lowest = surface.loss(np.stack(np.meshgrid(along, along), axis=-1)).min()
    assert 0 <= lowest < 1e-12


def test_on_the_first_picture_sgd_creeps_and_adagrad_stops(race):
    loss = last(moved(race))
    assert {name for name in NAMES if loss[name] > 1.5 * CLOSE} == {"SGD", "Adagrad"}
    assert max(loss[name] for name in NAMES if name not in ("SGD", "Adagrad")) < CLOSE / 1.5
    assert "Above it: SGD, Adagrad." in race.alt


def test_turning_the_valley_matters_to_those_that_treat_each_weight_by_itself():
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    straight = by_hand(LANDSCAPES["valley"].gradient, (1.0, 1.0), 0.05, 0.9, 0.99)
    tilted = by_hand(LANDSCAPES["tilted valley"].gradient, turn @ (1.0, 1.0), 0.05, 0.9, 0.99)
    for k, name in enumerate(NAMES):
        same = np.allclose(straight[k] @ turn.T, tilted[k], atol=1e-6)
        assert same == (name in ("SGD", "momentum", "Nesterov")), name


def test_sgd_diverges_above_its_limit_and_nesterov_before(race):
    assert last(moved(race, learning_rate=0.2, beta_1=0.0))["SGD"] < 1e-3
    loss = last(moved(race, **OptimizerRace.presets["diverges"]))
    assert OptimizerRace.presets["diverges"]["learning_rate"] > 2 / STEEP
    assert min(loss["SGD"], loss["Nesterov"]) > 1e3
    assert max(loss[name] for name in ("momentum", "Adagrad", "RMSprop", "Adam")) < CLOSE
    assert "Diverges: SGD, Nesterov." in race.figure.banner
    loss = last(moved(race, learning_rate=0.15))
    assert loss["Nesterov"] > 1e3 > loss["SGD"]


def test_presets_show_what_their_names_say(race):
    data = moved(race, **OptimizerRace.presets["SGD zigzags"])
    across = data["path"][0, :20, 1]
    assert (across[1:] * across[:-1] < 0).all()
    assert last(moved(race, **OptimizerRace.presets["Adagrad stops"]))["Adagrad"] > 0.3
    raw = moved(race, **OptimizerRace.presets["no bias correction"])["path"][5]
    corrected = moved(race, **{**OptimizerRace.presets["no bias correction"], "correction": ON})["path"][5]
    assert np.linalg.norm(raw[1] - raw[0]) > 3 * np.linalg.norm(corrected[1] - corrected[0])
    loss = last(moved(race, **OptimizerRace.presets["saddle"]))
    assert loss["SGD"] > 0.05 > 100 * loss["momentum"]
    assert min(last(moved(race, **OptimizerRace.presets["noisy bowl"])).values()) > 1e-4


def test_noise_is_the_same_for_all_and_each_time(race):
    first = moved(race, noise=1.0)["path"]
    moved(race, noise=0.5)
    np.testing.assert_array_equal(moved(race, noise=1.0)["path"], first)
    sgd = first[0]
    g = LANDSCAPES["valley"].gradient(sgd[:-1])
    noise = (sgd[:-1] - sgd[1:]) / 0.05 - g
    assert 0.8 < noise.std() < 1.2


def test_the_start_can_be_dragged_and_moved_by_keys(race):
    moved(race)
    race.handles.held = ("plane", 0)
    race.pointed("plane", 0.513, -0.77)
    race.settle()
    np.testing.assert_allclose(race.data["path"][:, 0], np.tile([0.52, -0.78], (6, 1)), atol=0.021)
    before = race.controls["x0"].value
    race._stepped(1, 0)
    assert race.controls["x0"].value > before


def test_names_never_touch_and_curves_end_at_the_edge(race):
    states = itertools.product(LANDSCAPES, (1e-3, 0.1, 1.0), (0.0, 3.0))
    for landscape, rate, noise in states:
        data = moved(race, landscape=landscape, learning_rate=rate, noise=noise)
        curves = race._picture._race
        boxes = sorted((name.get_window_extent() for name in curves._names), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 4 for low, high in itertools.pairwise(boxes))
        for k, line in enumerate(curves._lines):
            drawn = line.get_ydata()
            np.testing.assert_array_equal(drawn, data["loss"][k, : len(drawn)].clip(LOWEST, HIGHEST))


def test_code_reproduces_the_state_and_bad_values_are_refused(race):
    moved(race, landscape="bowl", learning_rate=0.3, noise=0.5)
    again = eval(race.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["path"], race.data["path"])
    with pytest.raises(ValueError, match="landscape must be one of"):
        explorers.optimizer_race(landscape="hill")


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    race = explorers.optimizer_race(learning_rate=0.25, correction=OFF)
    texts = [race.alt, race.figure.status, race.figure.banner]
    texts += [control.description for name, control in race.controls.items() if name not in ("x0", "y0")]
    texts += [text.get_text() for text in race._stage.figure.findobj(Text)]
    plain = {*NAMES, "", "w₁", "w₂"}
    for text in texts:
        if text not in plain and not text.replace(".", "").lstrip("−").isdigit() and not text.startswith("10"):
            assert text.startswith("⟦"), text
