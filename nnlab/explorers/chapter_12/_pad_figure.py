"""The drawing pad as a picture, for where no kernel runs.

Data in, picture out: no widgets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers.chapter_12._signal import Signal, grids
from nnlab.language import _
from nnlab.plots.answers import draw_bars
from nnlab.plots.style import PAPER, QUIET, Picture, applied, new_figure

Array = NDArray[Any]

WIDTH, HEIGHT, DEEP = 760, 300, 490  # DEEP: the height where the hidden layer is shown


def pad_picture(
    drawing: Array, image: Array | None, p: Array | None, signal: Signal | None, *, deep: bool, note: str
) -> Picture:
    """Draw the pad as it stands.

    Parameters
    ----------
    drawing : ndarray of shape (side, side)
        From 0 to 1.
    image : ndarray of shape (28, 28) or None
        What the network sees.
    p : ndarray of shape (10,) or None
        What it says.
    signal : Signal or None
    deep : bool
        Whether there is a hidden layer to be shown.
    note : str
        Why there is no answer, if there is none.

    Returns
    -------
    Picture
    """
    with applied():
        figure = new_figure(WIDTH, DEEP if deep else HEIGHT)
        rows: Any = figure.subfigures(2, 1, height_ratios=[HEIGHT, DEEP - HEIGHT]) if deep else [figure]
        pad, seen, bars = rows[0].subplots(1, 3, width_ratios=[1, 0.62, 1.25])
        field = np.zeros((28, 28)) if image is None else image
        for ax, ink, title in ((pad, drawing, _("Drawing")), (seen, field, _("The network sees"))):
            ax.imshow(ink, cmap="gray_r", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], facecolor=PAPER)
            ax.set_title(title)
            ax.spines[:].set(visible=True, color="#cccccc")
        bars.set_title(_("It says"))
        names = [str(digit) for digit in range(10)]
        draw_bars(bars, np.zeros(10) if p is None else p, names, None if p is None else int(np.argmax(p)))
        if p is None:
            for text in list(bars.texts):
                text.remove()
            bars.text(0.5, 4.5, note, ha="center", va="center", color=QUIET)
        if deep:
            _draw_inside(signal, rows[1].subplots(1, 2))
    return figure


def _draw_inside(signal: Signal | None, axes: Any) -> None:
    """Draw the hidden units twice: how strongly they react, and what they say for the digit."""
    lines = ("", "") if signal is None else signal.words()
    empty = np.full((1, 1, 3), 255, np.uint8)
    pictures = (empty, empty) if signal is None else grids(signal)
    titles = (_("Hidden units"), _("What each says for the answer"))
    for ax, colors, title, line in zip(axes, pictures, titles, lines, strict=True):
        ax.imshow(colors, interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.set_title(title)
        ax.set_xlabel(line.replace("; bias", ";\nbias"))
        ax.spines[:].set(visible=True, color="#cccccc")
