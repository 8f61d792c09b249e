"""Many networks in one compiled call have the bits that each has alone."""

import numpy as np
import pytest

pytest.importorskip("numba")

import nnlab
from nnlab import layers, training
from nnlab.engine import runner, sweeping


def problem(dtype, rows=23):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).astype(dtype)
    model = nnlab.Sequential(
        [layers.Dense(5, activation="tanh", input_shape=(3,), kernel_regularizer="l2"), layers.Dense(2)],
        seed=1, dtype=dtype,
    )  # fmt: skip
    model.compile("adam", "mse", metrics=["mae"])
    model.optimizer.build(model.parameters.size, model.dtype)
    trainer = training.Compiled(model, model._metric_functions((x[:, :2],)), 8)
    data = runner.Samples(x, x[:, :2].copy(), np.ones(0, dtype), np.arange(rows)[None])
    parameters = rng.normal(size=(4, model.parameters.size)).astype(dtype)
    return model, trainer, data, parameters


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("blocks", [1, 5, 10**6])
def test_training_in_slices_gives_the_bits_of_advance(dtype, blocks):
    model, trainer, data, first = problem(dtype)
    epochs, rates = 7, [0.001, 0.01, 0.1, 1e300]
    settings = np.stack([trainer.optimizer(1).settings for _ in rates])
    settings[:, 0] = rates
    cells = sweeping.Cells(
        first.copy(), settings.copy(), np.zeros((4, 0)), np.zeros((4, 2)), np.zeros((4, 2, first.shape[1]), dtype),
        np.zeros((4, 4), np.int64), np.zeros(4, np.bool_),
    )  # fmt: skip
    totals = np.zeros((4, epochs, 3))
    optimizer, calls = trainer.optimizer(1), 0
    while not sweeping.train_many(trainer.network, optimizer, trainer.work, data, 8, blocks, model.rng, cells, totals):
        calls += 1
        assert calls < 200
    assert cells.over.all()
    for c in range(4):
        alone, sums, cursor = first[c].copy(), np.zeros((epochs, 3)), np.zeros(4, np.int64)
        own = optimizer._replace(settings=settings[c].copy(), slots=np.zeros((2, len(alone)), dtype))
        runner.advance(
            trainer.network._replace(parameters=alone), own, trainer.work, data, 8, 10**6, model.rng, cursor, sums
        )
        np.testing.assert_array_equal(cells.parameters[c], alone)
        np.testing.assert_array_equal(totals[c], sums)
        np.testing.assert_array_equal(cells.cursors[c], cursor)
    assert cells.cursors[3, 0] < epochs  # it diverged, and the others did not
    assert (cells.cursors[:3, 0] == epochs).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("block", [1, 8, 23])
def test_evaluating_agrees_with_the_formulas(dtype, block):
    model, trainer, data, parameters = problem(dtype)
    work = runner.make_work(trainer.network.stages, 12 + 3 + 4, 0, block, block, np.dtype(dtype))
    totals = np.zeros((4, 3))
    sweeping.evaluate_many(trainer.network, work, data, parameters, totals)
    for vector, sums in zip(parameters, totals, strict=True):
        model.parameters[:] = vector
        expected = model.evaluate(data.x, data.y)
        np.testing.assert_allclose(sums[:2] / sums[2], expected, rtol=1e-5 if dtype == "float32" else 1e-12)
