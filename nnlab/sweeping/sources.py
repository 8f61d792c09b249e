"""Where the networks of a sweep come from: a compiled Sequential as a template, or a function that builds them.

Both are kept as they were when the sweep began, so that a cell can be trained again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, layers
from nnlab._describe import Reader, Writer
from nnlab._numbers import check_number, check_seed, is_whole
from nnlab.layers.base import Layer, check_count, check_shape
from nnlab.model import Model
from nnlab.optimizers import Optimizer
from nnlab.sequential import Sequential
from nnlab.sweeping.grids import Axes, Cell, cells_of, show

Array = NDArray[Any]

SHAPES = ("width", "depth")
NETWORK = (*SHAPES, "activation", "seed")  # what needs another network, not only other numbers
KNOWN = ("seed", "scale", "activation", "width", "depth")


class Source(Protocol):
    """Makes the network of a cell, ready to be trained."""

    def make(self, cell: Cell) -> Model:
        """Make it.

        Parameters
        ----------
        cell : dict of str to object

        Returns
        -------
        Model
        """
        ...


class Template:
    """A compiled Sequential, of which cells are variants.

    Parameters
    ----------
    model : Sequential
    x : array_like
        Tells the shape of the samples if the model does not know it yet.

    Raises
    ------
    TypeError, RuntimeError, ValueError
        If it is no compiled Sequential, or has something in it that cannot be made again.
    """

    def __init__(self, model: Sequential, x: Any) -> None:
        if type(model) is not Sequential:
            raise TypeError(
                f"the template of a sweep is a compiled Sequential, or a function that builds one; got {model!r:.100}"
                + (": put it into a function build(...) that makes it anew" if isinstance(model, Model) else "")
            )
        if not model._compiled:
            raise RuntimeError("the template of a sweep is not compiled: call model.compile(optimizer, loss) first")
        model._inputs(x)  # builds it, and checks
        writer = Writer()
        self.layers = [(layer.name, bool(layer.trainable), writer.checked(layer)) for layer in model.layers]
        self.optimizer: type[Optimizer] = type(model.optimizer)
        self.settings: dict[str, Any] = writer.checked(model.optimizer)["arguments"]
        self.arrays, self.own = dict(writer.arrays), dict(writer.own)
        self.shape, self.name, self.dtype = model.input_shape, model.name, str(model.dtype)
        self.objectives, self.eagerly = list(model.objectives), model.run_eagerly
        self.weights, self.random = model.get_weights(), model.rng.bit_generator.state
        self.seed: int = model._build_rng.bit_generator.seed_seq.entropy  # type: ignore[attr-defined]

    def check(self, axes: Axes) -> None:
        """Check what a grid asks for.

        Parameters
        ----------
        axes : dict of str to tuple

        Raises
        ------
        TypeError, ValueError
            For an unknown name, or a value that does not fit.
        """
        for name, values in axes.items():
            if name not in KNOWN and name not in self.settings:
                raise ValueError(
                    f"unknown name {name!r} in the grid: known are {', '.join(KNOWN)}, and the settings of "
                    f"{self.optimizer.__name__}: {', '.join(self.settings)}. For anything else, give a function "
                    f"build({name}) that returns a compiled model."
                )
            for value in values:
                try:
                    self._check_value(name, value)
                except (TypeError, ValueError) as error:
                    raise type(error)(f"grid[{name!r}]: {error}") from None
        needs_hidden = [name for name in ("activation", "width", "depth") if name in axes]
        if needs_hidden and not self._hidden(self._layers()):
            raise ValueError(f"the template has no hidden dense layer whose {needs_hidden[0]} could change")

    def _check_value(self, name: str, value: Any) -> None:
        if name == "seed":
            if check_seed(value) is None:
                raise ValueError("seed is a whole number from 0 up: a cell must come out the same each time")
        elif name == "scale":
            check_number("scale", value)
        elif name == "width":
            check_count("width", value)
        elif name == "depth":
            if not is_whole(value) or value < 0:
                raise ValueError(f"depth is the number of hidden dense layers, from 0 up, got {value!r}")
        elif name == "activation":
            activations.get(value)
        else:
            self.make_optimizer({name: value})

    def make_optimizer(self, cell: Cell) -> Optimizer:
        """Make the optimizer of a cell.

        Parameters
        ----------
        cell : dict of str to object

        Returns
        -------
        Optimizer
        """
        reader = Reader(self.arrays, self.own)
        settings = {name: cell[name] if name in cell else reader.make(self.settings[name]) for name in self.settings}
        return self.optimizer(**settings)

    def make(self, cell: Cell) -> Sequential:
        """Make the network of a cell.

        Parameters
        ----------
        cell : dict of str to object

        Returns
        -------
        Sequential
        """
        chain = self._vary(self._layers(), cell)
        model = Sequential(
            [layers.Input(check_shape("input_shape", self.shape)), *chain],
            name=self.name,
            seed=cell.get("seed", self.seed),
            dtype=self.dtype,
        )
        if not any(name in cell for name in ("seed", *SHAPES)):
            model.set_weights(self.weights)
            model.rng.bit_generator.state = self.random
        if "scale" in cell:
            scale_kernels(model, cell["scale"])
        model.compile(self.make_optimizer(cell), [one.loss for one in self.objectives], run_eagerly=self.eagerly)
        model.objectives = list(self.objectives)
        return model

    def _layers(self) -> list[Layer]:
        reader, made = Reader(self.arrays, self.own), []
        for name, trainable, described in self.layers:
            layer: Layer = reader.make(described)
            layer.name, layer.trainable = name, trainable
            made.append(layer)
        return made

    @staticmethod
    def _hidden(chain: list[Layer]) -> list[int]:
        """Places of the dense layers but the last."""
        return [k for k, layer in enumerate(chain) if isinstance(layer, layers.Dense)][:-1]

    def _vary(self, chain: list[Layer], cell: Cell) -> list[Layer]:
        """Change depth, width and activation."""
        if "depth" in cell:
            chain = self._deepen(chain, cell["depth"])
        for k in self._hidden(chain):
            dense = chain[k]
            if "width" in cell and isinstance(dense, layers.Dense):
                dense.units = cell["width"]
            if "activation" in cell:
                after = chain[k + 1]
                target: Any = after if isinstance(after, layers.Activation) else dense
                target.activation = activations.get(cell["activation"])
        return chain

    def _deepen(self, chain: list[Layer], depth: int) -> list[Layer]:
        """Repeat the last hidden layer, with what stands behind it, or leave the last ones out."""
        hidden = self._hidden(chain)
        end = next(k for k in range(len(chain) - 1, -1, -1) if isinstance(chain[k], layers.Dense))
        blocks = [range(first, last) for first, last in zip(hidden, [*hidden[1:], end], strict=True)]
        chosen = [blocks[min(number, len(blocks) - 1)] for number in range(depth)]
        built = chain[: hidden[0]]
        for number, block in enumerate(chosen):
            copies = self._layers()
            for k in block:
                if number >= len(blocks):
                    copies[k].name = None
                built.append(copies[k])
        return [*built, *chain[end:]]


def scale_kernels(model: Model, factor: float) -> None:
    """Multiply all kernels of a model.

    Parameters
    ----------
    model : Model
    factor : float
    """
    for layer in model.chain:
        for name in layer.parameter_names:
            if "bias" not in name:
                getattr(layer, name)[...] *= model.dtype.type(factor)


class Builder:
    """A function that builds a compiled model from the settings of a cell.

    Parameters
    ----------
    function : callable
    """

    def __init__(self, function: Callable[..., Model]) -> None:
        self.function = function

    def check(self, axes: Axes) -> None:
        """Check that the function takes these names, and builds the same each time.

        Parameters
        ----------
        axes : dict of str to tuple

        Raises
        ------
        TypeError, ValueError
            If not.
        """
        name, first = getattr(self.function, "__name__", repr(self.function)), next(cells_of(axes))
        try:
            inspect.signature(self.function).bind(**first)
        except TypeError as error:
            taken = ", ".join(inspect.signature(self.function).parameters) or "nothing"
            raise TypeError(
                f"{name} is called with the names of the grid, {', '.join(axes)}; it takes {taken}: {error}"
            ) from None
        one, other = self.make(first), self.make(first)
        if not one.built:
            raise ValueError(f"{name} returns a model that does not know its inputs: begin it with Input(shape)")
        same = all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
        if not same or one.rng.bit_generator.state != other.rng.bit_generator.state:
            raise ValueError(
                f"{name} builds another model each time, so that no cell could be trained again: give the model a "
                f"seed, as in Sequential([...], seed=0)"
            )

    def make(self, cell: Cell) -> Model:
        """Call the function.

        Parameters
        ----------
        cell : dict of str to object

        Returns
        -------
        Model

        Raises
        ------
        Exception
            What the function raises, with the cell noted.
        """
        try:
            model = self.function(**cell)
            if not isinstance(model, Model) or not model._compiled:
                raise TypeError(f"a builder returns a compiled model, got {model!r:.100}")
        except Exception as error:
            error.add_note(f"In the cell {show(cell)} of the sweep.")
            raise
        return model


def source_of(model: Any, x: Any) -> Template | Builder:
    """Tell a template from a builder.

    Parameters
    ----------
    model : Sequential or callable
    x : array_like

    Returns
    -------
    Template or Builder
    """
    if callable(model) and not isinstance(model, Model | type):
        return Builder(model)
    return Template(model, x)
