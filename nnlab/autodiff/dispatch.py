"""What Python and NumPy do when they meet a Tensor: np.exp(t) and array @ t work, and the rest says why not.

Without this NumPy would turn a Tensor into a plain array, or an array of objects, and its graph would be lost.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nnlab.autodiff.graph import recording

_METHODS: dict[Any, str] = {
    np.add: "__add__",
    np.subtract: "__sub__",
    np.multiply: "__mul__",
    np.divide: "__truediv__",
    np.power: "__pow__",
    np.matmul: "__matmul__",
    np.negative: "__neg__",
    np.absolute: "abs",
    np.exp: "exp",
    np.log: "log",
    np.tanh: "tanh",
    np.maximum: "maximum",
    np.sum: "sum",
    np.mean: "mean",
    np.max: "max",
    np.reshape: "reshape",
    np.transpose: "transpose",
}
#: Their answers have no slope: they come as plain arrays.
_PLAIN = {
    np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
    np.isnan, np.isfinite, np.isinf, np.shape, np.ndim, np.size, np.argmax, np.zeros_like, np.ones_like,
}  # fmt: skip


class NumPyProtocol:
    """The part of a Tensor that answers NumPy, comparisons, ``bool`` and assignments."""

    __slots__ = ()
    data: Any
    op: str

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Answer NumPy's functions of single entries, such as ``np.exp(t)`` and ``array + t``."""
        if "out" in kwargs:
            raise TypeError(
                f"np.{ufunc.__name__} cannot write a Tensor into a plain array, whose graph would be lost: write "
                "a = a + t in place of a += t."
            )
        return self._answer(
            ufunc, ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}", inputs, kwargs
        )

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Answer NumPy's other functions, such as ``np.sum(t, axis=0)``."""
        del types
        return self._answer(function, function.__name__, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse to become a plain array unasked."""
        raise TypeError(
            "a Tensor does not turn into a plain array by itself, since its graph would be lost: write t.data."
        )

    def _answer(self, function: Any, name: str, args: Any, kwargs: Any) -> Any:
        if function in _PLAIN:
            return function(*(_plain(arg) for arg in args), **kwargs)
        if function not in _METHODS or "." in name:
            raise TypeError(
                f"np.{name} does not work on a Tensor. These do: {', '.join(sorted(f.__name__ for f in _METHODS))}. "
                "For a plain result, without gradients, write t.data."
            )
        first, *others = args
        if not isinstance(first, NumPyProtocol):
            first = self._tensor(first)  # type: ignore[attr-defined]
        return getattr(first, _METHODS[function])(*others, **kwargs)

    def __gt__(self, other: Any) -> Any:
        return self.data > _plain(other)

    def __ge__(self, other: Any) -> Any:
        return self.data >= _plain(other)

    def __lt__(self, other: Any) -> Any:
        return self.data < _plain(other)

    def __le__(self, other: Any) -> Any:
        return self.data <= _plain(other)

    def __eq__(self, other: object) -> Any:
        return self.data == _plain(other)

    def __ne__(self, other: object) -> Any:
        return self.data != _plain(other)

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise ValueError("whether a Tensor is true is ambiguous: compare a number, t.item() > 0, or ask (t > 0).any().")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise TypeError(
            "the entries of a Tensor cannot be assigned, since the graph would not know: set those of t.data before "
            "computing with it, or multiply by a mask."
        )

    def __iadd__(self, other: Any) -> Any:
        return self._updated("+", self + other)

    def __isub__(self, other: Any) -> Any:
        return self._updated("-", self - other)

    def __imul__(self, other: Any) -> Any:
        return self._updated("*", self * other)

    def __itruediv__(self, other: Any) -> Any:
        return self._updated("/", self / other)

    def _updated(self, op: str, result: Any) -> Any:
        """Change a given Tensor in place where no graph is kept; a computed one makes the next node."""
        if self.op:
            return result
        if recording():
            raise TypeError(
                f"w {op}= ... would put a new node in the place of the Tensor w that was given, and w would get no "
                f"gradient any more. To update it, write w.data {op}= ..., or put w {op}= ... under no_grad(); for a "
                f"new node, write v = w {op} ..."
            )
        self.data[...] = result.data
        return self


def _plain(value: Any) -> Any:
    return value.data if isinstance(value, NumPyProtocol) else value
