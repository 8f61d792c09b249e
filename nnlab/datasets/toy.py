"""Toy sets in two dimensions: `xor`, `circles`, `moons`, `gaussians` and `spiral`.

All are called alike, and all have about unit spread around the origin, so that a network needs no scaling of
its inputs and every plot may show the square from -3 to 3. Helpers that check and finish are below.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import is_real, is_whole

Points: TypeAlias = NDArray[np.float32]  # (N, 2)
Classes: TypeAlias = NDArray[np.int64]  # (N,)
Seed: TypeAlias = int | np.random.Generator | None

_MAX_CLASSES = 10  # as many as there are digits; more arms or clouds than that overlap
_MAX_SAMPLES = 10_000_000  # some hundred megabytes
_MAX_NOISE = 1e30  # beyond it the points would not fit into float32


def xor(n_samples: int = 200, noise: float = 0.1, seed: Seed = None) -> tuple[Points, Classes]:
    """Four squares around the origin; those on one diagonal are class 0, those on the other class 1.

    Parameters
    ----------
    n_samples : int
        Number of points, in both classes together.
    noise : float
        Standard deviation of the Gaussian noise added to each coordinate.
    seed : int or Generator, optional
        The same number gives the same points; ``None`` gives others each time. With one seed, a change of
        `noise` moves each point along its own line.

    Returns
    -------
    x : float32 ndarray of shape (n_samples, 2)
        Without noise each coordinate lies 0.1 to 1.6 from its axis.
    y : int64 ndarray of shape (n_samples,)
        Classes 0 and 1, balanced to one point. Class 1 is where the two coordinates differ in sign.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or out of its range.

    Examples
    --------
    >>> x, y = xor(4, noise=0, seed=0)
    >>> bool(np.all((x[:, 0] * x[:, 1] < 0) == (y == 1)))
    True
    """
    rng = _checked_rng("xor", n_samples, noise, seed)
    y = _balanced(n_samples, 2)
    first = np.where(np.arange(n_samples) // 2 % 2, 1.0, -1.0)  # y runs 0 1 0 1: this fills all four squares
    signs = np.stack([first, np.where(y == 1, -first, first)], axis=1)
    return _finish(signs * rng.uniform(0.1, 1.6, size=(n_samples, 2)), y, noise, rng)


def circles(n_samples: int = 200, noise: float = 0.1, seed: Seed = None) -> tuple[Points, Classes]:
    """Two circles around the origin, the inner one half as wide.

    Parameters
    ----------
    n_samples : int
        Number of points, in both classes together.
    noise : float
        Standard deviation of the Gaussian noise added to each coordinate.
    seed : int or Generator, optional
        The same number gives the same points; ``None`` gives others each time. With one seed, a change of
        `noise` moves each point along its own line.

    Returns
    -------
    x : float32 ndarray of shape (n_samples, 2)
        Without noise, evenly spaced on the circles of radius 1.5 and 0.75.
    y : int64 ndarray of shape (n_samples,)
        0 outside, 1 inside, balanced to one point.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or out of its range.

    Examples
    --------
    >>> x, y = circles(100, noise=0, seed=0)
    >>> np.unique(np.linalg.norm(x, axis=1).round(3)).tolist()
    [0.75, 1.5]
    """
    rng = _checked_rng("circles", n_samples, noise, seed)
    y = _balanced(n_samples, 2)
    angle = 2 * np.pi * _position(y, 2, endpoint=False)
    return _finish(_polar(np.where(y == 0, 1.5, 0.75), angle), y, noise, rng)


def moons(n_samples: int = 200, noise: float = 0.1, seed: Seed = None) -> tuple[Points, Classes]:
    """Two half circles, each with one end inside the other.

    Parameters
    ----------
    n_samples : int
        Number of points, in both classes together.
    noise : float
        Standard deviation of the Gaussian noise added to each coordinate.
    seed : int or Generator, optional
        The same number gives the same points; ``None`` gives others each time. With one seed, a change of
        `noise` moves each point along its own line.

    Returns
    -------
    x : float32 ndarray of shape (n_samples, 2)
        Scikit-learn's moons, centered and 1.5 times as large: half circles of radius 1.5.
    y : int64 ndarray of shape (n_samples,)
        0 for the upper moon, 1 for the lower, balanced to one point.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or out of its range.

    Examples
    --------
    >>> x, y = moons(5, noise=0, seed=0)
    >>> x.shape, np.bincount(y).tolist()
    ((5, 2), [3, 2])
    """
    rng = _checked_rng("moons", n_samples, noise, seed)
    y = _balanced(n_samples, 2)
    upper = _polar(np.ones(n_samples), np.pi * _position(y, 2, endpoint=True)) - (0.5, 0.25)
    # The lower moon is the upper one turned by half a turn around the center.
    return _finish(1.5 * np.where(y[:, None] == 0, upper, -upper), y, noise, rng)


def gaussians(
    n_samples: int = 200, noise: float = 0.5, seed: Seed = None, *, n_classes: int = 2
) -> tuple[Points, Classes]:
    """One round cloud for each class, their centers evenly spaced on a circle.

    Parameters
    ----------
    n_samples : int
        Number of points, in all classes together.
    noise : float
        Standard deviation of each cloud, in each coordinate.
    seed : int or Generator, optional
        The same number gives the same points; ``None`` gives others each time. With one seed, a change of
        `noise` moves each point along its own line.
    n_classes : int
        From 2 to 10.

    Returns
    -------
    x : float32 ndarray of shape (n_samples, 2)
        The centers lie 1.5 from the origin, that of class 0 in the upper right.
    y : int64 ndarray of shape (n_samples,)
        Classes from 0, balanced to one point.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or out of its range.

    Examples
    --------
    >>> x, y = gaussians(7, seed=0, n_classes=3)
    >>> x.shape, np.bincount(y).tolist()
    ((7, 2), [3, 2, 2])
    """
    rng = _checked_rng("gaussians", n_samples, noise, seed, n_classes)
    y = _balanced(n_samples, n_classes)
    angle = np.pi / 4 + 2 * np.pi * y / n_classes
    return _finish(_polar(np.full(n_samples, 1.5), angle), y, noise, rng)


def spiral(
    n_samples: int = 200, noise: float = 0.1, seed: Seed = None, *, n_classes: int = 2
) -> tuple[Points, Classes]:
    """One arm for each class, winding one and a half times around the origin.

    Parameters
    ----------
    n_samples : int
        Number of points, in all classes together.
    noise : float
        Standard deviation of the Gaussian noise added to each coordinate.
    seed : int or Generator, optional
        The same number gives the same points; ``None`` gives others each time. With one seed, a change of
        `noise` moves each point along its own line.
    n_classes : int
        From 2 to 10.

    Returns
    -------
    x : float32 ndarray of shape (n_samples, 2)
        Without noise, the distance from the origin grows evenly from 0.2 to 2.4 along each arm.
    y : int64 ndarray of shape (n_samples,)
        Classes from 0, balanced to one point.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or out of its range.

    Examples
    --------
    >>> x, y = spiral(300, noise=0, seed=0, n_classes=3)
    >>> radius = np.linalg.norm(x, axis=1)
    >>> print(f"{radius.min():.3f} to {radius.max():.3f}")
    0.200 to 2.400
    """
    rng = _checked_rng("spiral", n_samples, noise, seed, n_classes)
    y = _balanced(n_samples, n_classes)
    along = _position(y, n_classes, endpoint=True)
    radius = 0.2 + 2.2 * along  # not from 0: there the arms would meet, with one point in all classes
    return _finish(_polar(radius, 2 * np.pi * (1.5 * along + y / n_classes)), y, noise, rng)


# How the sets are made.


def _balanced(n_samples: int, n_classes: int) -> Classes:
    """Classes 0, 1, ... in turn, so that their counts differ by one at most."""
    return np.arange(int(n_samples), dtype=np.int64) % int(n_classes)


def _position(y: Classes, n_classes: int, *, endpoint: bool) -> NDArray[np.float64]:
    """Where each point stands in its own class: evenly spaced from 0 to 1."""
    rank = np.arange(len(y)) // int(n_classes)
    count = np.bincount(y)[y]
    return rank / np.maximum(count - 1 if endpoint else count, 1)


def _polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)  # (N, 2)


def _finish(x: NDArray[np.float64], y: Classes, noise: float, rng: np.random.Generator) -> tuple[Points, Classes]:
    """Add the noise and shuffle the rows."""
    # Drawn even for noise 0: what is drawn after it, the order, must not depend on the noise.
    x = x + noise * rng.standard_normal(x.shape)
    order = rng.permutation(len(y))
    return x[order].astype(np.float32), y[order]


# How the arguments are checked.


def _checked_rng(name: str, n_samples: int, noise: float, seed: Seed, n_classes: int = 2) -> np.random.Generator:
    """Check the arguments of the function `name`, and return the source of its random numbers."""
    _check_whole(name, "n_classes", n_classes, "n_classes=2")
    if not 2 <= n_classes <= _MAX_CLASSES:
        raise ValueError(
            f"{name}() expected n_classes from 2 to {_MAX_CLASSES}, got {n_classes}: choose another number."
        )
    _check_whole(name, "n_samples", n_samples, "n_samples=200")
    if n_samples < n_classes:
        raise ValueError(
            f"{name}() expected n_samples of at least {n_classes}, one for each class, got {n_samples}: "
            "ask for more points, e.g. n_samples=200."
        )
    if n_samples > _MAX_SAMPLES:
        raise ValueError(
            f"{name}() expected n_samples of at most {_MAX_SAMPLES:,}, got {n_samples}: choose fewer points."
        )
    _check_noise(name, noise)
    return _rng(name, seed)


def _check_whole(name: str, argument: str, value: object, example: str) -> None:
    if not is_whole(value):
        raise TypeError(
            f"{name}() expected {argument} as a whole number, got {value!r} of type {type(value).__name__}: "
            f"write e.g. {example}."
        )


def _check_noise(name: str, noise: object) -> None:
    if not is_real(noise):
        raise TypeError(
            f"{name}() expected noise as a number, got {noise!r} of type {type(noise).__name__}: write e.g. noise=0.1."
        )
    try:
        deviation = float(noise)
    except OverflowError:  # a whole number of more than 308 digits
        deviation = np.inf
    if not 0 <= deviation <= _MAX_NOISE:
        raise ValueError(
            f"{name}() expected noise from 0 to {_MAX_NOISE:.0e}, got {noise}: it is a standard deviation, "
            "e.g. noise=0.1."
        )


def _rng(name: str, seed: Seed) -> np.random.Generator:
    if seed is not None and not isinstance(seed, np.random.Generator):
        if not is_whole(seed):
            raise TypeError(
                f"{name}() expected seed as a whole number, a Generator or None, got {seed!r} of type "
                f"{type(seed).__name__}: write e.g. seed=0."
            )
        if seed < 0:
            raise ValueError(f"{name}() expected seed of 0 or more, got {seed}: write e.g. seed=0.")
    return np.random.default_rng(seed)
