"""The pictures of chapter 5: best constants, noise and losses, runs, and the one picture."""

import matplotlib
import numpy as np
import pytest

from nnlab import plots
from nnlab.plots.losses import LOSS_COLORS

E = np.linspace(-4, 4, 81)
NOISE = {"squared": np.exp(-(E**2) / 2) / np.sqrt(2 * np.pi), "absolute": np.exp(-np.abs(E)) / 2}
VALUES = np.array([0.0, 0.0, 0.1, 0.9, 1.0])
C = np.linspace(0, 1, 101)
MEANS = {
    "squared": np.mean((C[:, None] - VALUES) ** 2, axis=1),
    "absolute": np.mean(np.abs(C[:, None] - VALUES), axis=1),
}
RUNS = {"squared": [[0, 0.01, 0.02], [0, 0, 0]], "cross-entropy": [[0, 0.6, 1], [0, 0.4, 0.97]]}


def all_pictures():
    yield plots.best_constants(VALUES, C, MEANS, unit="ink")
    yield plots.noise_and_loss(E, NOISE)
    yield plots.runs(RUNS)
    yield plots.runs({"something else": [[0.2, 0.7]]}, ylabel="share")
    yield plots.pulls()
    yield plots.pulls(delta=2.0)


@pytest.mark.parametrize("figure", list(all_pictures()), ids=lambda figure: figure.alt[:30])
def test_nothing_is_clipped_or_small_and_there_are_words(figure):
    assert figure.png(scale=1).startswith(b"\x89PNG")
    assert figure.alt.endswith(".")
    assert len(figure.alt.split()) >= 8
    assert figure.size()[0] <= 860
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth() + 0.02
    assert box.y1 <= figure.get_figheight() + 0.02
    for text in figure.findobj(matplotlib.text.Text):
        assert text.get_fontsize() >= 10 or not text.get_text()


def test_best_constants_are_marked_where_the_losses_are_lowest():
    figure = plots.best_constants(VALUES, C, MEANS)
    assert "squared is lowest at 0.4, absolute is lowest at 0.1." in figure.alt
    above, below = figure.axes
    marks = [line.get_xdata()[0] for line in below.get_lines() if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(marks, [0.4, 0.1])
    np.testing.assert_allclose([line.get_xdata()[0] for line in above.get_lines()], marks)
    assert sum(patch.get_height() for patch in above.patches) == len(VALUES)


def test_minus_the_logarithm_of_the_noise_is_the_loss():
    right = plots.noise_and_loss(E, NOISE).axes[1]
    squared, absolute = (line.get_ydata() for line in right.get_lines())
    np.testing.assert_allclose(squared, E**2 / 2, atol=1e-12)
    np.testing.assert_allclose(absolute, np.abs(E), atol=1e-12)


def test_runs_are_thin_and_their_median_is_thick():
    lines = plots.runs(RUNS).axes[0].get_lines()
    thick = [line for line in lines if line.get_linewidth() > 2]
    assert len(lines) == 6
    np.testing.assert_allclose(thick[1].get_ydata(), [0, 0.5, 0.985])
    assert thick[0].get_color() == LOSS_COLORS["squared"][0]
    assert "squared ends below 50 %; cross-entropy ends above 90 %" in plots.runs(RUNS).alt


def test_pulls_draws_losses_with_their_slopes():
    left, middle, right = plots.pulls(delta=1.0).axes
    for k, slope in ((0, lambda e: 2 * e), (2, lambda e: np.clip(e, -1, 1))):
        curve = [line for line in left.get_lines() if len(line.get_xdata()) > 2][k]
        measured = np.gradient(curve.get_ydata(), curve.get_xdata())
        inner = slice(1, -1)
        np.testing.assert_allclose(measured[inner], slope(curve.get_xdata())[inner], atol=0.02)
    drawn = np.concatenate([line.get_ydata() for line in middle.get_lines() if len(line.get_xdata()) > 2])
    assert drawn.max() == 6
    squared, entropy = (line.get_ydata() for line in right.get_lines()[:2])
    assert abs(squared[0]) < 0.001
    assert entropy[0] < -0.99


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.best_constants([], C, MEANS), "at least one value"),
        (lambda: plots.best_constants(VALUES, C, {}), "at least two points and one curve"),
        (lambda: plots.best_constants(VALUES, C, {"squared": [1, 2]}), "squared has 2 points, where 101"),
        (lambda: plots.noise_and_loss(E, {"squared": 0 * E}), "not above 0 everywhere"),
        (lambda: plots.runs({}), "at least one name"),
        (lambda: plots.runs({"squared": [[0, 2]]}), "shares from 0 to 1"),
        (lambda: plots.pulls(delta=0), "delta must be above 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_words(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
