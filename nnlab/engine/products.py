"""Large matrix products on all processors; the formulas: `nnlab.layers.core`.

BLAS's own threads wait for each other busily, which costs more than it brings when anything else runs; and its
products may differ in their last bits by the number of threads. So the matrices are cut here, and BLAS is held to one
thread for each piece.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine import sharing
from nnlab.engine.threads import single_blas_thread

Array = NDArray[Any]

# Multiply-adds of a piece, which take BLAS about 0.2 ms: of less, asking a thread and packing anew are a large part.
WORTH_SHARING = 8_000_000


def dense_forward(x: Array, kernel: Array, bias: Array | None) -> Array:
    """Do as `nnlab.layers.core.dense_forward`, for rows (N, D)."""
    z = product(x, kernel)
    return z if bias is None else z + bias


def dense_backward(x: Array, kernel: Array, dz: Array) -> tuple[Array, Array, Array]:
    """Do as `nnlab.layers.core.dense_backward`, for rows (N, D)."""
    return product(dz, kernel.T), product(x.T, dz), dz.sum(axis=0)


def product(a: Array, b: Array) -> Array:
    """Multiply matrices: ``a @ b``.

    Parameters
    ----------
    a : ndarray of shape (R, K)
    b : ndarray of shape (K, C)

    Returns
    -------
    ndarray of shape (R, C)
    """
    rows, inner, columns = *a.shape, b.shape[1]
    count = min(sharing.PIECES, rows * inner * columns // WORTH_SHARING)
    if count < 2:
        return np.asarray(a @ b)
    longest = max(rows, inner, columns)
    edges = [k * longest // count for k in range(count + 1)]
    cuts = [slice(first, last) for first, last in pairwise(edges)]
    parts = np.empty((count if longest == inner else 1, rows, columns), np.result_type(a, b))
    out = parts[0]

    def compute(k: int) -> None:
        cut = cuts[k]
        if longest == inner:
            np.matmul(a[:, cut], b[cut], out=parts[k])
        elif longest == rows:
            np.matmul(a[cut], b, out=out[cut])
        else:
            np.matmul(a, b[:, cut], out=out[:, cut])

    with single_blas_thread():
        sharing.share(compute, count)
    for part in parts[1:]:  # in their order, whoever computed them
        out += part
    return out
