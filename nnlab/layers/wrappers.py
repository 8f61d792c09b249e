"""Layers around layers: what they share, and `TimeDistributed`. The other one is `nnlab.layers.bidirectional`.

A wrapper has no parameters of its own: under names such as "forward_kernel" it passes on those of the layers in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.layers.base import Layer, Shape

Array = NDArray[Any]


class Wrapper(Layer):
    """Base of layers around layers.

    Attributes
    ----------
    inner : dict of str to Layer
        The layers within, by what their parameters' names begin with here.
    """

    def hold(self, inner: dict[str, Layer]) -> None:
        """Take layers in; again when they are built, since some have names for parameters only then.

        Parameters
        ----------
        inner : dict of str to Layer
        """
        self.inner = inner
        places = list(inner.items())
        self.parameter_names = tuple(prefix + name for prefix, layer in places for name in layer.parameter_names)
        self.state_names = tuple(prefix + name for prefix, layer in places for name in layer.state_names)
        self.regularizers = {prefix + name: r for prefix, layer in places for name, r in layer.regularizers.items()}
        self.constraints = {prefix + name: c for prefix, layer in places for name, c in layer.constraints.items()}

    @property
    def trainable(self) -> bool:
        """Whether training changes the parameters; set it here or in the layers within, for all of them."""
        return all(layer.trainable for layer in self.__dict__.get("inner", {}).values())

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.__dict__.get("inner", {}).values():
            layer.trainable = value

    def _place(self, name: str) -> tuple[Layer, str] | None:
        """Say where a parameter, a state or a gradient is: in which layer, and its name there."""
        inner = self.__dict__.get("inner", {})
        known = self.__dict__.get("parameter_names", ()) + self.__dict__.get("state_names", ())
        for start in ("", "d"):
            if name.startswith(start) and name[len(start) :] in known:
                for prefix, layer in inner.items():
                    own = name[len(start) :].removeprefix(prefix)
                    if name[len(start) :].startswith(prefix) and own in layer.parameter_names + layer.state_names:
                        return layer, start + own
        return None

    def __getattr__(self, name: str) -> Any:
        place = self._place(name)
        if place is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(*place)

    def __setattr__(self, name: str, value: Any) -> None:
        place = self._place(name)
        if place is None:
            super().__setattr__(name, value)
        else:
            setattr(*place, value)

    def remember(self) -> None:
        """Keep what the layers within remember: if this layer is shared, its next call overwrites it there."""
        self.remembered = [dict(vars(layer)) for layer in self.inner.values()]

    def recall(self) -> None:
        """Put back what `remember` kept, before going back."""
        for layer, remembered in zip(self.inner.values(), self.remembered, strict=True):
            vars(layer).update(remembered)


class TimeDistributed(Wrapper):
    """Applies one layer at each time step: (T, ...) in, (T, ...) out, the same weights at all steps.

    Parameters
    ----------
    layer : Layer
        Made for what stands at one time step.
    name : str, optional
    input_shape : tuple of int, optional
        (time, ...), for the first layer of a `Sequential`.

    Notes
    -----
    All steps go through the layer as one large batch. In a layer that takes statistics of its batch, that is one batch
    of N T samples.

    Examples
    --------
    >>> from nnlab.layers import Dense
    >>> TimeDistributed(Dense(10, activation="softmax")).output_shape((28, 64))
    (28, 10)
    """

    keeps_mask = True
    takes_mask = True

    def __init__(self, layer: Layer, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        if not isinstance(layer, Layer):
            raise TypeError(f"TimeDistributed takes a layer, such as layers.Dense(10); got {layer!r}")
        self.layer = layer
        self.hold({"": layer})

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Draw the parameters of the layer within."""
        self.layer.build_once(input_shape[1:], rng)
        self.hold({"": self.layer})

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(time, ...)``, with what the layer makes of one time step."""
        if isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError(
                f"{self.describe()} expected sequences of shape (time, ...), got {input_shape}: it applies its layer "
                f"at each time step; without time, use {self.layer.describe()} itself."
            )
        shape = self.layer.output_shape(input_shape[1:])
        if isinstance(shape, list):
            raise ValueError(f"{self.describe()}: a layer with several outputs cannot be applied at each time step")
        return (input_shape[0], *shape)

    def forward(
        self,
        x: Array,
        training: bool = False,
        rng: np.random.Generator | None = None,
        mask: Array | None = None,  # noqa: ARG002 (passed on to the outputs only)
    ) -> Array:
        """Return what the layer makes of each time step, (N, T, ...)."""
        a = self.layer.forward(x.reshape(-1, *x.shape[2:]), training, rng)
        if training:
            self.remember()
        return a.reshape(*x.shape[:2], *a.shape[1:])

    def backward(self, da: Array) -> Array:
        """Return dx, (N, T, ...), and keep the gradients of the parameters."""
        self.recall()
        dx = self.layer.backward(da.reshape(-1, *da.shape[2:]))
        return dx.reshape(*da.shape[:2], *dx.shape[1:])

    def backward_to_parameters(self, da: Array) -> None:
        """Keep the gradients of the parameters; see `Layer.backward_to_parameters`."""
        self.recall()
        self.layer.backward_to_parameters(da.reshape(-1, *da.shape[2:]))

    def describe(self) -> str:
        """Text such as "TimeDistributed(Dense(10))"."""
        return f"TimeDistributed({self.layer.describe()})"
