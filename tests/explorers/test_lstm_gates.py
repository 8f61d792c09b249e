"""Chapter 14's gates: the task, the network that learns it, the clicks, and what is said."""

from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest

from nnlab import Sequential, explorers, layers
from nnlab.explorers.chapter_14._recall_task import STEPS, UNITS, Trained, ranked, run, sequences, target, trained
from nnlab.explorers.chapter_14.lstm_gates import VALUES, LSTMGates, encode


@pytest.fixture(scope="module")
def gates(compiled):
    return explorers.lstm_gates()


def moved(gates, **values):
    gates.set(**values)
    gates.settle()
    return gates.data


def test_the_target_is_what_was_stored_last():
    x = encode("+-+-" + "+" * 16, "RS.R" + "S..R" + "." * 12)
    expected = np.zeros(STEPS)
    expected[[3, 7]] = -1, 1  # nothing is stored at step 1
    np.testing.assert_array_equal(target(x)[0, :, 0], expected)


def test_sequences_never_store_and_recall_at_once():
    x, y = sequences(200)
    assert not (x[:, :, 1] * x[:, :, 2]).any()
    assert set(np.unique(y)) == {-1.0, 0.0, 1.0}
    assert not y[x[:, :, 2] == 0].any()


def test_the_run_is_that_of_the_layer():
    stack = [layers.LSTM(UNITS, return_sequences=True, input_shape=(STEPS, 3)), layers.Dense(1)]
    model = Sequential(stack, seed=3)
    x, _y = sequences(7)
    found = run(model.get_weights(), x)
    np.testing.assert_allclose(found["output"], model.predict(x)[:, :, 0], atol=1e-5)
    assert found["c"].shape == (7, STEPS, UNITS)
    assert all(((found[gate] > 0) & (found[gate] < 1)).all() for gate in "ifo")


def test_trained_it_recalls_new_sequences_and_untrained_it_does_not(gates):
    rng = np.random.default_rng(5)
    for marks in ("..S.............R...", "S..................R", ".S...S....S....R...R"):
        values = "".join(rng.choice(["+", "-"], STEPS))
        data = moved(gates, values=values, marks=marks, epochs=12)
        np.testing.assert_allclose(data["output"], data["target"], atol=0.4)
        assert "is what was stored last" in gates.alt
    data = moved(gates, epochs=0)
    assert np.abs(data["output"] - data["target"]).max() > 0.5
    assert "not what was stored" in gates.alt


def test_the_first_unit_keeps_and_its_forget_gate_closes_at_store(gates):
    data = moved(gates, **LSTMGates.presets["a long wait"])
    forget = data["gates"][1]
    assert forget[2] < 0.3
    assert forget[3:16].min() > 0.7
    np.testing.assert_array_equal(data["cell"], data["cells"][:, 0])
    assert np.sign(data["cell"][3:16]).std() == 0


def test_ranking_finds_the_unit_that_follows_what_is_stored():
    rng = np.random.default_rng(0)
    weights = [0.01 * rng.standard_normal(shape) for shape in ((3, 16), (4, 16), (16,), (4, 1), (1,))]
    kernel, _recurrent, bias, *_rest = weights
    kernel[1, 2], kernel[1, 6], kernel[0, 10] = 12, -12, 3  # unit 3: writes and forgets at store, the value itself
    bias[2], bias[6] = -6, 6
    assert ranked(weights)[0] == 2


def test_on_the_way_it_shows_each_epoch(compiled):
    shown = []
    task = SimpleNamespace(eagerly=False, stop=Event(), show=shown.append)
    trained.cache_clear()
    values = SimpleNamespace(values=VALUES, marks="..S.............R...", epochs=2, unit=1)
    last = explorers.lstm_gates(epochs=0).compute(values, task)
    outputs = [arrays["output"] for arrays in (*shown, last)]
    assert len(outputs) == 3
    assert not np.array_equal(outputs[0], outputs[1])
    assert not np.array_equal(outputs[1], outputs[2])


def test_clicks_turn_values_and_set_marks(gates):
    moved(gates, values=VALUES, marks="." * STEPS)
    gates.pressed = True
    for x, y in ((0.5, 0.5), (3.2, 1.5), (19.9, 2.9), (25, 1), (4, -1)):
        gates.pointed("inputs", x, y)
    assert gates.controls["values"].value == "-" + VALUES[1:]
    assert gates.controls["marks"].value == "...S" + "." * 15 + "R"
    gates.pointed("inputs", 3.5, 1.5)
    gates.pointed("inputs", 19.5, 1.5)
    assert gates.controls["marks"].value == "." * 19 + "S"
    gates.pressed = False
    gates.pointed("inputs", 5.5, 1.5)  # a drag does nothing
    assert gates.controls["marks"].value == "." * 19 + "S"
    gates.settle()


@pytest.mark.parametrize("values", [{"values": "+-"}, {"marks": "x" * STEPS}, {"values": "0" * STEPS}])
def test_what_cannot_be_read_is_said_in_the_banner(gates, values):
    gates.set(**values)
    gates.settle()
    assert "20" in gates.figure.banner
    moved(gates, values=VALUES, marks="." * STEPS)
    assert gates.figure.banner == ""
    assert "Nothing is asked for" in gates.alt


def test_the_formulas_train_it_too(formulas):
    gates = explorers.lstm_gates(epochs=1)
    assert np.isfinite(gates.data["output"]).all()
    assert isinstance(Trained(eagerly=True), Trained)


def test_code_reproduces_the_state(gates):
    moved(gates, marks="S...R" + "." * 15, unit=3, epochs=4)
    again = eval(gates.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["cell"], gates.data["cell"])
