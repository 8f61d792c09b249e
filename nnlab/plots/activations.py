"""Pictures of activation functions: the family in small multiples, and chapter 3's one picture.

The functions themselves are in `nnlab.activations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nnlab import activations
from nnlab.plots._check import checked
from nnlab.plots.style import ACTIVATION_COLORS, CLASS_0, INK, Picture, beside, new_figure, styled
from nnlab.plots.training import label_ends

FLAT = 0.01  # a slope below this is called flat
_REACH = 8.0  # so that SiLU's flat end is in the picture
_FAMILY = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu")


@styled
@checked
def activation_family(names: Sequence[str | activations.Activation] = _FAMILY) -> Picture:
    """Draw activations in small multiples, each with its slope, and gray ground where the slope is nearly 0.

    Parameters
    ----------
    names : sequence of str or Activation

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is none, or more than 12, or an unknown name.

    Examples
    --------
    >>> activation_family(["sigmoid", "relu"]).alt
    'The activations sigmoid, relu and their slopes. Flat on both sides: sigmoid; flat on the left: relu.'
    """
    chosen = [activations.get(name) for name in names]
    if not 1 <= len(chosen) <= 12:
        raise ValueError(f"plots.activation_family draws 1 to 12 activations, got {len(chosen)}.")
    columns = min(4, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = new_figure(40 + 200 * columns, 40 + 175 * rows)
    places = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).reshape(-1)
    for ax in places[len(chosen) :]:
        ax.set_axis_off()
    for k, (ax, f) in enumerate(zip(places, chosen, strict=False)):
        _panel(ax, f)
        if k + columns >= len(chosen):
            ax.set_xlabel("z")
            ax.tick_params(labelbottom=True)
    _name_lines(places[0])
    figure.alt = _describe(chosen)
    return figure


@styled
@checked
def bends(arriving: Mapping[str, ArrayLike]) -> Picture:
    """Draw chapter 3 in one picture: what a bend makes possible, what it costs, and how that adds up with depth.

    Parameters
    ----------
    arriving : dict of str to array_like of shape (depth,)
        For each activation, the share of a nudge that arrives behind layer 1, 2, and so on.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing, or if a share is not above 0.
    """
    shares = {str(name): np.asarray(share, dtype=np.float64).reshape(-1) for name, share in arriving.items()}
    if not shares or any(share.size < 2 or not (share > 0).all() for share in shares.values()):
        raise ValueError(
            "plots.bends expected for each activation the shares, above 0, that arrive behind layer 1, 2, and so on."
        )
    figure = new_figure(840, 300)
    left, middle, right = figure.subplots(1, 3)
    _pieces(left)
    _slopes(middle, list(shares))
    _depth(right, shares)
    smallest = min(shares, key=lambda name: shares[name][-1])
    depth = max(share.size for share in shares.values())
    figure.alt = (
        "Three panels. A network of three ReLU units draws a tent; without the bend the same weights draw a flat line. "
        f"The slopes of {', '.join(shares)}. The share of a nudge that arrives behind {depth} layers: smallest with "
        f"{smallest}."
    )
    return figure


def _panel(ax: Axes, f: activations.Activation) -> None:
    z = np.linspace(-_REACH, _REACH, 481)
    slope = _slope(f, z)
    # The name carries the ink, so that blue and vermilion mean value and slope in every panel.
    ax.fill_between(
        z, 0, 1, where=_wide(np.abs(slope) < FLAT), transform=ax.get_xaxis_transform(), color="#e2e2e2", linewidth=0
    )
    ax.grid(False)  # on the gray ground its lines would look like curves
    ax.axhline(0, color="#a8a8a8", linewidth=0.8)
    ax.axvline(0, color="#a8a8a8", linewidth=0.8)
    # Where the two meet, the dashes lie on the wide line, and both are seen.
    _line(ax, z, f(z), color=CLASS_0, linewidth=3.0, alpha=0.9)
    _line(ax, z, slope, color="#a84a00", linewidth=1.5, linestyle=(0, (3, 1.8)))
    ax.set(xlim=(-_REACH, _REACH), ylim=(-1.75, 3.2), xticks=(-8, -4, 0, 4, 8), yticks=(-1, 0, 1, 2, 3))
    ax.set_title(f.name, color=ACTIVATION_COLORS.get(f.name, ("", INK))[1])


def _wide(flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out where a slope only passes through 0: so narrow a ground would look like a line."""
    runs = np.split(flat, np.flatnonzero(np.diff(flat)) + 1)
    return np.concatenate([run & (run.size > 10) for run in runs])


def _line(ax: Axes, z: NDArray[np.float64], y: NDArray[np.float64], **style: Any) -> None:
    """Draw a curve in pieces: where it jumps there is no line."""
    for piece in np.split(np.arange(z.size), np.flatnonzero(np.abs(np.diff(y)) > 0.5) + 1):
        ax.plot(z[piece], y[piece], **style)


def _name_lines(ax: Axes) -> None:
    """Say once what the two lines and the gray ground are."""
    for y, text, color in (
        (2.75, "value f(z)", CLASS_0),
        (2.15, "slope f′(z)", "#a84a00"),
        (1.55, "gray: flat", INK),
    ):
        ax.text(-0.93 * _REACH, y, text, color=color, fontsize=10, va="center")


def _slope(f: activations.Activation, z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros_like(z) if f is activations.step else f.derivative(z)


def _describe(chosen: list[activations.Activation]) -> str:
    far = np.array([-20.0, 20.0])
    sides: dict[str, list[str]] = {"flat on both sides": [], "flat on the left": [], "flat nowhere": []}
    for f in chosen:
        left, right = np.abs(_slope(f, far)) < FLAT
        key = "flat on both sides" if left and right else "flat on the left" if left else "flat nowhere"
        sides[key].append(f.name)
    told = "; ".join(f"{key}: {', '.join(names)}" for key, names in sides.items() if names)
    return f"The activations {', '.join(f.name for f in chosen)} and their slopes. {told[:1].upper()}{told[1:]}."


def _pieces(ax: Axes) -> None:
    x = np.linspace(-2, 2, 201)
    z = x[:, None] + np.array([1.0, 0.0, -1.0])  # (points, 3)
    weights = np.array([1.0, -2.0, 1.0])
    for k, weight in enumerate(weights):
        ax.plot(x, weight * np.maximum(z[:, k], 0), color="#8fd0bb", linewidth=1.3)
    ax.plot(x, z @ weights, color=INK, linewidth=1.6, linestyle=(0, (3, 1.6)), zorder=4)
    ax.plot(x, np.maximum(z, 0) @ weights, color=ACTIVATION_COLORS["relu"][0], linewidth=2.8)
    ax.set(title="A bend makes shapes", xlabel="x", xlim=(-2, 2), ylim=(-1.3, 1.9), yticks=(-1, 0, 1))
    beside(ax, "three bends, added", (-1.95, 1.5), (0, 0), color=ACTIVATION_COLORS["relu"][1])
    beside(ax, "no bends", (-1.95, 0), (0, -11), color=INK)


def _slopes(ax: Axes, names: list[str]) -> None:
    z = np.linspace(-5, 5, 401)
    places = {"sigmoid": (-3.1, 0.2), "tanh": (-0.8, 0.9), "relu": (3.1, 1.08)}
    for name in names:
        color, ink = ACTIVATION_COLORS.get(name, (INK, INK))
        _line(ax, z, _slope(activations.get(name), z), color=color, linewidth=2.2)
        x, y = places.get(name, (0.0, 1.2))
        ax.text(x, y, name, color=ink, ha="right" if name == "tanh" else "center", va="center")
    ax.set(title="Its slope is the toll", xlabel="z", ylabel="f′(z)", xlim=(-5, 5), ylim=(-0.05, 1.25))
    ax.set(xticks=(-4, -2, 0, 2, 4), yticks=(0, 0.25, 0.5, 1), yticklabels=("0", "¼", "½", "1"))


def _depth(ax: Axes, shares: dict[str, NDArray[np.float64]]) -> None:
    ends = []
    for name, share in shares.items():
        color, ink = ACTIVATION_COLORS.get(name, (INK, INK))
        ax.plot(np.arange(1, share.size + 1), share, color=color, linewidth=2.4)
        ends.append((float(share[-1]), name, ink))
    deepest = max(share.size for share in shares.values())
    ax.set_yscale("log")
    ax.set(title="Every layer takes it", xlabel="layer", ylabel="share that arrives", xlim=(1, deepest))
    label_ends(ax, ends, height=210)
