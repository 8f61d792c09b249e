"""What a layer is: parameters, a forward pass, a backward pass; and how layers are joined to a graph.

To write a layer of your own, subclass `Layer`: name its parameters in ``parameter_names``, make them in ``build``,
and define ``output_shape``, ``forward`` and ``backward``. Nothing has to be registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.regularizers import Regularizer

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Symbol:
    """The place of an array in a graph of layers: its shape without the batch, and where it comes from."""

    shape: Shape
    layer: Layer
    parent: Symbol | None


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
    regularizers : dict of str to Regularizer
        Penalties on parameters, by the parameter's name; empty unless a layer fills it.
    """

    parameter_names: tuple[str, ...] = ()
    parameter_shapes: list[Shape] = []  # noqa: RUF012 (replaced when the layer is built)

    def __init__(self, name: str | None = None, input_shape: Shape | None = None) -> None:
        self.name = name
        self.input_shape = None if input_shape is None else check_shape("input_shape", input_shape)
        self.built = False
        self.regularizers: dict[str, Regularizer] = {}

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Make the parameters.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one sample.
        rng : numpy.random.Generator
        """

    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape of one output.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one sample.

        Returns
        -------
        tuple of int

        Raises
        ------
        ValueError
            If the layer cannot take such a sample.
        """
        return input_shape

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:
        """Compute the outputs of a batch.

        Parameters
        ----------
        x : ndarray of shape (N, ...)
        training : bool
            Whether to remember what ``backward`` needs.
        rng : numpy.random.Generator, optional
            For layers that draw random numbers while training.

        Returns
        -------
        ndarray of shape (N, ...)
        """
        raise NotImplementedError(f"{type(self).__name__} has to define forward(x, training, rng)")

    def backward(self, da: Array) -> Array:
        """Carry the gradient back through the last forward pass with ``training=True``.

        Parameters
        ----------
        da : ndarray
            Gradient of the loss with respect to the layer's outputs.

        Returns
        -------
        ndarray
            Gradient with respect to its inputs; that of its parameters is left in the layer.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define backward(da)")

    def __call__(self, x: Any) -> Any:
        """Join the layer to a graph, or apply it to numbers.

        Parameters
        ----------
        x : Symbol or array_like of shape (N, ...)
            What `Input` or another layer returned, or a batch.

        Returns
        -------
        Symbol or ndarray
        """
        if isinstance(x, Symbol):
            return Symbol(self.output_shape(x.shape), self, x)
        x = np.asarray(x, dtype=np.result_type(np.float32, np.asarray(x).dtype))
        self.output_shape(x.shape[1:])
        self.build_once(x.shape[1:], np.random.default_rng())
        return self.forward(x)

    def build_once(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Make the parameters if that has not been done; see `build`."""
        if not self.built:
            self.build(input_shape, rng)
            self.built = True
            self.parameter_shapes = [np.shape(w) for w in self.weights]

    @property
    def weights(self) -> list[Array]:
        """The parameters; they can be changed in place."""
        if not self.built:
            raise RuntimeError(f"{self.describe()} has no weights yet: it gets them when a model is built with it")
        return [getattr(self, name) for name in self.parameter_names]

    def get_weights(self) -> list[Array]:
        """Return copies of the parameters."""
        return [w.copy() for w in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Set the parameters.

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
    return Symbol(layer.input_shape, layer, None)


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
    if isinstance(shape, tuple | list) and all(_is_count(n) and n > 0 for n in shape):
        return tuple(int(n) for n in shape)
    hint = f": write ({shape},), with a comma" if _is_count(shape) else ""
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
    if _is_count(n) and n > 0:
        return int(n)
    raise ValueError(f"{what} has to be a whole number from 1 up, got {n!r}")


def _is_count(n: Any) -> bool:
    return isinstance(n, int | np.integer) and not isinstance(n, bool)


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
        arrays = [np.array(w, dtype=current[k].dtype if k < len(current) else None) for k, w in enumerate(new)]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{owner}: weights are arrays of numbers: {error}") from None
    expected, got = [w.shape for w in current], [w.shape for w in arrays]
    if expected != got:
        raise ValueError(f"{owner} has weights of shapes {expected}, got {got}")
    for target, source in zip(current, arrays, strict=True):
        target[...] = source
