"""The forward and the backward pass, node by node: what is computed at each step, and what is known by then.

`Steps` lists them for a graph of `nnlab.autodiff.Value`; an explorer can go to any of them. It computes the gradients
itself, and leaves those of the graph alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnlab._numbers import is_whole
from nnlab.autodiff.describe import bracketed, formula, names, number
from nnlab.autodiff.graph import backward_order
from nnlab.autodiff.value import Value
from nnlab.language import _


@dataclass(frozen=True)
class Step:
    """What happens at one node.

    Attributes
    ----------
    phase : str
        "forward": the node's number is computed. "start": the result's gradient is set to 1. "backward": the node's
        gradient goes on to its parents.
    node : Value
    name : str
        The node's label, or v1, v2 and so on.
    names : tuple of str
        Those of its parents.
    inputs : tuple of float
        The numbers of its parents.
    slopes : tuple of float
        The local derivatives: how fast the node's number changes with each parent's.
    result : float
        The node's number.
    gradient : float or None
        Its gradient, in the backward pass.
    added : tuple of float
        What each parent's gradient gets, ``slope * gradient``; empty in the forward pass.
    totals : tuple of float
        What each parent's gradient has come to by that.
    """

    phase: str
    node: Value
    name: str
    names: tuple[str, ...]
    inputs: tuple[float, ...]
    slopes: tuple[float, ...]
    result: float
    gradient: float | None = None
    added: tuple[float, ...] = ()
    totals: tuple[float, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The step in words, in the present language; a backward step says a sentence more for each parent."""
        with_names = formula(self.node.op, self.names)
        if self.phase == "forward":
            with_numbers = formula(self.node.op, [number(x) for x in self.inputs])
            parts = dict.fromkeys((self.name, with_names, with_numbers, number(self.result)))  # each once
            return (_("Forward: {equation}.").format(equation=" = ".join(parts)),)
        if self.phase == "start":
            start = _("Backward starts at {name}: it changes as fast as itself, so its gradient is 1.")
            return (start.format(name=self.name),)
        said = [_("Backward through {name} = {formula}.").format(name=self.name, formula=with_names)]
        upstream = bracketed(number(self.gradient or 0.0))
        for parent, slope, added, total in zip(self.names, self.slopes, self.added, self.totals, strict=True):
            said.append(
                _("The gradient of {parent} gets {slope} × {gradient} = {added}, and is now {total}.").format(
                    parent=parent,
                    slope=number(slope),
                    gradient=upstream,
                    added=number(added),
                    total=number(total),
                )
            )
        return tuple(said)


@dataclass(frozen=True)
class Moment:
    """What is known after a number of steps.

    Attributes
    ----------
    number : int
        How many steps were made.
    step : Step or None
        The last of them; None before the first.
    data : dict of Value to float
        The numbers known so far.
    grad : dict of Value to float
        The gradients as far as they have been added up.
    sentences : tuple of str
        The last step in words; before the first, what is given.
    """

    number: int
    step: Step | None
    data: dict[Value, float]
    grad: dict[Value, float]
    sentences: tuple[str, ...]


class Steps:
    """The steps through a graph: forward from what is given to the result, then backward.

    Parameters
    ----------
    root : Value
        The result.

    Raises
    ------
    TypeError
        If `root` is no Value.
    RuntimeError
        If it was computed under `nnlab.autodiff.no_grad`.

    Notes
    -----
    The numbers are those of the moment when the Steps are made, and the gradients those of one ``backward()`` after
    ``zero_grad()``, to the last bit.

    Examples
    --------
    >>> x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    >>> y = x * w
    >>> y.label = "y"
    >>> steps = Steps(y)
    >>> for k in range(len(steps) + 1):
    ...     print(k, *steps.at(k).sentences)
    0 Given: x = 2, w = −3.
    1 Forward: y = x × w = 2 × (−3) = −6.
    2 Backward starts at y: it changes as fast as itself, so its gradient is 1.
    3 Backward through y = x × w. The gradient of x gets −3 × 1 = −3, and is now −3. The gradient of w gets 2 × 1 = 2,
    and is now 2.
    >>> steps.at(1).data[y], steps.at(3).grad[w]
    (-6.0, 2.0)
    """

    def __init__(self, root: Value) -> None:
        if not isinstance(root, Value):
            raise TypeError(f"Steps expected the result of a computation with Values, got a {type(root).__name__}.")
        backward = backward_order(root)
        self.nodes = backward[::-1]
        self.names = names(self.nodes)
        self._data = {node: node.data for node in self.nodes}
        self._steps = [self._step("forward", node) for node in self.nodes if node.parents]
        self._known = dict.fromkeys(self.nodes, 0) | {s.node: k for k, s in enumerate(self._steps, start=1)}
        # When each gradient changed, and to what: so any moment is found without going through those before it.
        self._changed: dict[Value, list[int]] = {node: [] for node in self.nodes}
        self._grads: dict[Value, list[float]] = {node: [] for node in self.nodes}
        self._steps.append(self._step("start", root, gradient=1.0))
        self._note(root, 1.0)
        for node in backward:
            if node.parents:
                self._steps.append(self._back_through(node))

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, k: int) -> Step:
        return self._steps[k]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def at(self, k: int) -> Moment:
        """Tell what is known after `k` steps.

        Parameters
        ----------
        k : int
            From 0, only what is given, to ``len(steps)``.

        Returns
        -------
        Moment

        Raises
        ------
        TypeError
            If k is no whole number.
        IndexError
            If there are not so many steps.
        """
        if not is_whole(k):
            raise TypeError(f"at(k) takes a number of steps from 0 to {len(self)}, got {k!r}.")
        if not 0 <= k <= len(self):
            raise IndexError(f"this graph has steps 0 to {len(self)}, got {k}.")
        step = self._steps[k - 1] if k else None
        data = {node: x for node, x in self._data.items() if self._known[node] <= k}
        made = {node: bisect_right(changed, k) for node, changed in self._changed.items()}
        grad = {node: self._grads[node][n - 1] for node, n in made.items() if n}
        return Moment(k, step, data, grad, step.sentences if step else (self._given(),))

    def _step(self, phase: str, node: Value, **backward: Any) -> Step:
        return Step(
            phase,
            node,
            self.names[node],
            tuple(self.names[parent] for parent in node.parents),
            tuple(self._data[parent] for parent in node.parents),
            node.slopes,
            self._data[node],
            **backward,
        )

    def _back_through(self, node: Value) -> Step:
        gradient = self._grads[node][-1]
        added = tuple(slope * gradient for slope in node.slopes)
        totals = []
        for parent, share in zip(node.parents, added, strict=True):
            before = self._grads[parent][-1] if self._grads[parent] else 0.0
            totals.append(before + share)
            self._note(parent, before + share, offset=1)
        return self._step("backward", node, gradient=gradient, added=added, totals=tuple(totals))

    def _note(self, node: Value, grad: float, offset: int = 0) -> None:
        self._changed[node].append(len(self._steps) + offset)
        self._grads[node].append(grad)

    def _given(self) -> str:
        labelled = [f"{self.names[node]} = {number(x)}" for node, x in self._data.items() if node.label and not node.op]
        if not labelled:
            return _("Given: the numbers at the start of the graph.")
        return _("Given: {numbers}.").format(numbers=", ".join(labelled))
