"""Samples, targets, weights: what `fit`, `evaluate` and `predict` ask of them, and say when something does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import as_numbers, is_real, is_whole, refuse_masked
from nnlab.layers.base import Shape

Array = NDArray[Any]

BLOCK = 4_000_000  # numbers at a time: NumPy hears no Interrupt within a call, and these take some milliseconds


class Samples(NamedTuple):
    """Samples, one a row, as arrays of the model's dtype."""

    xs: tuple[Array, ...]  # for each input of the model (N, ...)
    ys: tuple[Array, ...]  # for each output (N, ..., K), or (N, ..., 1) with class numbers
    weights: Array | None  # (N,); None: all count alike

    @property
    def rows(self) -> int:
        """N, the number of samples."""
        return len(self.xs[0])

    def take(self, chosen: Array | slice) -> Samples:
        """Take some of the rows.

        Parameters
        ----------
        chosen : ndarray of int or slice

        Returns
        -------
        Samples
        """
        xs, ys = (tuple(array[chosen] for array in arrays) for arrays in (self.xs, self.ys))
        return Samples(xs, ys, None if self.weights is None else self.weights[chosen])


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
    refuse_masked("the inputs", x)
    try:
        with np.errstate(over="ignore"):  # too large for float32 becomes inf, and is shown as such
            array = np.asarray(x)
            if array.dtype.kind in "cmMV":
                raise TypeError(f"got {array.dtype}")
            batch = _converted(array, dtype)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
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
    samples, targets = (_length(data) for data in (x, y))
    if samples != targets:
        raise ValueError(f"each sample needs a target: got {samples} samples and {targets} targets")


def _length(data: Any) -> int:
    try:
        return len(data)
    except TypeError:  # a number, or something else that holds nothing
        return 0


def for_each(what: str, names: list[str], given: Any) -> list[Any]:
    """Sort what was given for the inputs or outputs of a model.

    Parameters
    ----------
    what : str
        Such as "inputs", for the message.
    names : list of str
        Of the input or output layers.
    given : list, tuple or mapping of str to anything
        For a single input or output, what belongs to it.

    Returns
    -------
    list
        One for each name.

    Raises
    ------
    ValueError
        If one is missing or too many.

    Examples
    --------
    >>> for_each("inputs", ["left", "right"], {"right": 2, "left": 1})
    [1, 2]
    """
    if isinstance(given, Mapping):
        if set(given) != set(names):
            raise ValueError(f"the model has the {what} {', '.join(names)}; got {', '.join(map(str, given))}")
        return [given[name] for name in names]
    if len(names) == 1:
        return [given]
    if not isinstance(given, list | tuple) or len(given) != len(names):
        got = f"{len(given)} of them" if isinstance(given, list | tuple) else f"a {type(given).__name__}"
        raise ValueError(
            f"the model has {len(names)} {what}, {', '.join(names)}: give a list with an array for each, or a dict by "
            f"these names; got {got}"
        )
    return list(given)


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
    if not is_real(split) or not 0 <= split < 1:
        raise ValueError(f"validation_split is the share of the data to keep out, from 0 to below 1; got {split!r}")
    kept = int(rows * (1 - split))
    if kept == 0:
        raise ValueError(f"validation_split={split} of {rows} samples leaves none to train with")
    return kept


def check_finite(what: str, values: Array) -> None:
    """Check that there is neither NaN nor infinity in an array.

    Parameters
    ----------
    what : str
        What it is, for the message.
    values : ndarray of shape (N, ...)

    Raises
    ------
    ValueError
        Naming the first such number and its place.

    Examples
    --------
    >>> check_finite("the inputs", np.array([[0.0, 1.0], [np.nan, 2.0]]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: the inputs have to be finite numbers: sample 1 has nan at [0], one of 1 such numbers. ...
    """
    rows = max(1, BLOCK // max(1, values[:1].size))
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum is finite where all numbers are, but for an overflow, and takes a tenth of looking at each.
        if all(np.isfinite(values[start : start + rows].sum()) for start in range(0, len(values), rows)):
            return
    places = np.argwhere(~np.isfinite(values))
    if len(places):
        sample, *rest = places[0].tolist()
        at = f" at {rest}" if rest else ""
        raise ValueError(
            f"{what} have to be finite numbers: sample {sample} has {values[tuple(places[0])]}{at}, one of "
            f"{len(places)} such numbers. Leave these samples out (np.isfinite finds them) or fill the gaps; what is "
            f"too large for {values.dtype} counts as inf."
        )


def sample_weights(
    sample_weight: Any, class_weight: Mapping[int, float] | None, y: Array, dtype: np.dtype[Any]
) -> Array | None:
    """Return the weight of each sample in the loss, from one of the two ways to give it.

    Parameters
    ----------
    sample_weight : array_like of shape (N,), or None
    class_weight : mapping of int to float, or None
        A class that is not in it has the weight 1, as in Keras.
    y : ndarray of shape (N, K)
        Class numbers where K is 1, else one-hot.
    dtype : numpy.dtype

    Returns
    -------
    ndarray of shape (N,), or None
        None: all count alike.

    Raises
    ------
    ValueError
        If both are given, or one does not fit.

    Examples
    --------
    >>> sample_weights(None, {0: 1.0, 1: 5.0}, np.array([[0], [1], [0]]), np.dtype("float32"))
    array([1., 5., 1.], dtype=float32)
    """
    if sample_weight is not None and class_weight is not None:
        raise ValueError("give class_weight or sample_weight, not both: multiply them into one sample_weight")
    if class_weight is not None:
        return _of_classes(class_weight, y).astype(dtype)
    if sample_weight is None:
        return None
    try:
        with np.errstate(over="ignore"):
            weights = as_numbers("weights", sample_weight).astype(dtype)
    except ValueError as error:
        raise ValueError(f"sample_weight has to be an array of numbers: {error}") from None
    if weights.shape != (len(y),):
        raise ValueError(f"sample_weight is one number a sample: expected shape ({len(y)},), got {weights.shape}")
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(bad):
        raise ValueError(f"weights are finite and not negative; sample {bad[0]} has the weight {weights[bad[0]]}")
    return weights


def _of_classes(class_weight: Mapping[int, float], y: Array) -> Array:
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"class_weight is a dict such as {{0: 1.0, 1: 5.0}}, got {class_weight!r}")
    for number, weight in class_weight.items():
        of_class = is_whole(number) and number >= 0
        if not of_class or not is_real(weight) or not 0 <= weight < np.inf:
            raise ValueError(
                f"class_weight gives each class number (0, 1, ...) a finite weight that is not negative; "
                f"got {number!r}: {weight!r}"
            )
    classes = y[..., 0] if y.shape[-1] == 1 else y.argmax(axis=-1)
    if y.ndim != 2 or (classes != np.floor(classes)).any() or (classes < 0).any():
        raise ValueError("class_weight needs targets that are classes: numbers from 0 up, or one-hot rows")
    weights = np.ones(len(classes))
    for number, weight in class_weight.items():
        weights[classes == number] = weight
    return weights


def _converted(x: Array, dtype: np.dtype[Any]) -> Array:
    """Convert block by block, so that Interrupt is heard."""
    if x.dtype == dtype or x.ndim == 0:
        return x.astype(dtype, copy=False)
    converted = np.empty(x.shape, dtype)
    rows = max(1, BLOCK // max(1, x[:1].size))
    for start in range(0, len(x), rows):
        converted[start : start + rows] = x[start : start + rows]
    return converted
