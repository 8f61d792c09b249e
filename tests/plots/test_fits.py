"""The pictures of chapter 10: fits with the range of their points, and one loss mended in stages."""

import matplotlib
import numpy as np
import pytest

from nnlab import plots

X = np.linspace(0, 1, 20)
FAR = np.linspace(0, 5, 30)
TWO = {"best line": (FAR, 2 * FAR + 1), "tanh": (FAR, 1 + np.tanh(FAR))}
STAGES = {"as written": 1.6, "all steps": 0.12, "a very long name of a stage": 0.0009}


def all_pictures():
    yield plots.fits(X, 2 * X, {"line": (FAR, 2 * FAR)}, fit_on=(0, 1))
    yield plots.fits(X, 2 * X, TWO, fit_on=(0, 1), test=([2, 3], [5, 7]), xlabel="width", ylabel="ink")
    yield plots.mended(STAGES)
    yield plots.mended({"one": 100.0, "two": 1e-6}, xlabel="loss")


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


def test_curves_are_drawn_as_they_are_given_and_all_points_are_inside():
    ax = plots.fits(X, 2 * X, TWO, fit_on=(0, 1), test=([6], [13])).axes[0]
    drawn = [line.get_xydata() for line in ax.get_lines() if len(line.get_xdata()) == len(FAR)]
    for found, pair in zip(drawn, TWO.values(), strict=True):
        np.testing.assert_array_equal(found, np.transpose(pair))
    left, right = ax.get_xlim()
    assert left < 0
    assert right > 6
    assert {text.get_text() for text in ax.texts} == set(TWO)


def test_the_words_name_the_range_and_the_highest_end():
    alt = plots.fits(X, 2 * X, TWO, fit_on=(0, 1)).alt
    assert "fit between 0 and 1" in alt
    assert "best line lies highest" in alt


def test_bars_end_at_their_losses():
    figure = plots.mended(STAGES)
    (bars,) = figure.axes[0].collections
    np.testing.assert_allclose([segment[1][0] for segment in bars.get_segments()], list(STAGES.values()))
    assert figure.alt == "Bars of the test loss: as written 1.6; all steps 0.12; a very long name of a stage 0.0009."


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.fits(X, 2 * X, {}, fit_on=(0, 1)), "at least one curve"),
        (lambda: plots.fits(X, X[:3], TWO, fit_on=(0, 1)), "20 places and 3 heights"),
        (lambda: plots.fits(X, X, TWO, fit_on=(np.inf, 1)), "fit_on has to be finite"),
        (lambda: plots.mended({"one": 1.0}), "two losses"),
        (lambda: plots.mended({"one": 1.0, "two": 0.0}), "above 0"),
    ],
)
def test_bad_input_gets_an_answer(call, words):
    with pytest.raises(ValueError, match=words):
        call()
