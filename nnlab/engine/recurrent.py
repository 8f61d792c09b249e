"""Time loops of the recurrent layers, compiled: what the layers call. The loops themselves are in `recurrent_steps`.

The formulas stand in `nnlab.layers.simple_rnn`, `nnlab.layers.lstm` and `nnlab.layers.gru`, under the same names and
with the same arguments; the tests hold the two together. Here the activations are the usual ones, tanh and sigmoid,
and what a forward pass hands to its backward pass are the gates after them.
"""

import numpy as np

from nnlab.engine.recurrent_steps import (
    gru_steps,
    gru_steps_back,
    lstm_steps,
    lstm_steps_back,
    simple_rnn_steps,
    simple_rnn_steps_back,
)


def simple_rnn_forward(u, h, recurrent_kernel, bias, mask=None):
    """See `nnlab.layers.simple_rnn.simple_rnn_forward`; u is used up."""
    steps, _, units = u.shape
    hs = _begin(steps, h)
    simple_rnn_steps(u, np.ascontiguousarray(recurrent_kernel), _row(bias, units, u.dtype), _flags(mask), hs)
    return hs, None


def simple_rnn_backward(dhs, dh, hs, memory, recurrent_kernel, mask=None):  # noqa: ARG001
    """See `nnlab.layers.simple_rnn.simple_rnn_backward`; all that it needs is in hs."""
    dz, dbias, dh = np.empty_like(hs[1:]), np.zeros(hs.shape[2], hs.dtype), _copy(dh)
    simple_rnn_steps_back(_gradients(dhs, hs), hs, _transposed(recurrent_kernel), _flags(mask), dh, dz, dbias)
    return dz, _flat(hs[:-1]).T @ _flat(dz), dbias, dh


def lstm_forward(u, h, c, recurrent_kernel, bias, mask=None):
    """See `nnlab.layers.lstm.lstm_forward`; u is used up: it becomes the gates."""
    steps, rows, _ = u.shape
    units = h.shape[1]
    hs, cs, tanh_c = _begin(steps, h), _begin(steps, c), np.empty((steps, rows, units), u.dtype)
    gates = np.ascontiguousarray(u)
    lstm_steps(
        gates, np.ascontiguousarray(recurrent_kernel), _row(bias, 4 * units, u.dtype), _flags(mask), hs, cs, tanh_c
    )
    return hs, cs, (gates, tanh_c)


def lstm_backward(dhs, dh, dc, hs, cs, memory, recurrent_kernel, mask=None):
    """See `nnlab.layers.lstm.lstm_backward`."""
    gates, tanh_c = memory
    dz, dbias, dh, dc = np.empty_like(gates), np.zeros(gates.shape[2], gates.dtype), _copy(dh), _copy(dc)
    lstm_steps_back(
        _gradients(dhs, hs), gates, tanh_c, cs, _transposed(recurrent_kernel), _flags(mask), dh, dc, dz, dbias
    )
    return dz, _flat(hs[:-1]).T @ _flat(dz), dbias, dh, dc


def gru_forward(u, h, recurrent_kernel, bias, mask=None):
    """See `nnlab.layers.gru.gru_forward`, for ``reset_after=True``; u is used up: it becomes the gates."""
    steps, rows, _ = u.shape
    units = h.shape[1]
    hs, inner = _begin(steps, h), np.empty((steps, rows, units), u.dtype)
    gates = np.ascontiguousarray(u)
    both = np.zeros((2, 3 * units), u.dtype) if bias is None else bias
    outer, last = both[0].copy(), both[1, 2 * units :].copy()
    outer[: 2 * units] += both[1, : 2 * units]
    gru_steps(gates, np.ascontiguousarray(recurrent_kernel), outer, last, _flags(mask), hs, inner)
    return hs, (gates, inner)


def gru_backward(dhs, dh, hs, memory, recurrent_kernel, mask=None):
    """See `nnlab.layers.gru.gru_backward`, for ``reset_after=True``."""
    gates, inner = memory
    units = inner.shape[2]
    dz, dinner, dh = np.empty_like(gates), np.empty_like(inner), _copy(dh)
    sums = np.zeros(4 * units, gates.dtype)
    gru_steps_back(
        _gradients(dhs, hs), gates, inner, hs, _transposed(recurrent_kernel), _flags(mask), dh, dz, dinner, sums
    )
    before = _flat(hs[:-1]).T
    drecurrent_kernel = np.empty(recurrent_kernel.shape, gates.dtype)
    drecurrent_kernel[:, : 2 * units] = before @ _flat(dz)[:, : 2 * units]
    drecurrent_kernel[:, 2 * units :] = before @ _flat(dinner)
    dbias = np.stack([sums[: 3 * units], np.concatenate([sums[: 2 * units], sums[3 * units :]])])
    return dz, drecurrent_kernel, dbias, dh


def _begin(steps, state):
    """Room for a state before the first step and after each."""
    states = np.empty((steps + 1, *state.shape), state.dtype)
    states[0] = state
    return states


def _row(bias, size, dtype):
    return np.zeros(size, dtype) if bias is None else np.ascontiguousarray(bias)


def _flags(mask):
    return np.zeros((0, 0), np.bool_) if mask is None else np.ascontiguousarray(mask)


def _gradients(dhs, hs):
    return np.zeros((0, 0, 0), hs.dtype) if dhs is None else np.ascontiguousarray(dhs)


def _transposed(recurrent_kernel):
    # 2x: BLAS reads the transpose of so small a matrix at half the speed, and a copy costs less than one step.
    return np.ascontiguousarray(recurrent_kernel.T)


def _copy(gradient):
    return np.array(gradient, order="C")


def _flat(array):
    return array.reshape(-1, array.shape[-1])


def compile_for(dtype):
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    h = np.zeros((1, 1), dtype)
    hs, memory = simple_rnn_forward(np.zeros((1, 1, 1), dtype), h, h, None)
    simple_rnn_backward(None, h, hs, memory, h)
    recurrent_kernel = np.zeros((1, 4), dtype)
    hs, cs, memory = lstm_forward(np.zeros((1, 1, 4), dtype), h, h, recurrent_kernel, None)
    lstm_backward(None, h, h, hs, cs, memory, recurrent_kernel)
    hs, memory = gru_forward(np.zeros((1, 1, 3), dtype), h, recurrent_kernel[:, :3], None)
    gru_backward(None, h, hs, memory, recurrent_kernel[:, :3])
