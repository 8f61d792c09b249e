"""The runner: trains a chain of dense stages inside one compiled function, a slice of an epoch at a time.

A network is data here: a table with a row for each stage (`nnlab.engine.codes` names its columns) and one vector
of parameters. The types never change with the network, so `advance` compiles once (for float32, and for
float64 when that is asked for) and serves every depth, width, activation, loss and optimizer.

One training step is `advance` from top to bottom: gather the points, `forward`, the loss and its gradient,
`backward`, the optimizer. `nnlab.training` calls it again and again, and looks after everything else between two calls.
"""

from typing import NamedTuple

import numpy as np

from nnlab.engine import kernels
from nnlab.engine._jit import kernel
from nnlab.engine.codes import (
    ACTIVATION,
    BIAS,
    DROPOUT,
    INPUT,
    KEEP,
    KERNEL,
    N_IN,
    N_OUT,
    OUTPUT,
    ROWS_DONE,
    STEP,
    UPDATES,
    Z,
)


class Network(NamedTuple):
    """A network as the runner sees it."""

    stages: np.ndarray  # (S, STAGE_COLUMNS) int64
    rates: np.ndarray  # (S,) float64: share of units that a dropout stage drops
    parameters: np.ndarray  # (P,)
    gradient: np.ndarray  # (P,)
    loss: int
    fused: int  # 1 where the loss takes the values before the last activation, and gives their gradient
    metric: int


class Optimizer(NamedTuple):
    """An optimizer as the runner sees it."""

    code: int
    settings: np.ndarray  # float64; its meaning depends on the code
    slots: np.ndarray  # (slots, P)


class Work(NamedTuple):
    """Buffers of a run, made once; `block` points fit in."""

    block: int
    targets: np.ndarray  # (block, K)
    forward: np.ndarray  # (units * block,): input, then z and output of each stage
    backward: np.ndarray  # (units * block,): gradients, at the same offsets
    scratch: np.ndarray  # (largest kernel,)
    keep: np.ndarray  # (batch size, units of dropout stages) uint8: 1 where a unit stays


@kernel
def _view(buffer, offset, units, block, n):
    start = offset * block
    return buffer[start : start + units * n].reshape(units, n)


@kernel
def _weights(vector, stage):
    start = stage[KERNEL]
    return vector[start : start + stage[N_IN] * stage[N_OUT]].reshape(stage[N_IN], stage[N_OUT])


@kernel
def _bias(vector, stage):
    start = stage[BIAS]
    return vector[start : start + stage[N_OUT]] if start >= 0 else vector[:0]


@kernel
def _draw_dropout(network, work, rows, rng):
    """Draw which units stay, for a whole batch, in the order in which the formulas draw them."""
    for s in range(network.stages.shape[0]):
        stage = network.stages[s]
        if stage[ACTIVATION] == DROPOUT:
            for i in range(rows):
                for h in range(stage[N_OUT]):
                    work.keep[i, stage[KEEP] + h] = rng.random() >= network.rates[s]


@kernel
def _drop(rate, keep, source, target):
    """Set target = source / (1 - rate) where a unit stays, else 0; keep has one row a point."""
    scale = source.dtype.type(1.0 / (1.0 - rate))
    for h in range(source.shape[0]):
        for i in range(source.shape[1]):
            target[h, i] = source[h, i] * scale * keep[i, h]


@kernel
def forward(network, work, n, first):
    """Carry n points, the batch's from number first on, through all stages."""
    for s in range(network.stages.shape[0]):
        stage = network.stages[s]
        z = _view(work.forward, stage[Z], stage[N_OUT], work.block, n)
        a = _view(work.forward, stage[OUTPUT], stage[N_OUT], work.block, n)
        if stage[KERNEL] >= 0:
            x = _view(work.forward, stage[INPUT], stage[N_IN], work.block, n)
            kernels.affine(_weights(network.parameters, stage), _bias(network.parameters, stage), x, z)
        if stage[ACTIVATION] == DROPOUT:
            keep = work.keep[first : first + n, stage[KEEP] : stage[KEEP] + stage[N_OUT]]
            _drop(network.rates[s], keep, z, a)
        else:
            kernels.activate(stage[ACTIVATION], z, a)


@kernel
def backward(network, work, n, first):
    """Carry the gradient of the loss from the last stage to the first, and add up that of the parameters."""
    last = network.stages.shape[0] - 1
    for s in range(last, -1, -1):
        stage = network.stages[s]
        z = _view(work.forward, stage[Z], stage[N_OUT], work.block, n)
        a = _view(work.forward, stage[OUTPUT], stage[N_OUT], work.block, n)
        d = _view(work.backward, stage[OUTPUT], stage[N_OUT], work.block, n)
        if stage[ACTIVATION] == DROPOUT:
            keep = work.keep[first : first + n, stage[KEEP] : stage[KEEP] + stage[N_OUT]]
            _drop(network.rates[s], keep, d, d)
        elif s < last or network.fused == 0:
            kernels.activation_gradient(stage[ACTIVATION], z, a, d)
        below = _view(work.backward, stage[INPUT], stage[N_IN], work.block, n)
        if stage[KERNEL] < 0:
            if s > 0:
                for h in range(stage[N_OUT]):
                    for i in range(n):
                        below[h, i] = d[h, i]
            continue
        x = _view(work.forward, stage[INPUT], stage[N_IN], work.block, n)
        dweights, dbias = _weights(network.gradient, stage), _bias(network.gradient, stage)
        kernels.affine_gradient(x, d, first == 0, work.scratch, dweights, dbias)
        if s > 0:
            kernels.affine_input_gradient(_weights(network.parameters, stage), d, below)


@kernel
def advance(network, optimizer, work, x, y, order, batch_size, blocks, rng, cursor, totals):
    """Train for at most `blocks` blocks of points, and stop at the end of the epoch.

    A step takes `batch_size` points in the order given, in blocks that fit the buffers; the parameters change
    once a step, when its last block is done. So a caller that never comes back loses a started step, and no more.

    Parameters
    ----------
    network : Network
        Its parameters are changed.
    optimizer : Optimizer
        Its slots are changed.
    work : Work
    x : ndarray of shape (N, D)
    y : ndarray of shape (N, K), or (N, 1) with class numbers
        Of the same dtype as the parameters.
    order : ndarray of shape (M,) of int64
        Row numbers of x in the order of this epoch.
    batch_size, blocks : int
    rng : numpy.random.Generator
        Draws the dropped units.
    cursor : ndarray of shape (3,) of int64
        Step in this epoch, rows done in this step, updates since the beginning; moved on.
    totals : ndarray of shape (3,)
        Loss, correct points and points since the caller set them to zero; added to.

    Returns
    -------
    bool
        Whether the epoch is over.
    """
    features = network.stages[0, N_IN]
    last = network.stages[network.stages.shape[0] - 1]
    for _ in range(blocks):
        start = cursor[STEP] * batch_size
        if start >= order.shape[0]:
            return True
        rows = min(batch_size, order.shape[0] - start)
        first = cursor[ROWS_DONE]
        n = min(work.block, rows - first)
        if first == 0:
            _draw_dropout(network, work, rows, rng)

        chosen = order[start + first : start + first + n]
        points = _view(work.forward, 0, features, work.block, n)
        targets = work.targets[:n]
        for i in range(n):
            row = x[chosen[i]]
            for d in range(features):
                points[d, i] = row[d]
            label = y[chosen[i]]
            for k in range(label.shape[0]):
                targets[i, k] = label[k]

        forward(network, work, n, first)
        z = _view(work.forward, last[Z], last[N_OUT], work.block, n)
        a = _view(work.forward, last[OUTPUT], last[N_OUT], work.block, n)
        d = _view(work.backward, last[OUTPUT], last[N_OUT], work.block, n)
        outputs = z if network.fused == 1 else a
        totals[0] += kernels.loss_and_gradient(network.loss, outputs, targets, 1.0 / rows, d)
        totals[1] += kernels.count_correct(network.metric, a, targets)
        totals[2] += n
        backward(network, work, n, first)

        cursor[ROWS_DONE] = first + n
        if first + n == rows:
            cursor[UPDATES] += 1
            kernels.update(
                optimizer.code,
                optimizer.settings,
                cursor[UPDATES],
                network.gradient,
                optimizer.slots,
                network.parameters,
            )
            cursor[STEP] += 1
            cursor[ROWS_DONE] = 0
    return cursor[STEP] * batch_size >= order.shape[0]


def make_work(stages, units, dropped, block, batch_size, dtype):
    """Make the buffers of a run.

    Parameters
    ----------
    stages : ndarray of shape (S, STAGE_COLUMNS)
    units : int
        Numbers a point in the forward buffer.
    dropped : int
        Units of all dropout stages together.
    block, batch_size : int
        Points at a time, and points a step.
    dtype : numpy.dtype

    Returns
    -------
    Work
    """
    return Work(
        block=block,
        targets=np.zeros((block, stages[-1, N_OUT]), dtype),
        forward=np.zeros(units * block, dtype),
        backward=np.zeros(units * block, dtype),
        scratch=np.zeros((stages[:, N_IN] * stages[:, N_OUT]).max(), dtype),
        keep=np.zeros((batch_size, dropped), np.uint8),
    )


def compile_for(dtype):
    """Compile `advance` for a dtype, or load it from the cache, by training one weight on one point.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    stages = np.array([[1, 1, 0, 1, 0, 0, 1, 2, -1]])
    network = Network(stages, np.zeros(1), np.zeros(2, dtype), np.zeros(2, dtype), 0, 0, 0)
    optimizer = Optimizer(0, np.array([0.1, 0.0, 0.0]), np.zeros((1, 2), dtype))
    work = make_work(stages, 3, 0, 1, 1, dtype)
    x, y = np.ones((1, 1), dtype), np.ones((1, 1), dtype)
    rng = np.random.default_rng(0)
    cursor, totals = np.zeros(3, np.int64), np.zeros(3)
    advance(network, optimizer, work, x, y, np.zeros(1, np.int64), 1, 1, rng, cursor, totals)
