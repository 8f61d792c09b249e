"""Initializers: how the first weights are drawn. Names, arguments and spreads are those of Keras 3."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import check_number, check_seed

Array = NDArray[Any]


class Initializer:
    """Draws an array of a given shape.

    Parameters
    ----------
    seed : int or None
        With a seed the initializer draws the same numbers for each array of one shape; without, it draws from the
        model's own generator.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = check_seed(seed)

    def __call__(self, shape: tuple[int, ...], rng: np.random.Generator | None = None) -> Array:
        """Return an array in float64.

        Parameters
        ----------
        shape : tuple of int
        rng : numpy.random.Generator, optional
            Used when the initializer has no seed of its own.

        Returns
        -------
        ndarray of this shape
        """
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed)
        return self.draw(shape, rng)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw the array; subclasses say how."""
        raise NotImplementedError(f"{type(self).__name__} has to define draw(shape, rng)")


class Zeros(Initializer):
    """All zeros: right for biases, wrong for kernels, where all units would stay alike."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:  # noqa: ARG002
        """Zeros of this shape."""
        return np.zeros(shape)


class Ones(Initializer):
    """All ones."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:  # noqa: ARG002
        """Ones of this shape."""
        return np.ones(shape)


class VarianceScaling(Initializer):
    """Random numbers whose variance is ``scale / n``, so that signals keep their size from layer to layer.

    Parameters
    ----------
    scale : float
        2 suits ReLU (half of the units are off), 1 suits the others.
    mode : {"fan_in", "fan_out", "fan_avg"}
        n: the number of inputs of a unit, of outputs, or their mean.
    distribution : {"truncated_normal", "uniform"}
        The normal is cut at two standard deviations, and widened so that the variance is kept.
    seed : int or None

    References
    ----------
    Glorot & Bengio (2010), AISTATS 9, 249-256. He, Zhang, Ren & Sun (2015), ICCV, 1026-1034.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"mode is 'fan_in', 'fan_out' or 'fan_avg', got {mode!r}")
        if distribution not in ("truncated_normal", "uniform"):
            raise ValueError(f"distribution is 'truncated_normal' or 'uniform', got {distribution!r}")
        self.scale = check_number("scale", scale, above=0)
        self.mode, self.distribution = mode, distribution

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw from the distribution; the last two axes are inputs and outputs, those before them a window."""
        window = int(np.prod(shape[:-2]))
        fan_in, fan_out = window * shape[-2 if len(shape) > 1 else -1], window * shape[-1]
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = np.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        # 0.8796: standard deviation of a standard normal cut at +-2.
        return _truncated_normal(shape, rng) * np.sqrt(variance) / 0.87962566103423978


def _truncated_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    values = rng.standard_normal(shape)
    outside = np.abs(values) > 2
    while outside.any():
        values[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(values) > 2
    return values


class GlorotUniform(VarianceScaling):
    """Uniform on ``[-l, l]`` with ``l = sqrt(6 / (fan_in + fan_out))``: Keras's default for kernels.

    Examples
    --------
    >>> kernel = GlorotUniform(seed=0)((784, 128))
    >>> bool(abs(kernel).max() <= (6 / (784 + 128)) ** 0.5)
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Normal with variance ``2 / (fan_in + fan_out)``."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform with variance ``2 / fan_in``, for ReLU."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Normal with variance ``2 / fan_in``, for ReLU."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


_KNOWN: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
}


def get(initializer: str | Initializer) -> Initializer:
    """Return the initializer that a layer's argument means.

    Parameters
    ----------
    initializer : str or Initializer

    Returns
    -------
    Initializer

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not an initializer.
    """
    if isinstance(initializer, str):
        return look_up("initializer", initializer, _KNOWN)()
    if isinstance(initializer, Initializer):
        return initializer
    raise TypeError(
        f"an initializer is a name such as 'he_normal' or an Initializer, got {initializer!r}{call_hint(initializer)}"
    )
