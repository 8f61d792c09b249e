"""What comes out of a sweep: arrays over the axes of its grid, and each network again when it is asked for."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.model import Model
from nnlab.sweeping.chunks import Fitting, Outcome
from nnlab.sweeping.grids import Axes, Cell, shape_of, show
from nnlab.sweeping.sources import Builder, Template

FloatArray = NDArray[np.float64]


class Sweep:
    """The networks of a sweep. All arrays have the grid's axes, in its order; NaN where a cell was not trained.

    Attributes
    ----------
    axes : dict of str to tuple
        Names and values of the grid.
    loss : ndarray of float
        The loss of the last epoch, as `History` tells it.
    metrics : dict of str to ndarray
        The other numbers of the last epoch; with validation data also "val_loss" and so on, after the last epoch.
    diverged : ndarray of int
        The step, from 1, whose loss was not finite, where the training of the cell stopped; 0 elsewhere.
    history : dict of str to ndarray
        The loss and each metric with one more axis, the epochs; NaN behind the epoch in which a cell diverged.
    trained : ndarray of bool
        False where the sweep was stopped before.
    """

    def __init__(
        self, source: Template | Builder, axes: Axes, data: tuple[Any, Any], fitting: Fitting, logs: list[str],
        validated: bool,
    ) -> None:  # fmt: skip
        self.axes = axes
        self._source, self._data, self._fitting, self._logs, self._validated = source, data, fitting, logs, validated
        count = int(np.prod(self.shape))
        self._curves = np.full((len(logs), count, fitting.epochs), np.nan)
        self._last = np.full((len(logs) * (1 + validated), count), np.nan)
        self._diverged = np.zeros(count, np.int64)
        self._trained = np.zeros(count, np.bool_)

    def _take(self, outcome: Outcome) -> None:
        """Put what came out of a chunk in its places."""
        cells, epochs = outcome.cells, self._fitting.epochs
        self._curves[:, cells] = outcome.history.transpose(2, 0, 1)
        ends = np.isfinite(outcome.history[:, :, 0]).sum(axis=1)
        ends = np.where(outcome.diverged > 0, ends, epochs - 1)  # the epoch that diverged is the last
        last = outcome.history[np.arange(len(cells)), np.minimum(ends, epochs - 1)]
        self._last[:, cells] = np.concatenate([last, outcome.validation], axis=1).T
        self._diverged[cells] = outcome.diverged
        self._trained[cells] = True

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values on each axis."""
        return shape_of(self.axes)

    @property
    def loss(self) -> FloatArray:
        """The loss of the last epoch."""
        return self._last[0].reshape(self.shape)

    @property
    def metrics(self) -> dict[str, FloatArray]:
        """The other numbers of the last epoch, and those of the validation data."""
        names = [*self._logs, *(f"val_{name}" for name in self._logs)]
        each = zip(names, self._last, strict=False)
        return {name: values.reshape(self.shape) for name, values in each if name != "loss"}

    @property
    def history(self) -> dict[str, FloatArray]:
        """The loss and the metrics of each epoch."""
        each = zip(self._logs, self._curves, strict=True)
        return {name: curves.reshape(*self.shape, -1) for name, curves in each}

    @property
    def diverged(self) -> NDArray[np.int64]:
        """The step at which a cell diverged, or 0."""
        return self._diverged.reshape(self.shape)

    @property
    def trained(self) -> NDArray[np.bool_]:
        """Which cells were trained."""
        return self._trained.reshape(self.shape)

    @property
    def best(self) -> Cell:
        """The cell with the smallest loss, that of the validation data if there are any.

        Raises
        ------
        ValueError
            If no cell has a finite loss.
        """
        return self.cell(self._best())

    def _best(self) -> int:
        values = self._last[len(self._logs) if self._validated else 0]
        finite = np.where(np.isfinite(values) & (self._diverged == 0), values, np.inf)
        if not np.isfinite(finite).any():
            raise ValueError(
                "no network of this sweep has a finite loss: try smaller learning rates or a smaller scale"
            )
        return int(finite.argmin())

    def cell(self, index: int | Sequence[int]) -> Cell:
        """Return the settings of a cell.

        Parameters
        ----------
        index : int or tuple of int
            Its number in the order of a flat array, or its place on each axis.

        Returns
        -------
        dict of str to object

        Raises
        ------
        IndexError
            If there is no such cell.
        """
        try:
            flat = isinstance(index, int | np.integer)
            places: Sequence[Any] = np.unravel_index(index, self.shape) if flat else tuple(index)  # type: ignore[arg-type]
            chosen = zip(self.axes.items(), places, strict=True)
            return {name: values[operator.index(place)] for (name, values), place in chosen}
        except (ValueError, IndexError, TypeError):
            raise IndexError(f"the sweep has cells of shape {self.shape}, and no cell {index!r}") from None

    def model(self, **cell: Any) -> Model:
        """Train the network of a cell again: it has the same bits as in the sweep.

        Parameters
        ----------
        **cell
            A value for each axis; as in ``result.model(**result.best)``.

        Returns
        -------
        Model
            Its ``history`` is that of the training.

        Raises
        ------
        ValueError
            If the cell is not in the grid.
        """
        if set(cell) != set(self.axes):
            raise ValueError(f"a cell has a value for each of {', '.join(self.axes)}; got {show(cell) or 'nothing'}")
        for name, value in cell.items():
            if not any(value is one or (isinstance(value, Hashable) and value == one) for one in self.axes[name]):
                raise ValueError(f"{name}={value!r} is not in the grid: take one of sweep.axes[{name!r}]")
        model = self._source.make({name: cell[name] for name in self.axes})
        model.fit(*self._data, self._fitting.batch_size, self._fitting.epochs, verbose=0, shuffle=self._fitting.shuffle)
        return model

    def __repr__(self) -> str:
        parts = [f"{' x '.join(map(str, self.shape))} networks over {', '.join(self.axes)}"]
        if np.isfinite(self._last[0]).any():
            best = self._best() if (np.isfinite(self._last[0]) & (self._diverged == 0)).any() else None
            if best is not None:
                name = "val_loss" if self._validated else "loss"
                value = self._last[len(self._logs) if self._validated else 0, best]
                parts.append(f"best {name} {value:.4g} at {show(self.cell(best))}")
        if self._diverged.any():
            parts.append(f"{np.count_nonzero(self._diverged)} diverged")
        if not self._trained.all():
            parts.append(f"{np.count_nonzero(~self._trained)} not trained, because it was stopped")
        return f"<Sweep of {'; '.join(parts)}>"
