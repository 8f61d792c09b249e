"""Dual numbers: a value and its slope, computed side by side (forward-mode differentiation).

Each rule of calculus is one function. At a kink a slope is chosen: that of ``absolute`` is 0 at 0; where the sides of
``maximum`` or ``minimum`` are equal the flatter one counts, 0 for ``max(z, 0)`` at 0, as for relu.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlab import activations


class Dual(NamedTuple):
    """A value and its slope with respect to z: arrays, or numbers where no z takes part."""

    value: Any
    slope: Any


def _chain(rate: Any, slope: Any) -> Any:
    """Multiply as the chain rule says, ``f'(u) u'``; what does not move adds nothing, even at an infinite rate."""
    return np.where(slope == 0, 0, rate * slope)


def number(z: Dual, number: float) -> Dual:
    kind = z.value.dtype.type  # so that float32 stays float32
    return Dual(kind(number), kind(0))


def negative(u: Dual) -> Dual:
    return Dual(-u.value, -u.slope)


def add(a: Dual, b: Dual) -> Dual:
    return Dual(a.value + b.value, a.slope + b.slope)


def subtract(a: Dual, b: Dual) -> Dual:
    return Dual(a.value - b.value, a.slope - b.slope)


def multiply(a: Dual, b: Dual) -> Dual:
    # (a b)' = b a' + a b'
    return Dual(a.value * b.value, _chain(b.value, a.slope) + _chain(a.value, b.slope))


def divide(a: Dual, b: Dual) -> Dual:
    # (a / b)' = a' / b - (a / b) b' / b
    value = a.value / b.value
    return Dual(value, _chain(1 / b.value, a.slope) - _chain(value / b.value, b.slope))


def power(a: Dual, b: Dual) -> Dual:
    # (a^b)' = b a^(b-1) a' + a^b log(a) b'
    value = a.value**b.value
    base = np.where(b.value == 0, 0, b.value * a.value ** (b.value - 1))  # not 0 * inf at a = 0
    exponent = np.where(value == 0, 0, value * np.log(a.value))
    return Dual(value, _chain(base, a.slope) + _chain(exponent, b.slope))


def exp(u: Dual) -> Dual:
    # (e^u)' = e^u u'
    value = np.exp(u.value)
    return Dual(value, _chain(value, u.slope))


def log(u: Dual) -> Dual:
    # (log u)' = u' / u
    return Dual(np.log(u.value), _chain(1 / u.value, u.slope))


def sqrt(u: Dual) -> Dual:
    # (sqrt u)' = u' / (2 sqrt u)
    value = np.sqrt(u.value)
    return Dual(value, _chain(0.5 / value, u.slope))


def absolute(u: Dual) -> Dual:
    # |u|' = sign(u) u'
    return Dual(np.abs(u.value), np.sign(u.value) * u.slope)


def tanh(u: Dual) -> Dual:
    # (tanh u)' = (1 - tanh^2 u) u'
    value = np.tanh(u.value)
    return Dual(value, _chain(1 - value**2, u.slope))


def sigmoid(u: Dual) -> Dual:
    # s(u)' = s(u) (1 - s(u)) u'
    value = activations.sigmoid(u.value)
    return Dual(value, _chain(value * (1 - value), u.slope))


def sin(u: Dual) -> Dual:
    # (sin u)' = cos(u) u'
    return Dual(np.sin(u.value), _chain(np.cos(u.value), u.slope))


def cos(u: Dual) -> Dual:
    # (cos u)' = -sin(u) u'
    return Dual(np.cos(u.value), _chain(-np.sin(u.value), u.slope))


def maximum(a: Dual, b: Dual) -> Dual:
    # the slope of the larger one
    return Dual(np.maximum(a.value, b.value), _choose(a.value > b.value, a, b))


def minimum(a: Dual, b: Dual) -> Dual:
    # the slope of the smaller one
    return Dual(np.minimum(a.value, b.value), _choose(a.value < b.value, a, b))


def _choose(first: Any, a: Dual, b: Dual) -> Any:
    flatter = np.where(np.abs(a.slope) < np.abs(b.slope), a.slope, b.slope)
    return np.where(a.value == b.value, flatter, np.where(first, a.slope, b.slope))


def where(condition: Any, a: Dual, b: Dual) -> Dual:
    # of the side that is taken; the other one may be anything, even NaN
    return Dual(np.where(condition, a.value, b.value), np.where(condition, a.slope, b.slope))
