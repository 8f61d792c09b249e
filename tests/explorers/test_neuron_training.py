"""Chapter 02's live training: what it trains is the rule of the chapter, and what it says holds."""

import sys
import threading

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_02._neuron_training_figure import EPOCHS
from nnlab.explorers.chapter_02.neuron_training import EACH, FEW, NeuronTraining

module = sys.modules["nnlab.explorers.chapter_02.neuron_training"]


@pytest.fixture(scope="module")
def training(compiled):
    return explorers.neuron_training()


def moved(training, preset="far apart", **values):
    training.set(**{**NeuronTraining.presets[preset], **values})
    training.settle()
    return training.data


def by_the_rule(x, y, rate, epochs, activation):
    """Error times input, one sample at a time."""
    w, b, found = np.zeros(2), 0.0, [np.zeros(3)]
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            z = x_i @ w + b
            a = float(z >= 0) if activation == "step" else 1 / (1 + np.exp(-z))
            w, b = w + rate * (y_i - a) * x_i, b + rate * (y_i - a)
        found.append(np.append(w, b))
    return np.array(found)


@pytest.mark.parametrize("activation", ["sigmoid", "step"])
@pytest.mark.parametrize("preset", ["overlapping", "far apart", "one inside the other"])
def test_it_trains_by_the_rule_of_the_chapter(training, activation, preset):
    data = moved(training, preset, activation=activation)
    expected = by_the_rule(data["x"], data["y"], 0.1, EPOCHS, activation)
    np.testing.assert_allclose(data["weights"], expected, atol=1e-9)


def test_far_apart_all_are_right_after_an_epoch_and_the_weights_go_on_growing(training):
    data = moved(training)
    assert (data["right"][1:] == 2 * EACH).all()
    lengths = np.hypot(*data["weights"][:, :2].T)
    assert (np.diff(lengths) > 0).all()
    assert (np.diff(lengths, 2)[1:] < 0).all()
    assert (data["margin"][1:] > 0).all()
    assert "At least 95 % are right" in training.alt


def test_the_step_stops_when_all_are_right_with_a_narrower_margin(training):
    soft = moved(training)["margin"][-1]
    data = moved(training, activation="step")
    done = int(np.argmax(data["right"] == 2 * EACH))
    assert 0 < done < 5
    assert (data["weights"][done + 1 :] == data["weights"][done + 1]).all()
    assert data["margin"][-1] < soft


def test_no_line_helps_where_one_cloud_is_inside_the_other(training):
    data = moved(training, "one inside the other")
    assert data["right"][-1] < 70
    assert np.abs(data["weights"][-1]).max() < 1
    assert abs(data["error"][-1] - 0.5) < 0.02
    assert "About half" in training.alt


def test_a_learning_rate_too_large_is_told(training):
    data = moved(training, "rate too large")
    assert np.abs(np.diff(data["error"][-10:])).mean() > 2 * module.RESTLESS
    assert "too large" in training.figure.banner
    assert "too large" in training.alt
    for preset in ("overlapping", "far apart", "one inside the other"):
        data = moved(training, preset)
        assert np.abs(np.diff(data["error"][-10:])).mean() < module.RESTLESS / 4
        assert training.figure.banner == ""


def test_small_units_of_one_feature_spoil_the_learning(training):
    one = moved(training, "x₂ times 100", unit=1, learning_rate=0.1)
    np.testing.assert_array_equal(one["weights"], one["seen"])
    assert one["right"][-1] >= 86
    slow = moved(training, "x₂ times 100", learning_rate=0.0001)
    np.testing.assert_allclose(slow["seen"], slow["weights"] * [1, 100, 1])
    assert slow["right"][-1] < 75
    assert abs(slow["seen"][-1, 1]) > 3 * abs(slow["seen"][-1, 0])
    assert "units 100 times smaller" in training.alt
    moved(training, "x₂ times 100")
    assert "too large" in training.figure.banner


def test_with_one_scale_nearly_every_rate_suits_and_without_hardly_any(training):
    for rate in (0.0001, 0.0005, 0.002, 0.01, 0.05, 0.3):
        assert moved(training, "x₂ times 100", unit=1, learning_rate=rate)["right"][-1] >= 86
    assert moved(training, "x₂ times 100", learning_rate=0.0005)["right"][-5:].min() >= 86
    for rate in (0.0001, 0.003, 0.01, 0.05, 0.3):
        assert moved(training, "x₂ times 100", learning_rate=rate)["right"][-5:].min() < 80


def test_the_axis_of_the_weights_grows_with_them(training):
    for preset in NeuronTraining.presets:
        weights = moved(training, preset)["weights"]
        ticks = [tick.get_text() for tick in training._picture._weights._ticks]
        room = float(ticks[2].replace(",", ""))
        assert ticks[0] == f"−{ticks[2]}"
        assert np.abs(weights).max() <= room <= max(1, 2.5 * np.abs(weights).max())


def test_the_epoch_moves_the_line_only(training):
    last = moved(training)
    title = training._picture._right.get_text()
    first = moved(training, epoch=0)
    np.testing.assert_array_equal(first["weights"], last["weights"])
    assert training._picture._right.get_text() != title
    assert np.isnan(training._picture._plane._line.get_xdata()).all()


def test_the_clouds_are_where_their_handles_are(training):
    data = moved(training, x0=-2.0, y0=1.5, x1=0.5, y1=-1.0)
    assert np.bincount(data["y"]).tolist() == [EACH, EACH]
    for k, center in enumerate(((-2.0, 1.5), (0.5, -1.0))):
        np.testing.assert_allclose(data["x"][data["y"] == k].mean(axis=0), center, atol=1e-9)
        np.testing.assert_allclose(data["centers"][k], center)


def test_the_clouds_can_be_dragged(training):
    moved(training)
    training.handles.held = "plane", 1
    training.pointed("plane", 0.31, 9.0)
    training.settle()
    assert training.controls["x1"].value == pytest.approx(0.3)
    assert training.controls["y1"].value == pytest.approx(2.5)
    assert training.controls["x0"].value == pytest.approx(-1.6)


def test_the_same_state_gives_the_same_arrays(training):
    first = moved(training, "overlapping", learning_rate=0.5)
    moved(training)
    again = moved(training, "overlapping", learning_rate=0.5)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_a_run_that_is_given_up_leaves_arrays_that_fit_together(training):
    task = type("Task", (), {"eagerly": False, "stop": threading.Event()})()
    task.stop.set()
    arrays = training.compute(training._values(), task)
    assert len(arrays["weights"]) == len(arrays["error"]) == len(arrays["right"]) == len(arrays["margin"])


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_fewer_epochs():
    explorer = explorers.neuron_training()
    data = explorer.data
    assert len(data["weights"]) == FEW + 1
    expected = by_the_rule(data["x"], data["y"], 0.1, FEW, "sigmoid")
    np.testing.assert_allclose(data["weights"], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"unit": 7}, "1, 10, 100"), ({"spread_0": 2.0}, "between 0.1 and 1.5"), ({"activation": "relu"}, "'sigmoid'")],
)
def test_what_the_controls_do_not_offer_is_refused(training, values, words):
    with pytest.raises(ValueError, match=words):
        training.set(**values)


def test_code_reproduces_the_state(training):
    data = moved(training, "overlapping", epoch=3, unit=10)
    again = eval(training.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["weights"], data["weights"])
    assert again.code() == training.code()


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated(training):
    explorer = explorers.neuron_training()
    texts = []
    for preset in NeuronTraining.presets.values():
        explorer.set(**preset)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [control.description for name, control in explorer.controls.items() if name != "epoch"]
    texts += [button.description for button in explorer.children[-2].children[1:]]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn if len(text) > 4 and "mathdefault" not in text]
    for text in filter(None, texts):
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
