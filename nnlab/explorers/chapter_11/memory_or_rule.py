"""Chapter 11's switch: the same rows with their real targets or with shuffled ones, trained live.

What is drawn stands in `nnlab.explorers.chapter_11._memory_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_11._memory_figure import SIZE, MemoryFigure
from nnlab.explorers.chapter_11._perceptron import Array, bands, build
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

REAL, SHUFFLED = "real", "shuffled"
RATE = 0.005
SEEDS = 3
WIDTHS, ROWS = (2, 4, 8, 16, 32, 64, 128), (50, 100, 200, 500, 1000)
BATCHES, EPOCHS = (16, 32, 64, 128), (10, 30, 100, 300)
POINTS = 60  # places of the curves at which the losses are measured
EARLY = 8  # of them, before the first picture of the first seed


@explorer(chapter="11")
def memory_or_rule(
    targets: str = REAL, rows: int = 200, width: int = 64, batch: int = 32, epochs: int = 100
) -> MemoryOrRule:
    """Train one network on real targets, or on the same targets in another order, and validate on fresh rows.

    Parameters
    ----------
    targets : {"real", "shuffled"}
    rows : {50, 100, 200, 500, 1000}
    width : {2, 4, 8, 16, 32, 64, 128}
        Units of the hidden layer.
    batch : {16, 32, 64, 128}
    epochs : {10, 30, 100, 300}

    Returns
    -------
    MemoryOrRule
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return MemoryOrRule(targets=targets, rows=rows, width=width, batch=batch, epochs=epochs)


def data(rows: int, targets: str) -> tuple[Array, Array, Array, Array]:
    """Take rows to train on and fresh ones; shuffled targets are shuffled in both, so that nothing is left to find.

    Parameters
    ----------
    rows : int
    targets : {"real", "shuffled"}

    Returns
    -------
    x, y, x_new, y_new : ndarray of shape (rows, 10), (rows,), (1000, 10), (1000,)
    """
    x, y, x_new, y_new = bands()
    x, y = x[:rows], y[:rows]
    if targets == SHUFFLED:
        rng = np.random.default_rng(11)
        y, y_new = rng.permutation(y), rng.permutation(y_new)
    return x, y, x_new, y_new


class _Runs:
    """Losses and right answers of all seeds, as far as they are trained."""

    def __init__(self, values: Values, task: Task) -> None:
        self._values, self._task = values, task
        self.data = data(values.rows, values.targets)
        self.marks = np.unique(np.round(np.linspace(0, values.epochs, POINTS + 1)).astype(int))
        self._losses = np.full((2, SEEDS, len(self.marks)), np.nan)
        self._right = np.full((2, SEEDS, len(self.marks)), np.nan)

    def train(self, seed: int) -> Any:
        """Train from a seed; says how many marks are reached when there is something to see."""
        x, y, _x_new, _y_new = self.data
        model = build(x.shape[1], self._values.width, RATE, seed, self._task.eagerly)
        self._measure(model, seed, 0)
        laps = [len(self.marks)] if seed else [min(EARLY, len(self.marks)), len(self.marks)]
        done = 1
        for stop in laps:
            for k in range(done, stop):
                model.fit(
                    x, y, batch_size=self._values.batch, epochs=int(self.marks[k]), verbose=0,
                    initial_epoch=int(self.marks[k - 1]), stop=self._task.stop,
                )  # fmt: skip
                if self._task.stop.is_set():
                    return
                self._measure(model, seed, k)
            done = stop
            yield stop

    def _measure(self, model: Any, seed: int, k: int) -> None:
        x, y, x_new, y_new = self.data
        for part, (rows, targets) in enumerate(((x, y), (x_new, y_new))):
            with single_blas_thread():
                a = np.clip(model.predict(rows)[:, 0].astype(np.float64), 1e-7, 1 - 1e-7)
            self._losses[part, seed, k] = -np.log(np.where(targets == 1, a, 1 - a)).mean()
            self._right[part, seed, k] = np.mean((a > 0.5) == (targets == 1))

    def arrays(self, seeds: int, marks: int) -> Arrays:
        """Name what is drawn of so many seeds and marks."""
        return {
            "epoch": self.marks[:marks],
            "losses": self._losses[:, :seeds, :marks].copy(),
            "loss": np.median(self._losses[:, :seeds, :marks], axis=1),
            "right": np.median(self._right[:, :seeds, marks - 1], axis=1),
            "rights": self._right[:, :seeds, marks - 1].copy(),
        }


class MemoryOrRule(Explorer):
    """The widget that `memory_or_rule` returns."""

    name = "memory_or_rule"
    size = SIZE
    rows = (("targets",), ("rows", "width"), ("batch", "epochs"))
    trains = True
    presets = {
        N_("a rule"): {"targets": REAL, "rows": 200, "width": 64, "batch": 32, "epochs": 100},
        N_("nothing but memory"): {"targets": SHUFFLED, "rows": 200, "width": 64, "batch": 32, "epochs": 300},
        N_("too small to remember"): {"targets": SHUFFLED, "rows": 1000, "width": 4, "batch": 32, "epochs": 100},
        N_("more rows, better rule"): {"targets": REAL, "rows": 1000, "width": 64, "batch": 32, "epochs": 100},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "targets": controls.choice(_("targets"), REAL, (REAL, SHUFFLED)),
            "rows": controls.steps(_("rows N"), 200, list(ROWS)),
            "width": controls.steps(_("hidden units H"), 64, list(WIDTHS)),
            "batch": controls.steps(_("batch size B"), 32, list(BATCHES)),
            "epochs": controls.steps(_("epochs"), 100, list(EPOCHS)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train from one seed, then from the next, with a picture now and then."""
        if task.eagerly:
            values = Values(**{**vars(values), "epochs": EPOCHS[0]})
        runs = _Runs(values, task)
        arrays: Arrays = {}
        for seed in range(1 if task.eagerly else SEEDS):
            for marks in runs.train(seed):
                arrays = runs.arrays(seed + 1, marks)
                if marks < len(runs.marks) or seed == 0:
                    task.show(arrays)
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = MemoryFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.epochs)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count updates and parameters, and how many rows there are for each."""
        words = _(
            "Network 10-{width}-1, {parameters} parameters for {rows} rows; {updates} updates of Adam at learning rate "
            "{rate}, from {seeds} of {all} seeds. Is the digit odd?"
        )
        return words.format(
            width=values.width, parameters=f"{12 * values.width + 1:,}", rows=f"{values.rows:,}", rate=f"{RATE:g}",
            updates=f"{int(arrays['epoch'][-1]) * -(-values.rows // values.batch):,}",
            seeds=arrays["losses"].shape[1], all=SEEDS,
        )  # fmt: skip

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many rows are right, in words that a last bit does not change."""
        words = _("A 10-{width}-1 network learns from {rows} rows with {targets} targets. {seen} {fresh} {course}")
        seen, fresh = (float(share) for share in arrays["right"])
        ends = arrays["loss"][1]
        return words.format(
            width=values.width, rows=values.rows, targets=values.targets,
            seen=_("Training rows: {share}.").format(share=_share(seen)),
            fresh=_("Fresh rows: {share}.").format(share=_share(fresh)),
            course=_("The validation loss ends far above its lowest point.") if ends[-1] > 1.4 * ends.min() else "",
        ).strip()  # fmt: skip


def _share(right: float) -> str:
    """Name a share of right answers broadly."""
    bounds = ((0.95, _("nearly all right")), (0.72, _("most right")), (0.6, _("somewhat better than tossing a coin")))
    return next((words for bound, words in bounds if right > bound), _("about as good as tossing a coin"))
