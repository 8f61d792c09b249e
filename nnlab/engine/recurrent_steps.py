"""The steps of the recurrent layers, compiled: each is one product by BLAS, and one pass over its rows.

Arrays have their time first, (T, n, ...). An empty mask means that nothing is padding. The loops over a row are short
and many on purpose: each writes one array, so that the compiler finds out at little cost that none overlap, and makes
vector instructions.
"""

import numpy as np

from nnlab.engine._jit import kernel, part
from nnlab.engine.elementwise import exp, tanh
from nnlab.engine.views import matrix, vector


@part
def _is_padding(mask, t, i):
    return mask.shape[0] > 0 and not mask[t, i]


@part
def _sigmoids(z, inner, bias):
    """Compute z = sigmoid(z + inner + bias) in place."""
    one = z.dtype.type(1)
    for j in range(z.shape[0]):
        z[j] = one / (one + exp(-(z[j] + inner[j] + bias[j])))  # exp overflows to infinity, and the result is 0


@part
def _tanhs(z, inner, bias):
    """Compute z = tanh(z + inner + bias) in place."""
    for j in range(z.shape[0]):
        z[j] = tanh(z[j] + inner[j] + bias[j])


@part
def _copy_row(source, target):
    for j in range(target.shape[0]):
        target[j] = source[j]


@part
def _add_row(source, target):
    for j in range(target.shape[0]):
        target[j] += source[j]


@part
def _fill_zero(target):
    for j in range(target.shape[0]):
        target[j] = 0


@part
def _sigmoid_slopes(d, gate, other, dz):
    """Compute dz = d * other * gate * (1 - gate): back through a sigmoid gate that multiplied `other`."""
    one = gate.dtype.type(1)
    for j in range(dz.shape[0]):
        dz[j] = d[j] * other[j] * gate[j] * (one - gate[j])


@part
def _tanh_slopes(d, gate, other, dz):
    """Compute dz = d * other * (1 - gate^2): back through a tanh that multiplied `other`."""
    one = gate.dtype.type(1)
    for j in range(dz.shape[0]):
        dz[j] = d[j] * other[j] * (one - gate[j] * gate[j])


@kernel
def simple_rnn_steps(u, recurrent_kernel, bias, mask, hs):
    """Fill in hs, (T + 1, n, H), from its first: h_t = tanh(u_t + h_(t-1) @ recurrent_kernel + bias)."""
    steps, n, units = u.shape
    inner = np.empty((n, units), u.dtype)
    for t in range(steps):
        np.dot(matrix(hs, t * n * units, n, units), recurrent_kernel, inner)
        for i in range(n):
            at, after = (t * n + i) * units, ((t + 1) * n + i) * units
            z, h = vector(u, at, units), vector(hs, after, units)
            if _is_padding(mask, t, i):
                _copy_row(vector(hs, at, units), h)
                continue
            s = vector(inner, i * units, units)
            for j in range(units):
                h[j] = tanh(z[j] + s[j] + bias[j])


@kernel
def simple_rnn_steps_back(dhs, hs, transposed, mask, dh, dz, dbias):
    """Compute dz, (T, n, H), and add to dbias; dh, (n, H), goes from the last state to the first."""
    steps, n, units = dz.shape
    one = hs.dtype.type(1)
    held = dh.copy()
    for t in range(steps - 1, -1, -1):
        for i in range(n):
            at = (t * n + i) * units
            d, slope = vector(dh, i * units, units), vector(dz, at, units)
            if dhs.shape[0] > 0:
                _add_row(vector(dhs, at, units), d)
            if _is_padding(mask, t, i):
                _copy_row(d, vector(held, i * units, units))
                _fill_zero(slope)
                continue
            h = vector(hs, at + n * units, units)
            for j in range(units):
                slope[j] = d[j] * (one - h[j] * h[j])
            _add_row(slope, dbias)
        np.dot(matrix(dz, t * n * units, n, units), transposed, dh)
        _put_back(mask, t, held, dh)


@part
def _put_back(mask, t, held, d):
    """Where the step was padding, the gradient goes on to the state before unchanged."""
    if mask.shape[0] == 0:
        return
    units = d.shape[1]
    for i in range(d.shape[0]):
        if not mask[t, i]:
            _copy_row(vector(held, i * units, units), vector(d, i * units, units))


@kernel
def lstm_steps(gates, recurrent_kernel, bias, mask, hs, cs, tanh_c):
    """Fill in hs and cs, (T + 1, n, H), from their first, and tanh_c; gates hold z before, and i, f, g, o after."""
    steps, n, width = gates.shape
    units = width // 4
    inner = np.empty((n, width), gates.dtype)
    for t in range(steps):
        np.dot(matrix(hs, t * n * units, n, units), recurrent_kernel, inner)
        for i in range(n):
            at = (t * n + i) * units
            before, c = vector(cs, at, units), vector(cs, at + n * units, units)
            h = vector(hs, at + n * units, units)
            if _is_padding(mask, t, i):
                _copy_row(before, c)
                _copy_row(vector(hs, at, units), h)
                continue
            z, s = 4 * at, i * width
            _sigmoids(vector(gates, z, 2 * units), vector(inner, s, 2 * units), vector(bias, 0, 2 * units))
            s, b = s + 2 * units, 2 * units
            _tanhs(vector(gates, z + b, units), vector(inner, s, units), vector(bias, b, units))
            s, b = s + units, 3 * units
            _sigmoids(vector(gates, z + b, units), vector(inner, s, units), vector(bias, b, units))
            _lstm_state(vector(gates, z, width), before, c, vector(tanh_c, at, units), h)


@part
def _lstm_state(row, before, c, squashed, h):
    """Compute c = f * c_before + i * g and h = o * tanh(c) of one row."""
    units = c.shape[0]
    i, f = vector(row, 0, units), vector(row, units, units)
    g, o = vector(row, 2 * units, units), vector(row, 3 * units, units)
    for j in range(units):
        c[j] = f[j] * before[j] + i[j] * g[j]
    for j in range(units):
        squashed[j] = tanh(c[j])
    for j in range(units):
        h[j] = o[j] * squashed[j]


@kernel
def lstm_steps_back(dhs, gates, tanh_c, cs, transposed, mask, dh, dc, dz, dbias):
    """Compute dz, (T, n, 4 H), and add to dbias; dh and dc, (n, H), go from the last states to the first."""
    steps, n, width = gates.shape
    units = width // 4
    held = dh.copy()
    for t in range(steps - 1, -1, -1):
        for i in range(n):
            at = (t * n + i) * units
            d, slopes = vector(dh, i * units, units), vector(dz, 4 * at, width)
            if dhs.shape[0] > 0:
                _add_row(vector(dhs, at, units), d)
            if _is_padding(mask, t, i):
                _copy_row(d, vector(held, i * units, units))
                _fill_zero(slopes)
                continue
            _lstm_row_back(
                d, vector(dc, i * units, units), vector(gates, 4 * at, width), vector(tanh_c, at, units),
                vector(cs, at, units), slopes,
            )  # fmt: skip
            _add_row(slopes, dbias)
        np.dot(matrix(dz, t * n * width, n, width), transposed, dh)
        _put_back(mask, t, held, dh)


@part
def _lstm_row_back(dh, dc, row, squashed, before, slopes):
    """Compute dz of one row, and turn dc into the gradient with respect to the c before."""
    units = dh.shape[0]
    one = row.dtype.type(1)
    i, f = vector(row, 0, units), vector(row, units, units)
    g, o = vector(row, 2 * units, units), vector(row, 3 * units, units)
    for j in range(units):
        dc[j] += dh[j] * o[j] * (one - squashed[j] * squashed[j])
    _sigmoid_slopes(dc, i, g, vector(slopes, 0, units))
    _sigmoid_slopes(dc, f, before, vector(slopes, units, units))
    _tanh_slopes(dc, g, i, vector(slopes, 2 * units, units))
    _sigmoid_slopes(dh, o, squashed, vector(slopes, 3 * units, units))
    for j in range(units):
        dc[j] *= f[j]


@kernel
def gru_steps(gates, recurrent_kernel, bias, last, mask, hs, inner):
    """Fill in hs, (T + 1, n, H), from its first, and inner, what r multiplies; gates become z, r and the candidate."""
    steps, n, width = gates.shape
    units = width // 3
    products = np.empty((n, width), gates.dtype)
    for t in range(steps):
        np.dot(matrix(hs, t * n * units, n, units), recurrent_kernel, products)
        for i in range(n):
            at = (t * n + i) * units
            before, h = vector(hs, at, units), vector(hs, at + n * units, units)
            if _is_padding(mask, t, i):
                _copy_row(before, h)
                continue
            s, p = 3 * at, i * width
            _sigmoids(vector(gates, s, 2 * units), vector(products, p, 2 * units), vector(bias, 0, 2 * units))
            q, r = vector(inner, at, units), vector(gates, s + units, units)
            product = vector(products, p + 2 * units, units)
            for j in range(units):
                q[j] = product[j] + last[j]
            for j in range(units):
                product[j] = r[j] * q[j]
            candidate = vector(gates, s + 2 * units, units)
            _tanhs(candidate, product, vector(bias, 2 * units, units))
            z = vector(gates, s, units)
            for j in range(units):
                h[j] = candidate[j] + z[j] * (before[j] - candidate[j])


@kernel
def gru_steps_back(dhs, gates, inner, hs, transposed, mask, dh, dz, dinner, sums):
    """Compute dz, (T, n, 3 H), and dinner, (T, n, H), add both to sums; dh goes from the last state to the first."""
    steps, n, width = gates.shape
    units = width // 3
    slopes, held = np.empty((n, width), gates.dtype), dh.copy()  # slopes: with respect to h @ recurrent_kernel
    for t in range(steps - 1, -1, -1):
        for i in range(n):
            at = (t * n + i) * units
            d, keep = vector(dh, i * units, units), vector(held, i * units, units)
            row, slope = vector(dz, 3 * at, width), vector(slopes, i * width, width)
            if dhs.shape[0] > 0:
                _add_row(vector(dhs, at, units), d)
            if _is_padding(mask, t, i):
                _copy_row(d, keep)
                _fill_zero(row)
                _fill_zero(vector(dinner, at, units))
                _fill_zero(slope)
                continue
            _gru_row_back(d, vector(gates, 3 * at, width), vector(inner, at, units), vector(hs, at, units), keep, row)
            r, dcandidate = vector(gates, 3 * at + units, units), vector(row, 2 * units, units)
            dq = vector(dinner, at, units)
            for j in range(units):
                dq[j] = dcandidate[j] * r[j]
            _copy_row(row, vector(slope, 0, 2 * units))
            _copy_row(dq, vector(slope, 2 * units, units))
            _add_row(row, vector(sums, 0, width))
            _add_row(dq, vector(sums, width, units))
        np.dot(slopes, transposed, dh)
        _add_row(vector(held, 0, n * units), vector(dh, 0, n * units))  # what went past the gates


@part
def _gru_row_back(dh, row, q, before, keep, dz):
    """Compute dz of one row, and in `keep` the part of dh that goes to the state before directly."""
    units = dh.shape[0]
    one = row.dtype.type(1)
    z, r = vector(row, 0, units), vector(row, units, units)
    candidate = vector(row, 2 * units, units)
    update, reset, last = vector(dz, 0, units), vector(dz, units, units), vector(dz, 2 * units, units)
    for j in range(units):
        update[j] = dh[j] * (before[j] - candidate[j]) * z[j] * (one - z[j])
    for j in range(units):
        last[j] = dh[j] * (one - z[j]) * (one - candidate[j] * candidate[j])
    _sigmoid_slopes(last, r, q, reset)
    for j in range(units):
        keep[j] = dh[j] * z[j]
