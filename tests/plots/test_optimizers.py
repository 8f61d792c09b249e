"""Pictures of learning rates: what is drawn, what is said, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlab import plots
from nnlab.plots.optimizers import OPTIMIZER_COLORS


def found(**changes):
    rates = np.geomspace(1e-4, 1, 50)
    smoothed = np.concatenate([np.full(20, 2.0), np.linspace(2, 0.5, 20), np.linspace(0.5, 4, 10)])
    values = {"learning_rates": rates, "losses": smoothed + 0.1, "smoothed": smoothed, "suggestion": 0.02}
    return SimpleNamespace(**{**values, "exploded": True, **changes})


def test_the_range_test_draws_both_losses_and_the_suggestion():
    figure = plots.range_test(found())
    raw, smooth, suggestion = figure.axes[0].lines
    np.testing.assert_allclose(raw.get_ydata(), found().losses)
    np.testing.assert_array_equal(smooth.get_ydata(), found().smoothed)
    assert set(suggestion.get_xdata()) == {0.02}
    assert "explodes" in figure.alt
    assert "steeply" in figure.alt
    figure.png(1)


def test_a_range_test_without_suggestion_says_so():
    figure = plots.range_test(found(suggestion=float("nan"), exploded=False))
    assert len(figure.axes[0].lines) == 2
    assert "never falls" in figure.alt
    assert "does not explode" in figure.alt


GRID = {"SGD": {0.1: [0.7, 0.8], 1.0: [0.85, 0.89]}, "Adam": {0.01: [0.88, 0.9], 0.1: [0.5, 0.6]}}


def test_the_grid_marks_the_best_rate_of_each():
    figure = plots.rates_and_seeds(GRID, ylabel="right answers")
    lines = figure.axes[0].lines
    assert [line.get_xdata()[0] for line in lines[1::2]] == [1.0, 0.01]
    np.testing.assert_allclose(lines[0].get_ydata(), [0.75, 0.87])
    assert "lie close together" in figure.alt
    far = plots.rates_and_seeds({**GRID, "Adagrad": {0.1: [0.4]}}, ylabel="right answers")
    assert far.alt.endswith("the best medians differ.")
    names = [text for text in far.axes[0].texts if text.get_text() in OPTIMIZER_COLORS]
    assert len(names) == 3
    heights = sorted(text.get_position()[1] for text in names)
    assert min(np.diff(heights)) > 0.06


def test_tuned_draws_a_dot_a_seed_and_the_median():
    figure = plots.tuned({"SGD": [0.8, 0.85, 0.9], "Adam": [0.9, 0.9, 0.88]}, ylabel="right answers")
    dots, median = figure.axes[0].lines[:2]
    assert sorted(dots.get_ydata()) == [0.8, 0.85, 0.9]
    assert set(median.get_ydata()) == {0.85}
    assert figure.alt.endswith("the medians lie close together.")
    assert plots.tuned({"a": [0.2], "b": [0.9]}, ylabel="y").alt.endswith("the medians lie apart.")


def test_schedules_share_their_axis_and_name_the_lowest():
    rates = {"constant": np.full(40, 0.1), "falling": np.linspace(0.1, 0, 40)}
    losses = {"constant": [1.0, 0.5, 0.4, 0.4], "falling": [1.0, 0.6, 0.3, 0.1]}
    figure = plots.schedules(rates, losses)
    above, below = figure.axes
    assert above.get_xlim() == below.get_xlim() == (0, 4)
    np.testing.assert_array_equal(below.lines[1].get_ydata(), losses["falling"])
    assert figure.alt.endswith("Lowest: falling.")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.rates_and_seeds({}, ylabel="y"), "expected results"),
        (lambda: plots.rates_and_seeds({"SGD": {0.1: [85]}}, ylabel="y"), "'SGD' must hold shares"),
        (lambda: plots.rates_and_seeds({"SGD": {}}, ylabel="y"), "'SGD' must hold shares"),
        (lambda: plots.tuned({}, ylabel="y"), "expected shares"),
        (lambda: plots.tuned({"SGD": [1.2]}, ylabel="y"), "expected shares"),
        (lambda: plots.schedules({"a": [1.0]}, {"b": [1.0]}), "the same names"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
