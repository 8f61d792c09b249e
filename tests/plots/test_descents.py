"""The pictures of chapter 06: paths on contours, and parabolas."""

import matplotlib
import numpy as np
import pytest

from nnlab import plots

GRID = np.linspace(-2, 2, 41)
LOSS = (GRID * GRID[:, None] - 1) ** 2
PATHS = {"A": [[-1.9, 1.9], [-0.5, 0.5], [0.0, 0.0]], "B": [[1.9, 1.5], [1.0, 1.0]]}


def all_pictures():
    yield plots.loss_contours(GRID, GRID, LOSS, PATHS)
    yield plots.loss_contours(GRID, GRID, LOSS, {f"path {k}": [[0.1 * k, 0.2], [0, 0]] for k in range(7)}, xlabel="w")
    yield plots.parabolas({"crawls": [2, 1.8, 1.6], "diverges": [2, -2.2, 2.4]})
    yield plots.parabolas({"one": [1.0, 0.0]}, curvature=5.0)


@pytest.mark.parametrize("figure", list(all_pictures()), ids=lambda figure: figure.alt[:30])
def test_nothing_is_clipped_or_small_and_there_are_words(figure):
    assert figure.png(scale=1).startswith(b"\x89PNG")
    assert figure.alt.endswith(".")
    assert len(figure.alt.split()) >= 8
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth() + 0.02
    assert box.y1 <= figure.get_figheight() + 0.02
    for text in figure.findobj(matplotlib.text.Text):
        assert text.get_fontsize() >= 10 or not text.get_text()


def test_paths_are_drawn_as_they_are_given():
    ax = plots.loss_contours(GRID, GRID, LOSS, PATHS).axes[0]
    long = [line.get_xydata() for line in ax.get_lines() if len(line.get_xdata()) > 1]
    for drawn, path in zip(long, PATHS.values(), strict=True):
        np.testing.assert_array_equal(drawn, path)
    assert {text.get_text() for text in ax.texts} == set(PATHS)


def test_contours_stand_at_equal_ratios():
    ax = plots.loss_contours(GRID, GRID, LOSS, PATHS).axes[0]
    (contours,) = (c for c in ax.collections if hasattr(c, "levels"))
    ratios = contours.levels[1:] / contours.levels[:-1]
    np.testing.assert_allclose(ratios, ratios[0])
    assert contours.levels[-1] == pytest.approx(LOSS.max())


def test_the_words_name_the_ends_and_whether_the_loss_falls():
    assert "A goes from (-1.9, 1.9) to (0, 0)." in plots.loss_contours(GRID, GRID, LOSS, PATHS).alt
    alt = plots.parabolas({"crawls": [2, 1.8], "diverges": [2, -2.2]}).alt
    assert "crawls, the loss falls; diverges, the loss grows" in alt


def test_steps_lie_on_the_parabola():
    ax = plots.parabolas({"one": [2.0, -1.0, 0.5]}, curvature=3.0).axes[0]
    dots = next(line for line in ax.get_lines() if len(line.get_xdata()) == 3)
    np.testing.assert_allclose(dots.get_ydata(), 1.5 * dots.get_xdata() ** 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.loss_contours(GRID, GRID[:3], LOSS, PATHS), r"shape \(3, 41\)"),
        (lambda: plots.loss_contours(GRID, GRID, LOSS - 5, PATHS), "0 and more"),
        (lambda: plots.loss_contours(GRID, GRID, LOSS, {"A": [1, 2]}), "path A must have shape"),
        (lambda: plots.parabolas({}), "at least one path"),
        (lambda: plots.parabolas({"one": [1.0]}), "two places or more"),
    ],
)
def test_bad_input_gets_an_answer(call, words):
    with pytest.raises(ValueError, match=words):
        call()
