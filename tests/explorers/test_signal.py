"""What the drawing pad shows of a network's inside: it adds up, and is left out where there is nothing of the kind."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlab import Sequential, explorers, layers
from nnlab.explorers.chapter_12._signal import columns, grids, signal_of


def network(units=20, activation="relu"):
    stack = [layers.Dense(units, activation=activation, input_shape=(784,)), layers.Dense(10, activation="softmax")]
    model = Sequential(stack, seed=0)
    model.compile("adam", loss="sparse_categorical_crossentropy", run_eagerly=True)
    return model


X = np.random.default_rng(0).random(784).astype(np.float32)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_contributions_and_bias_add_up_to_the_score_of_the_answer(activation):
    model = network(activation=activation)
    weights = model.get_weights()
    model.set_weights([*weights[:3], np.linspace(-1, 1, 10)])
    signal = signal_of(model, X)
    hidden = np.maximum(X @ weights[0], 0) if activation == "relu" else np.tanh(X @ weights[0])
    scores = hidden @ weights[2] + np.linspace(-1, 1, 10)
    np.testing.assert_allclose(signal.hidden, hidden, rtol=1e-4, atol=1e-5)
    assert signal.digit == model.predict(X[None])[0].argmax()
    assert signal.score == pytest.approx(scores.max(), rel=1e-4)


def test_words_tell_the_sums():
    signal = signal_of(network(), X)
    first, second = signal.words()
    assert first == f"{np.sum(signal.hidden > 0)} of 20 hidden units are on"
    assert f"score {signal.score:.1f}" in second
    assert "-0.0" not in second


def test_grids_have_a_place_for_each_unit():
    signal = signal_of(network(units=20), X)
    for colors in grids(signal):
        assert colors.shape == (2, 16, 3)
        assert colors.dtype == np.uint8
        assert (colors[1, 4:] == 255).all()
    gray = grids(signal)[0].reshape(-1, 3)[:20]
    assert gray[:, 0].argmin() == signal.hidden.argmax()
    assert (gray[signal.hidden == 0] == 255).all()
    orange = grids(signal)[1].reshape(-1, 3)[:20].astype(int)
    strong = np.abs(signal.contributions) > 0.3 * np.abs(signal.contributions).max()
    assert ((orange[strong, 0] > orange[strong, 2]) == (signal.contributions[strong] > 0)).all()
    assert [columns(units) for units in (4, 128, 256)] == [4, 16, 32]


@pytest.mark.parametrize(
    "model",
    [
        SimpleNamespace(predict=len),
        Sequential([layers.Dense(10, activation="softmax", input_shape=(784,))], seed=0),
        Sequential(
            [layers.Dense(8, input_shape=(784,)), layers.Dense(8), layers.Dense(10, activation="softmax")], seed=0
        ),
    ],
    ids=["no layers", "one layer", "three layers"],
)
def test_other_networks_have_no_such_picture(model):
    assert signal_of(model, X) is None


def test_the_pad_shows_the_hidden_layer_and_forgets_it_when_it_is_wiped():
    pad = explorers.digit_pad(network())
    assert pad.inside[2] == 16
    assert len(pad.hidden) == len(pad.parts) == 2 * 16 * 3
    assert pad.data["contributions"].shape == pad.data["hidden"].shape == (20,)
    tall = pad._repr_mimebundle_()[1]["image/png"]["height"]
    pad.clear()
    assert pad.hidden == pad.parts == b""
    assert pad.inside == ["", ""]
    assert pad.png.startswith(b"\x89PNG")
    assert "hidden" not in pad.data
    other = explorers.digit_pad(SimpleNamespace(predict=lambda x: np.full((1, 10), 0.1)))
    assert other.inside == []
    assert other._repr_mimebundle_()[1]["image/png"]["height"] < tall


def test_weights_that_are_no_numbers_are_left_out():
    model = network()
    weights = model.get_weights()
    model.set_weights([np.full_like(weights[0], np.nan), *weights[1:]])
    assert signal_of(model, X) is None
