"""How layers become a model: the path through the graph, names, shapes, and one vector that holds all parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.layers.base import InputLayer, Layer, Shape, Symbol

Array = NDArray[Any]


def path(inputs: Any, outputs: Any) -> list[Layer]:
    """Find the layers from inputs to outputs.

    Parameters
    ----------
    inputs, outputs : Symbol

    Returns
    -------
    list of Layer
        The input layer first.

    Raises
    ------
    TypeError
        If one of them is not a symbol.
    ValueError
        If there is no path, or a layer stands twice on it.
    """
    for what, symbol in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(symbol, Symbol):
            raise TypeError(f"{what} is what Input or a layer returned, as in h = layers.Dense(10)(x); got {symbol!r}")
    found, symbol = [outputs.layer], outputs
    while symbol is not inputs:
        symbol = next(iter(symbol.call.inputs), None)
        if symbol is None:
            raise ValueError("the outputs do not depend on these inputs: pass the Input that the layers were called on")
        found.append(symbol.layer)
    if len(found) != len({id(layer) for layer in found}):
        raise ValueError("a layer stands twice between inputs and outputs: make a new one for each place")
    if not isinstance(inputs.layer, InputLayer):
        found[-1] = InputLayer(inputs.shape)
    if len(found) == 1:
        raise ValueError("there is no layer between inputs and outputs")
    return found[::-1]


def build(chain: list[Layer], input_shape: Shape, rng: np.random.Generator, dtype: np.dtype[Any]) -> list[Shape]:
    """Make the parameters of all layers that have none yet.

    Parameters
    ----------
    chain : list of Layer
    input_shape : tuple of int
        Shape of one sample.
    rng : numpy.random.Generator
    dtype : numpy.dtype

    Returns
    -------
    list of tuple of int
        Shape of one output of each layer.

    Raises
    ------
    ValueError
        If a layer cannot take what the layer before returns; or if it has parameters in another dtype.
    """
    shapes = [input_shape]
    for layer in chain:
        if layer.input_shape is not None and layer.input_shape != shapes[-1]:
            raise ValueError(f"{layer.describe()} has input_shape={layer.input_shape}, but receives {shapes[-1]}")
        shapes.append(layer.output_shape(shapes[-1]))
        if layer.built and any(w.dtype != dtype for w in layer.weights):
            raise ValueError(f"{layer.describe()} already serves a model in another dtype than {dtype}")
        if not layer.built:
            layer.build_once(shapes[-2], rng)
            for name in layer.parameter_names:
                setattr(layer, name, np.array(getattr(layer, name), dtype))
    return shapes[1:]


def count(chain: list[Layer]) -> int:
    """Count the parameters.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    int
    """
    return sum(np.size(w) for layer in chain for w in layer.weights)


def gather(chain: list[Layer], dtype: np.dtype[Any]) -> Array:
    """Put all parameters into one vector; the layers keep views of it.

    Parameters
    ----------
    chain : list of Layer
    dtype : numpy.dtype

    Returns
    -------
    ndarray of shape (P,)

    Raises
    ------
    ValueError
        If a parameter was replaced by one of another shape; then nothing is changed.
    """
    for layer in chain:
        for name, expected in zip(layer.parameter_names, layer.parameter_shapes, strict=True):
            if np.shape(getattr(layer, name)) != expected:
                raise ValueError(f"{layer.name}.{name} has shape {np.shape(getattr(layer, name))}, expected {expected}")
    vector = np.zeros(count(chain), dtype)
    for (layer, name), view in zip(_places(chain), views(chain, vector), strict=True):
        view[...] = getattr(layer, name)
        setattr(layer, name, view)
    return vector


def views(chain: list[Layer], vector: Array) -> list[Array]:
    """Cut a vector into the shapes of the parameters.

    Parameters
    ----------
    chain : list of Layer
    vector : ndarray of shape (P,)

    Returns
    -------
    list of ndarray
    """
    found, start = [], 0
    for layer in chain:
        for shape in layer.parameter_shapes:
            size = int(np.prod(shape))
            found.append(vector[start : start + size].reshape(shape))
            start += size
    return found


def collect_gradients(chain: list[Layer], gradient: list[Array]) -> None:
    """Copy what the backward passes left in the layers.

    Parameters
    ----------
    chain : list of Layer
    gradient : list of ndarray
        In the shapes of the parameters; changed in place.

    Raises
    ------
    ValueError
        If a gradient has not the shape of its parameter.
    """
    for (layer, name), target in zip(_places(chain), gradient, strict=True):
        got = getattr(layer, f"d{name}")
        if np.shape(got) != target.shape:
            raise ValueError(
                f"layer {layer.name}: d{name} has shape {np.shape(got)}, and {name} has {target.shape}; a gradient has "
                f"the shape of its parameter. Is something transposed, or not summed over the batch?"
            )
        target[...] = got


def starts(chain: list[Layer]) -> list[int]:
    """Say where each array of parameters begins in the vector of all.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    list of int
    """
    sizes = [int(np.prod(shape)) for layer in chain for shape in layer.parameter_shapes]
    return [0, *np.cumsum(sizes)[:-1].tolist()]


def penalty(chain: list[Layer]) -> float:
    """Sum what the regularizers add to the loss.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    float
    """
    return float(sum(layer.regularizers[name](getattr(layer, name)) for layer, name in _regularized(chain)))


def regularize(chain: list[Layer], gradient: list[Array]) -> float:
    """Add the gradients of the regularizers, and return what they add to the loss.

    Parameters
    ----------
    chain : list of Layer
    gradient : list of ndarray
        In the shapes of the parameters; changed in place.

    Returns
    -------
    float
    """
    regularized = set(_regularized(chain))
    for place, target in zip(_places(chain), gradient, strict=True):
        if place in regularized:
            layer, name = place
            target += layer.regularizers[name].gradient(getattr(layer, name))
    return penalty(chain)


def _regularized(chain: list[Layer]) -> list[tuple[Layer, str]]:
    return [(layer, name) for layer, name in _places(chain) if name in layer.regularizers]


def _places(chain: list[Layer]) -> list[tuple[Layer, str]]:
    return [(layer, name) for layer in chain for name in layer.parameter_names]


def name_layers(all_layers: list[Layer]) -> None:
    """Give numbers to the layers that have no name: dense, dense_1, ...

    Parameters
    ----------
    all_layers : list of Layer
    """
    taken = {layer.name for layer in all_layers if layer.name}
    for layer in all_layers:
        if layer.name is None:
            base = "input" if isinstance(layer, InputLayer) else type(layer).__name__.lower()
            candidates = (base if k == 0 else f"{base}_{k}" for k in range(len(all_layers) + 1))
            layer.name = next(name for name in candidates if name not in taken)
            taken.add(layer.name)


def table(all_layers: list[Layer], shapes: list[Shape]) -> list[str]:
    """Write the layers, their output shapes and their numbers of parameters in columns.

    Parameters
    ----------
    all_layers : list of Layer
    shapes : list of tuple of int
        One for each layer.

    Returns
    -------
    list of str
    """
    rows = [("layer", "output shape", "parameters")]
    for layer, shape in zip(all_layers, shapes, strict=True):
        rows.append((f"{layer.name} ({type(layer).__name__})", str((None, *shape)), f"{count([layer]):,}"))
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
    rule = "-" * len(lines[0])
    return [lines[0], rule, *lines[1:], rule]
