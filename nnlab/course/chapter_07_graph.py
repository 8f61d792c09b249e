"""Exercises of chapter 07 on the graph of `nnlab.course.chapter_07_value`: 7.3 its order, 7.4 the backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlab.course.calling import is_empty
from nnlab.course.chapter_07_value import Value, _raise
from nnlab.course.classes import ClassExercise, class_form
from nnlab.course.exercise import Array, Function, Mistake
from nnlab.language import N_, _


def _chain(data: Array, made: type) -> list[Any]:
    """Build a graph in which each node is made from the two before it: there is one order only."""
    nodes: list[Any] = []
    for k in range(len(data)):
        parents = tuple(nodes[max(j, 0)] for j in (k - 2, k - 1)) if k else ()
        nodes.append(made(float(data[k]), parents, (1.0,) * len(parents)))
    nodes[-1].told = data
    return nodes


class UnwrittenBackward(TypeError):
    """The method is still empty."""


def _completed(answer: Any, **methods: Any) -> Any:
    """Make a class of a learner's, with all that it has, and these methods; it begins as given if it has no own way."""
    if answer.__init__ is object.__init__:
        methods["__init__"] = Value.__init__
    return type("Value", (answer,), methods)


def _call_order(answer: Any) -> Function:
    def call(data: Array) -> Any:
        nodes = _chain(data, _completed(answer))[-1].order()
        if isinstance(nodes, set | dict):
            raise TypeError(_("order() should return a list: a set forgets the order"))
        if isinstance(nodes, Iterator):
            raise TypeError(_("order() should return a list: collect the nodes in one"))
        if not isinstance(nodes, list | tuple):
            return nodes
        if any(isinstance(node, list) or (isinstance(node, float) and node in data) for node in nodes):
            raise TypeError(_("order() should return one list, and each entry should be a node itself, not its number"))
        return np.array([node.data for node in nodes]) if all(hasattr(node, "parents") for node in nodes) else nodes

    return call


def _class_of_order(function: Function) -> Any:
    class Made(Value):
        def order(self) -> Any:
            return function(self.told)  # type: ignore[attr-defined]

    return Made


def _without_memory(data: Array) -> Array:
    """Visit every parent as often as it is met."""

    def visit(k: int) -> list[float]:
        return [*(x for j in (k - 2, k - 1) if k for x in visit(max(j, 0))), data[k]]

    return np.array(visit(len(data) - 1))


def _children_first(data: Array) -> Array:
    """List each node before its parents are visited."""
    listed: list[int] = []

    def visit(k: int) -> None:
        if k not in listed:
            listed.append(k)
            for j in (k - 2, k - 1) if k else ():
                visit(max(j, 0))

    visit(len(data) - 1)
    return data[listed]


def _breadth_first(data: Array) -> Array:
    """List a node, its parents, their parents."""
    listed = [len(data) - 1]
    for k in listed:
        listed += [j for j in (max(k - 1, 0), max(k - 2, 0))[::-1] if k and j not in listed]
    return data[list(dict.fromkeys(listed))]


def _own_parents(data: Array) -> Array:
    """List the parents of the result, and no others."""
    n = len(data)
    return data[[max(n - 3, 0), max(n - 2, 0)]] if n > 1 else data[:0]


def _kept(data: Array) -> Array:
    """List what the calls before listed, too: those of the probes."""
    return np.concatenate([data[:n] for n in LENGTHS if n <= len(data)])


LENGTHS = (1, 2, 3, 4, 6)


def _other_graphs(answer: Any) -> str:
    """Try graphs that have several orders."""
    made = _completed(answer)
    a, b, c, d = (made(float(k)) for k in range(4))
    p = made(0.0, (a, b), (1.0, 1.0))
    q = made(0.0, (c, p), (1.0, 1.0))
    for root, count in ((made(0.0, (q, made(0.0, (d, a), (1.0, 1.0))), (1.0, 1.0)), 8), (made(0.0, (p, a, p), ()), 4)):
        nodes = list(root.order())
        place = {node: k for k, node in enumerate(nodes)}
        if len(nodes) != count or len(place) != count:
            return _(
                "On a graph with several given numbers the list has not every node once. Two nodes may hold the same "
                "number: remember nodes, not numbers."
            )
        if any(place[parent] > k for k, node in enumerate(nodes) for parent in node.parents):
            return _("On a graph with several given numbers a node comes before one of its parents.")
    return ""


ORDER = ClassExercise(
    number="7.3",
    name="Value",
    task=N_("Write order of the class Value: all nodes of the graph in a list, each once, parents before children."),
    reference=Value,
    form=class_form(("order",), _call_order, _class_of_order),
    given=("__init__", "__add__", "__mul__", "tanh", "relu"),
    asked=("order",),
    probes=tuple((np.arange(1.0, n + 1),) for n in LENGTHS),
    hints=(
        N_("A node may be listed as soon as all of its parents are. How do you get all of its parents listed first?"),
        N_(
            "Write a function that visits a node: first it visits the parents, then it adds the node to a list. Leave "
            "out those that were visited before: remember them in a set."
        ),
        N_(
            "Inside of order: an empty list, an empty set, a function visit with an if, a for over node.parents that "
            "calls visit, and an append at its end; then visit self, and return the list."
        ),
    ),
    why=N_("Depth first: a node is appended when all that it was made from is already there."),
    mistakes=(
        Mistake(
            "result first",
            N_("Your list begins with the result. Parents come first here, and self comes last."),
            lambda data: data[::-1],
        ),
        Mistake(
            "self missing",
            N_("The node itself is missing: it comes last."),
            lambda data: data[:-1],
        ),
        Mistake(
            "given numbers missing",
            N_("The numbers that were given are missing: a node without parents belongs to the list, too."),
            lambda data: data[1:],
        ),
        Mistake(
            "listed again and again",
            N_("A node that is used several times is listed several times. Remember which you have visited."),
            _without_memory,
        ),
        Mistake(
            "children first",
            N_("You list a node before its parents are visited: append it after the loop over the parents."),
            _children_first,
        ),
        Mistake(
            "layer by layer",
            N_("You list the result, its parents, then theirs. Parents come first here, and self comes last."),
            _breadth_first,
        ),
        Mistake(
            "children first, reversed",
            N_(
                "To reverse a list that began with the result is not enough: a node may still come before one of its "
                "parents. Append a node after the loop over its parents."
            ),
            lambda data: _children_first(data)[::-1],
        ),
        Mistake(
            "layer by layer, reversed",
            N_(
                "Parents, then theirs, and all of it reversed: a node that is used twice may still come after what is "
                "made from it. First visit all of a node's parents, then append the node."
            ),
            lambda data: _breadth_first(data)[::-1],
        ),
        Mistake(
            "kept between calls",
            N_("The nodes of the call before are still in your list: begin with an empty one in each call."),
            _kept,
        ),
        Mistake(
            "own parents alone",
            N_("The list has self's own parents. Their parents belong to it, too, and self at the end."),
            _own_parents,
        ),
        Mistake(
            "own parents and itself",
            N_("The list has self and its own parents. Their parents belong to it, too, each once."),
            lambda data: np.append(_own_parents(data), data[-1]),
        ),
        Mistake("empty", N_("The list is empty: does anything begin the visits, at self?"), lambda data: data[:0]),
        Mistake(
            "itself alone", N_("Only the node itself is in your list. Visit its parents, too."), lambda data: data[-1:]
        ),
    ),
    last_test=_other_graphs,
)


class _Told:
    """Results that a class made for the tests hands over as they are."""

    def __init__(self, results: Any) -> None:
        self.results = results


def _graph(x: Array, made: Any) -> tuple[Any, list[Any]]:
    """Build x·x of one number, p (p + x₀) with p = x₀ x₁ of two, and tanh(x₀ x₁ + x₂)² of three."""
    given = [made(float(number)) for number in x]
    if len(x) == 1:
        root = _times(made, given[0], given[0])
    elif len(x) == 2:
        p = _times(made, *given)
        root = _times(made, p, _plus(made, p, given[0]))
    else:
        p = _times(made, *given[:2])
        z = _plus(made, p, given[2])
        a = made(np.tanh(z.data), (z,), (1 - np.tanh(z.data) ** 2,))
        root = _times(made, a, a)
    root.told = x
    return root, given


def _times(made: Any, a: Any, b: Any) -> Any:
    return made(a.data * b.data, (a, b), (b.data, a.data))


def _plus(made: Any, a: Any, b: Any) -> Any:
    return made(a.data + b.data, (a, b), (1.0, 1.0))


def _call_backward(answer: Any) -> Function:
    def call(x: Array) -> Any:
        if is_empty(answer.backward) and is_empty(answer.zero_grad):
            return None, None, None
        if is_empty(answer.backward):
            raise UnwrittenBackward(_("backward is still empty"))
        root, given = _graph(x, _completed(answer, order=Value.order))
        told = root.backward()
        if isinstance(told, _Told):
            return told.results
        first, own = np.array([node.grad for node in given]), root.grad
        root.zero_grad()
        root.backward()
        return first, own, np.array([node.grad for node in given])

    return call


def _class_of_backward(function: Function) -> Any:
    class Made(Value):
        def backward(self) -> Any:
            return _Told(function(self.told))  # type: ignore[attr-defined]

        def zero_grad(self) -> Any:
            return self.grad

    return Made


def _with(backward: Function, zero_grad: Function = Value.zero_grad) -> Function:
    """Make the results of a class with these methods."""
    return _call_backward(type("Value", (Value,), {"backward": backward, "zero_grad": zero_grad}))


def _spread(self: Any, share: Function, *, start: float = 1.0, order: int = -1) -> None:
    self.grad = start
    for node in self.order()[::order]:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad = share(parent, slope, node)


def _exchanged(self: Any) -> None:
    self.grad = 1.0
    for node in self.order()[::-1]:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            node.grad += slope * parent.grad


def _walked(self: Any) -> None:
    """Go on from each node to its parents, as often as it is met."""

    def walk(node: Any) -> None:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += slope * node.grad
            walk(parent)

    self.grad = 1.0
    walk(self)


def _each_begins(self: Any) -> None:
    """Let each node call backward of its parents, which begins with 1."""
    self.grad = 1.0
    for parent, slope in zip(self.parents, self.slopes, strict=True):
        _each_begins(parent)
        parent.grad += slope * self.grad


def _all_begin(self: Any) -> None:
    for node in self.order():
        node.grad = 1.0
    _spread(self, lambda p, slope, node: p.grad + slope * node.grad)


def _each_with_each(self: Any) -> None:
    self.grad = 1.0
    for node in self.order()[::-1]:
        for parent in node.parents:
            parent.grad += sum(node.slopes) * node.grad


def _only_the_given(self: Any) -> None:
    for node in self.order():
        node.grad = 0.0 if not node.parents else node.grad


def _not_at_all(self: Any) -> None:
    self.data = self.data + 0.0


def _agrees(answer: Any) -> str:
    """Compare with the package on a larger graph."""
    from nnlab import autodiff

    rng = np.random.default_rng(7)
    made = _completed(answer, order=Value.order)
    numbers = rng.normal(0, 0.7, 5)
    mine, theirs = ([kind(float(x)) for x in numbers] for kind in (made, autodiff.Value))
    for i, j, kind in zip(*rng.integers(0, 5, (2, 20)), rng.integers(0, 2, 20), strict=True):
        mine.append(
            _times(made, mine[-1], mine[i])
            if kind
            else made(mine[-1].data + mine[j].data, (mine[-1], mine[j]), (1.0, 1.0))
        )
        theirs.append(theirs[-1] * theirs[i] if kind else theirs[-1] + theirs[j])
    mine[-1].backward()
    theirs[-1].backward()
    if np.allclose([node.grad for node in mine[:5]], [node.grad for node in theirs[:5]]):
        return ""
    return _("On a larger graph, of 25 nodes, the gradients are not those of nnlab.autodiff.")


BACKWARD = ClassExercise(
    number="7.4",
    name="Value",
    task=N_("Write backward and zero_grad of the class Value; order() gives the nodes, parents before children."),
    reference=Value,
    form=class_form(("backward", "zero_grad"), _call_backward, _class_of_backward),
    given=("__init__", "__add__", "__mul__", "tanh", "relu", "order"),
    asked=("backward", "zero_grad"),
    parts=(
        N_("the gradients"),
        N_("the result's own gradient"),
        N_("the gradients after zero_grad() and another backward()"),
    ),
    probes=tuple((np.array(x),) for x in ([3.0], [2.0, -3.0], [0.5, 1.5], [0.5, -1.5, 1.25])),
    hints=(
        N_(
            "Three things: where does it begin, and with which number? In which order does it go through the nodes? "
            "And what does each node do for its parents?"
        ),
        N_(
            "The result's grad is 1. Go through order() from its end. Each node gives each parent slope times its own "
            "grad, and that is added to what the parent has."
        ),
        N_(
            "Set self.grad to 1; a loop over reversed(self.order()), in it one over zip(node.parents, node.slopes) "
            "with one line that uses +=. And zero_grad is a loop over self.order()."
        ),
    ),
    why=N_("Going from the end, a node has collected all of its gradient before it hands it on."),
    mistakes=(
        Mistake(
            "overwritten",
            N_("A parent that is used twice keeps only what came last. Add: write += in place of =."),
            _with(lambda self: _spread(self, lambda _p, slope, node: slope * node.grad)),
        ),
        Mistake(
            "not multiplied by the gradient",
            N_("The slopes are handed on alone. Multiply each by node.grad (self.grad is 1 all the time)."),
            _with(lambda self: _spread(self, lambda p, slope, _node: p.grad + slope)),
        ),
        Mistake(
            "slope forgotten",
            N_("You hand on the node's grad as it is. Multiply it by the slope."),
            _with(lambda self: _spread(self, lambda p, _slope, node: p.grad + node.grad)),
        ),
        Mistake(
            "no start",
            N_(
                "All gradients are 0: the result's own grad has to be 1 at the beginning, and nothing is cleared at "
                "the end."
            ),
            _with(lambda self: _spread(self, lambda p, slope, node: p.grad + slope * node.grad, start=0.0)),
        ),
        Mistake(
            "start with the number",
            N_("You begin with the result's number. It changes as fast as itself: begin with 1."),
            _with(lambda self: _spread(self, lambda p, slope, node: p.grad + slope * node.grad, start=self.data)),
        ),
        Mistake(
            "from the wrong end",
            N_(
                "You go through order() from its beginning, so that nodes hand on before they have got anything. "
                "Reverse it."
            ),
            _with(lambda self: _spread(self, lambda p, slope, node: p.grad + slope * node.grad, order=1)),
        ),
        Mistake(
            "backward empty",
            N_("backward is still empty. (zero_grad is tested after it.)"),
            lambda _x: _raise(UnwrittenBackward),
        ),
        Mistake(
            "times the number",
            N_("You multiply by the node's number, data. The chain rule takes its gradient, grad."),
            _with(lambda self: _spread(self, lambda p, slope, node: p.grad + slope * node.data)),
        ),
        Mistake(
            "parent and node exchanged",
            N_("Nothing arrives at the given numbers: to parent.grad, slope times node.grad has to be added, with +=."),
            _with(_exchanged),
        ),
        Mistake(
            "all begin with 1",
            N_("Only the result's grad is 1 at the beginning, the others 0."),
            _with(_all_begin),
        ),
        Mistake(
            "walked",
            N_("A node that is used twice hands on what it got first, and then all of it again. Go through order()."),
            _with(_walked),
        ),
        Mistake(
            "each begins with 1",
            N_("Each parent begins with 1 again. Only the result does; go through order(), without calling backward."),
            _with(_each_begins),
        ),
        Mistake(
            "each slope for each parent",
            N_("Each parent gets all slopes. The first slope is the first parent's: zip takes them in pairs."),
            _with(_each_with_each),
        ),
        Mistake(
            "zero_grad does nothing",
            N_("After zero_grad() old gradients are still there, and the new ones come on top. Go through all nodes."),
            _with(Value.backward, _not_at_all),
        ),
        Mistake(
            "zero_grad for the given alone",
            N_("zero_grad() leaves the grads of computed nodes as they were. Go through all nodes of order()."),
            _with(Value.backward, _only_the_given),
        ),
    ),
    last_test=_agrees,
)

EXERCISES = (ORDER, BACKWARD)
