"""What `threshold_metrics` draws: the scores of both classes with the threshold, four shares, and the ROC curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 350)
BINS = 25
TALL = 3.4  # log10 of the largest count that is shown
METRICS = ("accuracy", "precision", "recall", "F1")
_PALE = {CLASS_0: "#bcd9ec", CLASS_1: "#f8e2b3"}
_DEEP_1 = "#8a5f00"


class ThresholdFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self._scores(figure)
        self._shares(figure)
        self._roc(figure)
        self.moving: list[Artist] = [
            self._bars, self._line, self._handle, *self._counts, self._share_bars, *self._share_texts,
            self._curve, self._point, self._area,
        ]  # fmt: skip

    def _scores(self, figure: Picture) -> None:
        axes = axes_at(figure, 78, 44, 336, 250)
        axes.set(xlim=(0, 1), ylim=(-TALL, TALL), xlabel=_("score: how likely an 8, says the network"))
        axes.set(ylabel=_("images, log scale"), label="scores", xticks=np.arange(0, 1.01, 0.2))
        axes.set_yticks([k * np.log10(1 + 10.0**n) for k in (-1, 1) for n in (0, 1, 2, 3)])
        axes.set_yticklabels(["1", "10", "100", "1000"] * 2)
        axes.axhline(0, color=INK, linewidth=1)
        axes.set_title(_("drag ◇: an alarm from here on"))
        self._bars = PolyCollection([], linewidths=0.6, edgecolors="white")
        axes.add_collection(self._bars, autolim=False)
        (self._line,) = axes.plot([], [], color=INK, linewidth=2)
        (self._handle,) = axes.plot(
            [], [], "D", color="white", markeredgecolor=INK, markeredgewidth=2, markersize=10, clip_on=False
        )
        places = ((0.03, 0.95, "left", CLASS_0), (0.97, 0.95, "right", CLASS_0),
                  (0.03, 0.05, "left", _DEEP_1), (0.97, 0.05, "right", _DEEP_1))  # fmt: skip
        self._counts = [
            axes.text(
                x,
                y,
                "",
                ha=side,
                va="center",
                color=color,
                fontweight="bold",
                transform=axes.transAxes,
                bbox={"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1.5},
            )
            for x, y, side, color in places
        ]

    def _shares(self, figure: Picture) -> None:
        axes = axes_at(figure, 500, 44, 90, 250)
        axes.set(xlim=(0, 1), ylim=(3.6, -0.6), xticks=[0, 0.5, 1], xticklabels=["0", "½", "1"])
        axes.set_yticks(range(4), [_("accuracy"), _("precision"), _("recall"), "F1"])
        axes.grid(axis="y", visible=False)
        self._share_bars = PolyCollection([], linewidths=0, facecolors=[GHOST, "#6b6b6b", "#6b6b6b", INK])
        axes.add_collection(self._share_bars, autolim=False)
        self._share_texts = [axes.text(0.02, k - 0.36, "", va="center", fontsize=10) for k in range(4)]

    def _roc(self, figure: Picture) -> None:
        axes = axes_at(figure, 660, 44, 160, 250)
        axes.set(xlim=(-0.02, 1), ylim=(0, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.set(xticklabels=["0", "½", "1"], yticklabels=["0", "½", "1"])
        axes.set(xlabel=_("false alarms / others"), ylabel=_("hits / all 8s"))
        axes.set_title("ROC")
        axes.plot([0, 1], [0, 1], color=GHOST, linewidth=1.2)
        axes.text(0.97, 0.03, _("gray: by chance"), ha="right", color=QUIET, fontsize=10)
        (self._curve,) = axes.plot([], [], color=INK, linewidth=2, clip_on=False)
        (self._point,) = axes.plot(
            [], [], "D", color="white", markeredgecolor=INK, markeredgewidth=2, markersize=9, clip_on=False
        )
        self._area = axes.text(0.97, 0.14, "", ha="right", color=INK)

    def update(self, threshold: float, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        threshold : float
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._move_bars(threshold, arrays)
        self._line.set_data([threshold, threshold], [-TALL, TALL])
        self._handle.set_data([threshold], [0])
        tn, fp, fn, tp = (int(count) for count in arrays["counts"])
        words = (_("right, no 8: {n}"), _("false alarms: {n}"), _("missed: {n}"), _("hits: {n}"))
        for text, word, n in zip(self._counts, words, (tn, fp, fn, tp), strict=True):
            text.set_text(word.format(n=n))
        shares = arrays["shares"]
        self._share_bars.set_verts(
            [[(0, k - 0.18), (0, k + 0.22), (s, k + 0.22), (s, k - 0.18)] for k, s in enumerate(shares)]
        )
        for text, share in zip(self._share_texts, shares, strict=True):
            text.set_text(f"{share:.2f}")
        self._curve.set_data(arrays["fpr"], arrays["tpr"])
        self._point.set_data([fp / max(1, fp + tn)], [tp / max(1, tp + fn)])
        self._area.set_text(_("AUC {area}").format(area=f"{float(arrays['auc']):.2f}"))

    def _move_bars(self, threshold: float, arrays: dict[str, Any]) -> None:
        """Draw each class as bars, cut at the threshold: strong where the network gives the alarm."""
        edges = np.linspace(0, 1, BINS + 1)
        verts, colors = [], []
        for side, color, name in ((1, CLASS_0, "other_scores"), (-1, CLASS_1, "eight_scores")):
            heights = side * np.log10(1 + np.histogram(arrays[name], edges)[0])
            for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True):
                cut = float(np.clip(threshold, left, right))
                for a, b, shade in ((left, cut, _PALE[color]), (cut, right, color)):
                    if b > a and height:
                        verts.append([(a, 0), (a, height), (b, height), (b, 0)])
                        colors.append(shade)
        self._bars.set_verts(verts)
        self._bars.set_facecolor(colors)
