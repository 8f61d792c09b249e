"""Chapter 14's forecasts: the series, the network, the baselines, and what is said."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.chapter_14._horizon_figure import REACH, WORST
from nnlab.explorers.chapter_14._series import (
    FARTHEST,
    LEARNED,
    SERIES,
    build,
    error,
    go_on,
    last_state,
    pieces,
    series,
    windows,
)
from nnlab.explorers.chapter_14.forecast_horizon import ForecastHorizon


@pytest.fixture(scope="module")
def forecast(compiled):
    return explorers.forecast_horizon()


def moved(forecast, **values):
    forecast.set(**values)
    forecast.settle()
    return forecast.data


@pytest.mark.parametrize("name", SERIES)
def test_what_is_learned_is_standardized_and_nothing_later_is_used_for_it(name):
    s = series(name)
    assert s.shape == (2000,)
    assert s[:LEARNED].mean() == pytest.approx(0, abs=1e-9)
    assert s[:LEARNED].std() == pytest.approx(1)
    x, y = windows(s, 7)
    assert x.shape == (LEARNED - 7, 7, 1)
    np.testing.assert_allclose(y[-1], s[LEARNED - 1], rtol=1e-6)
    np.testing.assert_allclose(x[5, :, 0], s[5:12], rtol=1e-5)


def test_the_chaotic_series_obeys_its_equation():
    from nnlab.explorers.chapter_14._series import _mackey_glass

    x = _mackey_glass(300)
    late = x[: -17 - 1]
    slope = 0.2 * late / (1 + late**10) - 0.1 * x[17:-1]
    assert np.abs(np.diff(x)[17:] - slope).max() < 0.02  # a step of 1, where the series is made by steps of 0.1
    assert 0.2 < x.min() < x.max() < 1.5


def test_windows_and_truth_fit_together():
    s = series("seasonal")
    known, truth = pieces(s, 9)
    assert truth.shape[1] == FARTHEST
    np.testing.assert_array_equal(known[0], s[LEARNED - 9 : LEARNED])
    np.testing.assert_array_equal(truth[0], s[LEARNED : LEARNED + FARTHEST])
    np.testing.assert_array_equal(known[2, -1], s[LEARNED + 19])


def test_forecasts_are_those_of_the_network_fed_with_its_own_answers():
    model = build(6, eagerly=True)
    weights = model.get_weights()
    x = series("chaotic")[:12].reshape(2, 6).astype(np.float32)
    np.testing.assert_allclose(last_state(weights, x), model.predict(x[:, :, None])[:, 0], atol=1e-5)
    many = go_on(weights, x, 3)
    again = x
    for k in range(3):
        answer = model.predict(again[:, :, None])
        np.testing.assert_allclose(many[:, k], answer[:, 0], atol=1e-5)
        again = np.concatenate([again[:, 1:], answer], axis=1)


def test_errors_are_root_mean_squares():
    np.testing.assert_allclose(error(np.array([[3.0, 0], [4, 1]]), np.zeros((2, 2))), [12.5**0.5, 0.5**0.5])


def test_the_lessons_hold(forecast):
    chaos = moved(forecast, data="chaotic", window=12, horizon=40)
    assert chaos["error"][0] < 0.3 * chaos["naive"][0]
    assert chaos["error"][-1] > 15 * chaos["error"][0]
    season = moved(forecast, data="seasonal", window=24)
    assert season["error"].max() < 0.7
    assert season["naive"].max() > 1.5
    assert season["naive"][23] < 0.6  # a season later
    walk = moved(forecast, data="random walk", window=12)
    assert (walk["error"] > walk["naive"]).all()
    assert "larger one step ahead" in forecast.alt
    short = moved(forecast, data="chaotic", window=3)
    assert short["error"][:10].mean() > chaos["error"][:10].mean()


def test_one_step_forecasts_are_fed_with_the_truth(forecast):
    data = moved(forecast, data="chaotic", window=12, horizon=40, origin=300)
    assert np.abs(data["one"] - data["truth"]).max() < 0.3
    assert data["one"][0] == pytest.approx(data["many"][0], abs=1e-6)
    assert len(data["one"]) == len(data["many"]) == 40
    np.testing.assert_array_equal(data["truth"], series("chaotic")[LEARNED + 300 : LEARNED + 340])
    assert len(moved(forecast, horizon=1)["many"]) == 1


def test_a_window_that_was_trained_is_not_trained_again(forecast):
    first = moved(forecast, data="seasonal", window=5, horizon=10, origin=0)
    count = len(forecast._trained)
    moved(forecast, window=6)
    again = moved(forecast, window=5)
    assert len(forecast._trained) == count + 1
    np.testing.assert_array_equal(first["many"], again["many"])


def test_everything_stays_in_the_picture(forecast):
    for values in (*ForecastHorizon.presets.values(), {"data": "random walk", "window": 2, "origin": 1100}):
        moved(forecast, **values)
        picture = forecast._picture
        for line in (picture._one, picture._many):
            assert np.abs(line.get_ydata()).max() <= REACH
        for line in (picture._error, picture._naive, picture._mean):
            assert line.get_ydata().max() <= WORST
        heights = sorted(label.y for label in picture._names.texts)
        assert np.diff(heights).min() > 0.15
    assert "has gone far" in forecast.figure.status


def test_the_formulas_train_it_too(formulas):
    forecast = explorers.forecast_horizon()
    assert np.isfinite(forecast.data["error"]).all()


def test_code_reproduces_the_state(forecast):
    moved(forecast, data="seasonal", window=8, horizon=17, origin=40)
    again = eval(forecast.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["many"], forecast.data["many"])
