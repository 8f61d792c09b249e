"""How a training went: learning curves. It reads histories only; the training itself is in `nnlab.model`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from nnlab.plots._check import at_least, checked
from nnlab.plots._numbers import course, percents
from nnlab.plots.style import INK, QUIET, SERIES, VALIDATION_DASHES, Picture, beside, new_figure, styled

Curves = dict[str, NDArray[np.float64]]


@styled
@checked
def learning_curves(history: Any) -> Picture:
    """Draw loss and accuracy over the epochs: training solid, validation dashed.

    Parameters
    ----------
    history : History, dict, or dict of either
        What ``model.fit`` returned, its ``.history``, or several of them by name to compare them:
        ``{"relu": h1, "tanh": h2}``.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no loss in the history, or no epoch.
    """
    runs = _runs(history)
    with_accuracy = any("accuracy" in run for run in runs.values())
    figure = new_figure(840 if with_accuracy else 480, 320)
    axes = figure.subplots(1, 2 if with_accuracy else 1, squeeze=False)[0]
    _draw(axes[0], runs, "loss")
    axes[0].set(title="Loss", ylabel="loss (cross-entropy)" if with_accuracy else "loss")
    if with_accuracy:
        _draw(axes[1], runs, "accuracy")
        axes[1].set(title="Accuracy", ylabel="share of right answers")
        axes[1].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes[1].yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    figure.alt = _describe(runs)
    figure.numbers = _numbers(runs)
    return figure


def label_ends(ax: Axes, ends: list[tuple[float, str, str]], height: float, gap: float = 17.0) -> None:
    """Write names beside the right ends of curves, moved apart where they would touch.

    Parameters
    ----------
    ax : Axes
        Its limits must be final.
    ends : list of (y, text, color)
    height : float
        Height of the axes in pixels of the page, roughly.
    gap : float
        Least distance between two names, in the same pixels.
    """
    if not ends:
        return
    to_axes = ax.transData + ax.transAxes.inverted()
    places = [float(to_axes.transform((ax.get_xlim()[1], y))[1]) for y, _, _ in ends]
    order = np.argsort(places)
    spread = _spread(np.array(places)[order], gap / height)
    for rank, at in zip(order, spread, strict=True):
        _, text, color = ends[rank]
        beside(ax, text, (1, float(at)), (6, 0), "axes fraction", color=color)


def _spread(places: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Move sorted places apart to at least `gap`, each cluster staying around its mean."""
    out = np.clip(places, 0.02, 0.98)
    for _ in range(60):
        close = np.diff(out) < gap - 1e-6
        if not close.any():
            break
        for k in np.flatnonzero(close):
            push = (gap - (out[k + 1] - out[k])) / 2
            out[k] -= push
            out[k + 1] += push
    return np.asarray(out - max(float(out[-1]) - 1.0, 0.0))


def _runs(history: Any) -> dict[str, Curves]:
    """Sort out what was given into named runs of named curves."""
    given: Any = getattr(history, "history", history)
    if not isinstance(given, Mapping) or len(given) == 0:
        raise ValueError(
            "plots.learning_curves expected what model.fit returned, or a dict of such histories by name; "
            f"got {type(history).__name__}."
        )
    nested = all(hasattr(run, "history") or isinstance(run, Mapping) for run in given.values())
    named: dict[str, Any] = (
        {str(name): getattr(run, "history", run) for name, run in given.items()} if nested else {"": given}
    )
    runs: dict[str, Curves] = {}
    for name, run in named.items():
        curves = {str(key): np.asarray(values, dtype=np.float64).reshape(-1) for key, values in run.items()}
        if "loss" not in curves or curves["loss"].size == 0:
            where = f" {name!r}" if name else ""
            raise ValueError(
                f'plots.learning_curves: the history{where} has no values under "loss"; was the model fitted?'
            )
        runs[name] = curves
    return runs


def _draw(ax: Axes, runs: dict[str, Curves], metric: str) -> None:
    """Draw one metric of all runs, with names at the ends of the curves."""
    ends: list[tuple[float, str, str]] = []
    epochs, top, bottom, several = 1, 0.0, np.inf, len(runs) > 1
    for (name, curves), color in zip(runs.items(), SERIES * len(runs), strict=False):
        ink = color if several else INK
        for key, kind in ((metric, "training"), ("val_" + metric, "validation")):
            if key not in curves:
                continue
            values = curves[key]
            dashes = VALIDATION_DASHES if kind == "validation" else "-"
            marker = "o" if values.size == 1 else None
            ax.plot(np.arange(1, values.size + 1), values, color=ink, linestyle=dashes, marker=marker, clip_on=False)
            epochs = max(epochs, values.size)
            finite = values[np.isfinite(values)]
            if finite.size:
                top, bottom = max(top, float(finite.max())), min(bottom, float(finite.min()))
                both = "val_" + metric in curves
                if not several:
                    ends.append((float(finite[-1]), kind if both else "", ink))
                elif kind == "validation" or not both:
                    ends.append((float(finite[-1]), name, ink))
    ax.set_xlim((1, epochs) if epochs > 1 else (0.5, 1.5))
    if metric == "accuracy":
        bottom = min(bottom, 1.0)
        ax.set_ylim(max(0.0, bottom - 0.08 * (1 - bottom) - 0.005), 1.0)
    elif several and 0 < 30 * bottom < top:  # on a linear axis the lower curves would lie on the frame
        ax.set_yscale("log")
        ax.set_ylim(0.8 * bottom, 1.3 * top)
    else:
        ax.set_ylim(0.0, 1.06 * top if top else 1.0)
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    label_ends(ax, [end for end in ends if end[1]], height=220)
    if several and any("val_" + metric in curves for curves in runs.values()):
        up = metric == "loss"
        ax.text(
            0.98, 0.97 if up else 0.05, "solid: training\ndashed: validation", transform=ax.transAxes,
            ha="right", va="top" if up else "bottom", color=QUIET, fontsize=10,
        )  # fmt: skip


def _describe(runs: dict[str, Curves]) -> str:
    """Tell what the curves do, in words that hold on every processor."""
    sentences = []
    for name, curves in runs.items():
        loss = curves["loss"]
        epochs = f"{loss.size} epochs" if loss.size > 1 else "1 epoch"
        start = f"{name}, {epochs}" if name else f"Learning curves over {epochs}"
        if not np.isfinite(loss).all():
            sentences.append(f"{start}: the training diverges, its loss is no longer a number.")
            continue
        parts = [f"the training loss {_trend(loss)}"]
        val = curves.get("val_loss")
        if val is not None and np.isfinite(val).all() and val.size > 2:
            end = val[-val.size // 4 :]  # a quarter, rounded up: one bad epoch at the end is chance
            if end.min() > 1.15 * val.min():
                parts.append("the validation loss falls and then rises again")
        for key, what in (("val_accuracy", "validation"), ("accuracy", "training")):
            if key in curves and np.isfinite(curves[key]).all():
                # The last epoch of a float32 training moves by a point or two from processor to processor.
                share = at_least(max(0.0, float(curves[key][-1]) - 0.025), 10)
                parts.append(f"the {what} accuracy at the end is {share}")
                break
        sentences.append(f"{start}: {', '.join(parts)}.")
    return " ".join(sentences)


def _numbers(runs: dict[str, Curves]) -> str:
    """Give the values at the ends of the curves."""
    told = []
    for name, curves in runs.items():
        for key, word in (("loss", "training"), ("val_loss", "validation")):
            if key in curves:
                told.append(course(f"{name} {word} loss".strip(), np.arange(1, len(curves[key]) + 1), curves[key]))
        for key, word in (("accuracy", "training"), ("val_accuracy", "validation")):
            if key in curves:
                told.append(percents({f"{name} {word} accuracy at the end".strip(): curves[key][-1:]}))
    return f"In numbers: {'; '.join(told)}."


def _trend(loss: NDArray[np.float64]) -> str:
    first, last = float(loss[0]), float(loss[-1])
    if last > 1.1 * first:
        return "rises"
    if last > 0.8 * first:
        return "hardly changes"
    for factor, words in ((0.1, "a tenth"), (0.25, "a quarter"), (0.5, "half")):
        if last < factor * first:
            return f"falls to less than {words} of its first value"
    return "falls"
