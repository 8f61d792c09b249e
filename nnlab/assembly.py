"""What the layers of a model have in common: names, a table, and one vector that holds all trained parameters.

Layers that are not ``trainable`` keep their parameters to themselves, as all layers do with what is no parameter.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.layers.base import InputLayer, Layer, Shape

Array = NDArray[Any]


def count(chain: list[Layer]) -> int:
    """Count the parameters, and the other numbers that training changes.

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
    for (layer, name), expected in zip(_places(chain), _shapes(chain), strict=True):
        if np.shape(getattr(layer, name)) != expected:
            raise ValueError(f"{layer.name}.{name} has shape {np.shape(getattr(layer, name))}, expected {expected}")
    vector = np.zeros(sum(math.prod(shape) for shape in _shapes(chain)), dtype)
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
    for shape in _shapes(chain):
        size = math.prod(shape)
        found.append(vector[start : start + size].reshape(shape))
        start += size
    return found


class Gradients:
    """Takes what the backward passes leave in the layers.

    Parameters
    ----------
    chain : list of Layer
    vector : ndarray of shape (P,)
        The gradient of all parameters; changed in place.
    """

    def __init__(self, chain: list[Layer], vector: Array) -> None:
        self._vector = vector
        self._places: dict[int, list[tuple[str, Array]]] = {}
        for (layer, name), view in zip(_places(chain), views(chain, vector), strict=True):
            self._places.setdefault(id(layer), []).append((name, view))
        self._seen: set[int] = set()

    def clear(self) -> None:
        """Begin a step: what no backward pass reaches has no gradient."""
        if len(self._seen) < len(self._places):
            self._vector[:] = 0
        self._seen.clear()

    def collect(self, layer: Layer) -> None:
        """Copy the gradients that a layer holds; those of a shared layer add up.

        Parameters
        ----------
        layer : Layer

        Raises
        ------
        ValueError
            If a gradient has not the shape of its parameter.
        """
        again = id(layer) in self._seen
        self._seen.add(id(layer))
        for name, target in self._places.get(id(layer), ()):
            got = getattr(layer, f"d{name}")
            if np.shape(got) != target.shape:
                raise ValueError(
                    f"layer {layer.name}: d{name} has shape {np.shape(got)}, and {name} has {target.shape}; a gradient "
                    f"has the shape of its parameter. Is something transposed, or not summed over the batch?"
                )
            target[...] = target + got if again else got


def gathered(chain: list[Layer], vector: Array | None) -> bool:
    """Whether the trained parameters of all layers are views of this vector, and fill it.

    Parameters
    ----------
    chain : list of Layer
    vector : ndarray of shape (P,) or None

    Returns
    -------
    bool
    """
    if vector is None or vector.size != sum(math.prod(shape) for shape in _shapes(chain)):
        return False
    return all(getattr(getattr(layer, name), "base", None) is vector for layer, name in _places(chain))


def constrain(chain: list[Layer]) -> None:
    """Bring parameters back to where their constraints let them be.

    Parameters
    ----------
    chain : list of Layer
    """
    for layer, name in _places(chain):
        if name in layer.constraints:
            getattr(layer, name)[...] = layer.constraints[name](getattr(layer, name))


def states(chain: list[Layer]) -> list[Array]:
    """List what training changes without a gradient, such as moving means.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    list of ndarray
    """
    return [getattr(layer, name) for layer in chain for name in layer.state_names]


def starts(chain: list[Layer]) -> list[int]:
    """Say where each array of parameters begins in the vector of all.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    list of int
    """
    sizes = [math.prod(shape) for shape in _shapes(chain)]
    return [0, *np.cumsum(sizes)[:-1].tolist()]


def penalty(chain: list[Layer]) -> float:
    """Sum what the regularizers of trained parameters add to the loss.

    Parameters
    ----------
    chain : list of Layer

    Returns
    -------
    float
    """
    places = ((layer, name) for layer, name in _places(chain) if name in layer.regularizers)
    return float(sum(layer.regularizers[name](getattr(layer, name)) for layer, name in places))


def regularize(chain: list[Layer], gradient: list[Array]) -> float:
    """Add the gradients of the regularizers, and return what they add to the loss.

    Parameters
    ----------
    chain : list of Layer
    gradient : list of ndarray
        In the shapes of the trained parameters; changed in place.

    Returns
    -------
    float
    """
    for (layer, name), target in zip(_places(chain), gradient, strict=True):
        if name in layer.regularizers:
            target += layer.regularizers[name].gradient(getattr(layer, name))
    return penalty(chain)


def _places(chain: list[Layer]) -> list[tuple[Layer, str]]:
    """List the trained parameters, in the order of the vector."""
    return [(layer, name) for layer in chain if layer.trainable for name in layer.parameter_names]


def _shapes(chain: list[Layer]) -> list[Shape]:
    return [shape for layer in chain if layer.trainable for shape in layer.parameter_shapes]


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


def table(all_layers: list[Layer], shapes: list[Any], sources: list[str] | None = None) -> list[str]:
    """Write the layers, their output shapes and their numbers of parameters in columns.

    Parameters
    ----------
    all_layers : list of Layer
    shapes : list of tuple of int, or of lists of them
        One for each layer.
    sources : list of str, optional
        What each layer is called on, where that is not the layer above it.

    Returns
    -------
    list of str
    """
    rows = [["layer", "output shape", "parameters", "called on"]]
    for k, (layer, shape) in enumerate(zip(all_layers, shapes, strict=True)):
        shown = ", ".join(str((None, *one)) for one in (shape if isinstance(shape, list) else [shape]))
        frozen = "" if layer.trainable else " frozen"
        name = f"{layer.name} ({type(layer).__name__})"
        rows.append([name, shown, f"{count([layer]):,}{frozen}", sources[k] if sources else ""])
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c, _ in rows]
    if sources:
        lines = [f"{line}  {row[3]}" for line, row in zip(lines, rows, strict=True)]
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:], rule]
