"""Chapter 10's extrapolation: whether the fits and their spread are right, what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_10.extrapolation import (
    NINETY,
    RESAMPLES,
    Extrapolation,
    _draws,
    fits,
    standard_error,
    true,
)
from nnlab.explorers.letters import Labels

FIRST = {"points": 20, "reach": 1.0, "noise": 1.0, "truth": "straight", "model": "line", "x0": 3.5}


@pytest.fixture(scope="module")
def explorer():
    return explorers.extrapolation()


def moved(explorer, **values):
    explorer.set(**{**FIRST, **values})
    explorer.settle()
    return explorer.data


@pytest.mark.parametrize("degree", [1, 3])
def test_fits_are_least_squares_of_the_points_as_often_as_they_are_taken(degree):
    rng = np.random.default_rng(0)
    x, y = rng.random(30), rng.normal(size=30)
    picks = rng.multinomial(30, np.full(30, 1 / 30), size=3).astype(float)
    own, resampled = fits(x, y, degree, picks)
    np.testing.assert_allclose(own, np.polyfit(x, y, degree)[::-1], rtol=1e-3)
    for counts, found in zip(picks.astype(int), resampled, strict=True):
        u, v = np.repeat(x, counts), np.repeat(y, counts)
        np.testing.assert_allclose(found, np.polyfit(u, v, degree)[::-1], rtol=1e-3)


def test_the_standard_error_is_the_spread_of_fits_to_fresh_noise():
    rng = np.random.default_rng(1)
    x, at = rng.random(50), np.array([0.5, 3.0, 5.0])
    fresh = [np.polyval(np.polyfit(x, 2 * x + rng.normal(0, 0.4, 50), 1), at) for _ in range(4000)]
    told = np.mean([standard_error(x, 2 * x + rng.normal(0, 0.4, 50), 1, at) for _ in range(400)], axis=0)
    np.testing.assert_allclose(np.std(fresh, axis=0), told, rtol=0.05)


def test_the_band_holds_nine_fits_of_ten_and_agrees_with_the_formula(explorer):
    found = moved(explorer, points=200)
    inside = (found["curves"] >= found["low"]) & (found["curves"] <= found["high"])
    assert 0.7 < inside.mean() < 1
    np.testing.assert_allclose(found["measured"], found["formula"], rtol=0.25)
    assert pytest.approx(1.6449, abs=1e-4) == NINETY


def test_each_resampling_draws_as_many_points_as_there_are():
    u, noise, picks = _draws(15)
    assert len(u) == len(noise) == 15
    assert picks.shape == (RESAMPLES, 15)
    assert (picks.sum(axis=1) == 15).all()
    assert abs(noise).max() <= 0.5


def test_the_bend_begins_where_it_cannot_be_seen():
    x = np.array([-1.0, 0.0, 1.0])
    np.testing.assert_array_equal(true(x, "bends"), true(x, "straight"))
    assert true(np.array([3.0]), "bends")[0] == 5.0
    assert true(np.array([3.0]), "straight")[0] == 7.0


def test_a_bend_that_no_point_shows_changes_neither_fit_nor_band(explorer):
    straight = moved(explorer, points=200)
    bent = moved(explorer, points=200, truth="bends")
    for name in ("fit", "low", "high", "formula"):
        np.testing.assert_array_equal(straight[name], bent[name])
    assert bent["error"][60] > 5 * bent["measured"][60]
    assert "leaves the band" in explorer.alt


def test_what_makes_the_band_narrower(explorer):
    at_5 = {name: moved(explorer, **values)["measured"][60] for name, values in Extrapolation.presets.items()}
    assert at_5["20 points"] / at_5["200 points"] == pytest.approx(np.sqrt(10), rel=0.2)
    assert at_5["20 points up to 5"] < at_5["200 points"]
    assert at_5["a cubic"] > 100


def test_the_line_is_dragged_and_the_prediction_is_read(explorer):
    moved(explorer)
    explorer.pointed("plane", 5.02, 3.0)
    explorer.settle()
    assert explorer.data["at"][-1] == 5.0
    assert "At x = 5: the fit says" in explorer.figure.status
    picture = explorer._picture
    np.testing.assert_array_equal(picture._read.get_xdata(), [5.0, 5.0])
    np.testing.assert_allclose(picture._handle.get_ydata(), explorer.data["fit"][-1:])


def test_the_pictures_are_of_the_data(explorer):
    found = moved(explorer, reach=2.5)
    picture = explorer._picture
    np.testing.assert_array_equal(picture._fit.get_ydata(), found["fit"][:-1])
    np.testing.assert_array_equal(picture._measured.get_ydata(), found["measured"][:-1])
    assert [ground.get_width() for ground in picture._grounds] == [2.5, 2.5]
    assert found["x"].max() <= 2.5


@pytest.mark.parametrize("points", [10, 12])
def test_few_points_and_a_cubic_still_give_a_picture(explorer, points):
    found = moved(explorer, points=points, model="cubic", noise=2.0, reach=0.5)
    assert np.isfinite(found["curves"]).all()
    assert explorer.png.startswith(b"\x89PNG")


def test_code_reproduces_the_state_and_bad_values_are_refused(explorer):
    moved(explorer, points=50, truth="bends", x0=-0.5)
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["fit"], explorer.data["fit"])
    with pytest.raises(ValueError, match=r"between 0\.5 and 5"):
        explorer.set(reach=6.0)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.extrapolation(truth="bends")
    texts = [explorer.alt, explorer.figure.status]
    for reach in (3.0, 5.0):
        explorer.set(reach=reach)
        explorer.settle()
        texts.append(explorer.alt)
    texts += [control.description for name, control in explorer.controls.items() if name != "x0"]
    figure = explorer._stage.figure
    texts += [label.text for labels in figure.findobj(Labels) for label in labels.texts]
    drawn = {text.get_text() for text in figure.findobj(Text)} - {"", "x", "y"}
    texts += [text for text in drawn if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
