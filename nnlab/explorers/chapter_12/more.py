"""Chapter 12's learning curve: how many digits does a network need? It trains a network for each size of the heap.

What is drawn stands in `nnlab.explorers.chapter_12._more_figure`.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_12._more_figure import AHEAD, SIZE, SIZES, MoreFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

SEEDS = 3
UNITS = (2, 4, 8, 16, 32, 64, 128)
STEPS = (250, 500, 1000, 2000)
RATE, BATCH = 0.01, 32  # the rate falls to 0 on a cosine, so that the last steps are small
EARLY = 75  # steps before the first picture
FEW = 3  # sizes that the formulas train
FITTED = 4  # sizes that the line through the largest heaps is fit to
KEPT = 2000  # results that are remembered


@explorer(chapter="12")
def more_digits(units: int = 64, steps: int = 500) -> MoreDigits:
    """Train networks on 125, 250, ... 8,000 digits and watch how many of the test digits they get wrong.

    Parameters
    ----------
    units : {2, 4, 8, 16, 32, 64, 128}
        Hidden units.
    steps : {250, 500, 1000, 2000}
        Batches of 32 that each network learns from, however many digits there are.

    Returns
    -------
    MoreDigits
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return MoreDigits(units=units, steps=steps)


@cache
def _digits() -> tuple[Array, Array, Array, Array]:
    """Make digits of 14 by 14 pixels, each the mean of four, so that many networks can be trained at once."""
    from nnlab import datasets

    (images, y), (test_images, y_test) = datasets.digits.load_data()
    small = [a.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255 for a in (images, test_images)]
    return small[0].astype(np.float32), y, small[1].astype(np.float32), y_test


def build(units: int, seed: int, steps: int, eagerly: bool) -> Any:
    """Make and compile one network.

    Parameters
    ----------
    units, seed : int
    steps : int
        How many there will be.
    eagerly : bool
        Whether the formulas train.

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers
    from nnlab.optimizers import Adam
    from nnlab.optimizers.schedules import CosineDecay

    stack = [layers.Dense(units, activation="relu", input_shape=(196,)), layers.Dense(10, activation="softmax")]
    model = Sequential(stack, seed=seed)
    adam = Adam(CosineDecay(RATE, steps))
    model.compile(adam, loss="sparse_categorical_crossentropy", run_eagerly=eagerly)
    return model


def epochs_of(steps: int, size: int) -> int:
    """Say how many whole epochs of so many digits come nearest to a number of steps.

    Parameters
    ----------
    steps, size : int

    Returns
    -------
    int

    Examples
    --------
    >>> epochs_of(500, 8000)
    2
    """
    return max(1, round(steps * BATCH / size))


def _wrong(model: Any, x: Array, y: Array) -> float:
    return float(np.mean(model.predict(x).argmax(axis=1) != y))


class MoreDigits(Explorer):
    """The widget that `more_digits` returns."""

    name = "more_digits"
    size = SIZE
    rows = (("units", "steps"),)
    trains = True
    presets = {
        N_("default"): {"units": 64, "steps": 500},
        N_("too small a network"): {"units": 4, "steps": 500},
        N_("large and long"): {"units": 128, "steps": 2000},
    }

    def __init__(self, **values: Any) -> None:
        self._known: OrderedDict[tuple[int, ...], tuple[float, float]] = OrderedDict()  # results of trainings
        self._finished: tuple[Values, Array] | None = None  # the last whole run
        self._before: tuple[Values, Array] | None = None  # the one before it, with other settings
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "units": controls.steps(_("hidden units"), 64, UNITS),
            "steps": controls.steps(_("training steps"), 500, [(f"{count:,}", count) for count in STEPS]),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train a network for each seed and each size of the heap, with a picture after each of the first seed."""
        same = self._finished is not None and self._finished[0] == values
        before = self._before if same else self._finished
        wrong = np.full((2, SEEDS, len(SIZES)), np.nan)  # of test digits, and of digits learned from
        seeds, sizes = (1, SIZES[:FEW]) if task.eagerly else (SEEDS, SIZES)
        for seed in range(seeds):
            for k, size in enumerate(sizes):
                self._train(values, seed, size, wrong[:, seed, k], task, lambda: _arrays(wrong, before))
                if task.stop.is_set():
                    return _arrays(wrong, before)
                if seed == 0 or k == len(sizes) - 1:
                    task.show(_arrays(wrong, before))
        self._finished, self._before = (values, wrong[0]), before
        return _arrays(wrong, before)

    def _train(self, values: Values, seed: int, size: int, wrong: Array, task: Task, arrays: Any) -> None:
        """Train one network and note how many digits it gets wrong; the first one is shown on its way."""
        key = (values.units, values.steps, seed, size, int(task.eagerly))
        if key not in self._known:
            x, y, x_test, y_test = _digits()
            rows = np.random.default_rng(seed).permutation(len(x))[:size]
            x, y = x[rows], y[rows]
            most = EARLY if task.eagerly else values.steps
            model = build(values.units, seed, epochs_of(most, size) * -(-size // BATCH), task.eagerly)
            done = 0
            with single_blas_thread():  # products this small are slower on several
                for steps in sorted({EARLY, most}) if (seed, size) == (0, SIZES[0]) else [most]:
                    until = epochs_of(steps, size)
                    model.fit(x, y, batch_size=BATCH, epochs=until, initial_epoch=done, verbose=0, stop=task.stop)
                    done = until
                    wrong[:] = _wrong(model, x_test, y_test), _wrong(model, x[:1000], y[:1000])
                    if steps < most:
                        task.show(arrays())
            if task.stop.is_set():
                return
            self._known[key] = float(wrong[0]), float(wrong[1])
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        wrong[:] = self._known[key]

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = MoreFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move curves, dots and numbers."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained so far."""
        done = int(np.isfinite(arrays["test"]).sum())
        words = _("Trained: {done} of {all} networks 196-{units}-10, about {steps} batches of 32 each; 14 × 14 pixels.")
        return words.format(done=done, all=SEEDS * len(SIZES), units=values.units, steps=f"{values.steps:,}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how the curve runs, in words that another processor's last bit does not change."""
        start = _(
            "Networks with {units} hidden units are trained for {steps} steps on 125 to 8,000 digits, {seeds} seeds "
            "each."
        ).format(units=values.units, steps=f"{values.steps:,}", seeds=SEEDS)
        middle = np.median(arrays["test"], axis=0)
        if not np.isfinite(middle).all():
            return start
        fall = middle[0] / middle[-1]
        if fall > 2.2:
            told = _("With more digits the share of wrong test digits falls steeply, to less than half.")
        elif fall > 1.2:
            told = _("With more digits the share of wrong test digits falls.")
        else:
            told = _("With more digits the share of wrong test digits hardly falls.")
        return f"{start} {told}"


def _arrays(wrong: Array, before: tuple[Values, Array] | None) -> Arrays:
    """Name what is drawn; the line through the largest heaps is extended to 60,000 digits."""
    test, training = wrong.copy()
    middle = _median(test)
    ahead = np.full(2, np.nan)
    if np.isfinite(middle[-FITTED:]).all():
        slope, start = np.polyfit(np.log(SIZES[-FITTED:]), np.log(np.maximum(middle[-FITTED:], 1e-4)), 1)
        ahead = np.exp(start + slope * np.log([SIZES[-1], AHEAD]))
    previous = np.full(len(SIZES), np.nan) if before is None else _median(before[1])
    return {"size": np.array(SIZES), "test": test, "training": training, "ahead": ahead, "previous": previous}


def _median(results: Array) -> Array:
    """Median over the seeds that there are; NaN where there is none."""
    known = np.isfinite(results).any(axis=0)
    out = np.full(results.shape[1], np.nan)
    out[known] = np.nanmedian(results[:, known], axis=0)
    return out
