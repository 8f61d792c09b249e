"""The pictures of chapter 02: lines among samples, filters along a series and over an image, the one picture."""

import matplotlib
import numpy as np
import pytest

from nnlab import plots

RNG = np.random.default_rng(0)
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND = np.array([0, 0, 0, 1])
X = RNG.normal(size=(120, 2))
Y = (X @ [1.0, -2.0] > 0).astype(int)
SERIES = RNG.normal(size=60)
IMAGE = RNG.uniform(size=(28, 28))


def all_pictures():
    yield plots.neuron_lines(CORNERS, AND, {"wide": ([1, 1], -1.5), "narrow": ([1, 1], -1.9)})
    yield plots.neuron_lines(X, Y, {"upright": ([1, 0], 0.0)}, xlabel="width", classes=("a zero", "a one"))
    yield plots.filtered(SERIES, {"smoothing": SERIES[5:-5], "difference": SERIES[1:]})
    yield plots.responses(IMAGE, {"right − left": IMAGE[1:-1, 1:-1] - 0.5, "none": np.zeros((26, 26))})
    yield plots.one_neuron(X, Y, [1.0, -2.0], 0.3)


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


@pytest.mark.parametrize("neuron", [([1.0, 1.0], -1.5), ([2.0, -1.0], 0.2), ([1.0, 0.0], -0.4), ([0.0, -3.0], 1.0)])
def test_a_line_is_where_z_is_0_and_reaches_through_the_picture(neuron):
    (ax,) = plots.neuron_lines(CORNERS, AND, {"it": neuron}).axes
    line = next(line for line in ax.get_lines() if line.get_marker() == "None")
    ends = np.array(line.get_data()).T
    np.testing.assert_allclose(ends @ neuron[0] + neuron[1], 0, atol=1e-9)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for x1, x2 in ends:
        assert min(abs(x1 - left), abs(x1 - right), abs(x2 - low), abs(x2 - high)) < 1e-9


def test_a_line_outside_of_the_picture_is_left_out():
    (ax,) = plots.neuron_lines(CORNERS, AND, {"far": ([1.0, 1.0], -99.0)}).axes
    line = next(line for line in ax.get_lines() if line.get_marker() == "None")
    assert np.isnan(line.get_data()).all()


def test_the_words_say_how_many_are_right():
    alt = plots.neuron_lines(CORNERS, AND, {"good": ([1, 1], -1.5), "bad": ([1, 0], -0.5)}).alt
    assert "good, which gets all of them right" in alt
    assert "bad, which gets at least 70 % right" in alt


def test_answers_of_a_filter_stand_above_the_middle_of_their_windows():
    windows = np.lib.stride_tricks.sliding_window_view(SERIES, 5)
    (ax,) = plots.filtered(SERIES, {"mean": windows.mean(axis=1)}).axes
    line = max(ax.get_lines(), key=lambda line: line.get_linewidth() * (line.get_marker() == "None"))
    np.testing.assert_array_equal(line.get_xdata(), np.arange(2, 58))
    np.testing.assert_array_equal(line.get_ydata(), windows.mean(axis=1))


def test_responses_have_zero_in_the_middle_of_their_colors():
    figure = plots.responses(IMAGE, {"all above": IMAGE + 1})
    image = figure.axes[1].images[0]
    assert image.norm.vmin == -image.norm.vmax == -(IMAGE + 1).max()


def test_the_one_picture_puts_samples_at_their_distances():
    figure = plots.one_neuron(X, Y, [3.0, -4.0], 1.0)
    right = figure.axes[2]
    points = [line for line in right.get_lines() if line.get_marker() in ("o", "s")]
    drawn = np.sort(np.concatenate([line.get_xdata() for line in points]))
    np.testing.assert_allclose(drawn, np.sort((X @ [3.0, -4.0] + 1) / 5))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.neuron_lines(X, Y, {}), "1 to 3 neurons, got 0"),
        (lambda: plots.neuron_lines(np.ones((4, 3)), AND, {"it": ([1, 1], 0)}), r"got \(4, 3\)"),
        (lambda: plots.one_neuron(X, Y[:3], [1, 1], 0), "shape"),
        (lambda: plots.filtered(SERIES, {}), "at least one output"),
        (lambda: plots.filtered(SERIES, {"long": np.ones(61)}), "none longer"),
        (lambda: plots.responses(IMAGE, {}), "1 to 4 answers"),
        (lambda: plots.responses(IMAGE, {"flat": np.ones(676)}), "two dimensions"),
        (lambda: plots.responses(np.zeros((0, 3)), {"it": IMAGE}), "not empty"),
    ],
)
def test_bad_input_is_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()
