"""What Keras 3 computes on graphs of layers in float64, we compute: several inputs, outputs, shared layers, masks."""

import pathlib

import numpy as np
import pytest

import nnlab
from tests.golden import graph_cases as cases

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "graphs.npz")


class Doubled:
    """The package with models in float64."""

    def __getattr__(self, name):
        return getattr(nnlab, name)

    @staticmethod
    def Model(inputs, outputs):
        return nnlab.Model(inputs, outputs, dtype="float64")


def stored(key):
    return [GOLDEN[f"{key}/{k}"] for k in range(sum(name.startswith(f"{key}/") for name in GOLDEN))]


def make(name, eager=False):
    build, loss, loss_weights, metrics = cases.CASES[name]
    model = build(Doubled())
    for layer in model.chain:
        layer.set_weights(stored(f"{name}/first/{layer.name}"))
    if loss == cases.LOGITS:
        loss = nnlab.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(nnlab.optimizers.SGD(0.25), loss, loss_weights=loss_weights, metrics=metrics, run_eagerly=eager)
    return model


def fit(model, name, epochs=cases.STEPS):
    x, y, weights = cases.data(name)
    return model.fit(
        x, y, sample_weight=weights, batch_size=cases.ROWS // 2, epochs=epochs, shuffle=False, verbose=0
    ).history


@pytest.mark.parametrize("eager", [False, True], ids=["kernels", "formulas"])
@pytest.mark.parametrize("name", cases.CASES)
def test_three_epochs(name, eager):
    model = make(name, eager)
    history = fit(model, name)
    for layer in model.chain:
        for got, expected in zip(layer.get_weights(), stored(f"{name}/last/{layer.name}"), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-9, err_msg=layer.name)
    outputs = model.predict(cases.data(name)[0])
    for got, expected in zip(
        outputs if isinstance(outputs, list) else [outputs], stored(f"{name}/output"), strict=True
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-9)
    for key, values in history.items():
        np.testing.assert_allclose(values, GOLDEN[f"{name}/history/{key}"], rtol=1e-6, err_msg=key)
