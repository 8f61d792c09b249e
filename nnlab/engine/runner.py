"""The runner: trains a chain of dense stages inside one compiled function, many steps and epochs a call.

A network is data here: a table with a row for each stage (`nnlab.engine.codes` names its columns) and one vector
of parameters. The types never change with the network, so `advance` compiles once (for float32, and for
float64 when that is asked for) and serves every depth, width, activation, loss and optimizer.

One training step is `advance` from top to bottom: `gather` the points, `forward`, the loss and its gradient,
`backward`, the optimizer. `nnlab.training` calls it again and again, and looks after everything else between two calls.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlab.engine import kernels, objectives, updates
from nnlab.engine._jit import inlined, kernel, part
from nnlab.engine.codes import (
    ACTIVATION,
    BIAS,
    DROPOUT,
    EPOCH,
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
from nnlab.engine.views import matrix, vector


class Network(NamedTuple):
    """A network and what it is to learn, as the runner sees them."""

    stages: np.ndarray  # (S, STAGE_COLUMNS) int64
    constants: np.ndarray  # (S,) float64: the rate of a dropout, the slope or alpha of an activation
    penalties: np.ndarray  # (S, 4) float64: l1 and l2 of the kernel, l1 and l2 of the bias; (0, 4) if there are none
    parameters: np.ndarray  # (P,)
    gradient: np.ndarray  # (P,)
    loss: int
    delta: float  # of Huber's loss
    fused: int  # 1 where the loss takes the values before the last activation, and gives their gradient
    metrics: np.ndarray  # (M,) int64


class Optimizer(NamedTuple):
    """An optimizer as the runner sees it."""

    code: int
    settings: np.ndarray  # float64; its meaning depends on the code; the learning rate comes first
    rates: np.ndarray  # float64: the learning rates of the steps to come; (0,) where the settings' stays
    clipnorm: float  # 0: none
    clipvalue: float  # 0: none
    starts: np.ndarray  # int64: where each array of parameters begins
    slots: np.ndarray  # (slots, P)


class Samples(NamedTuple):
    """What is trained on."""

    x: np.ndarray  # (N, D)
    y: np.ndarray  # (N, K), or (N, 1) with class numbers
    weights: np.ndarray  # (N,), or (0,) where all count alike
    orders: np.ndarray  # (E, M) int64: row numbers of x in the order of each epoch; (1, M): in that of all


class Work(NamedTuple):
    """Buffers of a run, made once; `block` points fit in."""

    block: int
    targets: np.ndarray  # (K * block,): targets, points along the last axis
    shares: np.ndarray  # (block,): weight of each point in the mean of its batch
    forward: np.ndarray  # (units * block,): input, then z and output of each stage
    backward: np.ndarray  # (units * block,): gradients, at the same offsets
    scratch: np.ndarray  # (largest kernel,)
    keep: np.ndarray  # (batch size, units of dropout stages) uint8: 1 where a unit stays


@part
def _view(buffer, offset, units, block, n):
    return matrix(buffer, offset * block, units, n)


@part
def _weights(vector_of_all, stage):
    return matrix(vector_of_all, stage[KERNEL], stage[N_IN], stage[N_OUT])


@part
def _bias(vector_of_all, stage):
    return vector(vector_of_all, stage[BIAS], stage[N_OUT] if stage[BIAS] >= 0 else 0)


@part
def _stands_in_rows(network, n):
    """Whether the input block keeps one row a point: where BLAS takes it, turning it round would cost 25 us."""
    first = network.stages[0]
    return first[KERNEL] >= 0 and first[N_IN] * first[N_OUT] * n >= kernels.BLAS_FROM


@part
def gather(network, work, samples, chosen, rows):
    """Copy the chosen points into the buffers; `rows` is the size of the batch to which they belong."""
    n = chosen.shape[0]
    features = samples.x.shape[1]
    kind = work.shares.dtype.type
    if _stands_in_rows(network, n):
        block = matrix(work.forward, 0, n, features)
        for i in range(n):
            source, target = samples.x[chosen[i]], block[i]
            for d in range(features):
                target[d] = source[d]
    else:
        points = matrix(work.forward, 0, features, n)
        for i in range(n):
            source = samples.x[chosen[i]]
            for d in range(features):
                points[d, i] = source[d]
    share = kind(1.0 / rows)
    weighted = samples.weights.shape[0] > 0
    for i in range(n):
        work.shares[i] = samples.weights[chosen[i]] * share if weighted else share
    targets = matrix(work.targets, 0, samples.y.shape[1], n)
    for i in range(n):
        for k in range(samples.y.shape[1]):
            targets[k, i] = samples.y[chosen[i], k]


@part
def _draw_dropout(network, work, rows, rng):
    """Draw which units stay, for a whole batch, in the order in which the formulas draw them."""
    for s in range(network.stages.shape[0]):
        stage = network.stages[s]
        if stage[ACTIVATION] == DROPOUT:
            for i in range(rows):
                for h in range(stage[N_OUT]):
                    work.keep[i, stage[KEEP] + h] = rng.random() >= network.constants[s]


@part
def _drop(rate, keep, column, source, target):
    """Set target = source / (1 - rate) where a unit stays, else 0; keep has one row a point."""
    scale = source.dtype.type(1.0 / (1.0 - rate))
    for h in range(source.shape[0]):
        for i in range(source.shape[1]):
            target[h, i] = source[h, i] * scale * keep[i, column + h]


@inlined
def forward(network, work, n, first):
    """Carry n points, the batch's from number first on, through all stages."""
    for s in range(network.stages.shape[0]):
        stage = network.stages[s]
        z = _view(work.forward, stage[Z], stage[N_OUT], work.block, n)
        a = _view(work.forward, stage[OUTPUT], stage[N_OUT], work.block, n)
        if stage[KERNEL] >= 0:
            weights, bias = _weights(network.parameters, stage), _bias(network.parameters, stage)
            if s == 0 and _stands_in_rows(network, n):
                kernels.affine_of_rows(weights, bias, matrix(work.forward, 0, n, stage[N_IN]), z)
            else:
                kernels.affine(weights, bias, _view(work.forward, stage[INPUT], stage[N_IN], work.block, n), z)
        if stage[ACTIVATION] == DROPOUT:
            _drop(network.constants[s], work.keep[first:], stage[KEEP], z, a)
        else:
            kernels.activate(stage[ACTIVATION], network.constants[s], z, a)


@inlined
def backward(network, work, n, first):
    """Carry the gradient of the loss from the last stage to the first, and add up that of the parameters."""
    last = network.stages.shape[0] - 1
    for s in range(last, -1, -1):
        stage = network.stages[s]
        z = _view(work.forward, stage[Z], stage[N_OUT], work.block, n)
        a = _view(work.forward, stage[OUTPUT], stage[N_OUT], work.block, n)
        d = _view(work.backward, stage[OUTPUT], stage[N_OUT], work.block, n)
        if stage[ACTIVATION] == DROPOUT:
            _drop(network.constants[s], work.keep[first:], stage[KEEP], d, d)
        elif s < last or network.fused == 0:
            kernels.activation_gradient(stage[ACTIVATION], network.constants[s], z, a, d)
        below = _view(work.backward, stage[INPUT], stage[N_IN], work.block, n)
        if stage[KERNEL] < 0:
            if s > 0:
                for h in range(stage[N_OUT]):
                    for i in range(n):
                        below[h, i] = d[h, i]
            continue
        dweights, dbias = _weights(network.gradient, stage), _bias(network.gradient, stage)
        scratch = matrix(work.scratch, 0, stage[N_IN], stage[N_OUT])
        if s == 0 and _stands_in_rows(network, n):
            rows = matrix(work.forward, 0, n, stage[N_IN])
            kernels.affine_of_rows_gradient(rows, d, first == 0, scratch, dweights, dbias)
        else:
            x = _view(work.forward, stage[INPUT], stage[N_IN], work.block, n)
            kernels.affine_gradient(x, d, first == 0, scratch, dweights, dbias)
        if s > 0:
            kernels.affine_input_gradient(_weights(network.parameters, stage), d, below)


@inlined
def loss(network, work, targets, n, rows, totals):
    """Add the losses and metrics of n points to the totals, and leave the gradient at the last stage."""
    last = network.stages[network.stages.shape[0] - 1]
    z = _view(work.forward, last[Z], last[N_OUT], work.block, n)
    a = _view(work.forward, last[OUTPUT], last[N_OUT], work.block, n)
    d = _view(work.backward, last[OUTPUT], last[N_OUT], work.block, n)
    outputs = z if network.fused == 1 else a
    y = matrix(work.targets, 0, targets, n)
    totals[0] += rows * objectives.loss_and_gradient(network.loss, network.delta, outputs, y, work.shares, d)
    for k in range(network.metrics.shape[0]):
        totals[1 + k] += objectives.measure(network.metrics[k], a, y)
    totals[totals.shape[0] - 1] += n


@kernel
def advance(network, optimizer, work, samples, batch_size, blocks, rng, cursor, totals):
    """Train for at most `blocks` blocks of points; stop at the end of the last epoch or at a loss that is not finite.

    A step takes `batch_size` points in the order given, in blocks that fit the buffers; the parameters change
    once a step, when its last block is done. So a caller that never comes back loses a started step, and no more.

    Parameters
    ----------
    network : Network
        Its parameters are changed.
    optimizer : Optimizer
        Its slots are changed, and the learning rate in its settings where there are others to come.
    work : Work
    samples : Samples
        Of the same dtype as the parameters.
    batch_size, blocks : int
    rng : numpy.random.Generator
        Draws the dropped units.
    cursor : ndarray of shape (4,) of int64
        Epoch, step in this epoch, rows done in this step, updates since the beginning; moved on.
    totals : ndarray of shape (E, 2 + M)
        For each epoch the loss, the metrics and the number of points, summed; added to.

    Returns
    -------
    bool
        Whether the training is over: the last epoch is done, or the loss is not finite; then the step that found
        this has changed nothing.
    """
    epochs, length = totals.shape[0], samples.orders.shape[1]
    before = cursor[UPDATES]
    stale = True  # whether the buffers hold other points than those of the next block
    for _ in range(blocks):
        if cursor[EPOCH] == epochs:
            return True
        start = cursor[STEP] * batch_size
        rows = min(batch_size, length - start)
        first = cursor[ROWS_DONE]
        n = min(work.block, rows - first)
        if first == 0:
            _draw_dropout(network, work, rows, rng)

        if stale:
            order = samples.orders[min(cursor[EPOCH], samples.orders.shape[0] - 1)]
            gather(network, work, samples, order[start + first : start + first + n], rows)
            stale = n < length or samples.orders.shape[0] > 1
        forward(network, work, n, first)
        sums = totals[cursor[EPOCH]]
        loss(network, work, samples.y.shape[1], n, rows, sums)
        backward(network, work, n, first)

        cursor[ROWS_DONE] = first + n
        if first + n == rows:
            if network.penalties.shape[0] > 0:
                sums[0] += rows * updates.regularize(
                    network.stages, network.penalties, network.parameters, network.gradient
                )
            if not np.isfinite(sums[0]):
                return True
            if optimizer.rates.shape[0] > 0:
                optimizer.settings[0] = optimizer.rates[cursor[UPDATES] - before]
            cursor[UPDATES] += 1
            if optimizer.clipnorm > 0.0 or optimizer.clipvalue > 0.0:
                updates.clip(optimizer.clipnorm, optimizer.clipvalue, optimizer.starts, network.gradient)
            updates.update(
                optimizer.code,
                optimizer.settings,
                cursor[UPDATES],
                network.gradient,
                optimizer.slots,
                network.parameters,
            )
            cursor[ROWS_DONE] = 0
            cursor[STEP] += 1
            if cursor[STEP] * batch_size >= length:
                cursor[STEP] = 0
                cursor[EPOCH] += 1
    return cursor[EPOCH] == epochs


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
        targets=np.zeros(block * stages[-1, N_OUT], dtype),
        shares=np.zeros(block, dtype),
        forward=np.zeros(units * block, dtype),
        backward=np.zeros(units * block, dtype),
        scratch=np.zeros((stages[:, N_IN] * stages[:, N_OUT])[stages[:, KERNEL] >= 0].max(), dtype),
        keep=np.zeros((batch_size, dropped), np.uint8),
    )


@cache
def compile_for(dtype):
    """Compile `advance` for a dtype, or load it from the cache, by training one weight on one point.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    stages = np.array([[1, 1, 0, 1, 0, 0, 1, 2, -1]])
    network = Network(
        stages, np.zeros(1), np.zeros((0, 4)), np.zeros(2, dtype), np.zeros(2, dtype), 0, 1.0, 0, np.zeros(0, np.int64)
    )
    settings, rates, starts = np.array([0.1, 0.0, 0.0]), np.zeros(0), np.zeros(1, np.int64)
    optimizer = Optimizer(0, settings, rates, 0.0, 0.0, starts, np.zeros((1, 2), dtype))
    work = make_work(stages, 3, 0, 1, 1, dtype)
    one = np.ones((1, 1), dtype)
    samples = Samples(one, one, np.ones(0, dtype), np.zeros((1, 1), np.int64))
    cursor, totals = np.zeros(4, np.int64), np.zeros((1, 2))
    advance(network, optimizer, work, samples, 1, 1, np.random.default_rng(0), cursor, totals)
