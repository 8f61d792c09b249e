"""A number that remembers how it was made, and so finds its gradient: backpropagation in one file.

Each operation computes its result and, beside it, its **slopes**: how fast the result changes with each of its inputs.
`Value.backward` multiplies slopes along the graph and adds where paths meet: the chain rule, and no more. The interface
is micrograd's. Arrays do the same in `nnlab.autodiff.tensor`.

References
----------
Karpathy, A. (2020), micrograd, https://github.com/karpathy/micrograd. It
keeps a function for each node where this keeps the slopes.
"""

from __future__ import annotations

import math
from typing import Any

from nnlab._numbers import is_real
from nnlab.autodiff.graph import backward_order, check_label, forward_order, recording


class Value:
    """A number in a computational graph.

    Parameters
    ----------
    data : float
        The number.
    label : str
        Its name in drawings and steps.

    Attributes
    ----------
    data : float
    grad : float
        How fast the result changes with this number: 0 until ``result.backward()``.
    op : str
        The operation that made it; empty for a number that was given.
    parents : tuple of Value
        What the operation was applied to.
    slopes : tuple of float
        The local derivatives: how fast ``data`` changes with each parent.

    Raises
    ------
    TypeError
        If it is anything but one number, or the label is no text.

    Notes
    -----
    Where a function has a corner, a slope between those of the two sides is taken: 0 for relu and abs at 0, and ½ for
    each side when `maximum` compares equal numbers, all as in PyTorch.

    Examples
    --------
    >>> a, b = Value(2.0), Value(-3.0)
    >>> c = (a * b + 10).relu()
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (4.0, -3.0, 2.0)
    """

    __slots__ = ("data", "grad", "label", "op", "parents", "slopes")
    __array_ufunc__ = None  # array * value asks Value, which objects, where NumPy would make an array of objects

    def __init__(self, data: float, label: str = "") -> None:
        self.data = _number(data)
        self.grad = 0.0
        self.label = check_label(label)
        self.op = ""
        self.parents: tuple[Value, ...] = ()
        self.slopes: tuple[float, ...] = ()

    def backward(self) -> None:
        """Find how fast this number changes with every number that it was made from.

        Adds to the ``grad`` of the given numbers, so that several results, or a second ``backward()``, add up; in
        between, every ``grad`` begins anew at 0. To begin anew everywhere, call `zero_grad` first.

        Raises
        ------
        RuntimeError
            If it was computed under `nnlab.autodiff.no_grad`.
        """
        nodes = backward_order(self)
        for node in nodes:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0  # it changes as fast as itself
        for node in nodes:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad

    def zero_grad(self) -> None:
        """Set ``grad`` to 0 here and in everything that this number was made from."""
        for node in forward_order(self):
            node.grad = 0.0

    def __add__(self, other: Value | float) -> Value:
        other = _value(other)
        return _result("+", self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other: Value | float) -> Value:
        other = _value(other)
        return _result("-", self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = _value(other)
        return _result("*", self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other: Value | float) -> Value:
        other = _value(other)
        if other.data == 0:
            raise ZeroDivisionError(f"a Value cannot be divided by zero: {self.data:g} / {other.data:g}.")
        quotient = self.data / other.data
        return _result("/", quotient, (self, other), (1 / other.data, -quotient / other.data))

    def __pow__(self, exponent: float) -> Value:
        if isinstance(exponent, Value):
            raise TypeError("the exponent of a Value has to be a plain number; for a ** b write (b * a.log()).exp().")
        n = _number(exponent)
        power = _power(self.data, n)
        return _result(f"**{n:g}", power, (self,), (_power_slope(self.data, n, power),))

    def __neg__(self) -> Value:
        return _result("neg", -self.data, (self,), (-1.0,))

    def exp(self) -> Value:
        """``e^x``; its slope is ``e^x``. OverflowError above 709."""
        try:
            e = math.exp(self.data)
        except OverflowError:
            raise OverflowError(f"exp({self.data:g}) is larger than any float; exp of 709 still fits.") from None
        return _result("exp", e, (self,), (e,))

    def log(self) -> Value:
        """``ln x``; its slope is ``1 / x``. ValueError unless x is above 0."""
        if self.data <= 0:
            raise ValueError(f"log is defined above 0 only, got log({self.data:g}).")
        return _result("log", math.log(self.data), (self,), (1 / self.data,))

    def tanh(self) -> Value:
        """``tanh x``; its slope is ``1 - tanh² x``."""
        a = math.tanh(self.data)
        return _result("tanh", a, (self,), (1 - a * a,))

    def sigmoid(self) -> Value:
        """Sigmoid, ``a = 1 / (1 + e^-x)``; its slope is ``a (1 - a)``."""
        e = math.exp(-abs(self.data))  # never overflows; the two halves are one function written differently
        a = e / (1 + e) if self.data < 0 else 1 / (1 + e)
        return _result("sigmoid", a, (self,), (a * (1 - a),))

    def relu(self) -> Value:
        """``max(x, 0)``; its slope is 1 above 0, else 0."""
        return _result("relu", max(self.data, 0.0), (self,), (float(self.data > 0),))

    def abs(self) -> Value:
        """``|x|``; its slope is the sign of x, and 0 at 0."""
        return _result("abs", abs(self.data), (self,), (float(self.data > 0) - float(self.data < 0),))

    def maximum(self, other: Value | float) -> Value:
        """``max(x, y)``; the slope is 1 on the side of the larger number, ½ on either side of equal ones."""
        other = _value(other)
        x, y = self.data, other.data
        larger = x if x >= y or math.isnan(x) else y
        slopes = (0.5, 0.5) if x == y else (float(x > y), float(y > x))
        return _result("maximum", larger, (self, other), slopes)

    __abs__ = abs

    def __radd__(self, other: float) -> Value:
        return _value(other) + self

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float) -> Value:
        return _value(other) * self

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    def __rpow__(self, base: float) -> Value:
        b = _number(base)
        if b <= 0:
            raise ValueError(f"the base of base ** value has to be above 0, got {b:g}.")
        power = _power(b, self.data)
        return _result(f"{b:g}**", power, (self,), (math.log(b) * power,))

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def _result(op: str, data: float, parents: tuple[Value, ...], slopes: tuple[float, ...]) -> Value:
    """Make the node of an operation."""
    result = Value(data)
    result.op = op
    if recording():
        result.parents, result.slopes = parents, slopes
    return result


def _value(other: Value | float) -> Value:
    return other if isinstance(other, Value) else Value(other)


def _number(data: Any) -> float:
    if is_real(data):
        try:
            return float(data)
        except OverflowError:
            raise OverflowError("a Value holds a float, and this whole number is larger than any float.") from None
    if isinstance(data, Value):
        raise TypeError("Value(...) expected a plain number, got a Value: use it as it is.")
    if hasattr(data, "shape") or isinstance(data, list | tuple):
        raise TypeError(
            f"a Value holds one number, got a {type(data).__name__}: for arrays there is nnlab.autodiff.Tensor."
        )
    raise TypeError(f"a Value holds, and computes with, one real number; got {data!r} ({type(data).__name__}).")


def _power(base: float, exponent: float) -> float:
    if base < 0 and not exponent.is_integer():  # Python would give a complex number
        raise ValueError(f"({base:g}) ** {exponent:g} is no real number: a negative base needs a whole exponent.")
    try:
        return float(base**exponent)
    except ZeroDivisionError:
        raise ZeroDivisionError(f"0 ** {exponent:g} divides by zero.") from None
    except OverflowError:
        raise OverflowError(f"({base:g}) ** {exponent:g} is larger than any float.") from None


def _power_slope(x: float, n: float, power: float) -> float:
    """``n x^(n-1)``, also where Python's ``**`` would object."""
    if x == 0:
        return math.inf if 0 < n < 1 else float(n == 1)
    try:
        return float(n * x ** (n - 1))
    except OverflowError:
        return n * power / x  # infinite, with the right sign
