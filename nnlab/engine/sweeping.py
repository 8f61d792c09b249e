"""Many networks of one architecture inside one compiled call: trained one after the other, or only evaluated.

Each network is a row of some matrices. It is trained by `nnlab.engine.runner.advance` itself, so that a run has the
same bits as when it is trained alone.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlab.engine import runner, updates
from nnlab.engine._jit import kernel
from nnlab.engine.codes import UPDATES
from nnlab.engine.views import vector


class Cells(NamedTuple):
    """Networks that are trained with one optimizer in C settings, and where each of them stands."""

    parameters: np.ndarray  # (C, P)
    settings: np.ndarray  # (C, K) float64
    rates: np.ndarray  # (C, steps) float64: learning rates of all steps; (C, 0) where the settings' stays
    clipping: np.ndarray  # (C, 2) float64: clipnorm and clipvalue; 0: none
    slots: np.ndarray  # (C, slots, P)
    cursors: np.ndarray  # (C, 4) int64, as `advance` moves them on
    over: np.ndarray  # (C,) bool


@kernel
def train_many(network, optimizer, work, samples, batch_size, blocks, rng, cells, totals):
    """Train the networks one after the other, for about `blocks` blocks of points in all.

    Parameters
    ----------
    network : Network
        Its parameters are not looked at.
    optimizer : Optimizer
        Only its code and its starts count.
    work : Work
    samples : Samples
    batch_size, blocks : int
    rng : numpy.random.Generator
        Never asked: dropout is not for this.
    cells : Cells
        Changed in place.
    totals : ndarray of shape (C, E, 2 + M)
        For each network what `advance` adds up.

    Returns
    -------
    bool
        Whether all trainings are over.
    """
    left = blocks
    for c in range(cells.over.shape[0]):
        if cells.over[c]:
            continue
        if left <= 0:
            return False
        cursor, size = cells.cursors[c], cells.parameters.shape[1]
        own = runner.Network(
            network.stages, network.constants, network.penalties, vector(cells.parameters, c * size, size),
            network.gradient, network.loss, network.delta, network.fused, network.metrics,
        )  # fmt: skip
        taken = cursor[UPDATES]
        rates = cells.rates.shape[1] - taken if cells.rates.shape[1] > 0 else 0
        setting = runner.Optimizer(
            optimizer.code, cells.settings[c], vector(cells.rates, (c + 1) * cells.rates.shape[1] - rates, rates),
            cells.clipping[c, 0], cells.clipping[c, 1], optimizer.starts, cells.slots[c],
        )  # fmt: skip
        cells.over[c] = runner.advance(own, setting, work, samples, batch_size, left, rng, cursor, totals[c])
        if not cells.over[c]:
            return False
        left -= cursor[UPDATES] - taken + 1
    return True


@kernel
def evaluate_many(network, work, samples, parameters, totals):
    """Measure each network on all samples, in blocks that fit the buffers.

    Parameters
    ----------
    network : Network
        Its parameters are not looked at; its gradient becomes what the penalties leave there.
    work : Work
    samples : Samples
    parameters : ndarray of shape (C, P)
    totals : ndarray of shape (C, 2 + M)
        The loss, the metrics and the number of samples, summed; added to.
    """
    rows, size = samples.x.shape[0], parameters.shape[1]
    order = samples.orders[0]
    for first in range(0, rows, work.block):
        n = min(work.block, rows - first)
        runner.gather(network, work, samples, order[first : first + n], rows)
        for c in range(parameters.shape[0]):
            own = runner.Network(
                network.stages, network.constants, network.penalties, vector(parameters, c * size, size),
                network.gradient, network.loss, network.delta, network.fused, network.metrics,
            )  # fmt: skip
            runner.forward(own, work, n, 0)
            runner.loss(own, work, samples.y.shape[1], n, rows, totals[c])
    if network.penalties.shape[0] > 0:
        for c in range(parameters.shape[0]):
            totals[c, 0] += rows * updates.regularize(
                network.stages, network.penalties, vector(parameters, c * size, size), network.gradient
            )


@cache
def compile_for(dtype):
    """Compile both for a dtype, or load them from the cache, with one weight on one point.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    runner.compile_for(dtype)
    stages = np.array([[1, 1, 0, 1, 0, 0, 1, 2, -1]])
    network = runner.Network(
        stages, np.zeros(1), np.zeros((0, 4)), np.zeros(2, dtype), np.zeros(2, dtype), 0, 1.0, 0, np.zeros(0, np.int64)
    )
    starts, rates = np.zeros(1, np.int64), np.zeros(0)
    optimizer = runner.Optimizer(0, np.zeros(3), rates, 0.0, 0.0, starts, np.zeros((1, 2), dtype))
    work = runner.make_work(stages, 3, 0, 1, 1, dtype)
    one = np.ones((1, 1), dtype)
    samples = runner.Samples(one, one, np.ones(0, dtype), np.zeros((1, 1), np.int64))
    cells = Cells(
        np.zeros((1, 2), dtype), np.zeros((1, 3)), np.zeros((1, 0)), np.zeros((1, 2)), np.zeros((1, 1, 2), dtype),
        np.zeros((1, 4), np.int64), np.zeros(1, np.bool_),
    )  # fmt: skip
    train_many(network, optimizer, work, samples, 1, 1, np.random.default_rng(0), cells, np.zeros((1, 1, 2)))
    evaluate_many(network, work, samples, cells.parameters, np.zeros((1, 2)))
