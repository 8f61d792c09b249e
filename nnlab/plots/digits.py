"""Pictures of the chapter on handwritten digits: the width of a network against its mistakes, and one digit's way.

They draw what a chapter has computed and compute nothing themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from nnlab.plots._check import as_images, as_probabilities, checked
from nnlab.plots._numbers import percents
from nnlab.plots.answers import draw_bars
from nnlab.plots.style import CLASS_0, INK, QUIET, SIGNED, Picture, beside, new_figure, styled

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@styled
@checked
def widths(wrong: Mapping[int, ArrayLike], *, tested: int) -> Picture:
    """Draw the share of wrong answers against the width of the hidden layer: a dot a seed, a line at the median.

    A gray band shows how far the best median may be from the truth, because it was measured on so few samples: two
    standard errors to each side.

    Parameters
    ----------
    wrong : dict of int to array_like of shape (seeds,)
        For each number of hidden units the shares of wrong answers, above 0 and below 1.
    tested : int
        How many samples each share was measured on.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are fewer than two widths, or a share cannot stand on a logarithmic axis.

    Examples
    --------
    >>> widths({8: [0.12, 0.11], 16: [0.08, 0.08], 32: [0.07, 0.07]}, tested=2000).alt
    'Wrong answers against the number of hidden units, from 8 to 32, by seed: the median falls, and faster at first.'
    """
    found = {int(width): np.asarray(shares, dtype=np.float64).reshape(-1) for width, shares in sorted(wrong.items())}
    if len(found) < 2 or tested < 1:
        raise ValueError("plots.widths expected at least two widths and tested, the number of samples of the test.")
    for width, shares in found.items():
        if not len(shares) or not ((shares > 0) & (shares < 1)).all():
            raise ValueError(f"plots.widths: the shares for {width} units must lie between 0 and 1, without the ends.")
    x = np.array(list(found))
    medians = np.array([np.median(shares) for shares in found.values()])
    figure = new_figure(700, 340)
    ax = figure.subplots()
    best = float(medians.min())
    error = 2 * np.sqrt(best * (1 - best) / tested)
    ax.axhspan(max(best - error, 1e-3), best + error, color="#e6e6e6", linewidth=0)
    for width, shares in found.items():
        beside_it = width * 2 ** (0.09 * ((np.argsort(np.argsort(shares, kind="stable")) % 5) - 2) / 2)
        ax.plot(beside_it, shares, "o", color=CLASS_0, markersize=5.5, alpha=0.8, zorder=3)
    ax.plot(x, medians, color=INK, linewidth=2.2)
    ax.set(xscale="log", yscale="log", xlabel="hidden units", ylabel="share of wrong test digits")
    ax.set(xlim=(x[0] / 1.25, x[-1] * 1.25))
    ax.xaxis.set_major_locator(FixedLocator(x.tolist()))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda width, _position: f"{width:g}"))
    ax.yaxis.set_major_locator(FixedLocator(_TICKS))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{100 * share:g} %"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    words = "point: a seed · line: the median · gray: lowest median ± 2 standard errors"
    ax.set_title(words, color=QUIET, fontsize=10, loc="left", fontweight="normal")
    figure.alt = f"Wrong answers against the number of hidden units, from {x[0]} to {x[-1]}, by seed: {_fall(medians)}."
    figure.numbers = f"Medians: {percents({f'{width} units': shares for width, shares in found.items()})}."
    return figure


def _fall(medians: NDArray[np.float64]) -> str:
    """Say how the median falls, on the logarithm, in the first half of the widths and in the second."""
    logs = np.log(medians)
    middle = len(logs) // 2
    first, second = logs[0] - logs[middle], logs[middle] - logs[-1]
    if first + second < 0.1:
        return "the median hardly falls"
    if first > 1.3 * second:
        return "the median falls, and faster at first"
    return "the median falls"


@styled
@checked
def signal_flow(image: ArrayLike, hidden: ArrayLike, contributions: ArrayLike, p: ArrayLike) -> Picture:
    """Draw one digit on its way through a network: pixels, hidden units, their contributions, probabilities.

    Parameters
    ----------
    image : array_like of shape (784,) or (28, 28)
    hidden : array_like of shape (H,)
        Activations, at least 0.
    contributions : array_like of shape (H,)
        Activation times weight to the most likely digit.
    p : array_like of shape (K,)
        Probabilities.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is not one contribution for each hidden unit, or `p` does not sum to 1.

    Examples
    --------
    >>> signal_flow(np.zeros(784), [0.0, 2.0], [0.0, 1.5], [0.25, 0.75]).alt
    'An image on its way through a network: 28 by 28 pixels, 2 hidden units, what each says for the 1, and the probabilities, 1 the highest.'
    """  # noqa: E501
    pixels = as_images(np.reshape(image, (1, -1)), "signal_flow")[0]
    a, c = (np.asarray(values, dtype=np.float64).reshape(-1) for values in (hidden, contributions))
    shares = as_probabilities(np.reshape(p, (1, -1)), "signal_flow")[0]
    if a.shape != c.shape or not a.size:
        raise ValueError(f"plots.signal_flow: {a.size} hidden units need {a.size} contributions, got {c.size}.")
    best = int(np.argmax(shares))
    figure = new_figure(840, 300)
    first, second, third, last = figure.subplots(1, 4, width_ratios=[1, 1, 1, 1.15])
    _square(first, "pixels").imshow(pixels, cmap="gray_r", vmin=0, vmax=1)
    _square(second, "hidden units").imshow(_laid_out(a), cmap="gray_r", vmin=0, vmax=a.max() or 1.0)
    reach = np.abs(c).max() or 1.0
    _square(third, f"votes for {best}").imshow(_laid_out(c), cmap=SIGNED, vmin=-reach, vmax=reach)
    second.set_xlabel("dark: strong")
    third.set_xlabel("orange: for it, blue: against")
    first.set_xlabel("what goes in")
    draw_bars(last, shares, [str(k) for k in range(len(shares))], best)
    last.set_title("what comes out")
    for ax in (second, third, last):
        beside(ax, "→", (0, 1), (-14, 9), "axes fraction", ha="center", color=QUIET, fontsize=15)
    high, wide = pixels.shape
    figure.alt = (
        f"An image on its way through a network: {high} by {wide} pixels, {a.size} hidden units, what each says for "
        f"the {best}, and the probabilities, {best} the highest."
    )
    return figure


def _square(ax: Axes, title: str) -> Axes:
    ax.set(xticks=[], yticks=[])
    ax.set_title(title)
    ax.grid(False)
    ax.spines[:].set(visible=True, color="#cccccc")
    return ax


def _laid_out(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the units into rows; places that are left over are empty."""
    columns = int(np.ceil(np.sqrt(values.size)))
    rows = -(-values.size // columns)
    grid = np.full(rows * columns, np.nan)
    grid[: values.size] = values
    return grid.reshape(rows, columns)
