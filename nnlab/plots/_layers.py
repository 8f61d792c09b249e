"""Where the boxes and lines of a graph stand: columns from left to right, with few crossings. Nothing is drawn here.

References
----------
Sugiyama, Tagawa & Toda (1981), IEEE Trans. SMC 11, 109-125: layers, places held for long lines, barycenters.
Barlow, Bartholomew, Bremner & Brunk (1972), Statistical Inference under Order Restrictions: pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

_SWEEPS = 24
_BETWEEN = 16.0  # pixels between two boxes of a column
_LINE = 10.0  # height that is kept free for a line that passes a column

Point = tuple[float, float]


@dataclass
class Line:
    """A line from the box of a parent to that of its child, through points at which it is level."""

    parent: int
    child: int
    points: list[Point]


@dataclass
class Layers:
    """Where everything stands, in pixels; y grows downward.

    Attributes
    ----------
    boxes : list of (left, top, width, height)
    lines : list of Line
    width, height : float
    gap : float
        Between columns; under what was asked for if the columns do not fit.
    columns, rows : int
        How many there are, and how many boxes the fullest column has.
    """

    boxes: list[tuple[float, float, float, float]]
    lines: list[Line]
    width: float
    height: float
    gap: float
    columns: int
    rows: int


def arrange(
    parents: Sequence[Sequence[int]],
    sizes: Sequence[Point],
    ordered: Sequence[bool],
    gap: tuple[float, float],
    width: float,
) -> Layers:
    """Find places for the boxes of a graph.

    Parameters
    ----------
    parents : sequence of sequence of int
        Of each node, in the order of the forward pass; the last node is the result.
    sizes : sequence of (width, height)
        Of each box.
    ordered : sequence of bool
        Whether the lines into a box have to arrive in the order of its parents, from top to bottom.
    gap : (least, most)
        Between columns.
    width : float
        To be kept to, as long as `gap` allows.

    Returns
    -------
    Layers
    """
    grid = _Grid(parents, [height for _, height in sizes])
    grid.reduce_crossings()
    y = grid.heights()
    column_widths = [max(sizes[k][0] for k in column if k < len(parents)) for column in grid.columns]
    between = (width - sum(column_widths)) / max(len(column_widths) - 1, 1)
    space = float(np.clip(between, *gap))
    left = np.concatenate([[0.0], np.cumsum(np.array(column_widths[:-1]) + space)])
    boxes = [
        (left[c], y[k] - h / 2, column_widths[c], h)
        for k, (c, (_, h)) in enumerate(zip(grid.column[: len(parents)], sizes, strict=True))
    ]
    lines = _lines(grid, parents, ordered, y, left, column_widths)
    return Layers(
        boxes,
        lines,
        float(left[-1] + column_widths[-1]),
        max(top + h for _, top, _, h in boxes),
        between if len(column_widths) > 1 else gap[1],
        len(column_widths),
        max(sum(k < len(parents) for k in column) for column in grid.columns),
    )


@dataclass
class _Grid:
    """Nodes, and places for the lines that pass a column: both are numbers, the nodes first."""

    parents: Sequence[Sequence[int]]
    height: list[float]
    column: list[int] = field(init=False)
    columns: list[list[int]] = field(init=False)
    into: list[list[int]] = field(init=False)
    out: list[list[int]] = field(init=False)
    before: dict[tuple[int, int], int] = field(init=False)  # (parent, child) to the last place on the way

    def __post_init__(self) -> None:
        n = len(self.parents)
        behind = [0] * n  # longest way to the result: so a given number stands right before its first use
        for k in reversed(range(n)):
            for p in self.parents[k]:
                behind[p] = max(behind[p], behind[k] + 1)
        last = max(behind)
        self.column = [last - b for b in behind]
        self.columns = [[k for k in range(n) if self.column[k] == c] for c in range(last + 1)]
        self.into, self.out, self.before = [[] for _ in range(n)], [[] for _ in range(n)], {}
        passing: dict[Point, int] = {}  # lines from one parent share their way until they part
        for k in range(n):
            for p in dict.fromkeys(self.parents[k]):
                at = p
                for c in range(self.column[p] + 1, self.column[k]):
                    if (p, c) not in passing:
                        passing[p, c] = self._place(at, c)
                    at = passing[p, c]
                self._join(at, k)
                self.before[p, k] = at

    def _place(self, at: int, column: int) -> int:
        place = len(self.column)
        self.column.append(column)
        self.height.append(_LINE)
        self.columns[column].append(place)
        self.into.append([])
        self.out.append([])
        self._join(at, place)
        return place

    def _join(self, a: int, b: int) -> None:
        self.out[a].append(b)
        self.into[b].append(a)

    def reduce_crossings(self) -> None:
        """Order each column by the mean place of what its entries are joined to, to and fro; keep the best."""
        best, fewest = [list(column) for column in self.columns], self._crossings()
        for sweep in range(_SWEEPS):
            forth = sweep % 2 == 0
            joined = self.into if forth else self.out
            columns = self.columns[1:] if forth else self.columns[-2::-1]
            for column in columns:
                place = {k: i for other in self.columns for i, k in enumerate(other)}
                own = {k: float(i) for i, k in enumerate(column)}
                column.sort(key=lambda k: sum(place[j] for j in joined[k]) / len(joined[k]) if joined[k] else own[k])
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(column) for column in self.columns], crossings
        self.columns = best

    def _crossings(self) -> int:
        total = 0
        for here, there in zip(self.columns, self.columns[1:], strict=False):
            place = {k: i for i, k in enumerate(there)}
            ends = [place[b] for a in here for b in sorted(self.out[a], key=place.__getitem__)]
            total += sum(b < a for i, a in enumerate(ends) for b in ends[i + 1 :])
        return total

    def heights(self) -> list[float]:
        """Set each entry at the mean height of what it is joined to, as far as its neighbors leave room."""
        y = [0.0] * len(self.column)
        for column in self.columns:
            self._settle(column, dict.fromkeys(column, 0.0), y)
        for sweep in range(_SWEEPS):
            forth = sweep % 2 == 1
            for column in self.columns if forth else self.columns[::-1]:
                self._settle(column, {k: self._wanted(k, y, forth) for k in column}, y)
        for column in self.columns:  # at last, bring what is given close to its use
            self._settle(column, {k: y[k] if self.into[k] else self._wanted(k, y, False) for k in column}, y)
        top = min(y[k] - self.height[k] / 2 for k in range(len(y)))
        return [value - top for value in y]

    def _wanted(self, k: int, y: list[float], forth: bool) -> float:
        """Find the mean height of what stands before, or behind; given numbers weigh little beside computed ones."""
        joined = self.into[k] if forth else self.out[k]
        weights = [1.0 if not forth or self.into[j] else 0.1 for j in joined]
        return sum(w * y[j] for w, j in zip(weights, joined, strict=True)) / sum(weights) if joined else y[k]

    def _settle(self, column: list[int], wanted: dict[int, float], y: list[float]) -> None:
        """Come as close as can be to the wanted heights (least squares) without overlaps and in the same order."""
        shift = 0.0
        blocks: list[tuple[float, float, int]] = []  # weighted sum, weight and number of what would overlap otherwise
        shifts = []
        for i, k in enumerate(column):
            if i:
                j = column[i - 1]
                lines = (j >= len(self.parents)) + (k >= len(self.parents))
                shift += (self.height[j] + self.height[k]) / 2 + (_BETWEEN, _BETWEEN / 2, _BETWEEN / 4)[lines]
            shifts.append(shift)
            weight, count = 1.0 if self.into[k] else 0.1, 1
            total = weight * (wanted[k] - shift)
            while blocks and blocks[-1][0] / blocks[-1][1] > total / weight:
                more, heavier, many = blocks.pop()
                total, weight, count = total + more, weight + heavier, count + many
            blocks.append((total, weight, count))
        level = [total / weight for total, weight, count in blocks for _ in range(count)]
        for k, at, shift in zip(column, level, shifts, strict=True):
            y[k] = at + shift


def _lines(
    grid: _Grid,
    parents: Sequence[Sequence[int]],
    ordered: Sequence[bool],
    y: list[float],
    left: np.ndarray[tuple[int], np.dtype[np.float64]],
    widths: list[float],
) -> list[Line]:
    lines = []
    for k, own in enumerate(parents):
        if not own:
            continue
        spread = min(14.0, (grid.height[k] - 20) / max(len(own) - 1, 1))
        arriving = list(own) if ordered[k] else sorted(own, key=lambda p: y[grid.before[p, k]])
        for i, p in enumerate(arriving):
            at, points = grid.before[p, k], [(float(left[grid.column[k]]), y[k] + (i - (len(own) - 1) / 2) * spread)]
            while at != p:  # level across a column that it passes
                c = grid.column[at]
                points[:0] = [(float(left[c]), y[at]), (float(left[c] + widths[c]), y[at])]
                at = grid.into[at][0]
            c = grid.column[p]
            points.insert(0, (float(left[c] + widths[c]), y[p]))
            lines.append(Line(p, k, points))
    return lines
