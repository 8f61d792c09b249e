"""Chapter 14's unrolled network: a state on its way through time, and the gradient on its way back.

What is drawn stands in `nnlab.explorers.chapter_14._unrolled_figure`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_14._unrolled_figure import LONGEST, SIZE, UnrolledFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.labels import short
from nnlab.plots.style import Picture

Array = NDArray[Any]

UNITS = 16
MATRICES = ("random", "orthogonal")
GONE = 1e-3  # a gradient below this share has vanished, above its inverse it has exploded
CLIPS = (0.0, 0.1, 1.0, 10.0)


@explorer(chapter="14")
def unrolled_rnn(
    matrix: str = "random", radius: float = 0.8, activation: str = "tanh", steps: int = 30, clip: float = 0.0
) -> UnrolledRNN:
    """Send a signal through a recurrent network, and a gradient back through time.

    Parameters
    ----------
    matrix : {"random", "orthogonal"}
        What the recurrent matrix, (16, 16), is made of before it is scaled.
    radius : float
        Its spectral radius, from 0.5 to 1.5.
    activation : {"linear", "tanh"}
    steps : int
        Length of the sequence, from 5 to 60. There is an input at step 1 only.
    clip : float
        Norm that the gradient of the matrix may have at most: 0.1, 1 or 10; 0 for no clipping.

    Returns
    -------
    UnrolledRNN
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.

    References
    ----------
    Bengio, Simard & Frasconi (1994), IEEE Transactions on Neural Networks 5(2), 157-166; Pascanu, Mikolov & Bengio
    (2013), ICML 30, 1310-1318.
    """
    return UnrolledRNN(matrix=matrix, radius=radius, activation=activation, steps=steps, clip=clip)


@cache
def _drawn(matrix: str) -> tuple[Array, Array, Array, Array]:
    """Draw the matrix with spectral radius 1 and its eigenvalues, the signal, and the gradient at the end."""
    rng = np.random.default_rng(14)
    W = rng.standard_normal((UNITS, UNITS))
    if matrix == "orthogonal":
        W = np.linalg.qr(W)[0]
    eigenvalues = np.linalg.eigvals(W)
    scale = np.abs(eigenvalues).max()
    signal, gradient = rng.standard_normal((2, UNITS))
    return W / scale, eigenvalues / scale, signal, gradient / np.linalg.norm(gradient)


def forward(W: Array, signal: Array, steps: int, activation: str) -> Array:
    """Run through time, with an input at the first step only.

    Parameters
    ----------
    W : ndarray of shape (H, H)
    signal : ndarray of shape (H,)
    steps : int
    activation : {"linear", "tanh"}

    Returns
    -------
    ndarray of shape (steps + 1, H)
        The states; the first is 0.
    """
    h = [np.zeros(len(W))]
    for t in range(steps):
        z = h[-1] @ W + (signal if t == 0 else 0)
        h.append(np.tanh(z) if activation == "tanh" else z)
    return np.array(h)


def backward(W: Array, h: Array, dh: Array, activation: str) -> tuple[Array, Array]:
    """Run back through time.

    Parameters
    ----------
    W : ndarray of shape (H, H)
    h : ndarray of shape (steps + 1, H)
        As `forward` returns them.
    dh : ndarray of shape (H,)
        Gradient at the last state.
    activation : {"linear", "tanh"}

    Returns
    -------
    dhs : ndarray of shape (steps, H)
        Gradient at the state after each step.
    dW : ndarray of shape (H, H)
    """
    dhs, dW = [], np.zeros_like(W)
    for t in reversed(range(len(h) - 1)):
        dhs.append(dh)
        dz = dh * (1 - h[t + 1] ** 2) if activation == "tanh" else dh
        dW += np.outer(h[t], dz)
        dh = dz @ W.T
    return np.array(dhs[::-1]), dW


class UnrolledRNN(Explorer):
    """The widget that `unrolled_rnn` returns."""

    name = "unrolled_rnn"
    size = SIZE
    rows = (("matrix", "activation"), ("radius", "steps"), ("clip",))
    presets = {
        N_("vanishes"): {"matrix": "random", "radius": 0.8, "activation": "tanh", "steps": 30, "clip": 0.0},
        N_("explodes"): {"matrix": "random", "radius": 1.3, "activation": "linear", "steps": 60, "clip": 0.0},
        N_("clipped"): {"matrix": "random", "radius": 1.3, "activation": "linear", "steps": 60, "clip": 1.0},
        N_("orthogonal"): {"matrix": "orthogonal", "radius": 1.0, "activation": "linear", "steps": 60, "clip": 0.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        clips = [(f"{norm:g}" if norm else _("off"), norm) for norm in CLIPS]
        return {
            "matrix": controls.choice(_("matrix W"), "random", MATRICES),
            "radius": controls.slider(_("spectral radius"), 0.8, 0.5, 1.5, 0.05),
            "activation": controls.choice(_("activation"), "tanh", ("linear", "tanh")),
            "steps": controls.count(_("steps"), 30, 5, LONGEST),
            "clip": controls.steps(_("clip at norm"), 0.0, clips),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Go through time, and back."""
        W, eigenvalues, signal, last = _drawn(values.matrix)
        W = values.radius * W
        with single_blas_thread():
            h = forward(W, signal, values.steps, values.activation)
            dhs, dW = backward(W, h, last, values.activation)
        norm = float(np.linalg.norm(dW))
        return {
            "state": h[1:],
            "gradient": np.linalg.norm(dhs, axis=1),
            "eigenvalues": values.radius * eigenvalues,
            "whole": np.array([norm, min(norm, values.clip) if values.clip else norm]),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = UnrolledFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move tiles, line, eigenvalues and bars."""
        self._picture.update(arrays, values.clip)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the gradient has become, and what clipping makes of it."""
        words = _("At the last step the gradient has length 1; at step 1 it is {size}.")
        sentences = [words.format(size=short(float(arrays["gradient"][0])))]
        whole, clipped = arrays["whole"]
        if clipped < whole:
            words = _("Clipping makes the gradient of W {times} times shorter, and keeps its direction.")
            sentences.append(words.format(times=short(float(whole / clipped))))
        return " ".join(sentences)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain an explosion."""
        whole, clipped = arrays["whole"]
        if not math.isfinite(whole):
            return _("Overflow: the numbers got too large for the computer.")
        if clipped < 1 / GONE:
            return ""
        words = _("Explodes: the gradient of W has length {size}. A step along it throws the weights away: clip it.")
        return words.format(size=short(float(whole)))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what becomes of the gradient, in orders of magnitude."""
        words = _(
            "A recurrent network of {units} units, unrolled over {steps} steps: {matrix} matrix of spectral radius "
            "{radius}, {activation}. On its way back to step 1 the gradient {course}."
        )
        size = float(arrays["gradient"][0])
        if size < GONE:
            course = _("vanishes")
        elif size > 1 / GONE:
            course = _("explodes")
        else:
            course = _("stays within a factor of a thousand")
        told = words.format(
            units=UNITS, steps=values.steps, matrix=values.matrix, radius=f"{values.radius:g}",
            activation=values.activation, course=course,
        )  # fmt: skip
        whole, clipped = arrays["whole"]
        if clipped < 0.9 * whole:
            told += " " + _("The gradient of W is clipped to the norm {norm}.").format(norm=f"{values.clip:g}")
        return told
