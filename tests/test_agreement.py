"""Formulas and runner agree: every activation with every loss and optimizer, and networks and data of any shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import activations, initializers, layers, losses, optimizers, regularizers

ACTIVATIONS = {
    name: name
    for name in ("linear", "sigmoid", "tanh", "relu", "selu", "gelu", "silu", "softplus", "softmax", "leaky_relu")
} | {"leaky_relu(0)": activations.LeakyReLU(0.0), "elu(0.7)": activations.ELU(0.7)}
# loss, activation of the outputs, or None for the one under test, targets
LOSSES = {
    "mse": (losses.MeanSquaredError(), None, "real"),
    "mae": (losses.MeanAbsoluteError(), None, "real"),
    "huber": (losses.Huber(0.6), None, "real"),
    "binary": (losses.BinaryCrossentropy(), "sigmoid", "shares"),
    "binary of another": (losses.BinaryCrossentropy(), "softmax", "shares"),
    "binary of logits": (losses.BinaryCrossentropy(from_logits=True), None, "shares"),
    "categorical": (losses.CategoricalCrossentropy(), "softmax", "shares"),
    "categorical of another": (losses.CategoricalCrossentropy(), "sigmoid", "one_hot"),
    "categorical of logits": (losses.CategoricalCrossentropy(from_logits=True), None, "one_hot"),
    "sparse": (losses.SparseCategoricalCrossentropy(), "softmax", "classes"),
    "sparse of another": (losses.SparseCategoricalCrossentropy(), "sigmoid", "classes"),
    "sparse of logits": (losses.SparseCategoricalCrossentropy(from_logits=True), None, "classes"),
}
OPTIMIZERS = {
    "sgd": lambda **clipping: optimizers.SGD(0.05, **clipping),
    "momentum": lambda **clipping: optimizers.SGD(0.05, 0.8, **clipping),
    "nesterov": lambda **clipping: optimizers.SGD(0.05, 0.8, nesterov=True, **clipping),
    "rmsprop": lambda **clipping: optimizers.RMSprop(0.005, **clipping),
    "rmsprop momentum": lambda **clipping: optimizers.RMSprop(0.005, momentum=0.5, **clipping),
    "rmsprop centered": lambda **clipping: optimizers.RMSprop(0.005, epsilon=1e-4, centered=True, **clipping),
    "adagrad": lambda **clipping: optimizers.Adagrad(0.05, **clipping),
    "adam": lambda **clipping: optimizers.Adam(0.01, **clipping),
    "adamw": lambda **clipping: optimizers.AdamW(0.01, weight_decay=0.1, **clipping),
}
CLIPPED = {
    "sgd clipnorm": lambda: OPTIMIZERS["sgd"](clipnorm=0.1),
    "nesterov clipvalue": lambda: OPTIMIZERS["nesterov"](clipvalue=0.01),
    "adam clipnorm": lambda: OPTIMIZERS["adam"](clipnorm=0.1),
}


def problem(kind, rows, features=3, outputs=3, seed=0):
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, outputs, rows)
    return rng.normal(size=(rows, features)), {
        "real": rng.normal(size=(rows, outputs)),
        "shares": rng.uniform(size=(rows, outputs)),
        "one_hot": np.eye(outputs)[classes],
        "classes": classes,
    }[kind]


def agree(stack, x, y, loss, optimizer="adam", metrics=(), dtype="float64", tolerance=1e-10, **fit):
    """Train both ways, and compare weights, history and what the optimizer remembers; returns the runner's model."""
    models = []
    for eager in (True, False):
        model = nnlab.Sequential([layers.Input(x.shape[1:]), *stack()], seed=1, dtype=dtype)
        chosen = optimizer() if callable(optimizer) else optimizer
        model.compile(chosen, loss, metrics=metrics, run_eagerly=eager)
        assert model.why_formulas() == ("run_eagerly=True" if eager else "")
        model.fit(x, y, **{"epochs": 3, "verbose": 0} | fit)
        assert model.history.diverged is None
        models.append(model)
    first, second = models
    np.testing.assert_allclose(first.parameters, second.parameters, rtol=0, atol=tolerance)
    np.testing.assert_allclose(first.optimizer.slots, second.optimizer.slots, rtol=tolerance, atol=tolerance)
    assert first.history.epoch == second.history.epoch
    assert list(first.history.history) == list(second.history.history)
    for name, values in first.history.history.items():
        np.testing.assert_allclose(values, second.history.history[name], rtol=tolerance, atol=tolerance, err_msg=name)
    return second


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_every_loss_and_optimizer(activation, loss):
    hidden = ACTIVATIONS[activation]
    loss, output, kind = LOSSES[loss]
    x, y = problem(kind, rows=10)
    metrics = ["accuracy"] if kind == "classes" else ["mse", "accuracy", "mae"]
    for optimizer in (OPTIMIZERS | CLIPPED).values():
        agree(
            lambda: [layers.Dense(4, hidden), layers.Dense(3, output or hidden)],
            x, y, loss, optimizer, metrics, batch_size=4,
        )  # fmt: skip


STACKS = {
    "activation layers": lambda: [
        layers.Dense(5),
        layers.Activation("relu"),
        layers.Dense(2),
        layers.Activation("softmax"),
    ],
    "two activations in a row": lambda: [
        layers.Dense(5, "tanh"),
        layers.Activation("relu"),
        layers.Dense(2, "softmax"),
    ],
    "activation first": lambda: [layers.Activation("sigmoid"), layers.Dense(2, "softmax")],
    "two activations first": lambda: [
        layers.Activation("softmax"),
        layers.Activation(activations.ELU(0.3)),
        layers.Dense(2, "softmax"),
    ],
    "activation last": lambda: [layers.Dense(2, "tanh"), layers.Activation("tanh"), layers.Activation("softmax")],
    "linear last": lambda: [layers.Dense(2, "softmax"), layers.Activation("linear")],
    "dropout first": lambda: [layers.Dropout(0.2), layers.Dense(7, "relu"), layers.Dense(2, "softmax")],
    "dropout": lambda: [layers.Dropout(0.2), layers.Dense(7, "relu"), layers.Dropout(0.5), layers.Dense(2, "softmax")],
    "dropout before its activation": lambda: [
        layers.Dense(7),
        layers.Dropout(0.5),
        layers.Activation("gelu"),
        layers.Dense(2, "softmax"),
    ],
    "dropout twice, and of nothing": lambda: [
        layers.Dense(7, "elu"),
        layers.Dropout(0.5),
        layers.Dropout(0.0),
        layers.Dense(2, "softmax"),
    ],
    "no bias": lambda: [layers.Dense(5, "sigmoid", use_bias=False), layers.Dense(2, "softmax", use_bias=False)],
    "flatten": lambda: [layers.Flatten(), layers.Dense(2, "softmax")],
    "wide": lambda: [layers.Dense(300, "relu"), layers.Dense(40, "tanh"), layers.Dense(2, "softmax")],
    "probabilities that are no softmax": lambda: [layers.Dense(3, "tanh"), layers.Dense(2, "sigmoid")],
    "penalties": lambda: [
        layers.Dense(5, "silu", kernel_regularizer="l1", bias_regularizer="l2"),
        layers.Dropout(0.1),
        layers.Dense(4, use_bias=False, kernel_regularizer=regularizers.L1L2(0.02, 0.03)),
        layers.Dense(2, "softmax", bias_regularizer="l1_l2"),
    ],
    "one penalty, on a bias": lambda: [layers.Dense(5, "selu"), layers.Dense(2, "softmax", bias_regularizer="l2")],
}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-5)])
def test_every_kind_of_stack(stack, dtype, tolerance):
    x, y = problem("classes", rows=60, features=4, outputs=2)
    agree(
        STACKS[stack], x, y, "sparse_categorical_crossentropy", metrics=["accuracy"], dtype=dtype, tolerance=tolerance,
        batch_size=7, epochs=4,
    )  # fmt: skip


LOGITS = {
    "linear": lambda: [layers.Dense(5, "tanh"), layers.Dense(2)],
    "softmax": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "softmax")],
    "relu": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "relu")],
    "sigmoid": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "sigmoid")],
    "dropout last": lambda: [layers.Dense(5, "tanh"), layers.Dense(2), layers.Dropout(0.3)],
}


@pytest.mark.parametrize("stack", LOGITS)
@pytest.mark.parametrize("loss", ["sparse of logits", "categorical of logits", "binary of logits"])
def test_logits_with_any_last_layer(stack, loss):
    loss, _, kind = LOSSES[loss]
    x, y = problem(kind, rows=60, features=4, outputs=2)
    agree(LOGITS[stack], x, y, loss, batch_size=7)


def test_images_are_flattened():
    x, y = np.random.default_rng(0).normal(size=(20, 2, 3)), np.arange(20) % 2
    agree(lambda: [layers.Activation("tanh"), layers.Flatten(), layers.Dense(2, "softmax")], x, y,
          "sparse_categorical_crossentropy", batch_size=6)  # fmt: skip


@st.composite
def stacks(draw):
    """Make layers, without the last, as often as asked."""
    names = st.sampled_from(list(ACTIVATIONS.values()))
    penalty = st.sampled_from([None, "l1", "l2", "l1_l2"])
    dense = st.fixed_dictionaries(
        {
            "units": st.integers(1, 24),
            "activation": names,
            "use_bias": st.booleans(),
            "kernel_regularizer": penalty,
            "bias_regularizer": st.sampled_from([None, "l2"]),  # biases begin at 0, where the slope of l1 jumps
        }
    )
    kinds = st.one_of(
        st.tuples(st.just(layers.Dense), dense),
        st.tuples(st.just(layers.Dense), dense),
        st.tuples(st.just(layers.Activation), st.fixed_dictionaries({"activation": names})),
        st.tuples(st.just(layers.Dropout), st.fixed_dictionaries({"rate": st.floats(0, 0.7)})),
    )
    drawn = draw(st.lists(kinds, max_size=4))
    return lambda: [kind(**options) for kind, options in drawn]


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(1, 40),
    batch_size=st.integers(1, 50),
    features=st.integers(1, 12),
    outputs=st.integers(1, 4),
    hidden=stacks(),
    loss=st.sampled_from(list(LOSSES)),
    output=st.sampled_from(list(ACTIVATIONS.values())),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    clipping=st.sampled_from([{}, {}, {"clipnorm": 0.05}, {"clipvalue": 0.01}]),
    weighted=st.booleans(),
    validated=st.booleans(),
    shuffle=st.booleans(),
)
def test_any_shape(
    rows, batch_size, features, outputs, hidden, loss, output, optimizer, clipping, weighted, validated, shuffle
):
    def chosen():
        made = OPTIMIZERS[optimizer](**clipping)
        made.learning_rate /= 10  # where a run diverges, rounding errors grow with it
        return made

    loss, last, kind = LOSSES[loss]
    x, y = problem(kind, rows, features, outputs)
    agree(
        lambda: [*hidden(), layers.Dense(outputs, last or output)],
        x / 2,
        y,
        loss,
        chosen,
        ["accuracy"] if kind == "classes" else ["mse", "mae"],
        batch_size=batch_size,
        epochs=2,
        shuffle=shuffle,
        sample_weight=np.random.default_rng(1).uniform(0, 3, rows) if weighted else None,
        validation_data=(x, y) if validated else None,
    )


@pytest.mark.parametrize("rows", [1025, 2400])  # the runner's blocks have 1,024
@pytest.mark.parametrize("first", [[], [lambda: layers.Dropout(0.3)], [lambda: layers.Activation("tanh")]])
@pytest.mark.parametrize("loss", ["mse", "categorical of another", "sparse"])
def test_a_batch_larger_than_a_block_is_still_one_step(rows, first, loss):
    loss, output, kind = LOSSES[loss]
    x, y = problem(kind, rows, features=4)
    model = agree(
        lambda: [
            *(make() for make in first),
            layers.Dense(6, "silu", kernel_regularizer="l2"),
            layers.Dropout(0.2),
            layers.Dense(3, output, bias_regularizer="l1"),
        ],
        x, y, loss, CLIPPED["adam clipnorm"], ["accuracy"], batch_size=5000, epochs=2,
        sample_weight=np.random.default_rng(1).uniform(0, 3, rows),
    )  # fmt: skip
    assert model.optimizer.iterations == 2


@pytest.mark.parametrize("features", [2, 300])  # points in rows for the first stage, or not
@pytest.mark.parametrize(("rows", "batch_size"), [(500, 500), (330, 320)])  # blocks have about 250
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)])
def test_a_wide_network_takes_smaller_blocks(features, rows, batch_size, dtype, tolerance):
    x, y = problem("one_hot", rows, features)
    agree(
        lambda: [layers.Dense(480, "tanh"), layers.Dropout(0.5), layers.Dense(480, "relu"), layers.Dense(3, "softmax")],
        x, y, "categorical_crossentropy", "sgd", ["accuracy"], dtype, tolerance, batch_size=batch_size, epochs=2,
    )  # fmt: skip


@pytest.mark.parametrize("width", [1, 7, 8, 20, 70])
@pytest.mark.parametrize("rows", [1, 3, 16, 33])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_plain_loops_and_blas(width, rows, dtype, tolerance):
    x, y = problem("real", rows, features=width)
    agree(
        lambda: [layers.Dense(width, "tanh"), layers.Dense(8, "sigmoid"), layers.Dense(3)],
        x, y, "huber", "sgd", ["mae"], dtype, tolerance, batch_size=16,
    )  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32(activation, loss):
    hidden = ACTIVATIONS[activation]
    loss, output, kind = LOSSES[loss]
    x, y = problem(kind, rows=10)
    agree(
        lambda: [layers.Dense(4, hidden), layers.Dense(3, output or hidden)],
        x, y, loss, "sgd", dtype="float32", tolerance=1e-5, batch_size=4,
    )  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-4)])
def test_where_outputs_saturate_and_probabilities_are_clipped(activation, loss, dtype, tolerance):
    hidden = ACTIVATIONS[activation]
    loss, output, kind = LOSSES[loss]
    x, y = problem(kind, rows=30, seed=2)
    # Of what comes before the last activation: an exp of 1,000 overflows. Where all outputs are 0, they cannot be
    # divided by their sum, here as in Keras.
    for size in (5,) if kind == "one_hot" and output else (10, 1000):
        agree(
            lambda size=size: [
                layers.Dense(4, hidden, kernel_initializer=initializers.VarianceScaling(3.0)),
                layers.Dense(3, kernel_initializer=initializers.VarianceScaling(size**2, distribution="uniform")),
                layers.Activation(output or hidden),
            ],
            x, y, loss, lambda: OPTIMIZERS["sgd"](clipnorm=1e-3), batch_size=11, epochs=2, dtype=dtype,
            tolerance=tolerance,
        )  # fmt: skip


def test_class_weights_and_a_validation_split():
    x, y = problem("classes", rows=40)
    for stack in (STACKS["dropout"], STACKS["penalties"]):
        agree(
            lambda stack=stack: [*stack()[:-1], layers.Dense(3, "softmax")],
            x, y, "sparse_categorical_crossentropy", metrics=["accuracy"], batch_size=7, epochs=5,
            class_weight={0: 3.0, 2: 0.25}, validation_split=0.2, initial_epoch=2,
        )  # fmt: skip


@pytest.mark.parametrize("epsilon", [1e-7, 1e-20])
def test_flushing_denormals_changes_no_update(epsilon):
    x, y = problem("real", rows=60, outputs=1)
    agree(
        lambda: [layers.Dense(1, use_bias=False)],
        1e-18 * x, 0 * y, "mse", lambda: optimizers.Adam(0.001, epsilon=epsilon), epochs=8, batch_size=60,
    )  # fmt: skip


def test_a_second_training_goes_on_where_the_first_ended():
    x, y = problem("real", rows=10)
    runs = []
    for eager in (True, False):
        model = nnlab.Sequential(
            [layers.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(3)], seed=1, dtype="float64"
        )
        model.compile(optimizers.Adam(0.01), "mse", run_eagerly=eager)
        model.fit(x, y, epochs=2, verbose=0)
        model.run_eagerly = not eager  # slots and the number of steps serve both
        model.fit(x, y, epochs=2, verbose=0)
        runs.append(model.parameters)
    np.testing.assert_allclose(*runs, rtol=0, atol=1e-10)
