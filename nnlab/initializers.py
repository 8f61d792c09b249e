"""Initializers: how the first weights are drawn. Names, arguments and spreads are those of Keras 3.

First those that say the numbers outright, then those that count a unit's inputs and outputs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import LARGEST, check_number, check_seed, is_one_of, is_whole
from nnlab.engine.threads import single_blas_thread

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

        Raises
        ------
        ValueError
            If it is no shape, or one of more numbers than fit into memory.
        """
        _check_shape(shape)
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed)
        return self.draw(shape, rng)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw the array; subclasses say how."""
        raise NotImplementedError(f"{type(self).__name__} has to define draw(shape, rng)")


def _check_shape(shape: Any) -> None:
    whole = isinstance(shape, tuple | list) and all(is_whole(n) and n >= 0 for n in shape)
    if not whole:
        raise ValueError(f"shape is a tuple of whole numbers such as (784, 128), got {shape!r}")
    if math.prod(map(int, shape)) > LARGEST:
        raise ValueError(
            f"a layer that needs weights of shape {tuple(map(int, shape))} does not fit into memory: choose fewer "
            f"units, or smaller inputs; {LARGEST:,} numbers are the most"
        )


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


class Constant(Initializer):
    """The same number everywhere.

    Parameters
    ----------
    value : float

    Examples
    --------
    >>> Constant(0.5)((2,))
    array([0.5, 0.5])
    """

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = check_number("value", value)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:  # noqa: ARG002
        """Return an array of the value."""
        return np.full(shape, self.value)


class Identity(Initializer):
    """The identity matrix times ``gain``: each unit begins as a copy of one input.

    Parameters
    ----------
    gain : float

    References
    ----------
    Le, Jaitly & Hinton (2015), arXiv:1504.00941, for recurrent layers.

    Examples
    --------
    >>> Identity(2.0)((2, 3))
    array([[2., 0., 0.],
           [0., 2., 0.]])
    """

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.gain = check_number("gain", gain)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:  # noqa: ARG002
        """Return the matrix; an error if the shape is not that of a matrix."""
        if len(shape) != 2:
            raise ValueError(f"Identity makes a matrix, so it needs a shape of two numbers, got {tuple(shape)}")
        return self.gain * np.eye(*shape)


class RandomUniform(Initializer):
    """Uniform on ``[minval, maxval)``.

    Parameters
    ----------
    minval, maxval : float
    seed : int or None

    Examples
    --------
    >>> bool(abs(RandomUniform(seed=0)((100,))).max() <= 0.05)
    True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = check_number("minval", minval), check_number("maxval", maxval)
        if self.minval > self.maxval:
            raise ValueError(f"minval has to be at most maxval, got minval={minval!r} and maxval={maxval!r}")

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw from the distribution."""
        return rng.uniform(self.minval, self.maxval, shape)


class RandomNormal(Initializer):
    """Normal with this mean and standard deviation.

    Parameters
    ----------
    mean, stddev : float
    seed : int or None
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = check_number("mean", mean), check_number("stddev", stddev, at_least=0)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw from the distribution."""
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal, but what lies more than two ``stddev`` from the mean is drawn again; so the spread is 0.88 ``stddev``.

    Parameters
    ----------
    mean, stddev : float
        Of the normal that is cut.
    seed : int or None
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw from the distribution."""
        return self.mean + self.stddev * _truncated_normal(shape, rng)


class VarianceScaling(Initializer):
    """Random numbers whose variance is ``scale / n``, so that signals keep their size from layer to layer.

    Parameters
    ----------
    scale : float
        2 suits ReLU (half of the units are off), 1 suits the others.
    mode : {"fan_in", "fan_out", "fan_avg"}
        n: the number of inputs of a unit, of outputs, or their mean.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        The first is cut at two standard deviations, and widened so that the variance is kept.
    seed : int or None

    Notes
    -----
    A dense kernel, (D, H), has D inputs and H outputs. A unit of a convolution sees a whole window: a kernel of shape
    (3, 3, C, F) has 9 C inputs and 9 F outputs.

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
        if not is_one_of(mode, ("fan_in", "fan_out", "fan_avg")):
            raise ValueError(f"mode is 'fan_in', 'fan_out' or 'fan_avg', got {mode!r}")
        if not is_one_of(distribution, ("truncated_normal", "untruncated_normal", "uniform")):
            raise ValueError(
                f"distribution is 'truncated_normal', 'untruncated_normal' or 'uniform', got {distribution!r}"
            )
        self.scale = check_number("scale", scale, above=0)
        self.mode, self.distribution = mode, distribution

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw from the distribution; the last two axes are inputs and outputs, those before them a window."""
        if not shape:
            raise ValueError(f"{type(self).__name__} needs a shape with inputs and outputs, got ()")
        window = int(np.prod(shape[:-2]))
        fan_in, fan_out = window * shape[-2 if len(shape) > 1 else -1], window * shape[-1]
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = np.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return np.sqrt(variance) * rng.standard_normal(shape)
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


class LecunUniform(VarianceScaling):
    """Uniform with variance ``1 / fan_in``.

    Parameters
    ----------
    seed : int or None

    References
    ----------
    LeCun, Bottou, Orr & Mueller (1998), Efficient BackProp, in: Neural Networks: Tricks of the Trade, 9-50.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Normal with variance ``1 / fan_in``, for SELU.

    Parameters
    ----------
    seed : int or None

    References
    ----------
    Klambauer, Unterthiner, Mayr & Hochreiter (2017), NeurIPS 30, arXiv:1706.02515.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


class Orthogonal(Initializer):
    """Rows, or columns if there are fewer of them, of length ``gain`` and at right angles: no signal grows or shrinks.

    Parameters
    ----------
    gain : float
    seed : int or None

    References
    ----------
    Saxe, McClelland & Ganguli (2014), ICLR, arXiv:1312.6120. Drawn evenly: Mezzadri (2007), Notices of the AMS 54(5).

    Examples
    --------
    >>> w = Orthogonal(seed=0)((3, 8))
    >>> np.allclose(w @ w.T, np.eye(3))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = check_number("gain", gain)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw the matrix; more than two axes are taken as one of rows, and the last."""
        if len(shape) < 2:
            raise ValueError(f"an orthogonal matrix has at least two axes, got shape {shape}: take another initializer")
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        drawn = rng.standard_normal((max(rows, columns), min(rows, columns)))
        with single_blas_thread():
            q, r = np.linalg.qr(drawn)
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)  # without the signs, not all rotations would be equally likely
        return np.ascontiguousarray(self.gain * (q if rows >= columns else q.T)).reshape(shape)


_KNOWN: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "zero": Zeros,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "one": Ones,
    "constant": Constant,
    "identity": Identity,
    "random_uniform": RandomUniform,
    "uniform": RandomUniform,
    "random_normal": RandomNormal,
    "normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
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
