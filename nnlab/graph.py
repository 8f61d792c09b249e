"""The graph of a model: which layer is called on what, forward in one order and backward in the other.

The arrays that travel through it stand in numbered slots: first the inputs, then what each call returns. A layer that
is called several times is shared: its gradients add up. Layers say what they compute in `nnlab.layers`; a model trains
its graph in `nnlab.training`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab.layers import Conv2D, MaxPooling2D
from nnlab.layers.base import Call, InputLayer, Layer, Shape, Symbol, one_or_all
from nnlab.layers.fusing import FusedPooling, fuse

Array = NDArray[Any]


class Step(NamedTuple):
    """One call of a layer."""

    layer: Layer
    sources: tuple[int, ...]  # the slots that it reads
    targets: tuple[int, ...]  # the slots that it fills
    options: dict[str, Any]  # what its ``forward`` is told beside them


@dataclass
class Pass:
    """What a forward pass leaves behind: the arrays and masks in all slots, and what shared layers remembered.

    Two steps that were computed as one leave no array between them; the numbers of such second steps lead to both.
    """

    values: list[Array]
    masks: list[Array | None]
    memories: dict[int, dict[str, Any]] = field(default_factory=dict)
    fusions: dict[int, FusedPooling] = field(default_factory=dict)


class Graph:
    """The calls of layers between inputs and outputs.

    Parameters
    ----------
    inputs, outputs : sequence of Symbol
        What `Input` and layers returned.

    Attributes
    ----------
    steps : list of Step
        In an order in which each finds its sources filled.
    layers : list of Layer
        Each once, in the order of their first steps.
    outputs : tuple of int
        The slots of the outputs.
    shapes : list of tuple of int
        Shape of one sample in each slot.

    Raises
    ------
    TypeError
        If something is not a symbol.
    ValueError
        If an output does not depend on the inputs alone, or an input leads nowhere.
    """

    def __init__(self, inputs: Sequence[Symbol], outputs: Sequence[Symbol]) -> None:
        _check_symbols(inputs, outputs)
        slots = {(id(symbol.call), symbol.index): k for k, symbol in enumerate(inputs)}
        self.shapes: list[Shape] = [symbol.shape for symbol in inputs]
        self.input_layers = [
            s.layer if isinstance(s.layer, InputLayer) else InputLayer(s.shape) for s in inputs  # a graph's middle
        ]  # fmt: skip
        self.steps: list[Step] = []
        for call, made in _ordered(slots, outputs):
            targets = tuple(range(len(self.shapes), len(self.shapes) + len(made)))
            self.shapes += made
            sources = tuple(slots[id(symbol.call), symbol.index] for symbol in call.inputs)
            slots.update(((id(call), k), slot) for k, slot in enumerate(targets))
            self.steps.append(Step(call.layer, sources, targets, call.options))
        self.outputs = tuple(slots[id(symbol.call), symbol.index] for symbol in outputs)
        self.layers = list({id(step.layer): step.layer for step in self.steps}.values())
        read = {slot for step in self.steps for slot in step.sources} | set(self.outputs)
        for k, symbol in enumerate(inputs):
            if k not in read:
                raise ValueError(
                    f"input {k} ({symbol.layer.name or symbol.layer.describe()}, shape {symbol.shape}) leads to no "
                    f"output: leave it out of inputs, or connect it"
                )
        if not self.steps:
            raise ValueError("there is no layer between inputs and outputs")
        _check_inner(self.layers)
        calls = [id(step.layer) for step in self.steps]
        self._shared = {k for k, step in enumerate(self.steps) if calls.count(id(step.layer)) > 1}
        self._pairs = self._find_pairs()
        self.largest = max(math.prod(shape) for shape in self.shapes)  # numbers of one sample in a slot

    @property
    def is_chain(self) -> bool:
        """Whether there is one input, one output, and one path that passes each layer once."""
        path = all(step.sources == (k,) and step.targets == (k + 1,) for k, step in enumerate(self.steps))
        return path and not self._shared and self.outputs == (len(self.steps),)

    def maker(self, slot: int) -> int | None:
        """Find the step that fills this slot and no other, with a layer that is not shared; None: there is none."""
        for k, step in enumerate(self.steps):
            if step.targets == (slot,) and k not in self._shared:
                return k
        return None

    def _find_pairs(self) -> dict[int, int]:
        """Find convolutions whose outputs only a pooling reads: by the pooling's step, the convolution's."""
        read = [*(slot for step in self.steps for slot in step.sources), *self.outputs]
        makers = {slot: k for k, step in enumerate(self.steps) for slot in step.targets}
        pairs = {}
        for k, step in enumerate(self.steps):
            before = makers.get(step.sources[0])
            if before is None or {k, before} & self._shared or read.count(step.sources[0]) > 1:
                continue
            if type(step.layer) is MaxPooling2D and type(self.steps[before].layer) is Conv2D:
                pairs[k] = before
        return pairs

    def build(self, rng: np.random.Generator, dtype: np.dtype[Any]) -> None:
        """Make the parameters of all layers that have none yet.

        Parameters
        ----------
        rng : numpy.random.Generator
        dtype : numpy.dtype

        Raises
        ------
        ValueError
            If a layer receives another shape than it was told, or has parameters in another dtype.
        """
        for step in self.steps:
            layer, shapes = step.layer, one_or_all([self.shapes[slot] for slot in step.sources])
            if layer.input_shape is not None and layer.input_shape != shapes:
                raise ValueError(f"{layer.describe()} has input_shape={layer.input_shape}, but receives {shapes}")
            if layer.built:
                if any(w.dtype != dtype for w in layer.weights):
                    raise ValueError(f"{layer.describe()} already serves a model in another dtype than {dtype}")
                layer.output_shape(shapes)  # a layer refuses another shape than it was built for
                continue
            layer.build_once(shapes, rng)
            for name in (*layer.parameter_names, *layer.state_names):
                setattr(layer, name, np.array(getattr(layer, name), dtype))

    def forward(
        self,
        inputs: Sequence[Array],
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        remember: Mapping[int, Any] | None = None,
    ) -> Pass:
        """Compute all slots.

        Parameters
        ----------
        inputs : sequence of ndarray of shape (N, ...)
        training : bool
            Whether the layers remember what `backward` needs.
        rng : numpy.random.Generator, optional
            For layers that draw random numbers while training.
        remember : mapping of int to anything, optional
            Numbers of steps whose layers remember their last arrays in any case.

        Returns
        -------
        Pass
        """
        values: list[Any] = [*inputs, *[None] * (len(self.shapes) - len(inputs))]
        done = Pass(values, [None] * len(values))
        for second, first in self._pairs.items():
            fusion = fuse(self.steps[first].layer, self.steps[second].layer)
            if fusion is not None:
                done.fusions[second] = fusion
        skipped = {self._pairs[second] for second in done.fusions}
        for k, (layer, sources, targets, options) in enumerate(self.steps):
            if k in skipped:
                continue
            if k in done.fusions:
                (source,) = self.steps[self._pairs[k]].sources
                values[targets[0]] = done.fusions[k].forward(values[source], training)
                continue
            x: Any = values[sources[0]]
            mask: Any = done.masks[sources[0]]
            if len(sources) > 1:
                x, mask = [values[slot] for slot in sources], [done.masks[slot] for slot in sources]
            if layer.takes_mask:
                options = {"mask": mask, **options}
            a = layer.forward(x, training or (remember is not None and k in remember), rng, **options)
            mask = layer.output_mask(mask)
            masks = mask if isinstance(mask, list) else [mask] * len(targets)
            for slot, one, padding in zip(targets, a if isinstance(a, list) else [a], masks, strict=True):
                values[slot], done.masks[slot] = one, padding
            if training and k in self._shared:
                done.memories[k] = dict(vars(layer))
        return done

    def backward(
        self,
        done: Pass,
        d_outputs: Mapping[int, Array],
        dz_outputs: Mapping[int, Array],
        collect: Callable[[Layer], None],
    ) -> None:
        """Carry gradients back to the parameters.

        Parameters
        ----------
        done : Pass
            The forward pass, with ``training=True``.
        d_outputs : mapping of int to ndarray
            Gradient of the loss with respect to slots, where it is known.
        dz_outputs : mapping of int to ndarray
            Gradient with respect to what a step computes before its activation, by the number of the step.
        collect : callable
            Called with a layer after each of its backward passes: it then holds the gradients of its parameters.
        """
        d: list[Array | None] = [d_outputs.get(slot) for slot in range(len(self.shapes))]
        learns = self._learns()
        batch = len(done.values[0])
        for k in reversed(range(len(self.steps))):
            layer, sources, targets, _options = self.steps[k]
            by: Any = layer
            if k in done.fusions:
                by, (layer, sources, *_) = done.fusions[k], self.steps[self._pairs[k]]
            penalized = layer.activity_regularizer is not None
            reached = k in dz_outputs or penalized or any(d[slot] is not None for slot in targets)
            if not reached or not ((layer.trainable and layer.parameter_names) or any(learns[s] for s in sources)):
                continue
            if k in done.memories:
                vars(layer).update(done.memories[k])
            if k in dz_outputs:
                dx = layer.backward_from_z(dz_outputs[k])  # type: ignore[attr-defined]
            else:
                das = [np.zeros_like(done.values[slot]) if (da := d[slot]) is None else da for slot in targets]
                if layer.activity_regularizer is not None:
                    penalty = layer.activity_regularizer
                    das = [da + penalty.gradient(done.values[s]) / batch for da, s in zip(das, targets, strict=True)]
                if any(learns[slot] for slot in sources) or not _may_skip_dx(by):
                    dx = by.backward(one_or_all(das))
                else:
                    by.backward_to_parameters(one_or_all(das))
                    dx = None
            if layer.trainable:
                collect(layer)
            for slot in targets:
                d[slot] = None  # not needed any more
            for slot, one in zip(sources, dx if isinstance(dx, list) else [dx] * len(sources), strict=True):
                if one is not None and learns[slot]:
                    before = d[slot]
                    d[slot] = one if before is None else before + one

    def _learns(self) -> list[bool]:
        """Say for each slot whether a parameter that is trained has a part in it."""
        learns = [False] * len(self.shapes)
        for step in self.steps:
            own = step.layer.trainable and bool(step.layer.parameter_names)
            value = own or any(learns[slot] for slot in step.sources)
            for slot in step.targets:
                learns[slot] = value
        return learns

    def activity_penalty(self, done: Pass) -> float:
        """Sum the penalties on what the layers return, divided by the batch, as in Keras.

        Parameters
        ----------
        done : Pass

        Returns
        -------
        float
        """
        return sum(
            float(step.layer.activity_regularizer(done.values[slot])) / len(done.values[slot])
            for step in self.steps
            if step.layer.activity_regularizer is not None
            for slot in step.targets
        )


def _check_symbols(inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    for what, symbols in (("inputs", inputs), ("outputs", outputs)):
        if not symbols:
            raise ValueError(f"a model needs {what}: what Input or a layer returned")
        for symbol in symbols:
            if not isinstance(symbol, Symbol):
                raise TypeError(
                    f"{what} is what Input or a layer returned, as in h = layers.Dense(10)(x), or a list of such; "
                    f"got {symbol!r}"
                )
    if len({(id(s.call), s.index) for s in inputs}) < len(inputs):
        raise ValueError("one of the inputs is given twice: each has its place once")


def _check_inner(layers: list[Layer]) -> None:
    """Check that no layer stands in two others, or in one and beside it: its gradients would not add up."""
    homes: dict[int, Layer] = {id(layer): layer for layer in layers}
    for outer in layers:
        for inner in getattr(outer, "inner", {}).values():
            if homes.setdefault(id(inner), outer) is not outer:
                raise ValueError(
                    f"{inner.describe()} stands in {outer.describe()} and in another place as well: call one "
                    f"{type(outer).__name__} twice to share it"
                )


def _ordered(known: Mapping[tuple[int, int], int], outputs: Sequence[Symbol]) -> list[tuple[Call, list[Shape]]]:
    """Order the calls behind the known symbols so that each stands after those it needs; with their outputs' shapes."""
    ordered: dict[int, tuple[Call, list[Shape]]] = {}
    waiting = list(reversed(outputs))
    while waiting:
        symbol = waiting[-1]
        call = symbol.call
        if (id(call), symbol.index) in known or id(call) in ordered:
            waiting.pop()
            continue
        if isinstance(call.layer, InputLayer):
            name = f" {call.layer.name!r}" if call.layer.name else ""
            raise ValueError(
                f"the outputs do not depend on these inputs alone: they need an Input{name} of shape {symbol.shape}. "
                f"Pass all Inputs that the layers were called on"
            )
        needed = [s for s in call.inputs if (id(s.call), s.index) not in known and id(s.call) not in ordered]
        if needed:
            waiting += reversed(needed)
            continue
        waiting.pop()
        ordered[id(call)] = call, call.output_shapes()
    return list(ordered.values())


def _may_skip_dx(layer: Any) -> bool:
    """Whether ``backward_to_parameters`` does what ``backward`` does: a learner's subclass may define that alone."""
    for kind in type(layer).__mro__:
        if "backward_to_parameters" in vars(kind):
            return True
        if "backward" in vars(kind) or "backward_from_z" in vars(kind):
            return False
    return False
