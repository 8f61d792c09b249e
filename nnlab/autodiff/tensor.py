"""Arrays that remember how they were made: `nnlab.autodiff.Value`, for NumPy arrays.

Each operation computes its result and, beside it, says how a gradient goes back: ``back`` takes the gradient with
respect to the result, and gives those with respect to the inputs. Where a slope was a number in
`nnlab.autodiff.value`, it multiplies entry by entry here, or is a matrix. Checks of shapes are in
`nnlab.autodiff.arrays`; what ``np.exp(tensor)`` does is in `nnlab.autodiff.dispatch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlab import activations
from nnlab._numbers import as_numbers, check_flag, is_real
from nnlab.autodiff.arrays import Array, check_broadcast, check_matmul, fit, float_array, matmul, matmul_backward, tried
from nnlab.autodiff.dispatch import NumPyProtocol
from nnlab.autodiff.graph import backward_order, check_label, forward_order, recording
from nnlab.autodiff.value import Value

Back = Callable[[Array], tuple[Array, ...]]
Axis = int | tuple[int, ...] | None


class Tensor(NumPyProtocol):
    """An array in a computational graph.

    Parameters
    ----------
    data : array_like of float32 or float64
        Copied.
    label : str
        Its name in drawings.

    Attributes
    ----------
    data : ndarray
    grad : ndarray
        How fast the result changes with each entry; of the shape of ``data``, and 0 until ``result.backward()``.
    op : str
        The operation that made it; empty for an array that was given.
    parents : tuple of Tensor
        What the operation was applied to. Plain numbers and arrays in a formula become Tensors of its dtype.
    back : callable
        From the gradient with respect to this array to those with respect to its parents.

    Raises
    ------
    TypeError
        If it holds anything but float32 or float64.

    Notes
    -----
    As in PyTorch: the slope of relu and abs at 0 is 0; entries that tie in `maximum`, or for the largest along an axis
    in `max`, share the gradient equally. Unlike a Value, which is strict as Python's ``math``, a Tensor computes what
    NumPy computes: the log of a negative number is NaN, with NumPy's warning.

    Do not change the ``data`` of a Tensor between a computation and its ``backward()``.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[1.0, 2.0], [3.0, 4.0]]), Tensor([0.5, -0.5])
    >>> loss = ((x @ w - 1) ** 2).mean()
    >>> loss.backward()
    >>> loss.data, w.grad
    (array(2.25), array([-6., -9.]))
    """

    __slots__ = ("back", "data", "grad", "label", "op", "parents")

    def __init__(self, data: Any, label: str = "") -> None:
        if isinstance(data, Tensor | Value):
            raise TypeError(
                f"Tensor(...) expected plain numbers, got a {type(data).__name__}: its graph would be lost."
            )
        self.data: Array = float_array(data)
        self.grad: Array = np.zeros_like(self.data)
        self.label = check_label(label)
        self.op = ""
        self.parents: tuple[Tensor, ...] = ()
        self.back: Back | None = None

    def backward(self, gradient: Any = None) -> None:
        """Find how fast this number changes with every array that it was made from.

        Adds to the ``grad`` of the given arrays, so that several results, or a second ``backward()``, add up; in
        between, every ``grad`` begins anew at 0. To begin anew everywhere, call `zero_grad` first.

        Parameters
        ----------
        gradient : array_like, optional
            Gradient of some later result with respect to this array; needed unless this is a single number.

        Raises
        ------
        RuntimeError
            If it was computed under `nnlab.autodiff.no_grad`.
        ValueError
            If `gradient` is missing, or of another shape.
        """
        start = self._start(gradient)
        nodes = backward_order(self)
        for node in nodes:
            if node.parents:
                node.grad = np.zeros_like(node.data)
        self.grad = self.grad + start
        for node in nodes:
            if node.back:
                for parent, share in zip(node.parents, node.back(node.grad), strict=True):
                    parent.grad = parent.grad + fit(share, parent.data)

    def zero_grad(self) -> None:
        """Set ``grad`` to 0 here and in everything that this array was made from."""
        for node in forward_order(self):
            node.grad = np.zeros_like(node.data)

    def __add__(self, other: Any) -> Tensor:
        x, y, parents = self._with("+", other)
        return _result("+", x + y, parents, lambda g: (g, g))

    def __sub__(self, other: Any) -> Tensor:
        x, y, parents = self._with("-", other)
        return _result("-", x - y, parents, lambda g: (g, -g))

    def __mul__(self, other: Any) -> Tensor:
        x, y, parents = self._with("*", other)
        return _result("*", x * y, parents, lambda g: (g * y, g * x))

    def __truediv__(self, other: Any) -> Tensor:
        x, y, parents = self._with("/", other)
        return _result("/", x / y, parents, lambda g: (g / y, -g * x / y / y))

    def __pow__(self, exponent: float) -> Tensor:
        if not is_real(exponent) or (isinstance(exponent, int) and abs(exponent) > 1e300):
            raise TypeError(
                f"the exponent of a Tensor has to be a plain number, got a {type(exponent).__name__}; for a ** b write "
                "(b * a.log()).exp()."
            )
        x, n = self.data, float(exponent)
        return _result(f"**{n:g}", x**n, (self,), lambda g: (g * (n * x ** (n - 1) if n else np.zeros_like(x)),))

    def __matmul__(self, other: Any) -> Tensor:
        y = self._tensor(other)
        a, b = self.data, y.data
        check_matmul(a, b)
        return _result("@", matmul(a, b), (self, y), lambda g: matmul_backward(g, a, b))

    def __neg__(self) -> Tensor:
        return _result("neg", -self.data, (self,), lambda g: (-g,))

    def exp(self) -> Tensor:
        """``e^x``; its slope is ``e^x``."""
        e = np.exp(self.data)
        return _result("exp", e, (self,), lambda g: (g * e,))

    def log(self) -> Tensor:
        """``ln x``; its slope is ``1 / x``. NaN below 0."""
        x = self.data
        return _result("log", np.log(x), (self,), lambda g: (g / x,))

    def tanh(self) -> Tensor:
        """``tanh x``; its slope is ``1 - tanh² x``."""
        a = np.tanh(self.data)
        return _result("tanh", a, (self,), lambda g: (g * (1 - a * a),))

    def sigmoid(self) -> Tensor:
        """Sigmoid, ``a = 1 / (1 + e^-x)``; its slope is ``a (1 - a)``."""
        a = activations.sigmoid(self.data)
        return _result("sigmoid", a, (self,), lambda g: (g * a * (1 - a),))

    def relu(self) -> Tensor:
        """``max(x, 0)``; its slope is 1 above 0, else 0."""
        x = self.data
        return _result("relu", np.maximum(x, 0), (self,), lambda g: (g * (x > 0),))

    def abs(self) -> Tensor:
        """``|x|``; its slope is the sign of x, and 0 at 0."""
        x = self.data
        return _result("abs", np.abs(x), (self,), lambda g: (g * np.sign(x),))

    def maximum(self, other: Any) -> Tensor:
        """``max(x, y)``; the slope is 1 on the side of the larger number, ½ on either side of equal ones."""
        x, y, parents = self._with("maximum", other)
        return _result(
            "maximum",
            np.maximum(x, y),
            parents,
            lambda g: (g * ((x > y) + 0.5 * (x == y)), g * ((y > x) + 0.5 * (x == y))),
        )

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Sum along one axis, several, or all; the slope is 1 for each entry."""
        x = self.data
        total = tried(f"sum(axis={axis!r})", x, "sum", axis=axis, keepdims=check_flag("keepdims", keepdims))
        return _result("sum", total, (self,), lambda g: (_spread(g, x, axis, keepdims),))

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Mean along one axis, several, or all; the slope is one part in the number of entries."""
        x = self.data
        keepdims = check_flag("keepdims", keepdims)
        mean = np.asarray(tried(f"mean(axis={axis!r})", x, "mean", axis=axis, keepdims=keepdims))
        share = mean.size / x.size if x.size else 0.0
        return _result("mean", mean, (self,), lambda g: (_spread(g, x, axis, keepdims) * share,))

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Largest entry along one axis, several, or all; entries that tie share the gradient equally."""
        x = self.data
        largest = tried(f"max(axis={axis!r})", x, "max", axis=axis, keepdims=check_flag("keepdims", keepdims))

        def back(g: Array) -> tuple[Array]:
            chosen = (x == _spread(largest, x, axis, keepdims)) | np.isnan(x)
            return (_spread(g, x, axis, keepdims) * chosen / chosen.sum(axis=axis, keepdims=True),)

        return _result("max", largest, (self,), back)

    def reshape(self, *shape: Any) -> Tensor:
        """Arrange the entries in another shape, given as numbers or as a tuple."""
        x = self.data
        reshaped = tried(f"reshape{shape!r}", x, "reshape", *shape)
        return _result("reshape", reshaped, (self,), lambda g: (g.reshape(x.shape),))

    def transpose(self, *axes: Any) -> Tensor:
        """Permute the axes; without arguments, reverse them."""
        x = self.data
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        order = range(x.ndim)[::-1] if given is None else given
        transposed = tried(f"transpose{axes!r}", x, "transpose", order)
        back = np.argsort([axis % max(x.ndim, 1) for axis in order])
        return _result("transpose", transposed, (self,), lambda g: (g.transpose(back),))

    def __getitem__(self, index: Any) -> Tensor:
        if any(isinstance(part, Tensor) for part in (index if isinstance(index, tuple) else (index,))):
            raise TypeError("a Tensor is indexed by whole numbers, slices or conditions; of a Tensor t, write t.data.")
        x = self.data

        def back(g: Array) -> tuple[Array]:
            dx = np.zeros_like(x)
            np.add.at(dx, index, g)  # dx[index] += g would count an entry once that was taken twice
            return (dx,)

        return _result("[]", tried(f"[{index!r}]", x, "__getitem__", index), (self,), back)

    def item(self) -> float:
        """Return the single number that this is, without its graph."""
        return float(self.data.item())

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along each axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self.data.dtype

    @property
    def T(self) -> Tensor:
        """The transpose: all axes in reverse."""
        return self.transpose()

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix="Tensor(")
        return f"Tensor({numbers}{', dtype=float32' if self.dtype == np.float32 else ''})"

    __abs__ = abs

    def __radd__(self, other: Any) -> Tensor:
        return self._tensor(other) + self

    def __rsub__(self, other: Any) -> Tensor:
        return self._tensor(other) - self

    def __rmul__(self, other: Any) -> Tensor:
        return self._tensor(other) * self

    def __rtruediv__(self, other: Any) -> Tensor:
        return self._tensor(other) / self

    def __rmatmul__(self, other: Any) -> Tensor:
        return self._tensor(other) @ self

    def __rpow__(self, base: float) -> Tensor:
        b = self._tensor(base)
        if b.ndim or b.data <= 0:
            raise ValueError(f"the base of base ** tensor has to be a plain number above 0, got {base!r}.")
        power = b.data**self.data
        return _result(f"{b.item():g}**", power, (self,), lambda g: (g * power * np.log(b.data),))

    def _tensor(self, other: Any) -> Tensor:
        """Make a Tensor of what stands beside this one in a formula; numbers take over its dtype."""
        if isinstance(other, Tensor):
            return other
        if isinstance(other, Value):
            raise TypeError("a Tensor and a Value do not mix: make both Tensors, or both Values.")
        try:
            array = np.asarray(other)
        except ValueError as error:
            raise ValueError(f"a Tensor computes with numbers and arrays, all rows alike: {error}") from None
        exact = isinstance(other, int | float) or np.issubdtype(array.dtype, np.integer) or array.dtype == np.bool_
        exact = exact and array.dtype != object  # too large for any array of numbers
        return Tensor(array.astype(self.dtype) if exact else array)

    def _with(self, op: str, other: Any) -> tuple[Array, Array, tuple[Tensor, Tensor]]:
        y = self._tensor(other)
        check_broadcast(op, self.data, y.data)
        return self.data, y.data, (self, y)

    def _start(self, gradient: Any) -> Array:
        if gradient is None and self.size == 1:
            return np.ones_like(self.data)
        if gradient is None:
            raise ValueError(
                f"backward() starts at a single number, but this Tensor has shape {self.shape}: reduce it first, with "
                ".sum() or .mean(), or pass the gradient with respect to it, backward(gradient)."
            )
        given = gradient.data if isinstance(gradient, Tensor) else gradient
        start = as_numbers("the numbers of backward(gradient)", given).astype(self.dtype)
        if start.shape != self.shape:
            raise ValueError(f"backward(gradient) expected the Tensor's own shape {self.shape}, got {start.shape}.")
        return start


def _result(op: str, data: Any, parents: Sequence[Tensor], back: Back) -> Tensor:
    """Make the node of an operation."""
    result = Tensor.__new__(Tensor)
    result.data = np.asarray(data)  # NumPy gives scalars for arrays without axes
    result.grad = np.zeros_like(result.data)
    result.label, result.op = "", op
    result.parents, result.back = (tuple(parents), back) if recording() else ((), None)
    return result


def _spread(reduced: Array, x: Array, axis: Axis, keepdims: bool) -> Array:
    """Repeat what was reduced along `axis`, so that it has the shape of `x` again."""
    if axis is not None and not keepdims:
        reduced = np.expand_dims(reduced, axis)
    return np.broadcast_to(reduced, x.shape)
