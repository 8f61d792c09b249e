"""Sequential: a model as a list of layers, which may be added one by one. All else is `nnlab.model.Model`."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab import assembly
from nnlab.graph import Graph
from nnlab.layers.base import Input, InputLayer, Layer, Shape, Symbol
from nnlab.model import Model


class Sequential(Model):
    """Layers one after the other.

    Parameters
    ----------
    layers : list of Layer, optional
        An `Input` may stand first; or the first layer has an ``input_shape``; or the first batch tells.
    name : str, optional
    seed : int, optional
        Seeds the first weights, the order of samples and dropout: the same seed gives the same bits.
    dtype : {"float32", "float64"}

    Raises
    ------
    TypeError, ValueError
        If something is not a layer, or a layer cannot take what the layer before returns.

    Examples
    --------
    >>> from nnlab.layers import Dense
    >>> model = Sequential([Dense(128, activation="relu", input_shape=(784,)), Dense(10, activation="softmax")])
    >>> model.count_params()
    101770
    """

    def __init__(
        self,
        layers: Iterable[Layer | Symbol] | None = None,
        *,
        name: str | None = None,
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        self._set_up(name, seed, dtype)
        self.layers = []
        self._declared_shape: Shape | None = None
        try:
            given = [] if layers is None else list(layers)
        except TypeError:
            raise TypeError(f"Sequential takes a list of layers, such as [layers.Dense(10)]; got {layers!r}") from None
        for layer in given:
            self.add(layer)

    def add(self, layer: Layer | Symbol) -> None:
        """Put a layer at the end.

        Parameters
        ----------
        layer : Layer or Symbol

        Raises
        ------
        TypeError
            If it is not a layer.
        ValueError
            If it does not fit behind the others; then the model stays as it was.
        """
        if isinstance(layer, Symbol) and isinstance(layer.layer, InputLayer):
            layer = layer.layer
        if not isinstance(layer, Layer):
            raise TypeError(f"a Sequential is made of layers such as layers.Dense(10), got {layer!r}")
        if layer in self.layers:
            raise ValueError(f"{layer.describe()} stands in the model already: a layer has its place once")
        if isinstance(layer, InputLayer):
            if self.layers or self._declared_shape is not None:
                raise ValueError("an Input stands at the beginning of a Sequential, and only there")
            self._declared_shape = layer.input_shape
            return
        known = self.input_shape if self.built else self._declared_shape
        shape = known or (layer.input_shape if not self.layers else None)
        if shape is not None:
            self._build(_chain([*self.layers, layer], shape))
        self._declared_shape = shape
        self.layers = [*self.layers, layer]
        assembly.name_layers(self.layers)

    def _build_late(self, shape: Shape) -> None:
        if not self.layers:
            raise RuntimeError("the model has no layers yet: add some with model.add(layers.Dense(...))")
        self._build(_chain(self.layers, shape))


def _chain(layers: list[Layer], shape: Shape) -> Graph:
    """Call each layer on what the one before returns."""
    first = symbol = Input(shape)
    for layer in layers:
        symbol = layer(symbol)
        if isinstance(symbol, list):
            raise ValueError(
                f"{layer.describe()} returns {len(symbol)} arrays, and a Sequential passes one from layer to layer: "
                f"use nnlab.Model(inputs, outputs)"
            )
    return Graph([first], [symbol])
