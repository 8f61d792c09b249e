"""The pictures of chapter 3: curves with their names, results of many seeds, the family, and the one picture."""

import importlib
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from nnlab import plots
from nnlab.activations import ELU, Activation
from nnlab.plots.style import CLASS_0, LOSS

X = np.linspace(-2, 2, 9)
LAYERS = np.arange(1, 21)
ARRIVING = {"sigmoid": 0.25**LAYERS, "tanh": 1 / np.sqrt(LAYERS), "relu": np.ones(20)}
RESULTS = {
    "one": {"sigmoid": [0.88, 0.87, 0.89], "relu": [0.9, 0.9, 0.88]},
    "six": {"sigmoid": [0.2, 0.3, 0.25], "relu": [0.8, 0.82, 0.84]},
}


def all_pictures():
    yield plots.curves(X, {"relu": np.maximum(X, 0), "a line": X})
    yield plots.curves(LAYERS, {**ARRIVING, "0.25ⁿ": 0.25**LAYERS}, xlabel="layer", log=True, dashed=["0.25ⁿ"])
    yield plots.seeds(RESULTS)
    yield plots.seeds({"one": RESULTS["one"]}, ylabel="share")
    yield plots.activation_family()
    yield plots.activation_family(["relu"])
    yield plots.activation_family([ELU(2.0), Activation("wave", np.sin, np.cos)])
    yield plots.bends(ARRIVING)


def lines(ax):
    return [line for line in ax.get_lines() if len(line.get_xdata()) > 2]


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


def test_any_of_the_functions_may_be_asked_for_first():
    kept = {name: module for name, module in sys.modules.items() if name.startswith("nnlab.plots")}
    try:
        for first in ("seeds", "bends"):
            for name in kept:
                sys.modules.pop(name, None)  # the one before may not have loaded all
            fresh = importlib.import_module("nnlab.plots")
            getattr(fresh, first)
            assert all(callable(getattr(fresh, name)) for name in fresh.__all__)
    finally:
        sys.modules.update(kept)
        sys.modules["nnlab"].plots = kept["nnlab.plots"]


def test_curves_draw_the_given_data_and_name_it():
    figure = plots.curves(X, {"relu, He": np.maximum(X, 0), "a line": X}, xlabel="z", ylabel="f(z)")
    (ax,) = figure.axes
    relu, line = lines(ax)
    assert np.array_equal(relu.get_ydata(), np.maximum(X, 0))
    assert np.array_equal(line.get_ydata(), X)
    assert to_hex(relu.get_color()) == "#009e73"
    assert {text.get_text() for text in ax.texts} == {"relu, He", "a line"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("z", "f(z)")


def test_a_loss_is_black():
    training, other = lines(plots.curves(X, {"training": X, "other": -X}).axes[0])
    assert to_hex(training.get_color()) == to_hex(LOSS)
    assert to_hex(other.get_color()) != to_hex(LOSS)


def test_curves_say_what_they_do():
    tent = np.maximum(1 - np.abs(X), 0)
    figure = plots.curves(X, {"tent": tent, "dip": -tent, "flat": 0 * X, "wave": np.sin(5 * X) - tent})
    assert "tent rises and falls again" in figure.alt
    assert "dip falls and rises again" in figure.alt
    assert "flat is constant" in figure.alt
    assert "level stays nearly level" in plots.curves(X, {"level": 1 + X / 100, "steep": 10 * X}).alt
    assert "tenfold rises" in plots.curves(X, {"tenfold": 10**X, "flat": 1 + 0 * X}, log=True).alt


def test_curves_ask_for_what_fits():
    with pytest.raises(ValueError, match="9 points, but 'relu' has 2"):
        plots.curves(X, {"relu": [0, 1]})
    with pytest.raises(ValueError, match="at least two x and one curve"):
        plots.curves(X, {})
    with pytest.raises(ValueError, match="logarithmic"):
        plots.curves(X, {"relu": np.maximum(X, 0)}, log=True)


def test_seeds_draw_a_point_for_each_and_a_line_at_the_median():
    figure = plots.seeds(RESULTS)
    for ax, named in zip(figure.axes, RESULTS.values(), strict=True):
        points = [found for found in ax.collections if isinstance(found, PathCollection)]
        assert [np.sort(p.get_offsets()[:, 1]).tolist() for p in points] == [sorted(v) for v in named.values()]
        assert [line.get_ydata()[0] for line in ax.get_lines()] == [np.median(v) for v in named.values()]
    assert "one: all medians lie within 5 points" in figure.alt
    assert "six: the median of sigmoid lies more than 20 points below the others" in figure.alt
    assert "the medians differ" in plots.seeds({"some": {"relu": [0.9], "tanh": [0.8]}}).alt


def test_seeds_ask_for_shares():
    with pytest.raises(ValueError, match="at least one panel"):
        plots.seeds({})
    with pytest.raises(ValueError, match="'one' has no results"):
        plots.seeds({"one": {}})
    with pytest.raises(ValueError, match="'relu' in 'one' must hold shares"):
        plots.seeds({"one": {"relu": [90.0]}})


def test_the_family_shows_value_and_slope_and_never_joins_a_jump():
    figure = plots.activation_family(["step", "tanh"])
    step, tanh = figure.axes
    value, slope = lines(tanh)
    z = value.get_xdata()
    assert to_hex(value.get_color()) == CLASS_0.lower()
    assert to_hex(slope.get_color()) == "#a84a00"  # the gradient's vermilion, darker: it lies on the blue
    assert np.allclose(value.get_ydata(), np.tanh(z))
    assert np.allclose(slope.get_ydata(), 1 - np.tanh(z) ** 2)
    assert all(np.ptp(line.get_ydata()) == 0 for line in lines(step))


def test_the_family_says_where_it_is_flat():
    alt = plots.activation_family().alt
    assert "lat on both sides: step, sigmoid, tanh" in alt
    assert "lat on the left: relu, elu, gelu, silu" in alt
    assert "lat nowhere: leaky_relu" in alt


def test_all_that_is_said_to_be_flat_is_drawn_flat_and_nothing_looks_like_a_curve():
    names = ["relu", "elu", "gelu", "silu", "leaky_relu"]
    for name, ax in zip(names, plots.activation_family(names).axes, strict=False):
        assert not any(line.get_visible() for line in [*ax.get_xgridlines(), *ax.get_ygridlines()])
        (ground,) = ax.collections
        assert len(ground.get_paths()) == (name != "leaky_relu")  # not where a slope only passes through 0


def test_the_family_asks_for_a_number_that_can_be_seen():
    with pytest.raises(ValueError, match="1 to 12"):
        plots.activation_family([])
    with pytest.raises(ValueError, match="1 to 12"):
        plots.activation_family(["relu"] * 13)


def test_the_one_picture_shows_the_shares_and_the_tent():
    figure = plots.bends(ARRIVING)
    tent, _, depth = figure.axes
    drawn = {tuple(np.round(line.get_ydata(), 9)) for line in lines(depth)}
    assert drawn == {tuple(np.round(share, 9)) for share in ARRIVING.values()}
    x = lines(tent)[0].get_xdata()
    assert any(np.allclose(line.get_ydata(), np.maximum(1 - np.abs(x), 0)) for line in lines(tent))
    assert any(np.allclose(line.get_ydata(), 0) for line in lines(tent))
    assert "smallest with sigmoid" in figure.alt


def test_the_one_picture_asks_for_positive_shares():
    with pytest.raises(ValueError, match="above 0"):
        plots.bends({})
    with pytest.raises(ValueError, match="above 0"):
        plots.bends({"relu": [1.0, 0.0]})
