"""Graphs of layers for the golden values, each built by one function for Keras, which made them, and for nnlab.

Both have the same names and arguments, so a function gets the package and uses nothing else of it. All settings are
numbers that Keras, which keeps them in float32, holds exactly.
"""

import numpy as np

ROWS, STEPS = 8, 3


def branches(k):
    """Two inputs and two outputs; a shared, a frozen, a penalized and a constrained layer."""
    left, right = k.layers.Input(shape=(4,), name="left"), k.layers.Input(shape=(6,), name="right")
    shared = k.layers.Dense(5, "tanh", activity_regularizer=k.regularizers.L2(0.125), name="shared")
    narrow = k.layers.Dense(
        4, "relu", kernel_constraint=k.constraints.MaxNorm(0.5), kernel_regularizer=k.regularizers.L2(0.25),
        name="narrow",
    )  # fmt: skip
    frozen = k.layers.Dense(5, "sigmoid", name="frozen")
    frozen.trainable = False
    a, b = shared(left), shared(narrow(right))
    c = frozen(k.layers.Concatenate(name="both")([a, b, right]))
    kind = k.layers.Dense(3, activation="softmax", name="kind")(k.layers.Multiply(name="gate")([a, c]))
    size = k.layers.Dense(1, name="size")(k.layers.Add(name="sum")([a, b, c]))
    return k.Model(inputs=[left, right], outputs=[kind, size])


def seen_twice(k):
    """A hidden layer that is an output, too, behind an activation that its loss would be fused with."""
    x = k.layers.Input(shape=(4,), name="x")
    h = k.layers.Dense(3, activation="softmax", name="h")(x)
    back = k.layers.Dense(4, name="back")(h)
    skip = k.layers.Add(name="skip")([back, x])
    return k.Model(inputs=x, outputs=[h, skip])


def tokens(k):
    """Padding that is masked, and a loss at each time step."""
    x = k.layers.Input(shape=(5,), name="x")
    e = k.layers.Embedding(7, 3, mask_zero=True, name="e")(x)
    h = k.layers.LSTM(4, return_sequences=True, name="lstm")(e)
    return k.Model(inputs=x, outputs=k.layers.Dense(7, activation="softmax", name="next")(h))


def translator(k):
    """The states of one recurrent layer begin another."""
    source, target = k.layers.Input(shape=(5,), name="source"), k.layers.Input(shape=(4,), name="target")
    words = k.layers.Embedding(7, 3, name="words")
    _, h, c = k.layers.LSTM(4, return_state=True, name="encoder")(words(source))
    out = k.layers.LSTM(4, return_sequences=True, name="decoder")(words(target), initial_state=[h, c])
    out = k.layers.Bidirectional(k.layers.GRU(2, return_sequences=True), name="both_ways")(out)
    out = k.layers.TimeDistributed(k.layers.Dense(7, activation="softmax"), name="next")(out)
    return k.Model(inputs=[source, target], outputs=out)


def attention(k):
    """A block of a transformer, with padding."""
    x = k.layers.Input(shape=(5,), name="x")
    e = k.layers.Embedding(7, 4, mask_zero=True, name="e")(x)
    a = k.layers.MultiHeadAttention(2, 3, name="a")(e, e, use_causal_mask=True)
    n = k.layers.LayerNormalization(name="n")(k.layers.Add(name="skip")([e, a]))
    h = k.layers.GlobalAveragePooling1D(name="mean")(n)
    return k.Model(inputs=x, outputs=k.layers.Dense(3, name="logits")(h))


def images(k):
    """Convolution, normalization, pooling, and a second path that pools everything."""
    x = k.layers.Input(shape=(6, 5, 2), name="x")
    h = k.layers.Conv2D(3, (3, 3), padding="same", use_bias=False, name="conv")(x)
    h = k.layers.Activation("relu", name="relu")(k.layers.BatchNormalization(momentum=0.5, name="norm")(h))
    a = k.layers.Flatten(name="flat")(k.layers.MaxPooling2D((2, 2), name="pool")(h))
    b = k.layers.GlobalAveragePooling2D(name="mean")(k.layers.Conv2D(2, 2, strides=2, name="conv_2")(h))
    return k.Model(inputs=x, outputs=k.layers.Dense(4, name="out")(k.layers.Concatenate(name="both")([a, b])))


SPARSE, LOGITS = "sparse_categorical_crossentropy", "sparse_from_logits"
# The network, its loss, weights of the losses, metrics.
CASES = {
    "branches": (branches, {"kind": SPARSE, "size": "mse"}, {"kind": 1.0, "size": 0.5}, {"kind": ["accuracy"]}),
    "seen_twice": (seen_twice, ["categorical_crossentropy", "mse"], [0.5, 2.0], None),
    "tokens": (tokens, SPARSE, None, None),
    "translator": (translator, SPARSE, None, ["accuracy"]),
    "attention": (attention, LOGITS, None, ["accuracy"]),
    "images": (images, "mse", None, ["mae"]),
}


def data(name):
    """Inputs, targets and sample weights of a case."""
    rng = np.random.default_rng(5)
    padded = rng.integers(1, 7, (ROWS, 5)) * (np.arange(5) < rng.integers(2, 6, (ROWS, 1)))
    padded[0] = [0, 3, 0, 2, 1]  # padding may stand anywhere
    x, y = {
        "branches": lambda: (
            [rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 6))],
            [rng.integers(0, 3, ROWS), rng.normal(size=(ROWS, 1))],
        ),
        "seen_twice": lambda: (
            rng.normal(size=(ROWS, 4)),
            [np.eye(3)[rng.integers(0, 3, ROWS)], rng.normal(size=(ROWS, 4))],
        ),
        "tokens": lambda: (padded, rng.integers(0, 7, (ROWS, 5))),
        "translator": lambda: (
            [rng.integers(0, 7, (ROWS, 5)), rng.integers(0, 7, (ROWS, 4))],
            rng.integers(0, 7, (ROWS, 4)),
        ),
        "attention": lambda: (padded, rng.integers(0, 3, ROWS)),
        "images": lambda: (rng.normal(size=(ROWS, 6, 5, 2)), rng.normal(size=(ROWS, 4))),
    }[name]()
    weights = rng.integers(1, 9, ROWS) / 4 if name == "tokens" else None
    return x, y, weights
