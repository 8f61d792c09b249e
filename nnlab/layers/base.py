"""What a layer is: parameters, a forward pass, a backward pass; and how layers are joined to a graph.

To write a layer of your own, subclass `Layer`: name its parameters in ``parameter_names``, make them in ``build``,
and define ``output_shape``, ``forward`` and ``backward``. Nothing has to be registered.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import LARGEST, as_numbers, is_whole
from nnlab.constraints import Constraint
from nnlab.regularizers import Regularizer

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Call:
    """One use of a layer in a graph; a shared layer has several."""

    layer: Layer
    inputs: tuple[Symbol, ...]
    options: dict[str, Any]  # what ``forward`` is told beside its inputs

    def output_shapes(self) -> list[Shape]:
        """Return the shape of one sample of each output."""
        options = {name: option for name, option in self.options.items() if name in self.layer.shape_options}
        shape = self.layer.output_shape(one_or_all([symbol.shape for symbol in self.inputs]), **options)
        shapes = shape if isinstance(shape, list) else [shape]
        if max(map(math.prod, shapes)) > LARGEST:
            raise ValueError(
                f"{self.layer.describe()} would make of each sample one of shape {shapes[0]}, more numbers than fit "
                f"into memory: choose a smaller setting"
            )
        return shapes


@dataclass(frozen=True, eq=False)
class Symbol:
    """The place of an array in a graph of layers: its shape without the batch, and which call makes it."""

    shape: Shape
    call: Call
    index: int = 0  # among the outputs of the call

    @property
    def layer(self) -> Layer:
        """The layer that makes it."""
        return self.call.layer


class Layer:
    """One step of a network.

    Parameters
    ----------
    name : str, optional
        Without one the model numbers its layers: dense, dense_1, ...
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Attributes
    ----------
    parameter_names : tuple of str
        Attributes that hold the parameters. ``backward`` leaves the gradient of "kernel" in "dkernel", and so on.
    state_names : tuple of str
        Attributes that hold other arrays, which training changes without a gradient, such as a moving mean.
    trainable : bool
        Whether training changes the parameters. Compile the model anew after setting it.
    regularizers : dict of str to Regularizer
        Penalties on parameters, by the parameter's name; empty unless a layer fills it.
    activity_regularizer : Regularizer or None
        Penalty on the outputs.
    constraints : dict of str to Constraint
        What parameters are brought back to after each step, by the parameter's name.
    takes_mask : bool
        Whether ``forward`` takes ``mask``: an array of shape (N, T), False where a time step is only padding; or None.
    keeps_mask : bool
        Whether the outputs have the time steps of the inputs, and so their mask.
    shape_options : tuple of str
        Options of ``forward`` that ``output_shape`` takes, too, because the number of outputs depends on them.
    """

    parameter_names: tuple[str, ...] = ()
    state_names: tuple[str, ...] = ()
    parameter_shapes: list[Shape] = []  # noqa: RUF012 (replaced when the layer is built)
    activity_regularizer: Regularizer | None = None
    takes_mask = keeps_mask = False
    shape_options: tuple[str, ...] = ()

    def __init__(self, name: str | None = None, input_shape: Shape | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name is a text, such as 'hidden', or None; got {name!r}")
        self.name = name
        self.input_shape = None if input_shape is None else check_shape("input_shape", input_shape)
        self.built, self.trainable = False, True
        self.regularizers: dict[str, Regularizer] = {}
        self.constraints: dict[str, Constraint] = {}

    def _attach(self, parameter: str, kind: str) -> None:
        """Put the arguments ``kind_regularizer`` and ``kind_constraint`` to a parameter."""
        if (regularizer := getattr(self, f"{kind}_regularizer")) is not None:
            self.regularizers[parameter] = regularizer
        if (constraint := getattr(self, f"{kind}_constraint")) is not None:
            self.constraints[parameter] = constraint

    def build(self, input_shape: Any, rng: np.random.Generator) -> None:
        """Make the parameters.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one sample, or a list of them; see `output_shape`.
        rng : numpy.random.Generator
        """

    def output_shape(self, input_shape: Any) -> Any:
        """Shape of one output.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one sample; a list of such shapes where the layer is called on several arrays.

        Returns
        -------
        tuple of int
            A list of them from a layer with several outputs.

        Raises
        ------
        ValueError
            If the layer cannot take such a sample.
        """
        return input_shape

    def forward(self, x: Any, training: bool = False, rng: np.random.Generator | None = None) -> Any:
        """Compute the outputs of a batch.

        Parameters
        ----------
        x : ndarray of shape (N, ...), or a list of them
        training : bool
            Whether to remember what ``backward`` needs.
        rng : numpy.random.Generator, optional
            For layers that draw random numbers while training.

        Returns
        -------
        ndarray of shape (N, ...), or a list of them
        """
        raise NotImplementedError(f"{type(self).__name__} has to define forward(x, training, rng)")

    def backward(self, da: Any) -> Any:
        """Carry the gradient back through the last forward pass with ``training=True``.

        Parameters
        ----------
        da : ndarray, or a list of them
            Gradient of the loss with respect to the layer's outputs.

        Returns
        -------
        ndarray, or a list of them
            Gradient with respect to its inputs; that of its parameters is left in the layer.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define backward(da)")

    def backward_to_parameters(self, da: Any) -> None:
        """Do as `backward` for a layer that stands first: nobody asks for the gradient of its inputs.

        Parameters
        ----------
        da : ndarray, or a list of them
        """
        self.backward(da)

    def output_mask(self, mask: Any) -> Any:
        """Say which time steps of the outputs are padding.

        Parameters
        ----------
        mask : ndarray of bool of shape (N, T) or None, or a list of them
            Of the inputs.

        Returns
        -------
        ndarray of bool of shape (N, T) or None, or a list of them from a layer with several outputs
        """
        return mask if self.keeps_mask else None

    def __call__(self, x: Any, *more: Any, **options: Any) -> Any:
        """Join the layer to a graph, or apply it to numbers.

        Parameters
        ----------
        x : Symbol or array_like of shape (N, ...), or a list of them
            What `Input` or another layer returned, or a batch.
        *more, **options
            Further symbols or batches, such as a recurrent layer's ``initial_state``; and what the layer's ``forward``
            is to be told.

        Returns
        -------
        Symbol or ndarray, or a list of them from a layer with several outputs

        Raises
        ------
        TypeError
            If symbols and numbers are mixed.
        ValueError
            If the layer cannot take them.
        """
        several = {name: option for name, option in options.items() if _is_data(option) and "mask" not in name}
        options = {name: option for name, option in options.items() if name not in several}
        inputs = [part for data in (x, *more, *several.values()) for part in _parts(data)]
        symbolic = [isinstance(part, Symbol) for part in inputs]
        for name in options:
            if name in ("training", "rng") and any(symbolic):
                raise TypeError(f"{name} is decided by fit and predict: call {self.describe()} without it")
            if name not in inspect.signature(self.forward).parameters:
                raise TypeError(f"{self.describe()} is called on its inputs; it has no option {name!r}")
        if all(symbolic):
            call = Call(self, tuple(inputs), options)
            shapes = call.output_shapes()
            symbols = [Symbol(shape, call, k) for k, shape in enumerate(shapes)]
            return symbols[0] if len(symbols) == 1 else symbols
        if any(symbolic):
            raise TypeError(f"{self.describe()} is called on symbols (what Input returns) or on numbers, not on both")
        arrays = [as_numbers(f"the inputs of {self.describe()}", part) for part in inputs]
        arrays = [array.astype(np.result_type(np.float32, array.dtype), copy=False) for array in arrays]
        shapes = one_or_all([array.shape[1:] for array in arrays])
        self.output_shape(shapes)
        self.build_once(shapes, np.random.default_rng())
        if self.weights:  # one dtype for all: compiled loops are made for one
            arrays = [array.astype(self.weights[0].dtype, copy=False) for array in arrays]
        return self.forward(one_or_all(arrays), **options)

    def build_once(self, input_shape: Any, rng: np.random.Generator) -> None:
        """Make the parameters if that has not been done; see `build`."""
        if not self.built:
            self.build(input_shape, rng)
            self.built = True
            self.parameter_shapes = [np.shape(getattr(self, name)) for name in self.parameter_names]

    @property
    def weights(self) -> list[Array]:
        """The parameters, and what else training changes; they can be changed in place."""
        if not self.built:
            raise RuntimeError(f"{self.describe()} has no weights yet: it gets them when a model is built with it")
        return [getattr(self, name) for name in (*self.parameter_names, *self.state_names)]

    def get_weights(self) -> list[Array]:
        """Return copies of the `weights`."""
        return [w.copy() for w in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Set the `weights`.

        Parameters
        ----------
        weights : list of array_like
            As `get_weights` returns them.

        Raises
        ------
        ValueError
            If their number or a shape does not fit; then nothing is changed.
        """
        set_weights(self.weights, weights, f"layer {self.name or type(self).__name__}")

    def describe(self) -> str:
        """Short text for messages: the class and what matters most."""
        return type(self).__name__


class InputLayer(Layer):
    """Where samples enter; it computes nothing."""

    def __init__(self, shape: Shape, name: str | None = None) -> None:
        super().__init__(name, input_shape=shape)
        self.built = True


def Input(shape: Shape, *, name: str | None = None) -> Symbol:
    """Begin a network: say what shape a sample has.

    Parameters
    ----------
    shape : tuple of int
        Without the batch: ``(784,)`` for 784 features.
    name : str, optional

    Returns
    -------
    Symbol
        To be passed to a layer, or to be put first in a `Sequential`.

    Examples
    --------
    >>> from nnlab.layers import Dense
    >>> Dense(10)(Input(shape=(784,))).shape
    (10,)
    """
    layer = InputLayer(check_shape("shape", shape), name)
    assert layer.input_shape is not None
    return Symbol(layer.input_shape, Call(layer, (), {}))


def _parts(data: Any) -> list[Any]:
    return list(data) if isinstance(data, list | tuple) and data and _is_data(data[0]) else [data]


def _is_data(value: Any) -> bool:
    """Whether a value is a symbol or an array, or a list of them, and not a setting or a list of numbers."""
    return isinstance(value, Symbol | np.ndarray) or (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(v, Symbol | np.ndarray) for v in value)
    )


def one_or_all(items: list[Any]) -> Any:
    """Return the one item of a list, or the list: a layer with one input gets an array, with several a list.

    Parameters
    ----------
    items : list

    Returns
    -------
    object or list
    """
    return items[0] if len(items) == 1 else items


def check_shape(what: str, shape: Any) -> Shape:
    """Check the shape of a sample.

    Parameters
    ----------
    what : str
        Name of the argument, for the message.
    shape : tuple of int

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        If it is not a tuple of positive whole numbers.
    """
    if isinstance(shape, tuple | list) and all(is_whole(n) and n > 0 for n in shape):
        return tuple(int(n) for n in shape)
    hint = f": write ({shape},), with a comma" if is_whole(shape) else ""
    raise ValueError(f"{what} is the shape of one sample, a tuple such as (784,) or (28, 28); got {shape!r}{hint}")


def check_count(what: str, n: Any) -> int:
    """Check a positive whole number.

    Parameters
    ----------
    what : str
        Name of the argument, for the message.
    n : int

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is not one.
    """
    if not is_whole(n) or n < 1:
        raise ValueError(f"{what} has to be a whole number from 1 up, got {n!r}")
    if n >= 2**62:  # in compiled code a whole number has 64 bits
        raise ValueError(f"{what} has to be below 2**62, got {n!r}")
    return int(n)


def set_weights(current: list[Array], new: list[Any], owner: str) -> None:
    """Copy new values into parameters, all or none.

    Parameters
    ----------
    current : list of ndarray
        Changed in place.
    new : list of array_like
    owner : str
        Whose parameters they are, for the message.

    Raises
    ------
    ValueError
        If the number of arrays or a shape differs.
    """
    try:
        # Copies: they may be parameters of this very layer.
        arrays = [np.array(as_numbers("weights", w)) for w in new[: len(current) + 1]]
    except (TypeError, ValueError, LookupError) as error:
        raise ValueError(f"{owner}: weights are a list of arrays of numbers: {error}") from None
    expected, got = [w.shape for w in current], [w.shape for w in arrays]
    if expected != got:
        came = f"{len(new)} arrays" if len(new) > len(got) else got
        raise ValueError(f"{owner} has weights of shapes {expected}, got {came}")
    for target, source in zip(current, arrays, strict=True):
        target[...] = source
