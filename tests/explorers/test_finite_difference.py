"""Chapter 7's step size: errors, best steps, and what is said where there is no slope or no step."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.chapter_07.finite_difference import FUNCTIONS, FiniteDifference, best_steps, measured


@pytest.fixture(scope="module")
def explorer():
    return explorers.finite_difference()


def moved(explorer, **values):
    explorer.set(**{"function": "exp", "precision": "float64", "x": 0.7, "h": 1e-4, **values})
    explorer.settle()
    return explorer.data


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_belong_to_their_functions(name):
    function, x, h = FUNCTIONS[name], 0.6, 1e-5
    for f, slope in (
        (function.f, function.slope),
        (function.slope, function.second),
        (function.second, function.third),
    ):
        ends = [float(f(np.array(x + side))) for side in (h, -h)]
        assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(float(slope(x)), abs=1e-8)


def test_the_central_difference_is_off_by_the_square_of_the_step(explorer):
    data = moved(explorer)
    within = (data["h"] > 1e-4) & (data["h"] < 1e-2)
    steepness = np.polyfit(np.log(data["h"][within]), np.log(data["error"][:2, within]).T, 1)[0]
    np.testing.assert_allclose(steepness, [1, 2], atol=0.05)


def test_rounding_takes_over_below_the_best_step(explorer):
    data = moved(explorer)
    for k in (0, 1):
        best, error = data["best"][k]
        at_best = np.median(data["error"][k][np.abs(np.log10(data["h"] / best)) < 0.5])
        far_below = np.median(data["error"][k][data["h"] < best / 1e4])
        assert far_below > 100 * at_best
        assert at_best < 10 * error
    assert data["best"][1, 0] == pytest.approx(9e-6, rel=0.1)


def test_the_complex_step_loses_nothing(explorer):
    data = moved(explorer)
    assert data["error"][2][data["h"] < 1e-9].max() < 1e-15


def test_float32_holds_seven_digits(explorer):
    data = moved(explorer, precision="float32", h=1e-5)
    assert 1e-3 < data["error_at"][1] < 0.1
    assert data["error_at"][2] < 1e-6
    assert measured(np.exp, 0.7, np.array([1e-9]), "float32")[0] == 0


def test_a_step_that_is_lost_is_named(explorer):
    moved(explorer, x=1.0, h=1e-16)
    assert "x + h is x" in explorer.figure.banner


@pytest.mark.parametrize(("x", "words"), [(0.1, "reaches over it"), (0.0, "no slope")])
def test_a_corner_within_the_step_is_named(explorer, x, words):
    data = moved(explorer, function="relu", x=x, h=0.2)
    assert words in explorer.figure.banner
    assert data["slope_at"][1] == pytest.approx((x + 0.2) / 0.4)
    moved(explorer, function="relu", x=0.5, h=0.2)
    assert explorer.figure.banner == ""


def test_the_line_can_be_dragged_and_moved_by_keys(explorer):
    moved(explorer)
    axes = next(axes for axes in explorer._stage.figure.axes if axes.get_label() == "error")
    x, y = axes.transData.transform((1e-8, 1e-3)) / explorer._stage.figure.bbox.size
    explorer._pointed(x, 1 - y, True)
    assert explorer.controls["h"].value == pytest.approx(1e-8)
    explorer._stepped(-1, 0)
    assert explorer.controls["h"].value == pytest.approx(8e-9)


def test_where_nothing_is_cut_off_there_is_no_best_step():
    assert np.isnan(best_steps(0.0, 0.0, 1e-16)).all()
    assert best_steps(1.0, 1.0, 1e-16)[0, 0] == pytest.approx(1e-8)
    assert best_steps(1.0, 1.0, 1e-18)[1, 0] == pytest.approx(1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("x", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_every_setting_can_be_drawn(explorer, function, x, precision):
    moved(explorer, function=function, x=x, precision=precision, h=1e-10)
    assert explorer.alt.startswith("Errors of three measured slopes")


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.finite_difference()
    texts = [explorer.figure.status]
    for preset in FiniteDifference.presets.values():
        explorer.set(**preset)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    for text in filter(None, texts):
        assert text.startswith("⟦"), text
