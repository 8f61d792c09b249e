"""What a classifier answers: the confusion matrix of many answers, and the probabilities of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike, NDArray

from nnlab.plots._check import as_classes, as_probabilities, at_least, checked, class_names, same_length
from nnlab.plots.style import INK, MISTAKES, QUIET, RIGHT_TEXT, Picture, beside, new_figure, styled


@styled
@checked
def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, labels: Sequence[object] | None = None) -> Picture:
    """Count which class was taken for which: a row for the truth, a column for the answer.

    Right answers stand on the diagonal, in gray. Mistakes are colored on a scale of their own, by their
    share of the row, so that they show although the diagonal is a hundred times larger.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        True classes.
    y_pred : array_like of shape (N,) or (N, K)
        Predicted classes, or the probabilities that ``model.predict`` gave.
    labels : sequence, optional
        Names of the classes; their numbers if not given.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is not one answer for each truth.
    """
    true, said = (
        as_classes(y_true, "confusion_matrix", "y_true"),
        as_classes(y_pred, "confusion_matrix", "y_pred"),
    )
    same_length("confusion_matrix", y_true=true, y_pred=said)
    answers = np.shape(y_pred)
    classes = max(int(true.max()), int(said.max()), answers[1] - 1 if len(answers) == 2 else 0) + 1
    classes = max(classes, len(labels) if labels is not None else 0)
    names = class_names(labels, classes, "confusion_matrix")
    counts = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(counts, (true, said), 1)
    wrong = ~np.eye(classes, dtype=bool)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.where(wrong, counts / np.maximum(totals, 1), 0.0)
    scale = share.max() or 1.0

    side = float(np.clip(440 / classes, 40, 90))
    figure = new_figure(classes * side + 160, classes * side + 100)
    ax = figure.subplots()
    ax.imshow(share, cmap=MISTAKES, vmin=0, vmax=scale)
    for i in range(classes):
        ax.add_patch(_gray_cell(i))
        for j in range(classes):
            n = int(counts[i, j])
            if i == j:
                ax.text(j, i, f"{n:,}", ha="center", va="center", color=INK, fontweight="bold")
            elif n == 0:
                ax.text(j, i, "·", ha="center", va="center", color="#c4c4c4")
            else:
                bold, dark = share[i, j] > 0.7 * scale, share[i, j] > 0.9 * scale
                ax.text(
                    j,
                    i,
                    f"{n:,}",
                    ha="center",
                    va="center",
                    color="white" if dark else INK,
                    fontweight="bold" if bold else None,
                )
        right = f"{100 * counts[i, i] / totals[i, 0]:.0f} %" if totals[i, 0] else "–"
        beside(ax, right, (classes - 0.5, i), (44, 0), ha="right", color=QUIET)
    beside(ax, "right", (classes - 0.5, -0.5), (44, 6), ha="right", va="bottom", color=QUIET)
    ax.set(xticks=range(classes), yticks=range(classes), xticklabels=names, yticklabels=names)
    ax.set(xlabel="predicted", ylabel="true", title=f"{np.trace(counts):,} of {true.size:,} right")
    ax.set_xticks(np.arange(1, classes) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, classes) - 0.5, minor=True)
    ax.grid(False, which="major")
    ax.grid(True, which="minor", color="white", linewidth=2)
    ax.set_axisbelow(False)
    ax.tick_params(length=0, which="both", labelcolor=INK)
    ax.spines[:].set_visible(False)
    figure.alt = _describe(counts, names)
    off = counts - np.diag(np.diag(counts))
    worst = [np.unravel_index(k, off.shape) for k in np.argsort(off, axis=None)[::-1][:3]]
    told = ", ".join(f"{names[i]} taken for {names[j]} {off[i, j]:,} times" for i, j in worst if off[i, j])
    figure.numbers = f"{np.trace(counts):,} are right. The commonest mistakes: {told}." if told else ""
    return figure


def _gray_cell(k: int) -> Rectangle:
    return Rectangle((k - 0.5, k - 0.5), 1, 1, facecolor="#e4e4e4", edgecolor="none", zorder=1)


def _describe(counts: NDArray[np.intp], names: list[str]) -> str:
    """Name the accuracy and the commonest mistake, the latter only where it leads by a clear margin."""
    total = int(counts.sum())
    text = (
        f"Confusion matrix of {total:,} answers in {len(names)} classes, "
        f"{at_least(np.trace(counts) / total)} of them on the diagonal, where prediction and truth agree."
    )
    off = counts.copy()
    np.fill_diagonal(off, 0)
    first, second = np.sort(off.reshape(-1))[::-1][:2] if off.size > 1 else (0, 0)
    if first >= 1.5 * second and first - second >= 5:
        i, j = np.unravel_index(int(np.argmax(off)), off.shape)
        text += f" The commonest mistake: {names[i]} taken for {names[j]}."
    return text


@styled
@checked
def probabilities(p: ArrayLike, labels: Sequence[object] | None = None, truth: int | None = None) -> Picture:
    """Draw the probabilities of one answer as bars; the likeliest class is the dark, bold one.

    Parameters
    ----------
    p : array_like of shape (K,) or (1, K)
        Probabilities that sum to 1.
    labels : sequence, optional
        Names of the classes; their numbers if not given.
    truth : int, optional
        The true class, to be marked.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `p` holds more than one answer or does not sum to 1.
    """
    row = np.asarray(p, dtype=np.float64)
    row = row[None] if row.ndim == 1 else row
    if row.ndim == 2 and len(row) != 1:
        raise ValueError(f"plots.probabilities draws one answer, got {len(row):,}: choose one, e.g. p[0].")
    row = as_probabilities(row, "probabilities")[0]
    names = class_names(labels, row.size, "probabilities")
    if truth is not None and not 0 <= int(truth) < row.size:
        raise ValueError(f"plots.probabilities: truth must be a class from 0 to {row.size - 1}, got {truth!r}.")
    best = int(np.argmax(row))
    figure = new_figure(460, 26 * row.size + 62)
    ax = figure.subplots()
    draw_bars(ax, row, names, best, None if truth is None else int(truth))
    sure = at_least(float(row[best]), 10)
    figure.alt = f"Probabilities of {row.size} classes: {names[best]} is the most likely, {sure}"
    if truth is not None:
        figure.alt += ", and right" if best == int(truth) else f"; the truth is {names[int(truth)]}"
    figure.alt += "."
    return figure


def draw_bars(
    ax: Axes, p: NDArray[np.float64], names: Sequence[str], best: int | None, truth: int | None = None
) -> None:
    """Draw probabilities as horizontal bars into `ax`, the first class on top.

    Parameters
    ----------
    ax : Axes
    p : ndarray of shape (K,)
    names : sequence of str
    best, truth : int or None
        The class to emphasize, and the true one to mark.
    """
    at = np.arange(p.size)
    ax.barh(at, p, height=0.72, color=[INK if k == best else "#b9c3c9" for k in at])
    for k in at:
        text = f"{100 * p[k]:.0f} %" if p[k] >= 0.005 else "under 1 %"
        text = "over 99 %" if 0.995 <= p[k] < 1 - 1e-6 else text
        bold = "bold" if k == best else None
        inside = p[k] > 0.8
        color = "white" if inside else INK if k == best else QUIET
        align = "right" if inside else "left"
        beside(
            ax,
            text,
            (float(p[k]), float(k)),
            (-6 if inside else 6, 0),
            ha=align,
            va="center_baseline",
            color=color,
            fontweight=bold,
        )
    ax.set(
        xlim=(0, 1),
        ylim=(p.size - 0.4, -0.6),
        yticks=at,
        xlabel="probability",
        xticks=[0, 0.25, 0.5, 0.75, 1],
    )
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    labels = ax.set_yticklabels([f"▸ {name}" if k == best else name for k, name in enumerate(names[: p.size])])
    if best is not None:
        labels[best].set(fontweight="bold", color=INK)
    if truth is not None:
        beside(ax, "◂ true", (1, truth), (8, 0), ("axes fraction", "data"), color=RIGHT_TEXT, fontweight="bold")
    ax.grid(False, axis="y")
    ax.tick_params(axis="y", length=0, labelcolor=QUIET)
    if best is not None:
        labels[best].set_color(INK)
