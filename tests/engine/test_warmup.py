"""What `nnlab warmup` compiles is what networks then use: nothing is left to compile in a lesson."""

import importlib

import numpy as np
import pytest

import nnlab
from nnlab import engine, layers

MODULES = [name for name in (*engine.FAMILIES, "recurrent_steps") if name != "sweeping"]


def signatures():
    modules = {name: importlib.import_module(f"nnlab.engine.{name}") for name in MODULES}
    return {
        f"{name}.{key}": len(function.signatures)
        for name, module in modules.items()
        for key, function in vars(module).items()
        if hasattr(function, "signatures") and function.py_func.__module__ == module.__name__ and function._can_compile
    }


def images():
    first = [layers.Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)), layers.MaxPooling2D(2)]
    return [
        *first,
        layers.Conv2D(2, 2, padding="same"),
        layers.Activation("tanh"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
    ]


def tokens(layer):
    return [layers.Embedding(5, 3, mask_zero=True, input_shape=(4,)), layer(3, return_sequences=True), layer(2)]


@pytest.mark.parametrize("chain", [
    images, *(lambda layer=layer: tokens(layer) for layer in (layers.SimpleRNN, layers.LSTM, layers.GRU)),
], ids=["images", "SimpleRNN", "LSTM", "GRU"])  # fmt: skip
def test_nothing_is_left_to_compile(chain):
    if not engine.available():
        pytest.skip("there is no compiler")
    for family in MODULES[:-1]:
        engine.compiled(family).compile_for(np.dtype(np.float32))
    before = signatures()
    model = nnlab.Sequential([*chain(), layers.Dense(2, activation="softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).integers(0, 5, (8, *model.input_shape))
    model.fit(x, np.arange(8) % 2, verbose=0)
    model.predict(x)
    after = signatures()
    assert {key: n for key, n in after.items() if n > max(1, before[key])} == {}
