"""The picture of `train_digits`: loss and accuracy of a run beside those of the run before, and one large number.

Data in, artists out: `Trace` holds what a training has told so far, `DigitsFigure` draws it. No widgets, no threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.style import GHOST, INK, QUIET, VALIDATION_DASHES, Picture

EPOCHS = 5
GUESSING = float(np.log(10))  # the loss of ten equal probabilities
LOW, HIGH = 0.02, 20.0  # the scale of the loss; beyond it training has diverged
_SHORTEST = 0.08  # of an epoch, that a point of the training curve is the mean of


@dataclass
class Trace:
    """What a training has told so far.

    Attributes
    ----------
    epoch, loss, accuracy : list of float
        Of the training digits: before training, then means over some batches, placed at the middle
        of those batches, in epochs since the start.
    test_epoch, test_loss, test_accuracy : list of float
        Of the test digits, before training and after each epoch.
    """

    epoch: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    test_epoch: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    _seen: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def progress(self, epoch: int, done: float, loss: float, accuracy: float) -> bool:
        """Take the means since the epoch began; keep what the newest batches alone contribute, if they are enough."""
        before, total_loss, total_accuracy = self._seen
        share = done - before
        enough = share >= _SHORTEST
        if not enough and done < 1:
            return False
        if enough:
            self.epoch.append(epoch + (done + before) / 2)
            self.loss.append((loss * done - total_loss) / share)
            self.accuracy.append((accuracy * done - total_accuracy) / share)
        self._seen = (done, loss * done, accuracy * done)
        return enough

    def start(self, training: Sequence[float], test: Sequence[float]) -> None:
        """Take loss and accuracy before training, of training and of test digits."""
        self.epoch, self.loss, self.accuracy = [0.0], [training[0]], [training[1]]
        self.test_epoch, self.test_loss, self.test_accuracy = [0.0], [test[0]], [test[1]]

    def epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Take the means of a whole epoch, and what the test digits say."""
        self.progress(epoch, 1.0, logs["loss"], logs["accuracy"])
        self._seen = (0.0, 0.0, 0.0)
        self.test_epoch.append(epoch + 1.0)
        self.test_loss.append(logs["val_loss"])
        self.test_accuracy.append(logs["val_accuracy"])

    @property
    def complete(self) -> bool:
        """Whether all epochs were trained."""
        return len(self.test_accuracy) > EPOCHS

    @property
    def diverged(self) -> bool:
        """Whether the loss has left the scale, or is no longer a number."""
        seen = np.array(self.loss + self.test_loss)
        worse = self.complete and self.test_loss[-1] > 1.2 * GUESSING
        return bool(np.any(~np.isfinite(seen) | (seen > 5 * GUESSING))) or worse

    @property
    def guessing(self) -> bool:
        """Whether a whole training has taught the network next to nothing."""
        return self.complete and self.test_accuracy[-1] < 0.25

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Give what is drawn, by name."""
        names = ("epoch", "loss", "accuracy", "test_epoch", "test_loss", "test_accuracy")
        return {name: np.array(getattr(self, name), dtype=np.float64) for name in names}


class DigitsFigure:
    """The axes and artists of `train_digits`.

    Attributes
    ----------
    moving : list of Artist
        What changes from picture to picture, in drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self._loss = figure.add_axes((0.09, 0.165, 0.285, 0.715))
        self._accuracy = figure.add_axes((0.555, 0.165, 0.215, 0.715))
        self._set_up_axes()
        ghosts = [_line(ax, GHOST, dashes) for ax in (self._loss, self._accuracy) for dashes in (False, True)]
        lines = [_line(ax, INK, dashes) for ax in (self._loss, self._accuracy) for dashes in (False, True)]
        for line in (lines[1], lines[3]):
            line.set(marker="o", markersize=4.5, clip_on=False)
        self._ghosts, self._lines = ghosts, lines
        self._names = [self._loss.text(0, 1, "", va="center_baseline", color=INK) for _name in range(2)]
        right = 0.892
        self._big = figure.text(right, 0.62, "", ha="center", fontsize=27, fontweight="bold", color=INK)
        self._under = figure.text(right, 0.595, "", ha="center", va="top", color=INK, linespacing=1.35)
        self._before = figure.text(right, 0.34, "", ha="center", va="top", color=QUIET, linespacing=1.45)
        texts: list[Text] = [*self._names, self._big, self._under, self._before]
        self.moving: list[Artist] = [*ghosts, *lines, *texts]

    def _set_up_axes(self) -> None:
        loss, accuracy = self._loss, self._accuracy
        loss.set(title=_("Loss"), xlabel=_("epoch"), ylabel=_("loss (cross-entropy)"), yscale="log", ylim=(LOW, HIGH))
        loss.set_yticks([0.03, 0.1, 0.3, 1, 3, 10])
        loss.yaxis.set_minor_locator(NullLocator())
        loss.yaxis.set_major_formatter(FuncFormatter(lambda y, _position: f"{y:g}"))
        accuracy.set(title=_("Accuracy"), xlabel=_("epoch"), ylabel=_("share of right answers"), ylim=(0, 1))
        accuracy.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        accuracy.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        for ax, at, words in ((loss, GUESSING, _("guessing: log 10")), (accuracy, 0.1, _("guessing: 10 %"))):
            ax.set(xlim=(0, EPOCHS), xticks=range(EPOCHS + 1))
            ax.axhline(at, color="#8a8a8a", linewidth=1, linestyle=(0, (1, 2)))
            ax.annotate(words, (EPOCHS, at), (-2, 5), textcoords="offset points", ha="right", color=QUIET, fontsize=10)

    def update(self, trace: Trace, before: Trace | None, words_before: str) -> None:
        """Show a run and, pale behind it, the run before.

        Parameters
        ----------
        trace : Trace
        before : Trace or None
        words_before : str
            The settings of the run before.
        """
        for run, lines in ((before or Trace(), self._ghosts), (trace, self._lines)):
            a = run.arrays()
            lines[0].set_data(a["epoch"], np.clip(a["loss"], LOW, HIGH))
            lines[1].set_data(a["test_epoch"], np.clip(a["test_loss"], LOW, HIGH))
            lines[2].set_data(a["epoch"], a["accuracy"])
            lines[3].set_data(a["test_epoch"], a["test_accuracy"])
        self._name_curves(trace)
        known = bool(trace.test_accuracy)
        self._big.set_text(f"{100 * trace.test_accuracy[-1]:.1f} %" if known else "…")
        self._big.set_color(INK if trace.complete else QUIET)
        self._under.set_text(
            _("of the 2,000 test digits\nare right")
            if trace.complete
            else _("of the 2,000 test digits\nafter {done} of {epochs} epochs").format(
                done=max(0, len(trace.test_accuracy) - 1), epochs=EPOCHS
            )
        )
        self._before.set_text(
            _("before: {share} %").format(share=f"{100 * before.test_accuracy[-1]:.1f}") + f"\n{words_before}"
            if before and before.test_accuracy
            else ""
        )

    def _name_curves(self, trace: Trace) -> None:
        """Write "training" and "test" at the ends of the two loss curves, apart from each other."""
        gap = 1.32  # a factor, on the logarithmic scale: the height of a line of type
        x = max(trace.epoch[-1:] + trace.test_epoch[-1:] + [0.0])
        ys = [y[-1] if y and np.isfinite(y[-1]) else 0.0 for y in (trace.loss, trace.test_loss)]
        at = [float(np.clip(y, LOW * 1.1, HIGH)) for y in ys]
        if all(ys) and max(at) / min(at) < gap**2:
            middle, sign = min(float(np.sqrt(at[0] * at[1])), HIGH / gap), 1 if at[0] >= at[1] else -1
            at = [middle * gap**sign, middle / gap**sign]
        for name, y, place, words in zip(self._names, ys, at, (_("training"), _("test")), strict=True):
            name.set_text(("" if not y else _("off scale") if y > HIGH else words) if trace.epoch[1:] else "")
            name.set_position((x + 0.17, place))


def _line(ax: Axes, color: str, dashes: bool) -> Line2D:
    (line,) = ax.plot([], [], color=color, linestyle=VALIDATION_DASHES if dashes else "-", clip_on=True)
    return line
