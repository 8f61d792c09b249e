"""Chapter 3's signal through a stack: what it computes, draws and says."""

import re

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import activations, explorers
from nnlab.explorers.chapter_03._signal_depth_figure import DEEPEST, EDGE, HIGH, LOW, SIZE
from nnlab.explorers.chapter_03.signal_depth import (
    NAMES,
    SAMPLES,
    UNITS,
    SignalDepth,
    _backward,
    _drawn,
    _forward,
    _size,
)
from nnlab.plots.labels import short


@pytest.fixture(scope="module")
def stack():
    return explorers.signal_depth()


def moved(stack, **values):
    stack.set(**values)
    stack.settle()
    return stack.data


def test_a_linear_stack_at_scale_1_keeps_the_size(stack):
    data = moved(stack, activation="linear", depth=20, scale=1.0)
    assert np.all((data["size"] > 0.6) & (data["size"] < 1.6))
    assert np.all((data["gradient"] > 0.6) & (data["gradient"] < 1.6))
    assert data["flat"].max() == 0
    assert stack.figure.banner == ""


def test_a_linear_stack_multiplies_by_the_scale_in_each_layer(stack):
    one = moved(stack, activation="linear", depth=6, scale=1.0)
    three = moved(stack, activation="linear", depth=6, scale=3.0)
    np.testing.assert_allclose(three["size"], one["size"] * 3.0 ** np.arange(7), rtol=1e-10)
    np.testing.assert_allclose(three["gradient"], one["gradient"] * 3.0 ** np.arange(6, -1, -1), rtol=1e-10)
    np.testing.assert_allclose(three["quantiles"], one["quantiles"] * 3.0 ** np.arange(7), rtol=1e-9, atol=1e-9)


def test_sigmoid_takes_a_factor_of_four_a_layer(stack):
    data = moved(stack, activation="sigmoid", depth=20, scale=1.0)
    assert np.all(data["gradient"][:-1] < data["gradient"][1:] / 3.5)
    assert data["gradient"][0] < data["gradient"][-1] / 4.0**20
    assert "vanishes" in stack.alt
    assert "less than a billionth" in stack.alt


def test_he_and_relu_keep_the_gradient_and_glorot_does_not(stack):
    he = moved(stack, **SignalDepth.presets["He and ReLU"])
    assert np.all((he["gradient"] > 0.3) & (he["gradient"] < 3))
    assert np.all((he["size"] > 0.3) & (he["size"] < 3))
    assert "keeps a useful size" in stack.alt
    glorot = moved(stack, scale=1.0)
    assert glorot["gradient"][0] < 0.01


def test_the_presets_say_what_their_names_promise(stack):
    for name, word in (("sigmoid vanishes", "vanishes"), ("explodes", "explodes"), ("Glorot and tanh", "useful")):
        moved(stack, **SignalDepth.presets[name])
        assert word in stack.alt
        bold = [region.get_text() for region in stack._picture._gradient._regions if region.get_fontweight() == "bold"]
        assert bold == [word]


def test_an_explosion_gets_a_banner_and_stays_on_the_axes(stack):
    data = moved(stack, activation="linear", depth=20, scale=10.0)
    assert data["gradient"][0] > 1e15
    assert "Explodes" in stack.figure.banner
    assert "float16" in stack.figure.banner
    drawn = stack._picture._gradient._line.get_ydata()
    assert drawn.max() <= HIGH
    beyond = stack._picture._gradient._beyond
    assert beyond.get_marker() == "^"
    assert list(beyond.get_ydata()) == [HIGH]
    for bars in (stack._picture._signal._wide, stack._picture._signal._narrow):
        assert max(np.abs(path.vertices[:, 1]).max() for path in bars.get_paths()) < EDGE + 0.1
    moved(stack, scale=1.0)
    assert stack.figure.banner == ""
    assert len(beyond.get_ydata()) == 0


def test_what_vanishes_below_the_axes_ends_at_their_edge(stack):
    data = moved(stack, activation="relu", depth=20, scale=0.1)
    line, beyond = stack._picture._gradient._line, stack._picture._gradient._beyond
    assert data["gradient"][0] < LOW
    assert line.get_ydata().min() == LOW
    assert beyond.get_marker() == "v"
    assert len(line.get_ydata()) == (data["gradient"] >= LOW).sum() + 1


def test_infinite_numbers_get_their_own_banner_and_are_drawn(stack):
    moved(stack, activation="linear", depth=3, scale=10.0)
    arrays = {name: array.copy() for name, array in stack._arrays.items()}
    arrays["size"][-1] = arrays["gradient"][0] = np.inf
    arrays["quantiles"][:, -1] = [-np.inf, -np.inf, np.nan, np.inf, np.inf]
    values = stack._values()
    assert stack.warn(values, arrays).startswith("Overflow")
    assert "infinite" in stack.describe(values, arrays)
    stack._picture.update(arrays)
    assert stack._stage.png(1).startswith(b"\x89PNG")
    assert "∞" in stack._picture._gradient._words.get_text()


def test_saturated_and_dead_units_are_counted(stack):
    steep = moved(stack, activation="tanh", depth=8, scale=8.0)
    assert steep["flat"].min() > 0.5
    relu = moved(stack, activation="relu", depth=20, scale=1.4)
    assert 0.4 < relu["flat"][0] < 0.6
    assert relu["dead"][0] == 0
    assert relu["dead"][-1] > 0.1
    assert np.all(relu["dead"] <= relu["flat"])
    leaky = moved(stack, activation="leaky_relu")
    assert leaky["flat"].max() == 0
    dead = stack._picture._flat._dead.get_paths()
    assert [path.vertices[:, 1].max() for path in dead] == list(leaky["dead"])


def test_the_gradient_is_that_of_central_differences(stack):
    x, kernels, top = _drawn()
    kernels = 1.3 * kernels[:4]
    f = activations.tanh
    _signal, slopes = _forward(f, x, kernels)
    rng = np.random.default_rng(0)
    direction = rng.standard_normal(x.shape)
    up, down = (np.sum(_forward(f, x + h * direction, kernels)[0][-1] * top) for h in (1e-5, -1e-5))
    d = top
    for kernel, slope in zip(kernels[::-1], slopes[::-1], strict=True):
        d = (d * slope) @ kernel.T
    assert (up - down) / 2e-5 == pytest.approx(np.sum(d * direction), rel=1e-6)
    assert _backward(kernels, slopes, top)[0] == pytest.approx(_size(d))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layers", [1, DEEPEST])
def test_every_activation_is_drawn_as_computed(stack, name, layers):
    data = moved(stack, activation=name, depth=layers, scale=1.4)
    assert data["quantiles"].shape == (5, layers + 1)
    assert data["gradient"].shape == data["size"].shape == data["layer"].shape == (layers + 1,)
    assert data["flat"].shape == data["dead"].shape == (layers,)
    assert np.all(np.diff(data["quantiles"], axis=0) >= 0)
    assert data["gradient"][-1] == pytest.approx(1, rel=0.05)
    wide = stack._picture._signal._wide.get_paths()
    tops = [path.vertices[:, 1].max() for path in wide]
    np.testing.assert_allclose(tops, data["quantiles"][4].clip(-EDGE, EDGE), atol=0.05)
    assert stack.png.startswith(b"\x89PNG")
    assert f"{layers} of {UNITS} units, {name}" in stack.alt


def test_the_same_state_gives_the_same_arrays(stack):
    first = moved(stack, activation="gelu", depth=7, scale=0.5)
    moved(stack, depth=9)
    again = moved(stack, depth=7)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    assert SAMPLES == 200


def test_code_reproduces_the_state(stack):
    moved(stack, activation="selu", depth=12, scale=0.4)
    assert stack.code() == 'explorers.signal_depth(activation="selu", depth=12, scale=0.4)'
    again = eval(stack.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["gradient"], stack.data["gradient"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"depth": 21}, "between 1 and 20"),
        ({"depth": 0}, "between 1 and 20"),
        ({"scale": 20.0}, "one of 0.1, 0.12, 0.15, … 10 "),
        ({"activation": "step"}, "'linear', 'sigmoid'"),
        ({"width": 9}, "no control 'width'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(stack, values, words):
    with pytest.raises(ValueError, match=words):
        stack.set(**values)


def test_nothing_is_written_outside_the_figure_or_over_other_words(stack):
    for values in (*SignalDepth.presets.values(), {"activation": "linear", "depth": 20, "scale": 10.0}):
        moved(stack, **values)
        stack._stage.png(1)
        texts = [t for t in stack._stage.figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [t.get_window_extent() for t in texts]
        assert min(box.x0 for box in boxes) >= 0
        assert max(box.x1 for box in boxes) <= SIZE[0]
        for names in (stack._picture._signal._names, stack._picture._flat._names):
            heights = sorted(t.get_window_extent().y0 for t in names)
            assert np.diff(heights).min() > 11


def test_short_writes_two_digits():
    assert [short(x) for x in (0.0, 1.0, 0.25, 999.0, 1e3, 12345.0, 1e-4, np.inf)] == [
        "0", "1", "0.25", "1000", "1.0·10³", "1.2·10⁴", "1.0·10⁻⁴", "∞",
    ]  # fmt: skip


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    stack = explorers.signal_depth()
    texts = []
    for values in (*SignalDepth.presets.values(), {"activation": "tanh", "depth": 8, "scale": 8.0}):
        moved(stack, **values)
        texts += [stack.alt, stack.figure.status, stack.figure.banner]
    overflow = {**stack._arrays, "size": np.array([np.inf])}
    texts += [stack.warn(stack._values(), overflow), stack.describe(stack._values(), overflow)]
    texts += [control.description for control in stack.controls.values()]
    texts += [button.description for button in stack.children[2].children[1:]]
    assert len(texts) > 15
    texts += [text.get_text() for text in stack._stage.figure.findobj(Text)]
    for text in texts:
        if re.search("[a-zA-Z]", text):
            assert text.startswith("⟦"), text
            assert text.endswith("⟧"), text
