"""What `nnlab.autodiff.Tensor` needs of plain arrays: checks of their types and shapes, and how to undo broadcasting.

Nothing here knows a graph.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import refuse_masked
from nnlab.engine.threads import single_blas_thread

Array = NDArray[Any]

# Multiply-adds, above which OpenBLAS may take several threads, and other last bits with them.
BLAS_SHARES_FROM = 9_216


def float_array(data: Any) -> Array:
    """Copy what a Tensor is made from.

    Parameters
    ----------
    data : array_like of float32 or float64

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        If it holds anything but real numbers with a fraction.
    ValueError
        If its rows have different lengths.
    """
    refuse_masked("the numbers of a Tensor", data)
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(f"a Tensor needs rows of equal length: {error}") from None
    if array.dtype in (np.float32, np.float64):
        return array
    if np.issubdtype(array.dtype, np.integer) or array.dtype == np.bool_:
        raise TypeError(
            f"a Tensor holds float32 or float64, since whole numbers have no slope; got {array.dtype}. "
            "Write Tensor([1.0, 2.0]), or Tensor(array.astype(np.float64))."
        )
    raise TypeError(f"a Tensor holds real numbers, as float32 or float64; got {array.dtype}.")


def tried(words: str, x: Array, method: str, *arguments: Any, **options: Any) -> Array:
    """Call a method of an array, and say in an error what was asked of which Tensor.

    Parameters
    ----------
    words : str
        The call as it is written.
    x : ndarray
    method : str
    *arguments, **options
        Of the method.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError, ValueError, IndexError
    """
    try:
        result: Array = getattr(x, method)(*arguments, **options)
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        # An axis that there is not is both kinds of error to NumPy, and a wrong value to the reader.
        kinds = (TypeError, ValueError, IndexError)
        kind = next((kind for kind in kinds if isinstance(error, kind)), ValueError)
        raise kind(f"{words} does not fit a Tensor of shape {x.shape}: {error}") from None
    return result


def fit(gradient: Array, like: Array) -> Array:
    """Undo broadcasting: sum a gradient over the axes along which `like` was repeated.

    Parameters
    ----------
    gradient : ndarray
        Of the shape to which `like` was broadcast.
    like : ndarray

    Returns
    -------
    ndarray
        Of the shape and dtype of `like`. An entry used many times gets the sum of what its uses got.
    """
    added = gradient.ndim - like.ndim
    repeated = [added + axis for axis, size in enumerate(like.shape) if size == 1]
    total = gradient.sum(axis=(*range(added), *repeated), keepdims=True) if added or repeated else gradient
    return np.asarray(total.reshape(like.shape), dtype=like.dtype)


def check_broadcast(op: str, x: Array, y: Array) -> None:
    """Check that two shapes broadcast, and say at which axis they do not.

    Parameters
    ----------
    op : str
        For the message.
    x, y : ndarray

    Raises
    ------
    ValueError
    """
    for axis in range(-1, -1 - min(x.ndim, y.ndim), -1):
        m, n = x.shape[axis], y.shape[axis]
        if m != n and 1 not in (m, n):
            raise ValueError(
                f"shapes {x.shape} and {y.shape} do not broadcast in '{op}': axis {axis}, counted from the end, has "
                f"{m} entries on the left and {n} on the right. They have to be equal, or one of them 1."
            )


def check_matmul(x: Array, y: Array) -> None:
    """Check the shapes of a matrix product.

    Parameters
    ----------
    x, y : ndarray

    Raises
    ------
    ValueError
        If one has no axes, the inner sizes differ, or the stacks of matrices do not broadcast.
    """
    if x.ndim == 0 or y.ndim == 0:
        raise ValueError(
            f"'@' multiplies vectors and matrices, got shapes {x.shape} and {y.shape}: use '*' for numbers."
        )
    rows = y.shape[-2] if y.ndim > 1 else y.shape[0]
    if x.shape[-1] != rows:
        raise ValueError(
            f"shapes {x.shape} and {y.shape} do not fit in '@': the inner sizes are {x.shape[-1]} (the last axis on "
            f"the left) and {rows} ({'the last axis but one' if y.ndim > 1 else 'the only axis'} on the right). "
            "They have to be equal; is a transpose missing?"
        )
    if x.ndim > 2 and y.ndim > 2:
        check_broadcast("@", x[..., 0, 0], y[..., 0, 0])


def matmul(x: Array, y: Array) -> Array:
    """Multiply vectors, matrices, or stacks of matrices: ``x @ y``, with the same bits on any number of processors.

    Parameters
    ----------
    x, y : ndarray

    Returns
    -------
    ndarray
    """
    large = x.size * (y.shape[-1] if y.ndim > 1 else 1) > BLAS_SHARES_FROM
    with single_blas_thread() if large else nullcontext():
        return x @ y


def matmul_backward(g: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Gradients of ``x @ y``.

    Parameters
    ----------
    g : ndarray
        Gradient of the loss with respect to the product.
    x, y : ndarray
        Vectors, matrices, or stacks of matrices.

    Returns
    -------
    dx, dy : ndarray
        ``g @ y.T`` and ``x.T @ g``, still broadcast over the stack: `fit` sums them.
    """
    row, column = np.atleast_2d(x), y[:, None] if y.ndim == 1 else y
    if y.ndim == 1:  # a vector on the right counts as a column, one on the left as a row
        g = g[..., None]
    if x.ndim == 1:
        g = g[..., None, :]
    dx, dy = matmul(g, column.swapaxes(-1, -2)), matmul(row.swapaxes(-1, -2), g)
    return dx, dy[..., 0] if y.ndim == 1 else dy
