"""SimpleRNN, LSTM and GRU: against Keras, finite differences and plain loops, and what they say to bad input."""

import math
import pathlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import Sequential, activations, constraints, engine, initializers, layers, regularizers
from nnlab.layers import GRU, LSTM, SimpleRNN
from tests.golden import recurrent_cases as table

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "recurrent.npz"
KINDS = [SimpleRNN, LSTM, GRU]


def listed(value):
    return list(value) if isinstance(value, list) else [value]


def built(layer, shapes, dtype=np.float64):
    layer.build_once(shapes[0] if len(shapes) == 1 else shapes, np.random.default_rng(0))
    for name in layer.parameter_names:
        setattr(layer, name, np.array(getattr(layer, name), dtype))
    return layer


def randomized(layer, rng):
    for name in layer.parameter_names:
        setattr(layer, name, rng.normal(0, 0.7, getattr(layer, name).shape))
    return layer


def run(case, dtype):
    """What `make_recurrent.run` computes with Keras."""
    layer = getattr(layers, case["kind"])(table.UNITS, **case["settings"])
    if case["merge"] is not False:
        layer = layers.Bidirectional(layer, merge_mode=case["merge"])
    inputs = [np.asarray(value, dtype) for value in table.inputs(case)]
    built(layer, [value.shape[1:] for value in inputs], dtype)
    layer.set_weights(table.weights([w.shape for w in layer.weights]))
    mask = table.MASK if case["masked"] else None
    found = []
    for step in range(table.UPDATES):
        outputs = listed(layer.forward(inputs if len(inputs) > 1 else inputs[0], training=True, mask=mask))
        slopes = [slope.astype(dtype) for slope in table.slopes([o.shape for o in outputs])]
        shapes = layer.output_shape([v.shape[1:] for v in inputs] if len(inputs) > 1 else inputs[0].shape[1:])
        assert [o.shape[1:] for o in outputs] == listed(shapes)
        dinputs = listed(layer.backward(slopes if len(slopes) > 1 else slopes[0]))
        gradients = [getattr(layer, f"d{name}") for name in layer.parameter_names]
        if step == 0:
            found += [*outputs, *dinputs, *gradients]
        for name, gradient in zip(layer.parameter_names, gradients, strict=True):
            setattr(layer, name, getattr(layer, name) - dtype(table.RATE) * gradient)
    arrays = [*found, *layer.weights]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    return np.concatenate([array.ravel() for array in arrays])


@pytest.mark.parametrize("formulas", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 2e-5)])
def test_as_keras(dtype, tolerance, formulas):
    golden = np.load(GOLDEN)
    cases = table.cases()
    assert set(golden.files) == set(cases)
    with engine.formulas_only(formulas):
        for name, case in cases.items():
            np.testing.assert_allclose(run(case, dtype), golden[name], rtol=tolerance, atol=tolerance, err_msg=name)


def slow_lstm(x, weights):
    """One sample, one number at a time."""
    kernel, recurrent, bias = weights
    units = len(recurrent)
    h, c = [0.0] * units, [0.0] * units
    for row in x:
        z = [
            sum(row[d] * kernel[d][k] for d in range(len(row)))
            + sum(h[j] * recurrent[j][k] for j in range(units))
            + bias[k]
            for k in range(4 * units)
        ]
        s = [1 / (1 + math.exp(-v)) for v in z]
        c = [s[units + j] * c[j] + s[j] * math.tanh(z[2 * units + j]) for j in range(units)]
        h = [s[3 * units + j] * math.tanh(c[j]) for j in range(units)]
    return h


def test_lstm_is_the_plain_loop():
    rng = np.random.default_rng(1)
    layer = randomized(built(LSTM(3), [(5, 2)]), rng)
    x = rng.normal(size=(4, 5, 2))
    expected = [slow_lstm(sample, [w.tolist() for w in layer.weights]) for sample in x.tolist()]
    np.testing.assert_allclose(layer.forward(x), expected, rtol=0, atol=1e-14)


SETTINGS = [
    (SimpleRNN, {}), (SimpleRNN, {"activation": "softplus", "use_bias": False}), (LSTM, {}),
    (LSTM, {"activation": "softplus", "recurrent_activation": "softmax"}), (GRU, {}), (GRU, {"reset_after": False}),
    (GRU, {"use_bias": False, "activation": "gelu"}), (GRU, {"reset_after": False, "use_bias": False}),
]  # fmt: skip


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
def test_gradients_are_finite_differences(kind, settings, masked):
    rng = np.random.default_rng(2)
    layer = kind(3, return_sequences=True, return_state=True, **settings)
    inputs = [rng.normal(size=(4, 5, 2)), *(rng.normal(size=(4, 3)) for _ in range(layer.state_count))]
    randomized(built(layer, [a.shape[1:] for a in inputs]), rng)
    mask = np.array([[0, 0, 0, 0, 0], [0, 1, 0, 1, 0], [1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], bool) if masked else None
    slopes = [rng.normal(size=o.shape) for o in layer.forward(inputs, mask=mask)]

    def loss():
        return sum((o * s).sum() for o, s in zip(layer.forward(inputs, True, mask=mask), slopes, strict=True))

    loss()
    gradients = [*layer.backward(slopes), *(getattr(layer, f"d{name}") for name in layer.parameter_names)]
    for array, gradient in zip([*inputs, *layer.weights], gradients, strict=True):
        flat, found = array.reshape(-1), np.zeros(array.size)
        for k, value in enumerate(flat):
            flat[k] = value + 6e-6
            above = loss()
            flat[k] = value - 6e-6
            found[k] = (above - loss()) / 12e-6
            flat[k] = value
        np.testing.assert_allclose(found.reshape(array.shape), gradient, rtol=0, atol=5e-9)


sizes = st.integers(1, 6)


@given(st.sampled_from(KINDS), sizes, sizes, sizes, sizes, st.integers(0, 2**16))
def test_a_sample_does_not_see_the_others(kind, n, steps, features, units, seed):
    rng = np.random.default_rng(seed)
    layer = randomized(built(kind(units, return_sequences=True), [(steps, features)]), rng)
    x, mask, order = rng.normal(size=(n, steps, features)), rng.random((n, steps)) < 0.7, rng.permutation(n)
    whole = layer.forward(x, mask=mask)
    assert whole.shape == (n, steps, units)
    np.testing.assert_allclose(layer.forward(x[order], mask=mask[order]), whole[order], rtol=0, atol=1e-13)
    np.testing.assert_allclose(layer.forward(x[:1], mask=mask[:1]), whole[:1], rtol=0, atol=1e-13)


@given(st.sampled_from(KINDS), sizes, st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**16))
def test_padding_changes_nothing(kind, steps, features, more, seed):
    """Steps that the mask calls padding, before, behind or between: the last state and all gradients are the same."""
    rng = np.random.default_rng(seed)
    layer = randomized(built(kind(3), [(steps, features)]), rng)
    x, slope = rng.normal(size=(2, steps, features)), rng.normal(size=(2, 3))
    mask = np.zeros(steps + more, bool)
    mask[rng.permutation(steps + more)[:steps]] = True
    longer = rng.normal(size=(2, steps + more, features))
    longer[:, mask] = x
    found = []
    for data, flags in ((x, None), (longer, np.tile(mask, (2, 1)))):
        out = layer.forward(data, training=True, mask=flags)
        dx = layer.backward(slope)
        if flags is not None:
            assert not dx[:, ~mask].any()
            dx = dx[:, mask]
        found.append([out, dx, *(getattr(layer, f"d{name}") for name in layer.parameter_names)])
    for short, padded in zip(*found, strict=True):
        np.testing.assert_allclose(padded, short, rtol=0, atol=1e-12)


@given(st.sampled_from(KINDS), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**16))
def test_two_halves_are_the_whole(kind, first, second, seed):
    """The states of one call, given to the next, go on where it ended."""
    rng = np.random.default_rng(seed)
    layer = randomized(built(kind(3, return_sequences=True, return_state=True), [(first + second, 2)]), rng)
    x = rng.normal(size=(2, first + second, 2))
    whole = layer.forward(x)
    before, *states = layer.forward(x[:, :first])
    after, *ends = layer.forward([x[:, first:], *states])
    np.testing.assert_allclose(np.concatenate([before, after], axis=1), whole[0], rtol=0, atol=1e-13)
    for end, expected in zip(ends, whole[1:], strict=True):
        np.testing.assert_allclose(end, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_go_backwards_reads_from_the_end(kind):
    rng = np.random.default_rng(3)
    ahead = built(kind(3, return_sequences=True), [(4, 2)])
    back = built(kind(3, return_sequences=True, go_backwards=True), [(4, 2)])
    back.set_weights(ahead.get_weights())
    x = rng.normal(size=(2, 4, 2))
    np.testing.assert_array_equal(back.forward(x), ahead.forward(x[:, ::-1]))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_padding(kind):
    """As in Keras: the states stay, and the output, which repeats none before, is 0."""
    layer = built(kind(3, return_state=True), [(4, 2)])
    x, states = np.ones((2, 4, 2)), [np.full((2, 3), 0.25)] * layer.state_count
    out, *ends = layer.forward([x, *states], training=True, mask=np.zeros((2, 4), bool))
    assert not out.any()
    assert all((end == 0.25).all() for end in ends)
    dx, *dstates = layer.backward([np.ones((2, 3)), *[None] * layer.state_count])
    assert not dx.any()
    assert not any(d.any() for d in dstates)
    assert not any(getattr(layer, f"d{name}").any() for name in layer.parameter_names)


def test_zero_output_for_mask():
    x, mask = np.ones((1, 4, 2)), np.array([[True, True, False, False]])
    layer = built(GRU(3, return_sequences=True, zero_output_for_mask=True), [(4, 2)])
    out = layer.forward(x, mask=mask)
    assert out[0, :2].all()
    assert not out[0, 2:].any()
    layer.zero_output_for_mask = False
    np.testing.assert_array_equal(layer.forward(x, mask=mask)[0, 3], out[0, 1])


@pytest.mark.parametrize("kind", KINDS)
def test_masks_of_the_outputs(kind):
    mask = np.array([[True, False]])
    count = kind.state_count
    assert kind(3).output_mask(mask) is None
    assert kind(3, return_sequences=True).output_mask(mask) is mask
    assert kind(3, return_sequences=True).output_mask([mask, None]) is mask
    assert kind(3, return_sequences=True, return_state=True).output_mask(mask) == [mask, *[None] * count]


@pytest.mark.parametrize("kind", KINDS)
def test_one_call_does_not_disturb_another(kind):
    """A shared layer: what forward remembers is put away and put back."""
    rng = np.random.default_rng(4)
    layer = built(kind(3, return_sequences=True), [(4, 2)])
    first, second, slope = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 4, 3))
    layer.forward(first, training=True)
    expected = layer.backward(slope), layer.drecurrent_kernel
    layer.forward(first, training=True)
    remembered = dict(vars(layer))
    layer.forward(second, training=True)
    layer.backward(slope)
    vars(layer).update(remembered)
    np.testing.assert_array_equal(layer.backward(slope), expected[0])
    np.testing.assert_array_equal(layer.drecurrent_kernel, expected[1])
    np.testing.assert_array_equal(layer.backward(slope), expected[0])  # going back twice is the same


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_parameters_alone(kind):
    rng = np.random.default_rng(5)
    layer = built(kind(3), [(4, 2)])
    layer.forward(rng.normal(size=(2, 4, 2)), training=True)
    layer.backward(np.ones((2, 3)))
    expected = layer.dkernel, layer.drecurrent_kernel, layer.dbias
    layer.dkernel = None
    layer.backward_to_parameters(np.ones((2, 3)))
    for found, wanted in zip((layer.dkernel, layer.drecurrent_kernel, layer.dbias), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("formulas", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_nan_stays_nan(kind, formulas):
    layer = built(kind(3), [(4, 2)])
    x = np.ones((2, 4, 2))
    x[1, 2, 0] = np.nan
    with engine.formulas_only(formulas):
        out = layer.forward(x, training=True)
        dx = layer.backward(np.ones_like(out))
    assert np.isfinite(out[0]).all()
    assert np.isnan(out[1]).all()
    assert np.isnan(dx[1]).any()
    assert np.isfinite(dx[0]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_large_numbers_saturate(kind):
    layer = built(kind(3), [(4, 2)], np.float32)
    out = layer.forward(np.full((1, 4, 2), 1e30, np.float32))
    assert np.isfinite(out).all()


def test_dropout_switches_features_off_for_all_steps():
    layer = built(SimpleRNN(3, dropout=0.5), [(50, 40)])
    x = np.ones((4, 50, 40))
    layer.forward(x, training=True, rng=np.random.default_rng(0))
    factor = layer.xs.swapaxes(0, 1)
    assert set(np.unique(factor)) == {0.0, 2.0}
    assert (factor == factor[:, :1]).all()
    dx = layer.backward(np.ones((4, 3)))
    assert not dx[factor == 0].any()
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x))


def test_first_weights():
    rng = np.random.default_rng(0)
    layer = LSTM(8)
    layer.build_once((5, 3), rng)
    kernel, recurrent, bias = layer.weights
    assert (kernel.shape, recurrent.shape, bias.shape) == ((3, 32), (8, 32), (32,))
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(8), atol=1e-12)
    assert bias.tolist() == [0.0] * 8 + [1.0] * 8 + [0.0] * 16
    plain = LSTM(8, unit_forget_bias=False)
    plain.build_once((5, 3), rng)
    assert not plain.bias.any()
    shapes = {True: (2, 24), False: (24,)}
    for after, shape in shapes.items():
        gru = GRU(8, reset_after=after)
        gru.build_once((5, 3), rng)
        assert gru.bias.shape == shape
    assert LSTM(8, use_bias=False).parameter_names == ("kernel", "recurrent_kernel")


def test_penalties_and_constraints_find_their_parameters():
    layer = GRU(
        3, kernel_regularizer="l2", recurrent_regularizer="l1", bias_constraint="max_norm",
        recurrent_constraint=constraints.MaxNorm(3), activity_regularizer="l2",
    )  # fmt: skip
    assert {name: type(r).__name__ for name, r in layer.regularizers.items()} == {
        "kernel": "L2", "recurrent_kernel": "L1",
    }  # fmt: skip
    assert set(layer.constraints) == {"recurrent_kernel", "bias"}
    assert isinstance(layer.activity_regularizer, regularizers.L2)


def test_learns_to_remember_the_first_step():
    """The class of a sequence is the sign of its first number: ten steps later it has to be still known."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1024, 10, 1)).astype(np.float32)
    y = (x[:, 0, 0] > 0).astype(np.float32)
    model = Sequential([layers.Input((10, 1)), LSTM(8), layers.Dense(1, activation="sigmoid")], seed=0)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.01
    model.fit(x, y[:, None], epochs=30, verbose=0)
    # Whoever forgets it is right for half of them. Of 15 trainings, 5 seeds on 3 BLAS kernels, the worst reached 0.98.
    assert model.evaluate(x, y[:, None])[1] > 0.95


def test_usual_activations_are_compiled():
    if not engine.available():
        pytest.skip("Numba is not installed")
    assert LSTM(3).compiled() is not None
    assert LSTM(3, activation="relu").compiled() is None
    assert LSTM(3, recurrent_activation=activations.Activation("sigmoid", np.sin, np.cos)).compiled() is None
    assert GRU(3, reset_after=False).compiled() is None
    with engine.formulas_only():
        assert LSTM(3).compiled() is None


def test_can_be_pickled():
    layer = built(LSTM(3), [(4, 2)])
    x = np.ones((1, 4, 2))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(layer)).forward(x), layer.forward(x))


BAD = [
    (lambda: LSTM(64)(layers.Input((28,))), r"LSTM\(64\) expected sequences of shape \(time, features\), got \(28,\)"),
    (lambda: GRU(8)(layers.Input((5,))), r"layers\.Embedding first"),
    (lambda: GRU(8)(layers.Input((28, 28, 1))), r"layers\.Reshape\(\(28, 28\)\) makes each row"),
    (lambda: GRU(8)(layers.Input((28, 28, 3))), r"got \(28, 28, 3\): go through layers\.Reshape"),
    (lambda: LSTM(8)(np.zeros((3, 0, 2))), r"at least one time step and one feature, got \(0, 2\)"),
    (lambda: LSTM(8)(np.zeros((3, 4, 0))), r"at least one time step and one feature, got \(4, 0\)"),
    (lambda: LSTM(8)(np.zeros((3, 4))), r"got \(4,\)"),
    (lambda: SimpleRNN(8)(np.zeros(3)), r"got \(\)"),
    (lambda: built(LSTM(8), [(4, 2)])(np.zeros((3, 4, 5))), r"LSTM\(8\) expected sequences with 2 features"),
    (lambda: LSTM(0), r"units"),
    (lambda: GRU(-3), r"units"),
    (lambda: GRU(2.5), r"units"),
    (lambda: GRU("8"), r"units"),
    (lambda: LSTM(8, activation="tan"), r"unknown activation 'tan': did you mean 'tanh'"),
    (lambda: LSTM(8, recurrent_activation="sigmoidal"), r"did you mean 'sigmoid'"),
    (lambda: LSTM(8, recurrent_initializer="orthogonl"), r"did you mean 'orthogonal'"),
    (lambda: LSTM(8, kernel_regularizer="l3"), r"unknown regularizer"),
    (lambda: LSTM(8, bias_constraint="max_nrm"), r"unknown constraint"),
    (lambda: LSTM(8, dropout=1.0), r"dropout has to be from 0 to below 1, got 1\.0"),
    (lambda: LSTM(8, dropout=-0.1), r"dropout has to be"),
    (lambda: LSTM(8, input_shape=28), r"input_shape is the shape of one sample"),
    (lambda: LSTM(8)(layers.Input((4, 2)), initial_state=layers.Input((8,))), r"initial_state=\[h, c\], of shape"),
    (lambda: GRU(8)(layers.Input((4, 2)), initial_state=layers.Input((7,))), r"=h, of shape \(8,\).*\(7,\)"),
    (lambda: GRU(8)(layers.Input((4, 2)), initial_state=[layers.Input((8,))] * 2), r"initial_state=h"),
    (lambda: GRU(8)([np.zeros((3, 4, 2)), np.zeros((3, 1, 8))]), r"got \(1, 8\)"),
    (lambda: GRU(8)([np.zeros((3, 4, 2)), np.zeros((2, 8))]), r"initial states of 3 samples, .* got 2"),
    (lambda: GRU(8)(np.zeros((3, 4, 2)), mask=np.ones((3, 5), bool)), r"time step, \(3, 4\), got \(3, 5\)"),
    (lambda: GRU(8)(np.zeros((3, 4, 2)), mask=np.ones(4, bool)), r"time step, \(3, 4\), got \(4,\)"),
    (lambda: initializers.Orthogonal()((5,)), r"an orthogonal matrix has at least two axes, got shape \(5,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "message"), BAD, ids=range(len(BAD)))
def test_bad_input(act, message):
    with pytest.raises(ValueError, match=message):
        act()


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (2, 3, 4), (1, 5), (5, 1)])
def test_orthogonal(shape):
    w = initializers.Orthogonal(gain=2.0, seed=0)(shape)
    assert w.shape == shape
    flat = w.reshape(-1, shape[-1])
    product = flat @ flat.T if len(flat) <= shape[-1] else flat.T @ flat
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)
    np.testing.assert_array_equal(w, initializers.Orthogonal(gain=2.0, seed=0)(shape))


def test_orthogonal_draws_all_rotations_alike():
    rng = np.random.default_rng(0)
    drawn = np.array([initializers.Orthogonal()((3, 3), rng) for _ in range(2000)])
    # A column is a random direction: its entries have mean 0 and variance 1/3, the first one's sign is free.
    assert abs(drawn.mean(axis=0)).max() < 0.06
    np.testing.assert_allclose((drawn**2).mean(axis=0), 1 / 3, atol=0.03)
    determinants = np.linalg.det(drawn)
    assert 0.45 < (determinants > 0).mean() < 0.55


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_a_layer_is_called_on_numbers_of_any_kind(kind, dtype):
    x = np.arange(12).reshape(1, 4, 3)
    layer = kind(2)
    np.testing.assert_allclose(layer(x.astype(dtype)), layer(x.astype(float)), rtol=1e-5)
