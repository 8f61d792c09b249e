"""Chapter 11's noise: gradients of rows and batches against nudges, against nnlab, and against 1/√B."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import Sequential, explorers, layers, optimizers
from nnlab.explorers import core
from nnlab.explorers.chapter_11._gradient_spread_figure import SIZES
from nnlab.explorers.chapter_11._gradients import (
    EVERY,
    ROWS,
    UPDATES,
    descend,
    each_gradient,
    first_weights,
    forward,
    loss,
)
from nnlab.explorers.chapter_11._perceptron import GUESS, bands
from nnlab.explorers.chapter_11.gradient_spread import CLOUD, GradientSpread, scatter, shares


@pytest.fixture(scope="module")
def explorer():
    return explorers.gradient_spread()


def moved(explorer, preset="default", **values):
    explorer.set(**{**GradientSpread.presets[preset], **values})
    explorer.settle()
    return explorer.data


def flat(weights):
    return np.concatenate([np.ravel(w) for w in weights])


def test_the_mean_of_all_rows_gradients_is_the_slope_of_the_loss():
    x, y = (part[:40] for part in bands()[:2])
    weights = first_weights(6, seed=3)
    weights[1] += 0.1  # away from the kinks
    mean, h = each_gradient(x, y, weights).mean(axis=0), 1e-6
    measured = []
    for w in weights:
        for place in np.ndindex(w.shape):
            before = w[place]
            w[place] = before + h
            up = loss(forward(x, weights)[1], y)
            w[place] = before - h
            measured.append((up - loss(forward(x, weights)[1], y)) / (2 * h))
            w[place] = before
    np.testing.assert_allclose(mean, measured, atol=1e-8)


def test_an_update_on_all_rows_is_nnlabs():
    x, y = (part[:ROWS] for part in bands()[:2])
    stack = [layers.Dense(16, activation="relu", input_shape=(10,)), layers.Dense(1, activation="sigmoid")]
    model = Sequential(stack, seed=0, dtype="float64")
    W1, b1, w2, b2 = first_weights(16)
    model.set_weights([W1, b1, w2[:, None], b2[None]])
    model.compile(optimizers.SGD(0.3), loss="binary_crossentropy")
    model.fit(x, y, batch_size=ROWS, epochs=1, verbose=0)
    mine = flat([W1, b1, w2, b2]) - 0.3 * each_gradient(x, y, [W1, b1, w2, b2]).mean(axis=0)
    np.testing.assert_allclose(flat(model.get_weights()), mine, rtol=1e-9, atol=1e-12)


def test_a_batch_has_no_row_twice():
    taken = shares(32, CLOUD)
    np.testing.assert_allclose(taken.sum(axis=1), 1, rtol=1e-5)
    assert ((taken > 0).sum(axis=1) == 32).all()
    assert len(np.unique(taken, axis=0)) == CLOUD


@pytest.mark.parametrize("updates", UPDATES)
def test_the_spread_is_one_over_the_root_of_the_batch_corrected_for_drawing_without_putting_back(updates):
    spread = scatter(32, 0.3, 64, updates)["spread"]
    sizes = np.array(SIZES)
    formula = np.sqrt((ROWS - sizes) / (ROWS - 1) / sizes)
    np.testing.assert_allclose(spread, formula, rtol=0.35)  # of 40 draws; single rows differ most
    np.testing.assert_allclose(spread[4:], formula[4:], rtol=0.2)


def test_the_cloud_stands_around_the_arrow(explorer):
    data = moved(explorer)
    np.testing.assert_allclose(data["cloud"].mean(axis=0), [data["length"], 0], atol=0.04)
    assert data["uphill"] == np.mean(data["cloud"][:, 0] < 0)


def test_small_batches_often_point_uphill_and_large_ones_never(explorer):
    assert moved(explorer, "large batch")["uphill"] == 0
    assert "smaller than the gradient" in explorer.alt
    assert 0.2 < moved(explorer, "one row")["uphill"] < 0.4
    assert "larger than the gradient" in explorer.alt


def test_the_noise_outlives_the_gradient(explorer):
    early, late = moved(explorer), moved(explorer, "late: the noise is left")
    assert late["length"] < 0.5 * early["length"]
    assert late["uphill"] > early["uphill"] + 0.1
    assert "larger than the gradient" in explorer.alt


def test_the_loss_of_a_batch_jumps_more_the_smaller_it_is(explorer):
    jumps = [np.abs(np.diff(moved(explorer, batch=batch)["seen"])).mean() for batch in (8, 32, 128)]
    assert jumps[0] > 1.5 * jumps[1] > 2 * jumps[2]


def test_whole_losses_are_those_of_all_rows():
    kept, _seen, whole = descend(32, 0.3, 16)
    x, y = (part[:ROWS] for part in bands()[:2])
    for updates in (0, 30, 300):
        assert whole[updates // EVERY] == pytest.approx(loss(forward(x, kept[updates])[1], y), rel=1e-4)


def test_too_long_steps_diverge_and_the_banner_says_so(explorer):
    data = moved(explorer, "diverges")
    assert not data["whole"][-10:].mean() < 1.2 * GUESS
    assert explorer.figure.banner.startswith("Diverged: with batches of 4")
    moved(explorer)
    assert explorer.figure.banner == ""


@pytest.mark.parametrize("batch", [1, 16, 256])
def test_extremes_are_drawn_without_a_warning(explorer, batch):
    for rate in (0.01, 10.0):
        moved(explorer, batch=batch, learning_rate=rate, updates=300, width=4)
        assert explorer.png.startswith(b"\x89PNG")
        assert "Nothing could be drawn" not in explorer.alt


def test_what_is_drawn_is_the_data(explorer):
    data = moved(explorer, batch=16)
    picture = explorer._picture
    np.testing.assert_array_equal(picture._cloud._dots.get_xydata(), data["cloud"])
    np.testing.assert_array_equal(picture._spread._dots.get_ydata(), data["spread"])
    assert picture._spread._chosen.get_ydata()[0] == data["spread"][SIZES.index(16)]
    assert picture._cloud._head.get_xdata()[0] == data["length"]


def test_nothing_measured_is_told_so(explorer):
    nothing = {**explorer._arrays, "length": np.array(np.nan), "spread": np.full(len(SIZES), np.nan)}
    assert "no gradient left" in explorer.describe(explorer._values(), nothing)


@pytest.mark.parametrize(
    ("values", "words"), [({"batch": 3}, "one of 1, 2, 4"), ({"updates": 5}, "0, 10, 30"), ({"width": 8}, "4")]
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.gradient_spread(**GradientSpread.presets["diverges"])
    values, arrays = core.Values(**GradientSpread.presets["default"]), explorer._arrays
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    for ratio in (0.1, 1.0, 9.0, np.nan):
        made = {**arrays, "length": np.array(1.0), "spread": np.full(len(SIZES), ratio)}
        texts.append(explorer.describe(values, made))
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - {"", "1/√B"}
    texts += [text for text in drawn if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
