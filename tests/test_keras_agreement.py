"""Three training steps give what Keras 3 gives, through the formulas and in the compiled runner."""

import pathlib

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "training.npz")
# Keras keeps settings in float32: these are numbers that it holds exactly.
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(learning_rate=0.125),
    "momentum": lambda: optimizers.SGD(learning_rate=0.125, momentum=0.875),
    "nesterov": lambda: optimizers.SGD(learning_rate=0.125, momentum=0.875, nesterov=True),
    "adam": lambda: optimizers.Adam(learning_rate=2**-7, beta_1=0.875, beta_2=0.96875),
}
NETWORKS = {
    "regression": ("tanh", "linear", "mse"),
    "bounded_regression": ("sigmoid", "tanh", "mse"),
    "binary": ("relu", "sigmoid", "binary_crossentropy"),
    "binary_relu": ("tanh", "relu", "binary_crossentropy"),
    "one_hot": ("tanh", "softmax", "categorical_crossentropy"),
    "sparse": ("relu", "softmax", "sparse_categorical_crossentropy"),
    "one_hot_sigmoid": ("tanh", "sigmoid", "categorical_crossentropy"),
    "sparse_sigmoid": ("tanh", "sigmoid", "sparse_categorical_crossentropy"),
    "softmax_mse": ("tanh", "softmax", "mse"),
}


@pytest.mark.parametrize("eager", [True, False], ids=["formulas", "runner"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_three_steps_as_in_keras(network, optimizer, eager):
    hidden, output, loss = NETWORKS[network]
    x, y = GOLDEN[f"{network}/x"], GOLDEN[f"{network}/y"]
    key = f"{network}/{optimizer}"
    accuracy = GOLDEN[f"{key}/accuracy"]
    model = nnlab.Sequential([layers.Input((4,)), layers.Dense(5, hidden), layers.Dense(3, output)], dtype="float64")
    model.set_weights([GOLDEN[f"{network}/first{k}"] for k in range(4)])
    model.compile(OPTIMIZERS[optimizer](), loss, metrics=["accuracy"] if len(accuracy) else [], run_eagerly=eager)
    history = model.fit(x, y, batch_size=5, shuffle=False, verbose=0).history

    for k, w in enumerate(model.get_weights()):
        np.testing.assert_allclose(w, GOLDEN[f"{key}/weights{k}"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(history["loss"], GOLDEN[f"{key}/loss"], rtol=1e-7)  # Keras averages in float32
    if len(accuracy):
        np.testing.assert_allclose(history["accuracy"], accuracy, rtol=1e-6)
    np.testing.assert_allclose(model.predict(x), GOLDEN[f"{key}/outputs"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(np.ravel(model.evaluate(x, y)), GOLDEN[f"{key}/evaluate"], rtol=1e-6)
