"""Loss functions: each formula with its gradient beside it, in plain NumPy. Names are those of Keras 3.

A loss compares targets y with outputs p, one row a sample. ``per_sample`` gives one number a row; calling the loss
gives their mean; ``gradient`` is that of the mean, so it carries the 1/N.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations
from nnlab._names import call_hint, look_up
from nnlab._numbers import as_numbers, check_flag, check_number, refuse_masked

Array = NDArray[Any]

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1 before a logarithm, as in Keras


class Loss:
    """What a network is trained to make small."""

    name = "loss"
    # The activation behind which this loss has a stable form on the values before it; None where there is none.
    link: activations.Activation | None = None
    from_logits = False

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """Mean loss over the samples, without the penalties of regularizers.

        Parameters
        ----------
        y_true : array_like of shape (N, K), or (N,) where K is 1 or the targets are class numbers
        y_pred : array_like of shape (N, K)
        sample_weight : array_like of shape (N,), optional
            Each sample's loss is multiplied by its weight; the sum is divided by N, not by the sum of the weights.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If targets or weights do not fit the outputs.

        Examples
        --------
        >>> MeanSquaredError()([[0.0], [0.0]], [[1.0], [1.0]], sample_weight=[3.0, 0.0])
        1.5
        """
        y_pred = as_numbers("the outputs", y_pred)
        if y_pred.ndim == 0 or y_pred.size == 0:
            raise ValueError(f"the outputs are an array of shape (N, K), one row a sample; got shape {y_pred.shape}")
        y_pred = y_pred.astype(np.result_type(np.float32, y_pred.dtype))
        y = self.targets(y_true, y_pred.shape).astype(y_pred.dtype)
        losses = self.per_sample(y, y_pred)
        if sample_weight is not None:
            losses = losses * _weights(sample_weight, losses.shape)
        return float(np.mean(losses))

    def targets(self, y_true: Any, outputs: tuple[int, ...]) -> Array:
        """Bring targets into the shape of the outputs.

        Parameters
        ----------
        y_true : array_like
        outputs : tuple of int
            Shape of the outputs, (N, K).

        Returns
        -------
        ndarray of shape (N, K)

        Raises
        ------
        ValueError
            If the shapes do not fit.
        """
        y = _numbers(y_true)
        if outputs == (*y.shape, 1):
            return y[..., None]
        if y.shape != outputs:
            hint = ""
            if y.ndim == 1 and len(outputs) == 2 and len(y) == outputs[0]:
                hint = " For class numbers such as 0, 1, 2 use loss='sparse_categorical_crossentropy'."
            raise ValueError(
                f"{self.name} compares each output with a target: the outputs have shape {outputs}, the targets "
                f"{y.shape}.{hint}"
            )
        return y

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        raise NotImplementedError(f"{type(self).__name__} has to define per_sample(y, p)")

    def gradient(self, y: Array, p: Array) -> Array:
        """Gradient of the mean loss with respect to the outputs, (N, K)."""
        raise NotImplementedError(f"{type(self).__name__} has to define gradient(y, p)")

    def on_logits(self) -> Loss:
        """Return the same loss, to be given the values before its `link` activation."""
        raise ValueError(f"{self.name} has no form on the values before an activation")


class MeanSquaredError(Loss):
    """``mean_k (p_k - y_k)^2`` for each sample.

    Examples
    --------
    >>> MeanSquaredError()([[0.0], [1.0]], [[0.5], [1.0]])
    0.125
    """

    name = "mse"

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        return np.mean((p - y) ** 2, axis=-1)

    def gradient(self, y: Array, p: Array) -> Array:
        """``2 (p - y) / (N K)``."""
        return 2 * (p - y) / p.size


class MeanAbsoluteError(Loss):
    """``mean_k |p_k - y_k|`` for each sample: an outlier counts by its distance, not by the square of it.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0], [1.0]], [[0.5], [1.0]])
    0.25
    """

    name = "mae"

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        return np.mean(np.abs(p - y), axis=-1)

    def gradient(self, y: Array, p: Array) -> Array:
        """``sign(p - y) / (N K)``: 0 where they are equal."""
        return np.sign(p - y) / p.size


class Huber(Loss):
    """Squared near the target, absolute far from it: the mean over k of ``e^2 / 2`` or ``delta e - delta^2 / 2``.

    Parameters
    ----------
    delta : float
        Above 0: the error ``e = |p - y|`` at which the first form, which is for small e, turns into the second.

    References
    ----------
    Huber (1964), Annals of Mathematical Statistics 35, 73-101.

    Examples
    --------
    >>> Huber()([[0.0, 0.0]], [[0.5, -3.0]])
    1.3125
    """

    name = "huber"

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = check_number("delta", delta, above=0)

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        error = np.abs(p - y)
        near = np.minimum(error, self.delta)
        return np.mean(near * (error - near / 2), axis=-1)  # both forms in one, which never squares a large error

    def gradient(self, y: Array, p: Array) -> Array:
        """``clip(p - y, -delta, delta) / (N K)``."""
        return np.clip(p - y, -self.delta, self.delta) / p.size


class _Crossentropy(Loss):
    def __init__(self, from_logits: bool = False) -> None:
        self.from_logits = check_flag("from_logits", from_logits)

    def on_logits(self) -> Loss:
        return type(self)(from_logits=True)


class BinaryCrossentropy(_Crossentropy):
    """``-mean_k [y_k log p_k + (1 - y_k) log(1 - p_k)]`` for each sample.

    Parameters
    ----------
    from_logits : bool
        Whether the outputs are values before a sigmoid: then ``log(1 + e^s) - y s``, which cannot overflow.

    Examples
    --------
    >>> round(BinaryCrossentropy()([[1.0]], [[0.5]]), 4)
    0.6931
    """

    name = "binary_crossentropy"
    link = activations.sigmoid

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        if self.from_logits:
            return np.mean(np.maximum(p, 0) - p * y + np.log1p(np.exp(-np.abs(p))), axis=-1)
        q = np.clip(p, EPSILON, 1 - EPSILON)
        return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q), axis=-1)

    def gradient(self, y: Array, p: Array) -> Array:
        """``(sigmoid(s) - y) / (N K)`` on logits, ``(p - y) / (p (1 - p)) / (N K)`` on probabilities."""
        if self.from_logits:
            return (activations.sigmoid(p) - y) / p.size
        q = np.clip(p, EPSILON, 1 - EPSILON)
        return np.where(q == p, (q - y) / (q * (1 - q)) / p.size, 0 * p)


class CategoricalCrossentropy(_Crossentropy):
    """``-sum_k y_k log p_k`` for each sample, with one-hot targets.

    Parameters
    ----------
    from_logits : bool
        Whether the outputs are values before a softmax.

    Examples
    --------
    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 4)
    0.6931
    """

    name = "categorical_crossentropy"
    link = activations.softmax

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        if self.from_logits:
            s = p - p.max(axis=-1, keepdims=True)
            return np.sum(y * (np.log(np.exp(s).sum(axis=-1, keepdims=True)) - s), axis=-1)
        return -np.sum(y * np.log(np.clip(_shares(p), EPSILON, 1 - EPSILON)), axis=-1)

    def gradient(self, y: Array, p: Array) -> Array:
        """``(softmax(s) sum_k y_k - y) / N`` on logits; on probabilities, that of the formula."""
        if self.from_logits:
            return (activations.softmax(p) * y.sum(axis=-1, keepdims=True) - y) / len(p)
        share = _shares(p)
        q = np.clip(share, EPSILON, 1 - EPSILON)
        d = np.where(q == share, -y / q, 0 * p)
        return (d - (d * share).sum(axis=-1, keepdims=True)) / p.sum(axis=-1, keepdims=True) / len(p)


def _shares(p: Array) -> Array:
    """Divide outputs that need not sum to 1 by their sum first, as Keras does."""
    return p / p.sum(axis=-1, keepdims=True)


class SparseCategoricalCrossentropy(_Crossentropy):
    """Categorical cross-entropy with class numbers as targets: ``-log p_y`` for each sample.

    Parameters
    ----------
    from_logits : bool
        Whether the outputs are values before a softmax.

    Examples
    --------
    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 4)
    0.6931
    """

    name = "sparse_categorical_crossentropy"
    link = activations.softmax

    def targets(self, y_true: Any, outputs: tuple[int, ...]) -> Array:
        """Class numbers as a column, (N, 1); an error names the first that is out of range."""
        y = _numbers(y_true)
        if len(outputs) < 2:
            raise ValueError(f"{self.name} expects an output for each class, shape (N, K); got outputs of {outputs}")
        *each, classes = outputs
        if y.shape == (*each, 1):
            y = y[..., 0]
        if y.shape != tuple(each):
            hint = ""
            if y.shape == outputs:
                hint = " These look one-hot encoded: use loss='categorical_crossentropy'."
            what = f"one class number a sample, {each[0]} in all"
            if len(each) > 1:
                what = f"class numbers of shape {tuple(each)}, one for each place of each sample"
                if y.shape == (each[0],):
                    hint = (
                        f" The outputs have shape {outputs}: to get one answer a sample, put layers.Flatten() before "
                        f"the dense layers."
                    )
            raise ValueError(f"{self.name} expects {what}, got targets of shape {np.shape(y_true)}.{hint}")
        bad = np.argwhere(~((y >= 0) & (y < classes) & (y == np.floor(y))))
        if len(bad):
            sample, *place = bad[0].tolist()
            at = f" at {place}" if place else ""
            raise ValueError(
                f"{self.name} expects class numbers from 0 to {classes - 1}, because the network has {classes} "
                f"outputs; sample {sample} has the target {y[tuple(bad[0])]}{at}."
            )
        return y[..., None]

    def per_sample(self, y: Array, p: Array) -> Array:
        """Loss of each sample, (N,)."""
        s = self._logits(p)
        s = s - s.max(axis=-1, keepdims=True)
        rows, true = np.arange(len(s)), y[:, 0].astype(np.int64)
        return np.log(np.exp(s).sum(axis=-1)) - s[rows, true]

    def gradient(self, y: Array, p: Array) -> Array:
        """``(softmax(s) - y) / N`` on logits s; on probabilities p, with s = log p, that divided by p."""
        d = activations.softmax(self._logits(p))
        d[np.arange(len(p)), y[:, 0].astype(np.int64)] -= 1
        d /= len(p)
        if self.from_logits:
            return d
        q = np.clip(p, EPSILON, 1 - EPSILON)
        return np.where(q == p, d / q, 0 * p)

    def _logits(self, p: Array) -> Array:
        # softmax(log p) is p divided by its sum: outputs that are not a softmax are normalized, as in Keras.
        return p if self.from_logits else np.log(np.clip(p, EPSILON, 1 - EPSILON))


def _numbers(y_true: Any) -> Array:
    """Targets as an array of numbers."""
    try:
        y = np.asarray(y_true)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the targets have to be an array, all rows alike: {error}") from None
    if y.dtype.kind not in "biuf":
        raise ValueError(
            f"the targets have to be numbers, got {y.dtype}. For names of classes, number them first: "
            f"names, y = np.unique(y, return_inverse=True)."
        )
    refuse_masked("the targets", y_true)
    return y


def _weights(sample_weight: Any, shape: tuple[int, ...]) -> Array:
    """Weights as an array of this shape."""
    weights = as_numbers("the weights in sample_weight", sample_weight)
    if weights.shape == (*shape, 1):
        return weights[..., 0]
    if weights.shape != shape:
        raise ValueError(f"sample_weight holds one number a sample, shape {shape}, got shape {weights.shape}")
    return weights


_KNOWN: dict[str, type[Loss]] = {
    "mse": MeanSquaredError,
    "mean_squared_error": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "mean_absolute_error": MeanAbsoluteError,
    "huber": Huber,
    "binary_crossentropy": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
}


def get(loss: str | Loss) -> Loss:
    """Return the loss that an argument of ``compile`` means.

    Parameters
    ----------
    loss : str or Loss

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not a loss.
    """
    if isinstance(loss, str):
        return look_up("loss", loss, _KNOWN)()
    if isinstance(loss, Loss):
        return loss
    raise TypeError(f"a loss is a name such as 'mse' or an nnlab.losses.Loss, got {loss!r}{call_hint(loss)}")
