"""A recurrent layer for each direction of time: what comes later may explain what came before."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import is_one_of
from nnlab.layers.base import Layer, Shape
from nnlab.layers.recurrent import Recurrent
from nnlab.layers.wrappers import Wrapper

Array = NDArray[Any]

MERGE_MODES = ("concat", "sum", "mul", "ave", None)


class Bidirectional(Wrapper):
    """Reads sequences forwards with one recurrent layer, and backwards with another.

    Parameters
    ----------
    layer : SimpleRNN, LSTM or GRU
        Read for its arguments only: the two layers are made anew, and have weights of their own.
    merge_mode : {"concat", "sum", "mul", "ave", None}
        How the two outputs become one: side by side, their sum, product or mean; None: a list of both.
    backward_layer : SimpleRNN, LSTM or GRU, optional
        Another layer for the way back, with ``go_backwards=True``; without, one with the arguments of `layer`.
    name : str, optional
    input_shape : tuple of int, optional
        (time, features), for the first layer of a `Sequential`.

    Notes
    -----
    The outputs of the backward layer are turned round, so that both belong to the same time step. With sequences, the
    outputs of both are 0 where a step is padding, as in Keras. Initial states, and the states returned, are those of
    the forward layer, then those of the backward layer.

    References
    ----------
    Schuster & Paliwal (1997), IEEE Transactions on Signal Processing 45(11), 2673-2681.

    Examples
    --------
    >>> from nnlab.layers import LSTM
    >>> Bidirectional(LSTM(64)).output_shape((28, 28))
    (128,)
    """

    takes_mask = True

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        *,
        backward_layer: Layer | None = None,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        for given in (layer, layer if backward_layer is None else backward_layer):
            if not isinstance(given, Recurrent):
                raise TypeError(f"Bidirectional takes a recurrent layer, such as layers.LSTM(64); got {given!r}")
        if not is_one_of(merge_mode, MERGE_MODES):
            raise ValueError(f"merge_mode is 'concat', 'sum', 'mul', 'ave' or None, got {merge_mode!r}")
        assert isinstance(layer, Recurrent)
        self.merge_mode = merge_mode
        self.forward_layer = _again(layer, name=_named("forward", layer))
        if backward_layer is None:
            backward_layer = _again(layer, name=_named("backward", layer), go_backwards=not layer.go_backwards)
        assert isinstance(backward_layer, Recurrent)
        self.backward_layer = backward_layer
        self._check_pair()
        self.pair = self.forward_layer, self.backward_layer
        for one in self.pair:
            one.zero_output_for_mask = one.return_sequences
        self.return_sequences, self.return_state = layer.return_sequences, layer.return_state
        self.keeps_mask = layer.return_sequences
        self.hold({"forward_": self.forward_layer, "backward_": self.backward_layer})

    def _check_pair(self) -> None:
        ahead, back = self.forward_layer, self.backward_layer
        if ahead.go_backwards == back.go_backwards:
            raise ValueError(
                f"the two layers of Bidirectional have to go different ways, but go_backwards={back.go_backwards} in "
                f"both: make the backward layer with go_backwards={not ahead.go_backwards}"
            )
        for what in ("return_sequences", "return_state"):
            if getattr(ahead, what) != getattr(back, what):
                raise ValueError(
                    f"the two layers of Bidirectional need the same {what}, got {getattr(ahead, what)} and "
                    f"{getattr(back, what)}"
                )
        if ahead.activity_regularizer is not None or back.activity_regularizer is not None:
            raise ValueError("an activity_regularizer is not supported inside of Bidirectional")
        if self.merge_mode in ("sum", "mul", "ave") and ahead.units != back.units:
            raise ValueError(
                f"merge_mode={self.merge_mode!r} needs as many units both ways, got {ahead.units} and {back.units}: "
                f"take merge_mode='concat'"
            )

    @property
    def layer(self) -> Recurrent:
        """The layer that reads forwards."""
        return self.forward_layer

    def build(self, input_shape: Any, rng: np.random.Generator) -> None:
        """Draw the parameters of the forward layer, then those of the backward layer."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        self.forward_layer.build_once(shape, rng)
        self.backward_layer.build_once(shape, rng)

    def output_shape(self, input_shape: Any) -> Any:
        """Shape of the merged output; a list with ``merge_mode=None`` or return_state."""
        ahead, back = (
            layer.output_shape(shape) for layer, shape in zip(self.pair, self._halves(input_shape), strict=True)
        )
        (y, *states), (turned, *more) = (one if isinstance(one, list) else [one] for one in (ahead, back))
        merged = [y, turned] if self.merge_mode is None else [y]
        if self.merge_mode == "concat":
            merged = [(*y[:-1], y[-1] + turned[-1])]
        shapes = [*merged, *states, *more]
        return shapes if len(shapes) > 1 else shapes[0]

    def _halves(self, inputs: Any) -> tuple[Any, Any]:
        """Return the inputs of each layer: the sequences, and half of the states."""
        if not isinstance(inputs, list):
            return inputs, inputs
        x, *states = inputs
        if len(states) % 2:
            each = "h, c" if self.forward_layer.state_count == 2 else "h"
            raise ValueError(
                f"{self.describe()} expected initial states for both ways, [{each} of the forward layer, {each} of the "
                f"backward layer], got {len(states)} of them."
            )
        half = len(states) // 2
        return [x, *states[:half]], [x, *states[half:]]

    def output_mask(self, mask: Any) -> Any:
        """Return the mask of the inputs with return_sequences; a list of masks for several outputs."""
        mask = mask[0] if isinstance(mask, list) else mask
        mask = mask if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            masks += [None] * (2 * self.forward_layer.state_count)
        return masks if len(masks) > 1 else mask

    def forward(self, x: Any, training: bool = False, rng: np.random.Generator | None = None, mask: Any = None) -> Any:
        """Return the merged output; a list with ``merge_mode=None`` or return_state."""
        x = list(x) if isinstance(x, list | tuple) else x
        outputs = [
            layer.forward(one, training, rng, mask) for layer, one in zip(self.pair, self._halves(x), strict=True)
        ]
        (y, *states), (turned, *more) = (one if isinstance(one, list) else [one] for one in outputs)
        if self.return_sequences:
            turned = turned[:, ::-1]
        if training:
            self.outputs = y, turned
            self.remember()
        everything = [*self._merge(y, turned), *states, *more]
        return everything if len(everything) > 1 else everything[0]

    def _merge(self, y: Array, turned: Array) -> list[Array]:
        match self.merge_mode:
            case "concat":
                return [np.concatenate([y, turned], axis=-1)]
            case "sum":
                return [y + turned]
            case "mul":
                return [y * turned]
            case "ave":
                return [(y + turned) / 2]
        return [y, np.ascontiguousarray(turned)]

    def _unmerge(self, da: list[Any]) -> list[Any]:
        """Gradients of the two outputs, as they were before merging."""
        if self.merge_mode is None:
            return da
        (d,) = da
        if d is None:
            return [None, None]
        match self.merge_mode:
            case "concat":
                return np.split(d, [self.forward_layer.units], axis=-1)
            case "mul":
                return [d * self.outputs[1], d * self.outputs[0]]
            case "ave":
                return [d / 2, d / 2]
        return [d, d]

    def backward(self, da: Any) -> Any:
        """Return dx, and keep the gradients of the parameters; a list with those of initial states."""
        first, second = self._each(da)
        (dx, *dstates), (more, *others) = (
            found if isinstance(found, list) else [found]
            for found in (self.forward_layer.backward(first), self.backward_layer.backward(second))
        )
        dx = dx + more
        return [dx, *dstates, *others] if dstates else dx

    def backward_to_parameters(self, da: Any) -> None:
        """Keep the gradients of the parameters; see `Layer.backward_to_parameters`."""
        for layer, d in zip(self.pair, self._each(da), strict=True):
            layer.backward_to_parameters(d)

    def _each(self, da: Any) -> list[Any]:
        """Return what each layer's backward is to be given."""
        self.recall()
        da = list(da) if isinstance(da, list | tuple) else [da]
        count = 2 if self.merge_mode is None else 1
        dy, dturned = self._unmerge(da[:count])
        if self.return_sequences and dturned is not None:
            dturned = dturned[:, ::-1]
        if not self.return_state:
            return [dy, dturned]
        half = count + self.forward_layer.state_count
        return [[dy, *da[count:half]], [dturned, *da[half:]]]

    def describe(self) -> str:
        """Text such as "Bidirectional(LSTM(64))"."""
        return f"Bidirectional({self.forward_layer.describe()})"


def _again(layer: Recurrent, **changes: Any) -> Recurrent:
    """Make a layer with the arguments of another one."""
    arguments = {name: getattr(layer, name) for name in inspect.signature(type(layer)).parameters}
    return type(layer)(**{**arguments, **changes})


def _named(way: str, layer: Layer) -> str:
    name = layer.name or type(layer).__name__.lower()
    return f"{way}_{name.removeprefix(f'{way}_')}"
