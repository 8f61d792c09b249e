"""What `fit`, `evaluate` and `predict` ask of their data, and what they say when it does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.layers.base import Shape

Array = NDArray[Any]


def as_batch(x: Any, dtype: np.dtype[Any]) -> Array:
    """Return samples as an array.

    Parameters
    ----------
    x : array_like of shape (N, ...)
    dtype : numpy.dtype

    Returns
    -------
    ndarray of shape (N, ...)

    Raises
    ------
    ValueError
        If they are no numbers, not alike, or none.
    """
    try:
        with np.errstate(over="ignore"):  # too large for float32 becomes inf, and is shown as such
            batch = _converted(x, dtype) if isinstance(x, np.ndarray) else np.asarray(x, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the inputs have to be an array of numbers, all rows alike: {error}") from None
    if batch.ndim == 0 or batch.size == 0:
        raise ValueError(f"the inputs are empty: expected one row a sample, got shape {batch.shape}")
    return batch


def check_samples(model: str, batch: Shape, sample: Shape) -> None:
    """Compare the shape of a batch with what a model expects.

    Parameters
    ----------
    model : str
        Its name, for the message.
    batch : tuple of int
    sample : tuple of int
        Shape of one sample.

    Raises
    ------
    ValueError
        If they differ; the message says how to mend that where it is known.
    """
    if batch[1:] == sample:
        return
    hint = ""
    if batch == sample:
        hint = " This is a single sample: put it into a batch with x[None]."
    elif np.prod(batch[1:]) == np.prod(sample):
        hint = f" Give each sample this shape: x.reshape(len(x), {', '.join(map(str, sample))})."
    expected = str(("N", *sample)).replace("'", "")
    raise ValueError(f"{model} expected inputs of shape {expected}, N samples; got {batch}.{hint}")


def check_pairs(x: Any, y: Any) -> None:
    """Check that there are as many targets as samples.

    Parameters
    ----------
    x, y : array_like

    Raises
    ------
    ValueError
        If not.
    """
    samples, targets = (len(data) if hasattr(data, "__len__") else 0 for data in (x, y))
    if samples != targets:
        raise ValueError(f"each sample needs a target: got {samples} samples and {targets} targets")


def kept_rows(rows: int, split: float) -> int:
    """Count the rows that are left to train with.

    Parameters
    ----------
    rows : int
    split : float
        Share that is kept out for validation.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the share is none, or nothing is left.

    Examples
    --------
    >>> kept_rows(100, 0.2)
    80
    """
    if not isinstance(split, int | float | np.number) or not 0 <= split < 1:
        raise ValueError(f"validation_split is the share of the data to keep out, from 0 to below 1; got {split!r}")
    kept = int(rows * (1 - split))
    if kept == 0:
        raise ValueError(f"validation_split={split} of {rows} samples leaves none to train with")
    return kept


def _converted(x: Array, dtype: np.dtype[Any]) -> Array:
    """Convert block by block: NumPy hears no Interrupt within a call, and a large one would take half a second."""
    if x.dtype == dtype or x.ndim == 0:
        return x
    converted = np.empty(x.shape, dtype)
    rows = max(1, 4_000_000 // max(1, x[:1].size))
    for start in range(0, len(x), rows):
        converted[start : start + rows] = x[start : start + rows]
    return converted
