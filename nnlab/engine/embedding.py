"""The gradient of an embedding table, compiled. Its formula: `nnlab.layers.embedding`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine._jit import kernel

Array = NDArray[Any]


def embedding_backward(tokens: Array, dy: Array, size: int) -> Array:
    """Gradient of the table, 10 to 50 times as fast as its formula `nnlab.layers.embedding.embedding_backward`."""
    dembeddings = np.zeros((size, dy.shape[-1]), dy.dtype)
    scatter(tokens.reshape(-1), np.ascontiguousarray(dy).reshape(-1, dy.shape[-1]), dembeddings)
    return dembeddings


@kernel
def scatter(tokens: Array, rows: Array, table: Array) -> None:
    """Add row i to the row of its token: table[tokens[i]] += rows[i], one after the other."""
    for i in range(rows.shape[0]):
        target, row = table[tokens[i]], rows[i]
        for j in range(row.shape[0]):
            target[j] += row[j]


def compile_for(dtype: np.dtype[Any]) -> None:
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    embedding_backward(np.zeros((1, 1), np.int64), np.zeros((1, 1, 1), dtype), 1)
