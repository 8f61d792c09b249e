"""Chapter 8's pad: a learning rate for each epoch, drawn by hand, and the training that follows it, live.

The digits and the network stand in `nnlab.explorers.chapter_08._digits`, what is drawn in
`nnlab.explorers.chapter_08._schedule_pad_figure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_08._digits import GUESS, TRAINED, build, digits, share_right
from nnlab.explorers.chapter_08._schedule_pad_figure import EPOCHS, FASTEST, HIGHEST, SIZE, SLOWEST, ScheduleFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.optimizers import SGD, Adam, Optimizer
from nnlab.optimizers.schedules import PiecewiseConstantDecay
from nnlab.plots.style import Picture

Array = NDArray[Any]

SEEDS = 5
BATCH = 16
STEPS = -(-TRAINED // BATCH)  # in an epoch
OPTIMIZERS = ("Adam", "SGD")
# Constant learning rates of which the best is drawn for comparison.
GRID = {"Adam": (0.002, 0.003, 0.005, 0.01, 0.02, 0.03), "SGD": (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)}
OFF = 100 * HIGHEST
EARLY = 4  # epochs that the formulas train
CLEARLY = 1.3  # one loss counts as lower than another when, with each seed, it is this many times lower


def _names() -> list[str]:
    return [f"r{k + 1}" for k in range(EPOCHS)]


def _drawn(rates: Sequence[float] | Array, optimizer: str = "Adam") -> dict[str, Any]:
    """Bring a curve onto the positions of the points."""
    numbers = np.array(controls.preferred_numbers(SLOWEST, FASTEST))
    nearest = [numbers[np.abs(np.log(numbers / rate)).argmin()].item() for rate in rates]
    return {"optimizer": optimizer, **dict(zip(_names(), nearest, strict=True))}


_SHARE = np.arange(EPOCHS) / (EPOCHS - 1)
_START, _TOP = 0.01, 0.03
_COSINE = np.maximum(0.5 * (1 + np.cos(np.pi * _SHARE)), 0.01)
_AFTER = np.arange(EPOCHS - 3) / (EPOCHS - 4)
_WARM = np.concatenate([[0.03, 0.15, 0.5], np.maximum(0.5 * (1 + np.cos(np.pi * _AFTER)), 0.01)])
_TRIANGLE = 1 - np.abs(np.arange(EPOCHS) % 6 - 3) / 3


@explorer(chapter="08")
def schedule_pad(rates: Sequence[float] | None = None, optimizer: str = "Adam") -> SchedulePad:
    """Draw a learning rate for each of 16 epochs, and see at once what the training makes of it.

    Parameters
    ----------
    rates : sequence of 16 float, optional
        From 0.0001 to 3; the positions of a logarithmic slider. By default 0.01 throughout.
    optimizer : {"Adam", "SGD"}

    Returns
    -------
    SchedulePad
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If there are not 16 rates, or a control does not offer one of them.
    """
    given = [_START] * EPOCHS if rates is None else rates
    listed = isinstance(given, list | tuple | range) or (isinstance(given, np.ndarray) and given.ndim == 1)
    count = len(given) if listed else 0
    if count != EPOCHS:
        words = _("schedule_pad needs {needed} learning rates, one for each epoch; got {count}.")
        raise ValueError(words.format(needed=EPOCHS, count=count))
    values = list(given)
    return SchedulePad(optimizer=optimizer, **dict(zip(_names(), values, strict=True)))


def _make(optimizer: str, rates: Array) -> Optimizer:
    """Make an optimizer that follows the rates, epoch by epoch; a schedule counts steps."""
    last_steps = [float((epoch + 1) * STEPS - 1) for epoch in range(EPOCHS - 1)]
    schedule = PiecewiseConstantDecay(last_steps, rates.tolist())
    return Adam(schedule) if optimizer == "Adam" else SGD(schedule)


def train(optimizer: str, rates: Array, seed: int, task: Task) -> tuple[Array, float]:
    """Train once.

    Parameters
    ----------
    optimizer : str
    rates : ndarray of shape (EPOCHS,)
    seed : int
    task : Task

    Returns
    -------
    losses : ndarray of shape (EPOCHS,)
        NaN for epochs that were not trained.
    share : float
        Of the new digits that are right.
    """
    x, y, _x_new, _y_new = digits()
    model = build(_make(optimizer, rates), seed, task.eagerly)
    epochs = EARLY if task.eagerly else EPOCHS
    history = model.fit(x, y, batch_size=BATCH, epochs=epochs, verbose=0, stop=task.stop)
    loss = np.asarray(history.history.get("loss", []), dtype=np.float64)
    losses = np.full(EPOCHS, OFF if history.diverged else np.nan)
    losses[: len(loss)] = np.where(np.isfinite(loss), np.minimum(loss, OFF), OFF)
    return losses, share_right(model)


class _Best:
    """The best constant learning rate of each optimizer, found once, when it is first asked for."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Array, float]] = {}

    def known(self, optimizer: str) -> tuple[float, Array, float] | None:
        """Return rate, median losses and median share of right answers, if they were found already."""
        return self._known.get(optimizer)

    def find(self, optimizer: str, task: Task) -> None:
        """Train with each rate of the grid, and keep the one whose last loss is lowest."""
        found = []
        for rate in GRID[optimizer]:
            runs = [train(optimizer, np.full(EPOCHS, rate), seed, task) for seed in range(SEEDS)]
            if task.stop.is_set():
                return
            losses = np.median([losses for losses, _share in runs], axis=0)
            found.append((rate, losses, float(np.median([share for _losses, share in runs]))))
        self._known[optimizer] = min(found, key=lambda one: float(one[1][-1]))


@cache
def best() -> _Best:
    """Return the one table of all pads.

    Returns
    -------
    _Best
    """
    return _Best()


class SchedulePad(Explorer):
    """The widget that `schedule_pad` returns."""

    name = "schedule_pad"
    size = SIZE
    rows = (("optimizer",),)
    trains = True
    _stroke: tuple[int, float] | None = None  # where the pointer was last, while it draws
    pointer = {"schedule": tuple((k + 1, name) for k, name in enumerate(_names()))}
    presets = {
        N_("constant"): _drawn([_START] * EPOCHS),
        N_("constant, too high"): _drawn([_TOP] * EPOCHS),
        N_("stairs"): _drawn([_TOP] * 6 + [_TOP / 5] * 5 + [_TOP / 25] * 5),
        N_("exponential"): _drawn(_TOP * 0.75 ** np.arange(EPOCHS)),
        N_("cosine"): _drawn(_TOP * _COSINE),
        N_("warm-up and cosine"): _drawn(_TOP * _WARM),
        N_("cycles"): _drawn(_TOP * 10 ** (1.5 * (_TRIANGLE - 1))),
        N_("SGD, cosine"): _drawn(0.8 * _COSINE, "SGD"),
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the points of the curve and the choice of the optimizer."""
        points = {
            name: controls.log_slider(_("epoch {number}").format(number=k + 1), _START, SLOWEST, FASTEST)
            for k, name in enumerate(_names())
        }
        return {"optimizer": controls.choice(_("optimizer"), "Adam", OPTIMIZERS), **points}

    def code(self) -> str:
        """Give the line of Python that reproduces the present state, the rates as a list."""
        values = vars(self._values())
        rates = ", ".join(f"{values[name]:g}" for name in _names())
        return f'explorers.schedule_pad(rates=[{rates}], optimizer="{values["optimizer"]}")'

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Move the point of the epoch under the pointer, and those that a quick pointer has passed over."""
        epoch = int(np.clip(round(x) - 1, 0, EPOCHS - 1))
        rate = float(np.clip(y, SLOWEST, FASTEST))
        moved = {epoch: rate}
        before = None if self.pressed else self._stroke
        if before is not None and abs(before[0] - epoch) > 1:
            between = np.arange(min(before[0], epoch), max(before[0], epoch) + 1)
            ends = sorted([before, (epoch, rate)])
            heights = np.interp(between, [end[0] for end in ends], np.log([end[1] for end in ends]))
            moved |= dict(zip(between.tolist(), np.exp(heights).tolist(), strict=True))
        self._stroke, self.handles.held = (epoch, rate), (axes, epoch)
        names = _names()
        self.set(**{names[k]: controls.nearest(self.controls[names[k]], value) for k, value in moved.items()})

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train by the drawn schedule, from one seed, then from more; find the best constant rate where it is new."""
        rates = np.array([getattr(values, name) for name in _names()])
        runs = []
        arrays: Arrays = {}
        for seed in range(1 if task.eagerly else SEEDS):
            runs.append(train(values.optimizer, rates, seed, task))
            if task.stop.is_set():
                return arrays
            arrays = _collected(rates, runs, values.optimizer)
            if seed == 0:
                task.show(arrays)
        if not task.eagerly and best().known(values.optimizer) is None:
            task.show(arrays)
            best().find(values.optimizer, task)
            arrays = _collected(rates, runs, values.optimizer)
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = ScheduleFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves and their names."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained so far."""
        words = _(
            "Draw with the pointer. Trained from {seeds} of {all} seeds: {digits} digits, batches of {batch}, so "
            "{steps} steps an epoch. Arrow keys move the marked epoch's rate, Space takes the next epoch."
        )
        return words.format(seeds=len(arrays["share"]), all=SEEDS, digits=f"{TRAINED:,}", batch=BATCH, steps=STEPS)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that the training has failed."""
        if not np.any(arrays["loss"][-1:] > 0.8 * GUESS):
            return ""
        return _("The network is lost: its loss is that of guessing, or no number. A rate was too high for too long.")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Compare with the best constant rate."""
        words = _(
            "A learning rate drawn for {epochs} epochs, from {first} to {last} with a peak of {top}, {optimizer}."
        )
        rate = arrays["rate"]
        sentences = [
            words.format(
                epochs=EPOCHS, first=f"{rate[0]:g}", last=f"{rate[-1]:g}", top=f"{rate.max():g}",
                optimizer=values.optimizer,
            )
        ]  # fmt: skip
        if "best_loss" in arrays:
            drawn, constant = arrays["_last"], float(arrays["best_loss"][-1])
            if np.median(drawn) > 0.8 * GUESS:
                sentences.append(_("The training fails."))
            elif drawn.max() * CLEARLY < constant:
                sentences.append(_("With each seed it ends with a clearly lower loss than the best constant rate."))
            elif constant * CLEARLY < drawn.min():
                sentences.append(_("With each seed it ends with a clearly higher loss than the best constant rate."))
            else:
                sentences.append(_("Its last loss is not clearly another than that of the best constant rate."))
        return " ".join(sentences)


def _collected(rates: Array, runs: list[tuple[Array, float]], optimizer: str) -> Arrays:
    """Name what is drawn of so many runs."""
    losses = np.array([losses for losses, _share in runs])
    low, middle, high = np.quantile(losses, (0.25, 0.5, 0.75), axis=0)
    arrays = {
        "rate": rates,
        "loss_low": low,
        "loss": middle,
        "loss_high": high,
        "share": np.array([share for _losses, share in runs]),
        "_last": losses[:, -1],
    }
    known = best().known(optimizer)
    if known is not None:
        arrays |= {"best_rate": np.array(known[0]), "best_loss": known[1], "best_share": np.array(known[2])}
    return arrays
