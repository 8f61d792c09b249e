"""Graphs of layers: what they are told wrong, what they keep, what is frozen, shared, and saved."""

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers
from tests.golden import graph_cases as cases
from tests.test_graph_agreement import fit, make


def two_inputs():
    left, right = layers.Input((2,), name="left"), layers.Input((3,), name="right")
    both = layers.Concatenate()([layers.Dense(2, name="a")(left), right])
    outputs = [layers.Dense(1, name="size")(both), layers.Dense(3, activation="softmax", name="kind")(both)]
    model = nnlab.Model([left, right], outputs, seed=0)
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"], metrics={"kind": ["accuracy"]})
    return model


LEFT, RIGHT = np.ones((4, 2)), np.ones((4, 3))
SIZE, KIND = np.zeros(4), np.array([0, 1, 2, 0])


@pytest.mark.parametrize(
    "x", [[LEFT, RIGHT], (LEFT, RIGHT), {"right": RIGHT, "left": LEFT}], ids=["list", "tuple", "dict"]
)
def test_inputs_in_order_or_by_name(x):
    model = two_inputs()
    history = model.fit(x, {"kind": KIND, "size": SIZE}, verbose=0, validation_data=(x, [SIZE, KIND])).history
    names = ["loss", "size_loss", "kind_loss", "kind_accuracy"]
    assert list(history) == [*names, *(f"val_{name}" for name in names)]
    assert list(model.evaluate(x, [SIZE, KIND], return_dict=True)) == names
    size, kind = model.predict(x)
    assert (size.shape, kind.shape) == ((4, 1), (4, 3))


def test_the_loss_is_the_weighted_sum():
    model = two_inputs()
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"], loss_weights={"size": 3, "kind": 0.5})
    logs = model.evaluate([LEFT, RIGHT], [SIZE, KIND], return_dict=True)
    assert logs["loss"] == pytest.approx(3 * logs["size_loss"] + 0.5 * logs["kind_loss"])


def fitted(x, y=(SIZE, KIND), **options):
    return lambda: two_inputs().fit(x, list(y), verbose=0, **options)


def compiled(*args, **options):
    return lambda: two_inputs().compile("sgd", *args, **options)


def forgotten_input():
    x, other = layers.Input((2,)), layers.Input((2,), name="other")
    nnlab.Model(x, layers.Add()([x, other]))


def idle_input():
    x, other = layers.Input((2,)), layers.Input((5,), name="other")
    nnlab.Model([x, other], layers.Dense(1)(x))


def input_twice():
    x = layers.Input((2,))
    nnlab.Model([x, x], layers.Dense(1)(x))


def sequential_with_states():
    nnlab.Sequential([layers.Input((3, 2)), layers.LSTM(4, return_state=True)])


def another_architecture():
    two_inputs().set_weights(make("images").get_weights())


MISTAKES = {
    "one array for two inputs": (fitted(LEFT), "has 2 inputs, left, right: give a list"),
    "three inputs": (fitted([LEFT, RIGHT, LEFT]), "got 3 of them"),
    "unknown name": (fitted({"left": LEFT, "rigth": RIGHT}), "has the inputs left, right; got left, rigth"),
    "swapped": (fitted([RIGHT, LEFT]), r"expected inputs of shape \(N, 2\)"),
    "unequal numbers": (fitted([LEFT, RIGHT[:3]]), "same number of samples; got left: 4, right: 3"),
    "one target": (fitted([LEFT, RIGHT], [SIZE]), "has 2 outputs, size, kind"),
    "too few targets": (fitted([LEFT, RIGHT], [SIZE, KIND[:2]]), "4 samples and 2 targets"),
    "class weights": (fitted([LEFT, RIGHT], class_weight={0: 2.0}), "one output: give sample_weight"),
    "three losses": (compiled(["mse"] * 3), "has 2 losses|got 3 of them"),
    "unknown loss name": (compiled({"size": "mse", "sort": "mse"}), "losses size, kind; got size, sort"),
    "weight of text": (compiled("mse", loss_weights=["a", 1]), "loss_weights"),
    "metric of text": (compiled("mse", metrics="accuracy"), "metrics is a list"),
    "forgotten input": (forgotten_input, "do not depend on these inputs alone: they need an Input 'other'"),
    "idle input": (idle_input, "leads to no output"),
    "input given twice": (input_twice, "given twice"),
    "no outputs": (lambda: nnlab.Model(layers.Input((2,)), []), "a model needs outputs"),
    "no layer": (lambda: nnlab.Model(*(lambda x: (x, x))(layers.Input((2,)))), "no layer between"),
    "numbers and symbols": (lambda: layers.Add()([layers.Input((2,)), np.ones((1, 2))]), "not on both"),
    "unknown option": (lambda: layers.Dense(1)(layers.Input((2,)), masked=True), "no option 'masked'"),
    "states in a sequential": (sequential_with_states, "passes one from layer to layer"),
    "other architecture": (another_architecture, "has weights of shapes"),
    "a shared layer on another shape": (
        lambda: (lambda d: nnlab.Model(x := layers.Input((2,)), d(layers.Dense(3)(d(x)))))(layers.Dense(4)),
        "expected inputs with 2 features, got 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_explained(mistake):
    action, message = MISTAKES[mistake]
    with pytest.raises((ValueError, TypeError), match=message):
        action()


def test_a_chain_still_trains_in_the_runner_and_a_graph_does_not():
    chain = nnlab.Sequential([layers.Dense(1, input_shape=(2,))])
    chain.compile("sgd", "mse")
    assert chain.why_formulas() == ""
    assert "simple chain" in two_inputs().why_formulas()


def test_a_frozen_layer_stays_and_learns_again_when_compiled_anew():
    model = nnlab.Sequential([layers.Dense(3, "tanh", input_shape=(2,)), layers.Dense(1)], seed=0)
    first, last = model.layers
    first.trainable = False
    model.compile(optimizers.AdamW(0.1, weight_decay=0.1), "mse")
    assert "frozen" in model.why_formulas()
    before = first.get_weights(), last.get_weights()
    model.fit(LEFT, SIZE, epochs=3, verbose=0)
    for w, old in zip(first.get_weights(), before[0], strict=True):
        np.testing.assert_array_equal(w, old)
    assert not np.allclose(last.kernel, before[1][0])
    assert model.count_params() == 13
    assert model.parameters.size == 4
    first.trainable = True
    with pytest.raises(ValueError, match="compile a model anew"):
        model.fit(LEFT, SIZE, verbose=0)
    model.compile("sgd", "mse")
    assert model.why_formulas() == ""
    model.fit(LEFT, SIZE, verbose=0)
    assert not np.allclose(first.kernel, before[0][0])


def test_a_layer_before_a_frozen_one_still_learns():
    model = nnlab.Sequential([layers.Dense(3, "tanh", input_shape=(2,)), layers.Dense(1)], seed=0)
    model.layers[1].trainable = False
    model.compile("sgd", "mse")
    kernel = model.layers[0].kernel.copy()
    model.fit(LEFT, SIZE, verbose=0)
    assert not np.allclose(model.layers[0].kernel, kernel)


@pytest.mark.parametrize("name", cases.CASES)
def test_a_saved_graph_trains_on_as_the_original_would(name, tmp_path):
    model = make(name)
    fit(model, name, epochs=1)
    model.save(tmp_path / "a.nnlab")
    loaded = nnlab.load_model(tmp_path / "a.nnlab")
    assert [layer.trainable for layer in loaded.chain] == [layer.trainable for layer in model.chain]
    assert fit(loaded, name) == fit(model, name)
    for got, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_the_summary_says_what_is_called_on_what(capsys):
    make("branches").summary()
    out = capsys.readouterr().out
    assert "called on" in out
    assert "left; narrow" in out  # the shared layer
    assert "frozen" in out


def test_a_deep_graph_needs_no_recursion():
    x = h = layers.Input((1,))
    for _ in range(3000):
        h = layers.Activation("linear")(h)
    model = nnlab.Model(x, h)
    assert model.predict([[2.0]]) == 2.0


def test_parameters_on_no_path_to_a_loss_keep_their_values():
    x = layers.Input((2,))
    h, c = layers.Dense(2, name="used"), layers.Dense(2, name="aside")
    model = nnlab.Model(x, [layers.Dense(1, name="out")(h(x)), c(x)])
    model.compile("sgd", "mse", loss_weights=[1.0, 0.0])
    before = c.kernel.copy()
    model.fit(LEFT, [SIZE, np.zeros((4, 2))], verbose=0)
    np.testing.assert_array_equal(c.kernel, before)


def test_a_step_that_diverges_leaves_moving_means_as_they_were():
    model = nnlab.Sequential([layers.Dense(3, input_shape=(2,)), layers.BatchNormalization(), layers.Dense(1)], seed=0)
    model.compile(optimizers.SGD(1e30), "mse")
    history = model.fit(np.random.default_rng(0).normal(size=(64, 2)), np.arange(64.0), epochs=5, verbose=0)
    assert history.diverged
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_attention_scores_are_a_second_output():
    x = layers.Input((4, 3))
    output, scores = layers.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)
    a, s = nnlab.Model(x, [output, scores]).predict(np.ones((2, 4, 3)))
    assert (a.shape, s.shape) == ((2, 4, 3), (2, 2, 4, 4))
    np.testing.assert_allclose(s.sum(axis=-1), 1, rtol=1e-5)


def shared_inside():
    inner = layers.Dense(4)
    a, b = layers.Input((3, 2)), layers.Input((3, 2))
    return nnlab.Model([a, b], layers.Add()([layers.TimeDistributed(inner)(a), layers.TimeDistributed(inner)(b)]))


def test_a_layer_inside_two_wrappers_is_refused():
    with pytest.raises(ValueError, match="call one TimeDistributed twice"):
        shared_inside()


@pytest.mark.parametrize("outside", [True, False])
def test_freezing_reaches_the_layer_within(outside):
    inner = layers.Dense(3)
    wrapper = layers.TimeDistributed(inner, input_shape=(4, 2))
    (wrapper if outside else inner).trainable = False
    model = nnlab.Sequential([wrapper, layers.Flatten(), layers.Dense(1)], seed=0)
    model.compile("sgd", "mse")
    before = inner.kernel.copy()
    model.fit(np.ones((4, 4, 2)), SIZE, verbose=0)
    assert (wrapper.trainable, inner.trainable) == (False, False)
    np.testing.assert_array_equal(inner.kernel, before)


def test_masked_metrics_do_not_depend_on_how_rows_are_cut(monkeypatch):
    x = np.zeros((64, 10))
    x[:32, 0], x[32:] = 1, 2
    model = nnlab.Sequential([layers.Embedding(3, 4, mask_zero=True, input_shape=(10,)), layers.Dense(2)], seed=0)
    model.compile("sgd", "mse", metrics=[lambda y, p: y[:, 0]])
    y = np.repeat((x == 2)[:, :, None], 2, axis=2).astype(float)
    whole = model.evaluate(x, y)[1]
    assert whole == pytest.approx(320 / 352)
    monkeypatch.setattr("nnlab.evaluation.ROWS", (32, 32))
    assert model.evaluate(x, y)[1] == pytest.approx(whole)


def test_a_mask_counts_for_all_axes_behind_it():
    def model_of(*reshape):
        x = layers.Input((3,))
        h = layers.Dense(4)(layers.Embedding(3, 4, mask_zero=True, embeddings_initializer="ones")(x))
        for layer in reshape:
            h = layer(h)
        model = nnlab.Model(x, h, seed=0)
        model.compile("sgd", "mse")
        return model

    x = np.array([[1, 2, 0], [1, 0, 0]])
    deep = model_of(layers.TimeDistributed(layers.Reshape((2, 2)))).evaluate(x, np.zeros((2, 3, 2, 2)))
    assert deep == pytest.approx(model_of().evaluate(x, np.zeros((2, 3, 4))), rel=1e-5)


def test_frozen_layers_pay_no_penalty():
    dense = layers.Dense(1, kernel_regularizer="l2", input_shape=(2,))
    model = nnlab.Sequential([dense], seed=0)
    model.compile("sgd", "mse")
    paid = model.evaluate(LEFT, SIZE)
    dense.trainable = False
    assert paid - model.evaluate(LEFT, SIZE) == pytest.approx(0.01 * (dense.kernel**2).sum(), rel=1e-4)


@pytest.mark.parametrize("option", ["training", "rng"])
def test_what_fit_decides_is_no_option(option):
    with pytest.raises(TypeError, match="decided by fit and predict"):
        layers.Dropout(0.5)(layers.Input((2,)), **{option: None})


def test_a_penalized_pooling_is_not_fused():
    def loss(eager):
        pool = layers.MaxPooling2D(2)
        pool.activity_regularizer = nnlab.regularizers.L2(0.5)
        chain = [layers.Conv2D(2, 2, input_shape=(5, 5, 1)), pool, layers.Flatten(), layers.Dense(1)]
        model = nnlab.Sequential(chain, seed=0)
        model.compile("sgd", "mse", run_eagerly=eager)
        return model.fit(np.ones((4, 5, 5, 1)), SIZE, epochs=3, verbose=0).history["loss"]

    assert loss(False) == pytest.approx(loss(True), rel=1e-4)
