"""The pictures of the clinic's tests, each drawn into the same axes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from nnlab.explorers.chapter_09._clinic_cases import Array
from nnlab.language import N_, _
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, GRADIENT, INK, QUIET, WRONG, WRONG_TEXT

Numbers = dict[str, Array]
_TINY = 1e-9


def draw(axes: Axes, test: str, numbers: Numbers) -> None:
    """Draw a test.

    Parameters
    ----------
    axes : Axes
        Cleared first.
    test : str
    numbers : dict of str to ndarray
        As `nnlab.explorers.chapter_09._clinic_tests.measure` gives them.
    """
    axes.clear()
    axes.set_axis_on()
    _PICTURES[test](axes, numbers)


def _say(axes: Axes, title: str, below: str = "") -> None:
    axes.set_title(title, loc="left", fontsize=10, fontweight="normal")
    axes.annotate(
        below, (1.08, 0), (0, -52), "axes fraction", "offset points", ha="right", va="center", fontsize=10, color=INK,
        annotation_clip=False,
    )  # fmt: skip


def _none(axes: Axes, _numbers: Numbers, words: str = N_("Choose a test.")) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, _(words), ha="center", va="center", color=QUIET, transform=axes.transAxes)


def _measuring(axes: Axes, numbers: Numbers) -> None:
    _none(axes, numbers, N_("measuring …"))


def _gradients(axes: Axes, numbers: Numbers) -> None:
    size = numbers["size"]
    rows = np.arange(len(size))
    axes.set(xscale="log", xlim=(_TINY, 100), ylim=(-0.6, len(size) - 0.4), xlabel=_("size of the gradient"))
    axes.barh(rows, np.maximum(size, _TINY), left=_TINY, height=0.55, color=GRADIENT)
    for row, value in zip(rows, size, strict=True):
        axes.text(3 * _TINY, row + 0.36, "0" if value == 0 else f"{value:.0e}", va="bottom", fontsize=10)
    names = [*(_("hidden {k}").format(k=k + 1) for k in range(len(size) - 1)), _("output")]
    axes.set_yticks(rows, names)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks([1e-9, 1e-6, 1e-3, 1])
    _say(axes, _("before the first step, by layer"))


def _outputs(axes: Axes, numbers: Numbers) -> None:
    a = numbers["a"].ravel()
    low, high = (0.0, 1.0) if a.min() >= 0 else (-1.0, 1.0)
    high = max(high, float(np.ceil(a.max())))
    axes.hist(a, bins=24, range=(low, high), weights=np.full(len(a), 100 / len(a)), color=CLASS_0)
    axes.set(xlim=(low - 0.03 * (high - low), high + 0.03 * (high - low)), ylim=(0, 105))
    axes.set(xlabel=_("output of a unit"), ylabel=_("% of all"))
    words = _("nearly flat: {share} % · off for all points: {off} of {count}")
    share = round(100 * float(numbers["flat"]))
    _say(
        axes,
        _("hidden layer 1, before the first step"),
        words.format(share=share, off=int(numbers["off"]), count=numbers["a"].shape[1]),
    )


def _weights(axes: Axes, numbers: Numbers) -> None:
    kernel = numbers["weights"]
    reach = 1.25 * max(float(np.abs(kernel).max()), 0.1)
    axes.axhline(0, color=GHOST, linewidth=1)
    axes.axvline(0, color=GHOST, linewidth=1)
    axes.plot(kernel[0], kernel[1], "o", color=INK, markersize=7, alpha=0.6)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel=_("weight of input 1"), ylabel=_("of input 2"))
    words = _("units: {count} · different ones: {distinct}")
    below = words.format(count=kernel.shape[1], distinct=int(numbers["distinct"]))
    _say(axes, _("hidden layer 1, after the training"), below)


def _inputs(axes: Axes, numbers: Numbers) -> None:
    axes.set(ylim=(-0.6, 1.6), xscale="symlog", xlim=(-3000, 3000), xlabel=_("value"))
    axes.set_xscale("symlog", linthresh=1e-3, linscale=0.6)
    axes.axvline(0, color=GHOST, linewidth=1)
    for row, (mean, deviation) in enumerate(zip(numbers["mean"], numbers["deviation"], strict=True)):
        axes.plot([mean - deviation, mean + deviation], [row, row], color=CLASS_0, linewidth=8, solid_capstyle="butt")
    axes.set_xticks([-1000, -1, 0, 1, 1000], ["−1000", "−1", "0", "1", "1000"])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks([0, 1], [_("input 1"), _("input 2")])
    low, high = (f"{each:.2g}" for each in sorted(numbers["deviation"]))
    _say(axes, _("mean ± standard deviation"), _("deviations: {low} and {high}").format(low=low, high=high))


def _sides(axes: Axes, numbers: Numbers) -> None:
    names = (_("training"), _("validation"), _("fresh"))
    shares = 100 * numbers["accuracies"]
    axes.bar(range(3), shares, width=0.6, color=[INK, QUIET, CLASS_0])
    for k, share in enumerate(shares):
        axes.text(k, share + 2, f"{share:.0f} %", ha="center", va="bottom", fontsize=10)
    axes.set(ylim=(0, 118), ylabel=_("% right"), xlim=(-0.6, 2.6), yticks=range(0, 101, 20))
    axes.set_xticks(range(3), names)
    words = _("validation points also in training: {twins} of {count}")
    _say(axes, _("after the training"), words.format(twins=int(numbers["twins"]), count=int(numbers["count"])))


def _rates(axes: Axes, numbers: Numbers) -> None:
    rate = numbers["rate"]
    axes.set(xlim=(rate[0] / 2, rate[-1] * 2), ylim=(1e-2, 120))  # before the scale, which wants limits above 0
    axes.set(xscale="log", yscale="log")
    axes.plot(rate, numbers["loss"], "o-", color=INK, markersize=5, linewidth=1.6)
    axes.axhline(np.log(2), color=GHOST, linewidth=1, zorder=0)
    axes.set(xlabel=_("learning rate"), ylabel=_("training loss"))
    axes.axvline(float(numbers["here"]), color=WRONG, linewidth=2)
    axes.annotate(
        _("the patient's"), (float(numbers["here"]), 0), (4, 8), ("data", "axes fraction"), "offset points",
        color=WRONG_TEXT, fontsize=10,
    )  # fmt: skip
    axes.xaxis.set_minor_locator(NullLocator())
    _say(axes, _("loss after {epochs} epochs").format(epochs=int(numbers["epochs"])))


def _labels(axes: Axes, numbers: Numbers) -> None:
    x, y, odd = numbers["x"], numbers["y"], numbers["odd"]
    for value, color in enumerate((CLASS_0, CLASS_1)):
        axes.plot(*x[y == value].T, "o", color=color, markersize=4.5)
    axes.plot(*x[odd].T, "o", color="none", markeredgecolor=INK, markersize=8, markeredgewidth=1)
    axes.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xticks=[], yticks=[])
    axes.set(xlabel=_("input 1, standardized"), ylabel=_("input 2"))
    words = _("unlike most neighbors (ringed): {odd} of {count}")
    _say(axes, _("the training points"), words.format(odd=int(odd.sum()), count=len(y)))


def _nudges(axes: Axes, numbers: Numbers) -> None:
    everything = [numbers[name] for name in ("hidden", "hidden_nudged", "output", "output_nudged")]
    reach = 1.15 * max(1e-3, float(np.nanmax(np.abs(np.concatenate(everything)))))
    axes.plot([-reach, reach], [-reach, reach], color=GHOST, linewidth=1)
    axes.plot(numbers["output_nudged"], numbers["output"], "o", color=INK, markersize=5)
    axes.plot(numbers["hidden_nudged"], numbers["hidden"], "D", color=GRADIENT, markersize=5, alpha=0.8)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel=_("slope by nudges"), ylabel=_("by backpropagation"))
    _say(axes, _("◆ hidden layer 1 · ● output"))


_PICTURES: dict[str, Callable[[Axes, Numbers], None]] = {
    "none": _none,
    "measuring": _measuring,
    "gradients": _gradients,
    "outputs of the units": _outputs,
    "weights of the units": _weights,
    "inputs": _inputs,
    "training and validation": _sides,
    "other learning rates": _rates,
    "labels": _labels,
    "nudges": _nudges,
}
