"""Chapter 4's random network: the surface of a network that was never trained, over the plane and along a cut."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nnlab import activations
from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.decision import Field, grid
from nnlab.language import N_, _
from nnlab.plots.style import GHOST, INK, SIGNED, Picture, axes_at

Array = NDArray[Any]

NAMES = ("linear", "sigmoid", "tanh", "relu", "gelu")
DEEPEST, WIDEST = 10, 32
REACH, SIDE = 3.0, 91  # the square from -3 to 3, with so many points along an edge
ALONG = 601  # points of the cut
BANDS = 25  # colors of the surface: their edges are lines of equal height
BIAS = 0.5  # spread of the biases
FLAT = 0.01  # a surface whose height differs by less than this share of its size is called flat
SAME = 1e-6  # what the order of sums may change; a surface that differs by no more is dead
SATURATED = 0.4  # share of the hidden values that lie on a flat piece of tanh or sigmoid
EDGE = {"tanh": 0.99, "sigmoid": 0.99}  # outputs beyond these lie on a flat piece
WILD = 12  # turns of the cut from which on it is called wild


@explorer(chapter="04")
def random_surface(
    activation: str = "tanh", depth: int = 2, width: int = 16, scale: float = 2.0, seed: int = 0, cut: float = 0.0
) -> RandomSurface:
    """Look at what a network computes before anybody has trained it.

    Parameters
    ----------
    activation : {"linear", "sigmoid", "tanh", "relu", "gelu"}
        Of the hidden layers.
    depth : int
        Number of hidden layers, from 1 to 10.
    width : int
        Units in each of them, from 1 to 32.
    scale : float
        Size of the weights, from 0.1 to 10; 1 is Glorot's rule for layers of equal width.
    seed : int
        Of the random weights, from 0 to 20.
    cut : float
        Where the cut runs: its x₂, from -3 to 3. It can be dragged in the figure.

    Returns
    -------
    RandomSurface
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return RandomSurface(activation=activation, depth=depth, width=width, scale=scale, seed=seed, cut=cut)


@cache
def _drawn(seed: int) -> tuple[Array, Array, Array, Array]:
    """Draw all that the largest network needs; a smaller one takes a part, so that a slider changes one thing."""
    rng = np.random.default_rng(seed)
    first, others = rng.normal(size=(2, WIDEST)), rng.normal(size=(DEEPEST - 1, WIDEST, WIDEST))
    biases, last = rng.normal(size=(DEEPEST, WIDEST)), rng.normal(size=(WIDEST, 1))
    return tuple(a.astype(np.float32) for a in (first, others, BIAS * biases, last))  # type: ignore[return-value]


def forward(values: Values, x: Array) -> tuple[Array, float]:
    """Compute the surface at points, and how much of the hidden layers is saturated.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.
    x : ndarray of shape (N, 2)

    Returns
    -------
    y : ndarray of shape (N,)
    saturated : float
        Share of the hidden outputs of all layers that lie on a flat piece.
    """
    f, width, scale = activations.get(values.activation), values.width, np.float32(values.scale)
    first, others, biases, last = _drawn(values.seed)
    flat = []
    a = np.asarray(x, np.float32)
    for layer in range(values.depth):
        kernel = first[:, :width] if layer == 0 else others[layer - 1, :width, :width]
        spread = scale / np.sqrt(np.float32(len(kernel)))  # the variance of a weight is scale² / inputs
        a = f(a @ (spread * kernel) + biases[layer, :width])
        if values.activation in EDGE:
            flat.append(_beyond(a, values.activation))
    y = a @ (last[:width] / np.sqrt(np.float32(width)))
    return np.asarray(y[:, 0], np.float64), float(np.mean(flat)) if flat else 0.0


def _beyond(a: Array, name: str) -> float:
    if name == "sigmoid":
        return float(np.mean((a > EDGE[name]) | (a < 1 - EDGE[name])))
    return float(np.mean(np.abs(a) > EDGE[name]))


def turns(y: Array) -> int:
    """Count how often a curve changes from rising to falling or back, leaving out what is too small to see.

    Parameters
    ----------
    y : ndarray of shape (points,)

    Returns
    -------
    int

    Examples
    --------
    >>> turns(np.array([0.0, 1.0, 0.5, 2.0]))
    2
    """
    steps = np.diff(y)
    steps = steps[np.abs(steps) > 1e-4 * max(1e-12, float(np.ptp(y)))]
    return int(np.sum(steps[1:] * steps[:-1] < 0))


class SignedField(Field):
    """A field in stronger colors and in bands, as of a map: their edges show where it bends."""

    def __init__(self, axes: Axes, values: Array) -> None:
        super().__init__(axes, values)
        band = np.minimum(np.arange(256) * BANDS // 256, BANDS - 1) / (BANDS - 1)
        self._colors = (SIGNED(band) * 255).round().astype(np.uint8)


class RandomSurface(Explorer):
    """The widget that `random_surface` returns."""

    name = "random_surface"
    size = (840, 360)
    rows = (("activation",), ("depth", "width"), ("scale", "seed"))
    pointer = {"surface": ((None, "cut"),)}
    presets = {
        N_("smooth"): {"activation": "tanh", "depth": 2, "width": 16, "scale": 1.0, "seed": 0},
        N_("chaos: deep tanh, large weights"): {
            "activation": "tanh", "depth": 10, "width": 32, "scale": 4.0, "seed": 0,
        },
        N_("facets"): {"activation": "relu", "depth": 2, "width": 12, "scale": 2.0, "seed": 5},
        N_("flat: deep sigmoid"): {"activation": "sigmoid", "depth": 10, "width": 16, "scale": 1.0, "seed": 0},
        N_("dead"): {"activation": "relu", "depth": 10, "width": 2, "scale": 1.0, "seed": 0},
    }  # fmt: skip

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "activation": controls.choice(_("activation"), "tanh", NAMES),
            "depth": controls.count(_("hidden layers"), 2, 1, DEEPEST),
            "width": controls.count(_("units in each"), 16, 1, WIDEST),
            "scale": controls.log_slider(_("scale of weights"), 2.0, 0.1, 10.0),
            "seed": controls.count(_("seed"), 0, 0, 20),
            "cut": controls.slider(_("cut at x₂"), 0.0, -REACH, REACH, 0.1),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute the surface and the cut."""
        x = np.linspace(-REACH, REACH, ALONG)
        line = np.stack([x, np.full(ALONG, values.cut)], axis=1)
        with single_blas_thread():  # products as small as these only wait for a second thread
            surface, saturated = forward(values, grid(REACH, SIDE))
            height, _unused = forward(values, line)
        size = max(float(np.abs(surface).max()), 1e-30)
        flat = float(np.ptp(surface)) < FLAT * size or not np.any(surface)
        return {
            "surface": surface.reshape(SIDE, SIDE),
            "x": x,
            "height": height,
            "saturated": np.array(saturated),
            "turns": np.array(0 if flat else turns(height)),
            "flat": np.array(flat),
            "dead": np.array(np.ptp(surface) <= SAME * size),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the surface from above, and the cut beside it."""
        left = axes_at(figure, 60, 36, 276, 276)
        left.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="x₁", ylabel="x₂", label="surface")
        left.set_title(_("the surface from above"))
        left.grid(False)
        self._field = SignedField(left, np.full((SIDE, SIDE), 0.5))
        left.add_artist(self._field)
        self._line = left.axhline(0, color=INK, linewidth=1.6, linestyle=(0, (4, 2)))
        (self._knob,) = left.plot([REACH], [0], "o", color=INK, markersize=8, clip_on=False)
        frame = Rectangle((0, 0), 1, 1, transform=left.transAxes, fill=False, edgecolor="#999999", linewidth=0.8)
        left.add_patch(frame)
        right = axes_at(figure, 432, 36, 392, 276)
        right.set(xlim=(-REACH, REACH), xlabel="x₁", ylabel=_("output"))
        right.set_title(_("along the dashed cut"))
        right.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        right.yaxis.set_major_formatter(FuncFormatter(_short))
        self._axes = right
        self._zero = right.axhline(0, color=GHOST, linewidth=1)
        (self._height,) = right.plot([], [], color=INK, linewidth=1.8)
        self._words = right.text(1, 1.02, "", transform=right.transAxes, ha="right", va="bottom", color=INK)
        return [
            self._field, frame, self._line, self._knob, right.yaxis, self._zero, self._height, self._words,
        ]  # fmt: skip

    def update(self, values: Values, arrays: Arrays) -> None:
        """Color the surface, and move the cut."""
        surface, height = arrays["surface"], arrays["height"]
        middle = float(surface.max() + surface.min()) / 2
        half = max(float(np.ptp(surface)) / 2, FLAT * abs(middle), 1e-9)
        self._field.values = 0.5 + (surface - middle) / (2 * half)
        self._line.set_ydata([values.cut, values.cut])
        self._knob.set_ydata([values.cut])
        self._height.set_data(arrays["x"], height)
        self._axes.set_ylim(middle - 1.08 * half, middle + 1.08 * half)
        words = _("flat") if arrays["flat"] else _("turns: {turns}").format(turns=int(arrays["turns"]))
        self._words.set_text(words)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say that nothing is trained."""
        layers = "-".join(["2", *[str(values.width)] * values.depth, "1"])
        words = _("Random weights, not trained: {layers}. Drag the dashed line. Blue is low, orange high.")
        if values.depth > 3:
            layers = f"2-{values.width}-…-{values.width}-1"
        return words.format(layers=layers)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain a surface on which nothing can be learned."""
        if arrays["dead"]:
            return _("Dead: whatever goes in, exactly the same comes out. Some layer is off everywhere.")
        if arrays["flat"]:
            return _("Flat: whatever goes in, nearly the same comes out. Each layer shrinks the differences.")
        if arrays["saturated"] > SATURATED:
            words = _(
                "Saturated: {percent} % of the hidden values lie on a flat piece. The surface jumps, and a gradient "
                "would find next to nothing there."
            )
            return words.format(percent=int(100 * arrays["saturated"]))
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what the surface is like."""
        words = _(
            "The surface of a random network: hidden layers {depth}, units in each {width}, {name}, weights at scale "
            "{scale}."
        )
        if arrays["dead"]:
            kind = _("It is dead: exactly the same comes out everywhere.")
        elif arrays["flat"]:
            kind = _("It is flat: nearly the same comes out everywhere.")
        elif arrays["saturated"] > SATURATED and arrays["turns"] > WILD:
            kind = _("It is wild: along the cut it turns many times, and many values are saturated.")
        elif arrays["turns"] > WILD:
            kind = _("It is rugged: along the cut it turns many times.")
        else:
            kind = _("It is calm: along the cut it turns a few times at most.")
        fields = {"depth": values.depth, "width": values.width, "name": values.activation, "scale": f"{values.scale:g}"}
        return f"{words.format(**fields)} {kind}"


def _short(value: float, _position: object) -> str:
    return f"{value:.3g}".replace("-", "−")
