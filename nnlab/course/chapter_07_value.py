"""The class `Value` that chapter 07 builds step by step, and exercises 7.1 and 7.2 on its operations.

The class is written as a learner would write it: its source is the solution that is shown. Its order and its backward
pass are asked for in `nnlab.course.chapter_07_graph`, those on arrays are in `nnlab.course.chapter_07_gradients`, the
questions to recall in `nnlab.course.recall_07`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.classes import ClassExercise, class_form
from nnlab.course.exercise import Array, Function, Mistake
from nnlab.language import N_, _


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data: Any, parents: tuple[Any, ...] = (), slopes: tuple[Any, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.slopes = slopes

    def __add__(self, other: Any) -> Any:
        """Give the Value self + other, with its parents and its slopes."""
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Any:
        """Give the Value self * other, with its parents and its slopes."""
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> Any:
        """Give the Value tanh(self), with its parent and its slope."""
        a = np.tanh(self.data)
        return Value(a, (self,), (1 - a * a,))

    def relu(self) -> Any:
        """Give the Value relu(self), with its parent and its slope."""
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def order(self) -> list[Any]:
        """List all nodes of the graph: each once, parents before children, self last."""
        ordered = []
        seen = set()

        def visit(node: Any) -> None:
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                ordered.append(node)

        visit(self)
        return ordered

    def backward(self) -> None:
        """Set the grad of every node of the graph."""
        self.grad = 1.0
        for node in reversed(self.order()):
            for parent, slope in zip(node.parents, node.slopes):  # noqa: B905 (as a learner writes it)
                parent.grad += slope * node.grad

    def zero_grad(self) -> None:
        """Set every grad of the graph back to 0."""
        for node in self.order():
            node.grad = 0.0


class NoValue(TypeError):
    """What an operation gives is no Value."""


class WrongParents(ValueError):
    """A Value does not know what it was made from."""


class SameValue(ValueError):
    """An operation gives a Value that went in."""


class SlopesAreValues(TypeError):
    """Slopes are Values and no numbers."""


def _opened(result: Any, parents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Take number and slopes out of the Value that an operation gives; None where it gives nothing."""
    if result is None or result is Ellipsis:
        return None, None
    if not hasattr(result, "slopes"):
        raise NoValue(_("the result should be a Value, with its parents and slopes"))
    if any(result is parent for parent in parents):
        raise SameValue(_("the result should be a new Value, and the one that went in should stay as it was"))
    given = result.parents
    if not isinstance(given, tuple | list) or [id(one) for one in given] != [id(one) for one in parents]:
        raise WrongParents(_("parents should be a tuple of the Values that went in, in their order"))
    slopes = result.slopes
    if slopes is None:
        return result.data, None
    if any(hasattr(slope, "slopes") for slope in (slopes if isinstance(slopes, tuple | list) else (slopes,))):
        raise SlopesAreValues(_("the slopes should be numbers: take the data of the Values"))
    array = np.array(slopes)
    return result.data, array.astype(float) if array.dtype == bool else array  # True is as good a slope as 1.0


def _call_arithmetic(answer: Any) -> Function:
    def call(a: Array, b: Array) -> tuple[Any, ...]:
        first, second = answer(a), answer(b)
        return (*_opened(first + second, (first, second)), *_opened(first * second, (first, second)))

    return call


def _class_of_arithmetic(function: Function) -> Any:
    class Made(Value):
        def __add__(self, other: Any) -> Any:
            return Value(function(self.data, other.data)[0], (self, other), function(self.data, other.data)[1])

        def __mul__(self, other: Any) -> Any:
            return Value(function(self.data, other.data)[2], (self, other), function(self.data, other.data)[3])

    return Made


def _raise(error: type[Exception]) -> Any:
    raise error


def _pair(a: Any, b: Any) -> Array:
    return np.array([a, b], dtype=float)


ONES = np.ones(2)
NONE = np.ones(0)

ARITHMETIC = ClassExercise(
    number="7.1",
    name="Value",
    task=N_("Write __add__ and __mul__ of the class Value: each gives a new Value with its parents and slopes."),
    reference=Value,
    form=class_form(("__add__", "__mul__"), _call_arithmetic, _class_of_arithmetic),
    given=("__init__",),
    asked=("__add__", "__mul__"),
    parts=(N_("a + b"), N_("the slopes of a + b"), N_("a * b"), N_("the slopes of a * b")),
    probes=tuple((np.array(a), np.array(b)) for a, b in ((2.0, -3.0), (0.5, 4.0), (-1.25, -2.5), (0.3, 2.7))),
    hints=(
        N_("Each gives Value(number, parents, slopes). When a goes up by a little, by how much does a + b? And a * b?"),
        N_(
            "The parents are (self, other). A sum follows each of its parts one to one; in a product the slope for one "
            "factor is the other factor."
        ),
        N_(
            "Sum: self.data + other.data, with the slopes 1 and 1. The product has the slopes other.data and self.data."
        ),
    ),
    why=N_("An operation knows only its own slopes. The rest of the graph is not its business."),
    mistakes=(
        Mistake(
            "plain number",
            N_("An operation should give a new Value, not a plain number: what comes after could not go back."),
            lambda _a, _b: _raise(NoValue),
        ),
        Mistake(
            "parents",
            N_("The parents should be (self, other): the two Values themselves, in this order."),
            lambda _a, _b: _raise(WrongParents),
        ),
        Mistake(
            "same Value",
            N_("You change the Value that went in and give it back. Make a new one: return Value(...)."),
            lambda _a, _b: _raise(SameValue),
        ),
        Mistake(
            "slopes are Values",
            N_("The slopes should be numbers: take other.data and self.data, not the Values themselves."),
            lambda _a, _b: _raise(SlopesAreValues),
        ),
        Mistake(
            "no slopes",
            N_("The slopes are missing: Value(number, parents, slopes) takes three things."),
            lambda a, b: (a + b, NONE, a * b, NONE),
        ),
        Mistake(
            "product without slopes",
            N_("The slopes of the product are missing: Value(number, parents, slopes) takes three things."),
            lambda a, b: (a + b, ONES, a * b, NONE),
        ),
        Mistake(
            "times grad",
            N_("The slopes of the product are all 0. If you multiply by grad: that is 0 yet, and belongs to 7.4."),
            lambda a, b: (a + b, ONES, a * b, 0 * ONES),
        ),
        Mistake(
            "all times grad",
            N_("All slopes are 0. If you multiply by grad: that is 0 yet, and belongs to 7.4."),
            lambda a, b: (a + b, 0 * ONES, a * b, 0 * ONES),
        ),
        Mistake(
            "slopes exchanged",
            N_("In a product the slopes are exchanged: how fast a * b changes with a is told by b."),
            lambda a, b: (a + b, ONES, a * b, _pair(a, b)),
        ),
        Mistake(
            "product's slopes are ones",
            N_("1 and 1 are the slopes of a sum. If b is 5, and a goes up by 0.1, by how much does a * b?"),
            lambda a, b: (a + b, ONES, a * b, ONES),
        ),
        Mistake(
            "sum's slopes are the numbers",
            N_("The slopes of a sum are not its numbers: if a goes up by 0.1, a + b goes up by 0.1, whatever b is."),
            lambda a, b: (a + b, _pair(a, b), a * b, _pair(b, a)),
        ),
        Mistake(
            "sum's slopes are a product's",
            N_("The slopes of the sum are those of a product."),
            lambda a, b: (a + b, _pair(b, a), a * b, _pair(b, a)),
        ),
        Mistake(
            "product's slope is the product",
            N_("You give a * b itself as the slope for both factors. If only a changes, b alone tells how fast."),
            lambda a, b: (a + b, ONES, a * b, _pair(a * b, a * b)),
        ),
        Mistake(
            "product added",
            N_("The product adds its two numbers."),
            lambda a, b: (a + b, ONES, a + b, _pair(b, a)),
        ),
    ),
)


def _call_bends(answer: Any) -> Function:
    def call(x: Array) -> tuple[Any, ...]:
        value = answer(x)
        return (*_opened(value.tanh(), (value,)), *_opened(value.relu(), (value,)))

    return call


def _class_of_bends(function: Function) -> Any:
    class Made(Value):
        def tanh(self) -> Any:
            return Value(function(self.data)[0], (self,), function(self.data)[1])

        def relu(self) -> Any:
            return Value(function(self.data)[2], (self,), function(self.data)[3])

    return Made


def _bends(x: Any, tanh_slope: Any = None, relu: Any = None, relu_slope: Any = None) -> tuple[Any, ...]:
    """Give what is right, except for what is given."""
    a = np.tanh(x)
    return (
        a,
        np.array([1 - a * a if tanh_slope is None else tanh_slope], dtype=float),
        max(x, 0.0) if relu is None else relu,
        np.array([x > 0 if relu_slope is None else relu_slope], dtype=float),
    )


BENDS = ClassExercise(
    number="7.2",
    name="Value",
    task=N_("Write tanh and relu of the class Value: each gives a new Value with its parent and its slope."),
    reference=Value,
    form=class_form(("tanh", "relu"), _call_bends, _class_of_bends),
    given=("__init__", "__add__", "__mul__"),
    asked=("tanh", "relu"),
    parts=(N_("tanh(x)"), N_("the slope of tanh"), N_("relu(x)"), N_("the slope of relu")),
    probes=tuple((np.array(x),) for x in (0.75, -0.5, 2.0, 0.0, -1.5)),
    hints=(
        N_("Chapter 03 has both slopes. There is one parent now, so parents and slopes are tuples with one entry."),
        N_("The slope of tanh is easiest from its own result. A tuple with one entry needs a comma: (self,)."),
        N_("For tanh: a is np.tanh of the number, its slope 1 minus a times a. For relu: slope 1 above 0, else 0."),
    ),
    why=N_("Any function joins in the same way: its number, and its slope there."),
    mistakes=(
        Mistake(
            "plain number",
            N_("A bend should give a new Value, not a plain number: what comes after could not go back."),
            lambda _x: _raise(NoValue),
        ),
        Mistake(
            "parents",
            N_("The parents should be (self,): a tuple with one entry, and the comma makes it one."),
            lambda _x: _raise(WrongParents),
        ),
        Mistake(
            "same Value",
            N_("You give back the Value that went in. Make a new one with the parents (self,): return Value(...)."),
            lambda _x: _raise(SameValue),
        ),
        Mistake(
            "slopes are Values",
            N_("The slopes should be numbers: compute them from self.data."),
            lambda _x: _raise(SlopesAreValues),
        ),
        Mistake(
            "no comma",
            N_("The slopes are a plain number. A tuple with one entry needs a comma: (slope,)."),
            lambda x: tuple(part if k % 2 == 0 else part[0] for k, part in enumerate(_bends(x))),
        ),
        Mistake(
            "no comma in tanh",
            N_("The slope of tanh is a plain number. A tuple with one entry needs a comma: (slope,)."),
            lambda x: tuple(part[0] if k == 1 else part for k, part in enumerate(_bends(x))),
        ),
        Mistake(
            "no comma in relu",
            N_("The slope of relu is a plain number. A tuple with one entry needs a comma: (slope,)."),
            lambda x: tuple(part[0] if k == 3 else part for k, part in enumerate(_bends(x))),
        ),
        Mistake(
            "no slopes",
            N_("The slopes are missing: Value(number, parents, slopes) takes three things."),
            lambda x: tuple(part if k % 2 == 0 else NONE for k, part in enumerate(_bends(x))),
        ),
        Mistake(
            "slope from the input",
            N_("The slope of tanh is 1 - a² with a = tanh(x), its result. You square the number that goes in."),
            lambda x: _bends(x, tanh_slope=1 - x * x),
        ),
        Mistake(
            "slope not squared",
            N_("The slope of tanh is 1 minus the square of its result."),
            lambda x: _bends(x, tanh_slope=1 - np.tanh(x)),
        ),
        Mistake(
            "slope of the sigmoid",
            N_("a (1 - a) is the slope of the sigmoid. That of tanh is 1 - a²."),
            lambda x: _bends(x, tanh_slope=np.tanh(x) * (1 - np.tanh(x))),
        ),
        Mistake(
            "relu's slope is its result",
            N_("The slope of relu is 1 wherever it is on, however large the number."),
            lambda x: _bends(x, relu_slope=max(x, 0.0)),
        ),
        Mistake(
            "slope -1 below 0",
            N_("Below 0 relu is flat: its slope is 0 there, not -1."),
            lambda x: _bends(x, relu_slope=np.sign(x)),
        ),
        Mistake(
            "relu's slope off for on",
            N_("The slope of relu is 1 where it is on, above 0, and 0 where it is off: yours is the other way round."),
            lambda x: _bends(x, relu_slope=x < 0),
        ),
        Mistake(
            "absolute value",
            N_("Your relu gives the absolute value. Below 0 it gives 0."),
            lambda x: _bends(x, relu=abs(x)),
        ),
        Mistake(
            "relu's slope always 1",
            N_("Below 0 relu is flat: its slope is 0 there."),
            lambda x: _bends(x, relu_slope=1.0),
        ),
        Mistake(
            "1 at the corner",
            N_("All is right but the corner: at 0 itself nnlab takes the slope 0, so compare with >."),
            lambda x: _bends(x, relu_slope=x >= 0),
        ),
        Mistake(
            "min", N_("Your relu keeps what is below 0, and cuts the rest."), lambda x: _bends(x, relu=min(x, 0.0))
        ),
    ),
    covered={
        f"axis behind in the slope of {bend}": f"axis in front in the slope of {bend}" for bend in ("tanh", "relu")
    },
)

EXERCISES = (ARITHMETIC, BENDS)
