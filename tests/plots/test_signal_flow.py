"""The pictures of chapter 12."""

import numpy as np
import pytest

from nnlab import plots


def test_widths_have_a_dot_a_seed_a_line_at_the_medians_and_the_band_of_the_test():
    wrong = {16: [0.1, 0.12, 0.11], 2: [0.7, 0.5, 0.6], 64: [0.08, 0.07, 0.09]}
    figure = plots.widths(wrong, tested=2000)
    (axes,) = figure.axes
    *dots, line = axes.lines
    np.testing.assert_array_equal(line.get_xdata(), [2, 16, 64])
    np.testing.assert_allclose(line.get_ydata(), [0.6, 0.11, 0.08])
    assert [sorted(dot.get_ydata()) for dot in dots] == [sorted(wrong[width]) for width in (2, 16, 64)]
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (band.y1 - band.y0) / 4 == pytest.approx(np.sqrt(0.08 * 0.92 / 2000), rel=1e-3)
    assert figure.alt.endswith("from 2 to 64, by seed: the median falls, and faster at first.")
    assert figure.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({1: [0.5], 2: [0.49], 4: [0.48]}, "hardly falls"),
        ({1: [0.5], 2: [0.4], 4: [0.2]}, "the median falls."),
    ],
)
def test_the_words_follow_the_medians(wrong, words):
    assert words in plots.widths(wrong, tested=100).alt


@pytest.mark.parametrize("wrong", [{}, {4: [0.1]}, {4: [0.1], 8: [0.0]}, {4: [0.1], 8: []}, {4: [1.0], 8: [0.5]}])
def test_widths_refuse_what_cannot_stand_there(wrong):
    with pytest.raises(ValueError, match=r"plots\.widths"):
        plots.widths(wrong, tested=2000)


def test_the_signal_is_drawn_stage_by_stage():
    hidden, contributions = np.arange(10.0), np.linspace(-2, 2, 10)
    p = np.full(10, 0.05)
    p[7] = 0.55
    figure = plots.signal_flow(np.linspace(0, 1, 784), hidden, contributions, p)
    images = [axes.get_images()[0].get_array() for axes in figure.axes[:3]]
    assert images[0].shape == (28, 28)
    for image, values in zip(images[1:], (hidden, contributions), strict=True):
        np.testing.assert_array_equal(np.ma.filled(image, np.nan).ravel()[:10], values)
    assert "10 hidden units, what each says for the 7" in figure.alt
    assert figure.png().startswith(b"\x89PNG")


def test_the_signal_needs_a_contribution_for_each_unit():
    with pytest.raises(ValueError, match="3 hidden units need 3 contributions, got 2"):
        plots.signal_flow(np.zeros(784), [1, 2, 3], [1, 2], [0.5, 0.5])
