"""Chapter 8's race on digits: what it trains, what it draws and what it says of it."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers, optimizers
from nnlab.explorers.chapter_08._digits import PIXELS, TRAINED, build, digits, share_right
from nnlab.explorers.chapter_08._optimizer_digits_figure import EPOCHS, HIGHEST, LOWEST, NAMES
from nnlab.explorers.chapter_08.optimizer_digits import ONE, OWN, SEEDS, TIMES, OptimizerDigits, make


@pytest.fixture(scope="module")
def race(compiled):
    return explorers.optimizer_digits()


def moved(race, **values):
    race.set(**{**race._first, **values})
    race.settle()
    return race.data


def shares(data):
    return dict(zip(NAMES, data["accuracy"], strict=True))


def test_the_digits_are_real_and_smaller():
    x, y, x_new, y_new = digits()
    assert x.shape == (TRAINED, PIXELS)
    assert x_new.shape == (2000, PIXELS)
    assert set(y) == set(y_new) == set(range(10))
    assert x.min() == 0
    assert 0.5 < x.max() <= 1


def test_under_one_rate_sgd_is_far_behind_and_under_its_own_it_is_not(race):
    one = shares(moved(race))
    assert one["Adam"] - one["SGD"] > 0.2
    own = shares(moved(race, rates=OWN))
    assert max(own.values()) - min(own.values()) < 0.08
    assert min(own.values()) > 0.8
    other = shares(moved(race, **OptimizerDigits.presets["SGD's rate for all"]))
    assert other["SGD"] > 0.75
    assert max(share for name, share in other.items() if name != "SGD") < 0.5
    assert "RMSprop" in race.figure.banner
    assert "SGD" not in race.figure.banner


def test_each_run_is_an_ordinary_training(race):
    data = moved(race, rates=OWN, batch_size=64)
    x, y, _x_new, _y_new = digits()
    for k, name in enumerate(NAMES):
        model = build(make(name, 0.01 * TIMES[name]), 1, False)
        history = model.fit(x, y, batch_size=64, epochs=EPOCHS, verbose=0)
        assert share_right(model) == data["accuracies"][k, 1]
        assert history.history["loss"][-1] > 0
    np.testing.assert_allclose(data["rate"], [0.01 * TIMES[name] for name in NAMES])


def test_arrays_have_a_row_for_each_optimizer_and_quartiles_in_order(race):
    data = moved(race, batch_size=128)
    assert data["loss"].shape == data["loss_low"].shape == data["loss_high"].shape == (len(NAMES), EPOCHS)
    assert data["accuracies"].shape == (len(NAMES), SEEDS)
    assert (data["loss_low"] <= data["loss"]).all()
    assert (data["loss"] <= data["loss_high"]).all()
    np.testing.assert_array_equal(data["accuracy"], np.median(data["accuracies"], axis=1))


def test_the_same_state_gives_the_same_arrays(race):
    first = moved(race, learning_rate=0.05)
    moved(race)
    for name, array in moved(race, learning_rate=0.05).items():
        np.testing.assert_array_equal(array, first[name])


def test_a_slow_rate_is_not_called_too_fast_and_a_diverging_one_is_no_error(race):
    moved(race, learning_rate=1e-4)
    assert race.figure.banner == ""
    data = moved(race, learning_rate=3.0, rates=OWN)
    assert data["lost"].min() == SEEDS
    assert np.isfinite(data["loss"]).all()
    assert "below 50 %" in race.alt


def test_what_is_drawn_is_the_data_and_names_never_touch(race):
    for rate, rates in itertools.product((1e-4, 0.01, 3.0), (ONE, OWN)):
        data = moved(race, learning_rate=rate, rates=rates)
        curves, dots = race._picture._race, race._picture._shares
        boxes = sorted((name.get_window_extent() for name in curves._names), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 4 for low, high in itertools.pairwise(boxes))
        for k in range(len(NAMES)):
            np.testing.assert_array_equal(curves._lines[k].get_ydata(), data["loss"][k].clip(LOWEST, HIGHEST))
            np.testing.assert_array_equal(dots._dots[k].get_xdata(), data["accuracies"][k])
            assert dots._numbers[k].get_text() == f"{int(100 * data['accuracy'][k] + 1e-6)} %"


def test_make_gives_the_optimizer_of_the_name():
    assert make("momentum", 0.1).momentum == 0.9
    assert [type(make(name, 0.1)) for name in NAMES] == [
        optimizers.SGD, optimizers.SGD, optimizers.Adagrad, optimizers.RMSprop, optimizers.Adam,
    ]  # fmt: skip


def test_code_reproduces_the_state_and_bad_values_are_refused(race):
    moved(race, learning_rate=0.02, batch_size=64, rates=OWN)
    assert race.code() == 'explorers.optimizer_digits(learning_rate=0.02, batch_size=64, rates="each its own")'
    with pytest.raises(ValueError, match="batch_size must be one of"):
        explorers.optimizer_digits(batch_size=33)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    race = explorers.optimizer_digits(learning_rate=1.0)
    race.settle()
    texts = [race.alt, race.figure.status, race.figure.banner]
    texts += [control.description for control in race.controls.values()]
    texts += [text.get_text() for text in race._stage.figure.findobj(Text)]
    for text in texts:
        if text not in {*NAMES, ""} and not text.replace(".", "").replace(" %", "").isdigit():
            assert text.startswith("⟦"), text
