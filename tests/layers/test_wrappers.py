"""Bidirectional and TimeDistributed: how they hold layers; what Bidirectional computes, see test_recurrent too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import Sequential, _describe, engine, layers
from nnlab.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN, TimeDistributed


def built(layer, shape):
    layer.build_once(shape, np.random.default_rng(0))
    return layer


def gradients_by_differences(layer, inputs, slopes, mask=None):
    def loss():
        outputs = layer.forward(inputs if len(inputs) > 1 else inputs[0], True, mask=mask)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return sum((o * s).sum() for o, s in zip(outputs, slopes, strict=True))

    for array in [*inputs, *layer.weights]:
        flat, found = array.reshape(-1), np.zeros(array.size)
        for k, value in enumerate(flat):
            flat[k] = value + 6e-6
            above = loss()
            flat[k] = value - 6e-6
            found[k] = (above - loss()) / 12e-6
            flat[k] = value
        yield found.reshape(array.shape)
    loss()


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
def test_bidirectional_gradients(kind, merge, sequences):
    rng = np.random.default_rng(0)
    layer = Bidirectional(kind(2, return_sequences=sequences, return_state=True), merge)
    inputs = [rng.normal(size=(3, 4, 2)), *(rng.normal(size=(3, 2)) for _ in range(2 * kind.state_count))]
    built(layer, [a.shape[1:] for a in inputs])
    mask = np.array([[1, 1, 1, 1], [0, 1, 1, 0], [1, 0, 0, 0]], bool)
    slopes = [rng.normal(size=o.shape) for o in layer.forward(inputs, mask=mask)]
    expected = list(gradients_by_differences(layer, inputs, slopes, mask))
    found = [*layer.backward(slopes), *(getattr(layer, f"d{name}") for name in layer.parameter_names)]
    for gradient, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=0, atol=5e-9)


def test_names_of_parameters():
    layer = built(Bidirectional(LSTM(3, kernel_regularizer="l2", bias_constraint="max_norm")), (4, 2))
    assert layer.parameter_names == (
        "forward_kernel", "forward_recurrent_kernel", "forward_bias",
        "backward_kernel", "backward_recurrent_kernel", "backward_bias",
    )  # fmt: skip
    assert layer.forward_kernel is layer.forward_layer.kernel
    assert set(layer.regularizers) == {"forward_kernel", "backward_kernel"}
    assert set(layer.constraints) == {"forward_bias", "backward_bias"}
    assert (layer.forward_layer.name, layer.backward_layer.name) == ("forward_lstm", "backward_lstm")
    fresh = np.ones_like(layer.backward_kernel)
    layer.backward_kernel = fresh
    assert layer.backward_layer.kernel is fresh
    assert "backward_kernel" not in vars(layer)
    with pytest.raises(AttributeError, match="Bidirectional has no attribute 'kernel'"):
        _ = layer.kernel
    assert TimeDistributed(Dense(3)).parameter_names == ("kernel", "bias")


def test_weights_are_drawn_for_each_way():
    given_ = built(GRU(3), (4, 2))
    given_.kernel[...] = 7
    layer = built(Bidirectional(given_), (4, 2))
    assert not np.array_equal(layer.forward_kernel, layer.backward_kernel)
    assert not (layer.forward_kernel == 7).any()


def test_backward_layer_of_its_own():
    layer = built(Bidirectional(LSTM(3), backward_layer=GRU(2, go_backwards=True)), (4, 2))
    assert layer.output_shape((4, 2)) == (5,)
    assert layer.forward(np.ones((2, 4, 2))).shape == (2, 5)


def test_layer_that_goes_backwards_already():
    layer = Bidirectional(LSTM(3, go_backwards=True))
    assert not layer.backward_layer.go_backwards


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from(["concat", "sum", "ave", "mul"]), st.integers(0, 999))
def test_a_palindrome_reads_alike_both_ways(n, steps, merge, seed):
    """With equal weights and a sequence that is its own mirror image, both ways come to the same end."""
    layer = built(Bidirectional(GRU(3), merge), (2 * steps, 2))
    layer.backward_layer.set_weights(layer.forward_layer.get_weights())
    half = np.random.default_rng(seed).normal(size=(n, steps, 2))
    x = np.concatenate([half, half[:, ::-1]], axis=1)
    one, merged = layer.forward_layer.forward(x), layer.forward(x)
    expected = {"concat": np.concatenate([one, one], axis=1), "sum": 2 * one, "ave": one, "mul": one * one}[merge]
    np.testing.assert_allclose(merged, expected, rtol=0, atol=1e-13)


def test_masks_of_the_outputs():
    mask = np.array([[True, False]])
    assert Bidirectional(GRU(3)).output_mask(mask) is None
    assert Bidirectional(GRU(3, return_sequences=True)).output_mask(mask) is mask
    assert Bidirectional(GRU(3, return_sequences=True), None).output_mask(mask) == [mask, mask]
    several = Bidirectional(LSTM(3, return_sequences=True, return_state=True))
    assert several.output_mask([mask, None]) == [mask, None, None, None, None]
    assert TimeDistributed(Dense(3)).output_mask(mask) is mask


def test_padding_is_zero_in_sequences():
    layer = built(Bidirectional(LSTM(3, return_sequences=True)), (4, 2))
    mask = np.array([[True, True, False, False]])
    out = layer.forward(np.ones((1, 4, 2)), mask=mask)
    assert not out[0, 2:].any()
    np.testing.assert_allclose(out[0, :2], layer.forward(np.ones((1, 2, 2)))[0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("wrapper", [Bidirectional(GRU(3, return_sequences=True)), TimeDistributed(Dense(3, "tanh"))])
def test_one_call_does_not_disturb_another(wrapper):
    """A shared layer: what forward remembers is put away and put back, with that of the layers within."""
    rng = np.random.default_rng(1)
    built(wrapper, (4, 2))
    first, second = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 4, 2))
    slope = rng.normal(size=wrapper.forward(first, training=True).shape)
    expected = [wrapper.backward(slope), *(getattr(wrapper, f"d{n}").copy() for n in wrapper.parameter_names)]
    wrapper.forward(first, training=True)
    remembered = dict(vars(wrapper))
    wrapper.forward(second, training=True)
    wrapper.backward(slope)
    vars(wrapper).update(remembered)
    found = [wrapper.backward(slope), *(getattr(wrapper, f"d{n}") for n in wrapper.parameter_names)]
    for again, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(again, wanted)
    wrapper.forward(first, training=True)
    wrapper.backward_to_parameters(slope)
    for name, wanted in zip(wrapper.parameter_names, expected[1:], strict=True):
        np.testing.assert_array_equal(getattr(wrapper, f"d{name}"), wanted)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 4), st.integers(0, 999))
def test_time_distributed_is_the_layer_at_each_step(n, steps, features, seed):
    rng = np.random.default_rng(seed)
    layer = built(TimeDistributed(Dense(3, "softmax")), (steps, features))
    x = rng.normal(size=(n, steps, features))
    out = layer.forward(x)
    assert out.shape == (n, steps, 3)
    for t in range(steps):
        np.testing.assert_allclose(out[:, t], layer.layer.forward(x[:, t]), rtol=0, atol=1e-15)


def test_time_distributed_gradients():
    rng = np.random.default_rng(2)
    layer, x = built(TimeDistributed(Dense(3, "softmax")), (4, 2)), rng.normal(size=(3, 4, 2))
    slope = rng.normal(size=(3, 4, 3))
    expected = list(gradients_by_differences(layer, [x], [slope]))
    found = [layer.backward(slope), layer.dkernel, layer.dbias]
    for gradient, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=0, atol=5e-9)


def test_a_wrapper_within_a_wrapper():
    layer = built(TimeDistributed(Bidirectional(GRU(2))), (5, 4, 3))
    assert layer.output_shape((5, 4, 3)) == (5, 4)
    x = np.random.default_rng(3).normal(size=(2, 5, 4, 3))
    out = layer.forward(x, training=True)
    assert layer.backward(np.ones_like(out)).shape == x.shape
    assert layer.dforward_kernel.shape == layer.forward_kernel.shape


def test_in_a_model():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 6, 2)).astype(np.float32)
    y = (x[:, 0, :1] * x[:, -1, :1] > 0).astype(np.float32)
    stack = [Bidirectional(GRU(6, kernel_regularizer="l2", return_sequences=True)), TimeDistributed(Dense(4, "tanh"))]
    model = Sequential([layers.Input((6, 2)), *stack, Bidirectional(LSTM(4)), Dense(1, activation="sigmoid")], seed=0)
    model.compile("adam", "binary_crossentropy")
    model.optimizer.learning_rate = 0.02
    losses = model.fit(x, y, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.6 * losses[0]
    assert all(np.shares_memory(w, model.parameters) for w in stack[0].forward_layer.weights)
    assert model.count_params() == sum(w.size for w in model.get_weights())
    again = Sequential([layers.Input((6, 2)), Bidirectional(GRU(6, return_sequences=True))], seed=1)
    again.set_weights(stack[0].get_weights())
    np.testing.assert_array_equal(again.predict(x), stack[0].forward(x))


@pytest.mark.parametrize(
    "layer",
    [
        Bidirectional(LSTM(3, return_sequences=True, kernel_regularizer="l2", name="reader"), "sum", name="both"),
        Bidirectional(LSTM(3), backward_layer=GRU(3, go_backwards=True)),
        TimeDistributed(Dense(3, "softmax")),
        TimeDistributed(Bidirectional(SimpleRNN(3, activation="relu"), None)),
        LSTM(3, recurrent_initializer="glorot_uniform", input_shape=(4, 2)),
        GRU(3, reset_after=False, dropout=0.5, return_state=True),
    ],
)  # fmt: skip
def test_can_be_described(layer):
    """What model files are made of: the class and the arguments, a layer within a layer too."""
    writer = _describe.Writer()
    described = writer.checked(layer)
    again = _describe.Reader(writer.arrays, {}).make(described)
    assert type(again) is type(layer)
    assert again.parameter_names == layer.parameter_names


def test_formulas_and_kernels():
    x = np.random.default_rng(4).normal(size=(3, 5, 2))
    layer = built(Bidirectional(LSTM(4, return_sequences=True)), (5, 2))
    with engine.formulas_only():
        expected = layer.forward(x)
    np.testing.assert_allclose(layer.forward(x), expected, rtol=0, atol=1e-12)


BAD = [
    (lambda: Bidirectional(Dense(3)), TypeError, r"Bidirectional takes a recurrent layer, such as layers\.LSTM\(64\)"),
    (lambda: Bidirectional(LSTM), TypeError, r"takes a recurrent layer"),
    (lambda: Bidirectional(LSTM(3), backward_layer=Dense(3)), TypeError, r"takes a recurrent layer"),
    (lambda: Bidirectional(LSTM(3), "add"), ValueError, r"'mul', 'ave' or None, got 'add'"),
    (lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3)), ValueError, r"with go_backwards=True"),
    (
        lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3, go_backwards=True, return_sequences=True)),
        ValueError, r"need the same return_sequences, got False and True",
    ),
    (
        lambda: Bidirectional(LSTM(3), "sum", backward_layer=LSTM(4, go_backwards=True)),
        ValueError, r"needs as many units both ways, got 3 and 4",
    ),
    (lambda: Bidirectional(LSTM(3, activity_regularizer="l2")), ValueError, r"activity_regularizer is not supported"),
    (lambda: Bidirectional(LSTM(3))(layers.Input((4,))), ValueError, r"LSTM\(3\) expected sequences of shape"),
    (
        lambda: Bidirectional(LSTM(3))(layers.Input((4, 2)), initial_state=[layers.Input((3,))] * 3),
        ValueError, r"initial states for both ways, \[h, c of the forward layer, h, c of the backward layer\], got 3",
    ),
    (
        lambda: Bidirectional(LSTM(3))(layers.Input((4, 2)), initial_state=[layers.Input((3,))] * 2),
        ValueError, r"LSTM\(3\) expected initial_state=\[h, c\]",
    ),
    (lambda: TimeDistributed(3), TypeError, r"TimeDistributed takes a layer"),
    (lambda: TimeDistributed(Dense), TypeError, r"TimeDistributed takes a layer"),
    (lambda: TimeDistributed(Dense(3))(layers.Input((4,))), ValueError, r"\(time, \.\.\.\), got \(4,\)"),
    (lambda: TimeDistributed(Dense(3))([np.ones((1, 4, 2))] * 2), ValueError, r"expected sequences of shape"),
    (lambda: TimeDistributed(LSTM(3, return_state=True))(layers.Input((4, 3, 2))), ValueError, r"several outputs"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "kind", "message"), BAD, ids=range(len(BAD)))
def test_bad_input(act, kind, message):
    with pytest.raises(kind, match=message):
        act()
