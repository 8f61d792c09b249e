"""Which cells of a sweep are trained together: those whose networks differ in numbers only.

Thousands of cells take some microseconds each here: a network is built once for each architecture and seed, an
optimizer once for each of its settings, and the rest is done on matrices with a row a cell.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, lowering, samples, training
from nnlab.engine import codes, sharing
from nnlab.model import Model
from nnlab.optimizers import Optimizer
from nnlab.sweeping.chunks import Chunk, CompiledChunk, FittedChunk, Fitting
from nnlab.sweeping.grids import Axes, Cell, cells_of, shape_of, show
from nnlab.sweeping.sources import NETWORK, Builder, Template

Array = NDArray[Any]
Data = tuple[Any, Any]

# A chunk takes about so long: short beside a learner's patience, long beside what it costs to hand out.
CHUNK_SECONDS = 0.08


@dataclass
class Group:
    """Cells whose networks differ in numbers only."""

    network: Any
    work: Any
    code: int
    starts: Any
    samples: Any
    validation: Any
    rng: np.random.Generator | None
    cells: list[int] = field(default_factory=list)
    parameters: list[Array] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    optimizers: list[Setting] = field(default_factory=list)

    def chunks(self, fitting: Fitting, most: int) -> Iterator[CompiledChunk]:
        """Cut the group.

        Parameters
        ----------
        fitting : Fitting
        most : int
            Largest number of cells in a chunk.

        Yields
        ------
        CompiledChunk
        """
        size = max(1, min(most, int(CHUNK_SECONDS / self._seconds(fitting))))
        kernels = np.zeros(self.parameters[0].size, np.bool_)
        for row in self.network.stages:
            if row[codes.KERNEL] >= 0:
                kernels[row[codes.KERNEL] : row[codes.KERNEL] + row[codes.N_IN] * row[codes.N_OUT]] = True
        for first in range(0, len(self.cells), size):
            part = slice(first, first + size)
            parameters = np.stack(self.parameters[part])
            scales = np.array(self.scales[part], parameters.dtype)
            parameters[:, kernels] *= scales[:, None]
            chosen = self.optimizers[part]
            yield CompiledChunk(
                np.array(self.cells[part]), fitting, self.network, self.work, self.code, self.starts, self.samples,
                self.validation, self.rng, parameters, np.stack([one.settings for one in chosen]),
                np.stack([one.rates for one in chosen]), np.array([one.clipping for one in chosen]),
                np.stack([one.first_slots for one in chosen]),
            )  # fmt: skip

    def _seconds(self, fitting: Fitting) -> float:
        """Guess how long a cell takes; only the sizes of the chunks depend on it."""
        rows = len(self.samples.x)
        units = self.work.forward.size // self.work.block
        steps = fitting.epochs * -(-rows // fitting.batch_size)
        point = 3e-10 * (self.parameters[0].size * 2 + units * 3)
        return steps * 5e-7 + fitting.epochs * rows * point


@dataclass(frozen=True)
class Setting:
    """The numbers of an optimizer."""

    code: int
    settings: Array
    rates: Array
    clipping: tuple[float, float]
    first_slots: Array  # (slots, 1)


class Plan:
    """Sorts the cells of a sweep.

    Parameters
    ----------
    source : Template or Builder
    axes : dict of str to tuple
    data : tuple of array_like
    validation : tuple of array_like or None
    fitting : Fitting
        Its batch size is at most the number of rows.

    Attributes
    ----------
    groups : dict
    fitted : list of (int, dict)
        Numbers and settings of the cells that ``fit`` trains.
    logs : list of str
        Names of what is told of each network.
    """

    def __init__(
        self, source: Template | Builder, axes: Axes, data: Data, validation: Data | None, fitting: Fitting
    ) -> None:
        self.source, self.axes, self.data, self.validation, self.fitting = source, axes, data, validation, fitting
        self.groups: dict[Any, Group] = {}
        self.fitted: list[tuple[int, Cell]] = []
        self.logs: list[str] = []
        self._samples: dict[Any, Any] = {}
        if isinstance(source, Template):
            self._sort_template(source)
        else:
            for number, cell in enumerate(cells_of(axes)):
                self._sort(number, cell, self._lower(source.make(cell), cell))

    def chunks(self) -> list[Chunk]:
        """Cut all cells in chunks.

        Returns
        -------
        list of CompiledChunk or FittedChunk
        """
        found: list[Chunk] = []
        total = sum(len(group.cells) for group in self.groups.values())
        most = -(-total // (4 * sharing.processors()))
        for group in self.groups.values():
            found += group.chunks(self.fitting, max(1, most))
        for number, cell in self.fitted:
            found.append(
                FittedChunk(
                    np.array([number]), self.fitting, self.source, [cell], self.data, self.validation, len(self.logs)
                )
            )
        return found

    def _sort_template(self, source: Template) -> None:
        names = list(self.axes)
        of_network = [k for k, name in enumerate(names) if name in NETWORK]
        of_optimizer = [k for k, name in enumerate(names) if name in source.settings]
        scale = names.index("scale") if "scale" in names else None
        networks: dict[Any, Any] = {}
        optimizers: dict[Any, Setting] = {}
        places = itertools.product(*map(range, shape_of(self.axes)))
        for number, (place, cell) in enumerate(zip(places, cells_of(self.axes), strict=True)):
            network = tuple([place[k] for k in of_network])
            optimizer = tuple([place[k] for k in of_optimizer])
            if network not in networks:
                unscaled = {name: value for name, value in cell.items() if name in NETWORK}
                networks[network] = self._lower(source.make(unscaled), cell)
            lowered = networks[network]
            if lowered is not None:
                if optimizer not in optimizers:
                    optimizers[optimizer] = self._setting(source.make_optimizer(cell), lowered[1].dtype)
                lowered = (lowered[0], lowered[1], optimizers[optimizer])
            self._sort(number, cell, lowered, 1.0 if scale is None else self.axes["scale"][place[scale]])

    def _sort(self, number: int, cell: Cell, lowered: Any, scale: float = 1.0) -> None:
        """Put a cell to its group."""
        if lowered is None:
            self.fitted.append((number, cell))
            return
        make_group, parameters, setting = lowered
        group = make_group(setting)
        group.cells.append(number)
        group.parameters.append(parameters)
        group.scales.append(scale)
        group.optimizers.append(setting)

    def _lower(self, model: Model, cell: Cell) -> Any:
        """Describe a network to the runner: what finds its group, first parameters, optimizer. None: ``fit`` has it."""
        if not model.built:
            raise ValueError(f"the builder returns a model without Input(shape) in the cell {show(cell)}")
        if self.logs and model.log_names != self.logs:
            raise ValueError(
                f"all networks of a sweep need the same metrics: some have {', '.join(self.logs)}, and in the cell "
                f"{show(cell)} they are {', '.join(model.log_names)}"
            )
        self.logs = model.log_names
        if model.why_formulas():
            model._samples(*self.data)  # what does not fit is told before the sweep begins
            return None
        key = model.dtype, model.input_shape, model.output_shape, type(model.loss)
        if key not in self._samples:
            each = [None if one is None else model._samples(*one) for one in (self.data, self.validation)]
            self._samples[key] = each
        data, validation = self._samples[key]
        trainer = training.Compiled(model, model._metric_functions(data.ys), self.fitting.batch_size)
        if trainer.draws:
            return None
        shuffled = self.fitting.shuffle and self.fitting.batch_size < data.rows  # a full batch has no order
        rng = model.rng if shuffled else None
        network, starts = trainer.network, np.array(assembly.starts(model.chain), np.int64)
        tables = network.stages, network.constants, network.penalties, network.metrics, starts
        same = (
            *key, network.loss, network.delta, network.fused, *(table.tobytes() for table in tables),
            rng and str(rng.bit_generator.state),
        )  # fmt: skip
        found: dict[Any, Group] = {}

        def make_group(setting: Setting) -> Group:
            kind = setting.code, setting.rates.size
            if kind not in found:
                group = Group(
                    network, trainer.work, setting.code, starts, _as_runner(data), _as_runner(validation), rng
                )
                found[kind] = self.groups.setdefault((*same, *kind), group)
            return found[kind]

        return make_group, model.parameters.copy(), self._setting(model.optimizer, model.dtype)

    def _setting(self, optimizer: Optimizer, dtype: Any) -> Setting:
        code, settings = lowering.optimizer_settings(optimizer)
        rates = np.zeros(0)
        if optimizer.schedule is not None:
            steps = self.fitting.epochs * -(-len(self.data[0]) // self.fitting.batch_size)
            rates = optimizer.schedule.rates(np.arange(steps))
        return Setting(
            code, settings, rates, (optimizer.clipnorm or 0.0, optimizer.clipvalue or 0.0),
            optimizer.first_slots(1, dtype),
        )  # fmt: skip


def _as_runner(given: samples.Samples | None) -> Any:
    """Give samples as the runner takes them, in their order."""
    from nnlab.engine import runner

    if given is None:
        return None
    x, y = given.xs[0], given.ys[0]
    return runner.Samples(x.reshape(len(x), -1), y, np.ones(0, x.dtype), np.arange(len(x))[None])
