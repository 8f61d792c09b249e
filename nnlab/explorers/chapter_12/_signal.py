"""What happens inside a network while it reads a drawing: the hidden units, and what each says for the winning digit.

The score of a digit is a sum over the hidden units, so that it can be taken apart exactly; NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots.style import SIGNED

Array = NDArray[Any]

MOST = 512  # more hidden units are not drawn
_SHADE = 0.92  # of black, for the unit that says most


@dataclass(frozen=True)
class Signal:
    """One image on its way through a network with one hidden layer.

    Attributes
    ----------
    hidden : ndarray of shape (H,)
        Activations of the hidden units.
    contributions : ndarray of shape (H,)
        Activation times weight to the winning digit; with the bias they add up to its score.
    bias : float
        Of the winning digit.
    digit : int
    """

    hidden: Array
    contributions: Array
    bias: float
    digit: int

    @property
    def score(self) -> float:
        """Score of the winning digit, before softmax."""
        return float(self.contributions.sum() + self.bias)

    def words(self) -> tuple[str, str]:
        """Say in two lines what the two pictures show.

        Returns
        -------
        (str, str)
        """
        on = int(np.sum(self.hidden != 0))
        pro = float(self.contributions[self.contributions > 0].sum())
        con = float(-self.contributions[self.contributions < 0].sum())
        first = _("{on} of {units} hidden units are on").format(on=on, units=len(self.hidden))
        second = _("for the {digit}: {pro}; against it: {con}; bias {bias}; score {score}").format(
            digit=self.digit,
            pro=f"{pro:.1f}",
            con=f"{con:.1f}",
            bias=f"{round(self.bias, 1) + 0:.1f}",
            score=f"{self.score:.1f}",
        )
        return first, second


def signal_of(model: Any, image: ArrayLike) -> Signal | None:
    """Follow an image through a network.

    Parameters
    ----------
    model : object
    image : array_like of 784 numbers

    Returns
    -------
    Signal or None
        None where the network is not one hidden dense layer between 784 pixels and ten scores.
    """
    found = _two_dense_layers(model)
    if found is None:
        return None
    first, second = found
    W1, W2 = np.asarray(first.kernel, np.float64), np.asarray(second.kernel, np.float64)
    x = np.asarray(image, np.float64).reshape(1, -1)
    hidden = np.asarray(first.activation(x @ W1 + _bias(first)))[0]
    digit = int(np.argmax(hidden @ W2 + _bias(second)))
    if not np.all(np.isfinite(hidden)):
        return None
    return Signal(hidden, hidden * W2[:, digit], float(_bias(second)[digit]), digit)


def _two_dense_layers(model: Any) -> tuple[Any, Any] | None:
    layers = [layer for layer in getattr(model, "layers", ()) if getattr(layer, "kernel", None) is not None]
    computing = [layer for layer in getattr(model, "layers", ()) if type(layer).__name__ != "InputLayer"]
    if len(layers) != 2 or len(computing) != 2 or not callable(getattr(layers[0], "activation", None)):
        return None
    inner, outer = np.shape(layers[0].kernel), np.shape(layers[1].kernel)
    fits = len(inner) == len(outer) == 2 and inner[0] == 784 and outer == (inner[1], 10) and inner[1] <= MOST
    return (layers[0], layers[1]) if fits else None


def _bias(layer: Any) -> Array:
    bias = getattr(layer, "bias", None)
    return np.zeros(np.shape(layer.kernel)[1]) if bias is None else np.asarray(bias, np.float64)


def columns(units: int) -> int:
    """Say how many hidden units stand side by side.

    Parameters
    ----------
    units : int

    Returns
    -------
    int
    """
    return min(units, 16 if units <= 128 else 32)


def grids(signal: Signal) -> tuple[Array, Array]:
    """Paint activations in gray and contributions in orange and blue, in the same places; unused places are white.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    (ndarray, ndarray) of shape (rows, columns, 3)
        uint8.
    """
    top = float(np.abs(signal.hidden).max()) or 1.0
    gray = 255 * (1 - _SHADE * np.abs(signal.hidden) / top)
    reach = float(np.abs(signal.contributions).max()) or 1.0
    colors = 255 * SIGNED(0.5 + signal.contributions / (2 * reach))[:, :3]
    return _laid_out(np.repeat(gray[:, None], 3, axis=1)), _laid_out(colors)


def _laid_out(colors: Array) -> Array:
    wide = columns(len(colors))
    high = -(-len(colors) // wide)
    paper = np.full((high * wide, 3), 255, dtype=np.uint8)
    paper[: len(colors)] = np.round(colors).clip(0, 255)
    return paper.reshape(high, wide, 3)
