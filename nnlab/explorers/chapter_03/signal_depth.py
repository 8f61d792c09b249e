"""Chapter 3's signal through a stack: how activations and gradients live or die from layer to layer.

What is drawn stands in `nnlab.explorers.chapter_03._signal_depth_figure`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab import activations
from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_03._signal_depth_figure import DEEPEST, SIZE, USEFUL, DepthFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.layers.core import dense_forward
from nnlab.plots.labels import short
from nnlab.plots.style import Picture

Array = NDArray[Any]

NAMES = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")
SAMPLES, UNITS = 200, 64
# 1.4 in place of 1.5: the scale of He's rule is √2.
SCALES = sorted({*controls.preferred_numbers(0.1, 10)} - {1.5} | {1.4})
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
FLAT = 0.05  # a slope of this share of the steepest, or less, lets hardly anything through
GONE = 1e-3  # below this a gradient has vanished, above its inverse it has exploded
HALF = 65_504.0  # the largest number of float16

_SMALL = {9: N_("a billionth"), 6: N_("a millionth"), 3: N_("a thousandth"), 1: N_("a tenth")}
_LARGE = {9: N_("a billion"), 6: N_("a million"), 3: N_("a thousand"), 1: N_("ten")}


@explorer(chapter="03")
def signal_depth(activation: str = "sigmoid", depth: int = 10, scale: float = 1.0) -> SignalDepth:
    """Send a signal up through a stack of dense layers, and a gradient back down.

    Parameters
    ----------
    activation : str
        Name of the activation of all layers.
    depth : int
        Number of layers, from 1 to 20; each has 64 units and no bias.
    scale : float
        The weights are normal with a standard deviation of ``scale / sqrt(64)``, from 0.1 to 10. 1 is what Glorot
        and LeCun advise, ``sqrt(2)`` what He advises.

    Returns
    -------
    SignalDepth
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.

    References
    ----------
    LeCun et al. (1998), Efficient BackProp; Glorot & Bengio (2010), AISTATS 13, 249-256; He et al. (2015), ICCV,
    arXiv:1502.01852.
    """
    return SignalDepth(activation=activation, depth=depth, scale=scale)


@cache
def _drawn() -> tuple[Array, Array, Array]:
    """Draw the inputs, the weights of all layers before scaling, and the gradient at the top: always the same."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((SAMPLES, UNITS))
    kernels = rng.standard_normal((DEEPEST, UNITS, UNITS)) / math.sqrt(UNITS)
    return x, kernels, rng.standard_normal((SAMPLES, UNITS))


@cache
def _steepest(name: str) -> float:
    """Find the largest slope of an activation."""
    return float(np.abs(activations.get(name).derivative(np.linspace(-8, 8, 1601))).max())


def _forward(f: activations.Activation, x: Array, kernels: Array) -> tuple[Array, Array]:
    """Return the input and each layer's activations, (depth + 1, samples, units), and each layer's slopes."""
    signal, slopes = [x], []
    for kernel in kernels:
        z = dense_forward(signal[-1], kernel, None)  # (samples, units)
        signal.append(f(z))
        slopes.append(f.derivative(z))
    return np.array(signal), np.array(slopes)


def _backward(kernels: Array, slopes: Array, d: Array) -> Array:
    """Return the size of the gradient from the input to the top, where it is `d`, (depth + 1,)."""
    sizes = [_size(d)]
    for kernel, slope in zip(kernels[::-1], slopes[::-1], strict=True):
        d = (d * slope) @ kernel.T  # dx of `dense_backward`, without the gradient of the kernel
        sizes.append(_size(d))
    return np.array(sizes[::-1])


def _size(a: Array) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(a**2)))


class SignalDepth(Explorer):
    """The widget that `signal_depth` returns."""

    name = "signal_depth"
    size = SIZE
    rows = (("activation",), ("depth", "scale"))
    presets = {
        N_("sigmoid vanishes"): {"activation": "sigmoid", "depth": 10, "scale": 1.0},
        N_("explodes"): {"activation": "relu", "depth": 20, "scale": 4.0},
        N_("He and ReLU"): {"activation": "relu", "depth": 20, "scale": 1.4},
        N_("Glorot and tanh"): {"activation": "tanh", "depth": 10, "scale": 1.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "activation": controls.choice(_("activation"), "sigmoid", NAMES),
            "depth": controls.count(_("layers"), 10, 1, DEEPEST),
            "scale": controls.steps(_("scale of weights"), 1.0, [(f"{scale:g}", scale) for scale in SCALES]),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Go forward through all layers, and back."""
        f = activations.get(values.activation)
        x, kernels, d = _drawn()
        kernels = values.scale * kernels[: values.depth]
        with single_blas_thread():  # products as small as these only wait for a second thread
            signal, slopes = _forward(f, x, kernels)
            gradient = _backward(kernels, slopes, d)
        flat = np.abs(slopes) <= FLAT * _steepest(values.activation)  # (depth, samples, units)
        return {
            "layer": np.arange(values.depth + 1),
            "quantiles": np.quantile(signal.reshape(values.depth + 1, -1), SHARES, axis=1),
            "size": np.sqrt(np.mean(signal**2, axis=(1, 2))),
            "flat": flat.mean(axis=(1, 2)),
            "dead": flat.all(axis=1).mean(axis=1),
            "gradient": gradient,
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = DepthFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the bars and the line."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the scale means, and by what each layer multiplies the gradient."""
        words = _("Scale 1 is the choice of LeCun and Glorot, √2 ≈ 1.4 that of He. Each weight is about {spread}.")
        sentences = [words.format(spread=f"±{values.scale / math.sqrt(UNITS):.2g}")]
        bottom, top = arrays["gradient"][0], arrays["gradient"][-1]
        if 0 < bottom < math.inf:
            factor = (bottom / top) ** (1 / values.depth)
            words = _("On its way back the gradient is multiplied by about {factor} in each layer.")
            sentences.append(words.format(factor=short(factor)))
        return " ".join(sentences)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain an explosion."""
        largest = float(max(arrays["size"].max(), arrays["gradient"].max()))
        if not math.isfinite(largest):
            return _(
                "Overflow: the numbers got too large for the computer and became infinite; nothing can be learned."
            )
        if arrays["gradient"][0] <= 1 / GONE:
            return ""
        sentences = [
            _("Explodes: the gradient grows to {size} times its size, and a step with it throws the weights far away.")
        ]
        if largest > HALF:
            sentences.append(_("In float16, which ends at 65,504, it would be infinite already."))
        sentences.append(_("Move the scale of weights to the left."))
        return " ".join(sentences).format(size=short(arrays["gradient"][0]))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what becomes of the signal, of the units and of the gradient, in orders of magnitude."""
        words = _(
            "A signal goes up a stack of dense layers: {depth} of {units} units, {name}, weights at scale {scale}. At "
            "the top its size is {size}; {flat}. On its way back to the input the gradient {course}."
        )
        return words.format(
            depth=values.depth,
            units=UNITS,
            name=values.activation,
            scale=f"{values.scale:g}",
            size=_magnitude(arrays["size"][-1]),
            flat=_flat_words(float(arrays["flat"][-1]), float(arrays["dead"][-1])),
            course=_course(float(arrays["gradient"][0])),
        )


def _magnitude(size: float) -> str:
    """Say how large a number is, in powers of ten that another processor's last bit does not change."""
    if not math.isfinite(size):
        return _("infinite")
    for exponent, name in _LARGE.items():
        if size > 10.0**exponent:
            return _("more than {number}").format(number=_(name))
    for exponent, name in _SMALL.items():
        if size < 10.0**-exponent:
            return _("less than {number}").format(number=_(name))
    return _("between a tenth and ten")


def _course(size: float) -> str:
    if USEFUL[0] <= size <= USEFUL[1]:
        return _("keeps a useful size, between a tenth and ten times what it was at the top")
    if size < USEFUL[0]:
        words = _("vanishes: {size} of it is left") if size < GONE else _("shrinks: {size} of it is left")
    else:
        words = _("grows: it becomes {size} times as large") if size <= 1 / GONE else ""
        words = words or _("explodes: it becomes {size} times as large")
    return words.format(size=_magnitude(size))


def _flat_words(flat: float, dead: float) -> str:
    if dead > 0.1:
        return _("more than one in ten units are dead there, flat for every sample")
    if flat > 0.3:
        return _("more than three in ten activations lie on a flat piece there")
    return _("few activations lie on a flat piece there")
