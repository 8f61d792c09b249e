"""Chapter 13's kernel: nine numbers to edit, a window to drag over a digit, the products, and the whole output.

What is drawn stands in `nnlab.explorers.chapter_13._kernel_window_figure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.lib.stride_tricks import sliding_window_view

from nnlab.explorers import controls
from nnlab.explorers.chapter_13._kernel_window_figure import KERNEL, SIZE, STOPS, KernelFigure, number
from nnlab.explorers.chapter_13._network import example
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

NAMES = tuple(tuple(f"k{i}{j}" for j in range(KERNEL)) for i in range(KERNEL))
LARGEST = 8
DIVISORS = (1, 2, 4, 8, 9, 16)
SOBEL = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))


def _numbers(kernel: Sequence[Sequence[int]], divide: int = 1) -> dict[str, Any]:
    """Name the nine numbers of a kernel as the controls are named."""
    names = [name for row in NAMES for name in row]
    return {**dict(zip(names, [value for row in kernel for value in row], strict=True)), "divide": divide}


@explorer(chapter="13")
def kernel_window(
    kernel: Sequence[Sequence[int]] = SOBEL, divide: int = 1, digit: int = 7, row: int = 9, column: int = 15
) -> KernelWindow:
    """Edit the nine numbers of a kernel, drag its window over a digit, and see products, sum and output.

    Parameters
    ----------
    kernel : sequence of three sequences of three int
        From -8 to 8.
    divide : {1, 2, 4, 8, 9, 16}
        What the sum of the products is divided by.
    digit : int
        From 0 to 9.
    row, column : int
        Of the upper left corner of the window, from 0 to 25.

    Returns
    -------
    KernelWindow
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If the kernel is not 3 by 3, or a control does not offer a value.
    """
    try:
        sizes = [len(numbers) for numbers in kernel] if len(kernel) == KERNEL else []
    except TypeError:  # no rows
        sizes = []
    if sizes != [KERNEL] * KERNEL:
        raise ValueError(_("kernel_window needs a kernel of 3 rows with 3 whole numbers each."))
    return KernelWindow(**_numbers(kernel, divide), digit=digit, row=row, column=column)


class KernelWindow(Explorer):
    """The widget that `kernel_window` returns."""

    name = "kernel_window"
    size = SIZE
    rows = (*NAMES, ("divide", "digit"))
    pointer = {"image": (("column", "row"),), "output": (("column", "row"),)}
    presets = {
        N_("identity"): _numbers(((0, 0, 0), (0, 1, 0), (0, 0, 0))),
        N_("blur"): _numbers(((1, 1, 1), (1, 1, 1), (1, 1, 1)), 9),
        N_("sharpen"): _numbers(((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
        N_("edges"): _numbers(((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
        N_("Sobel, left to right"): _numbers(SOBEL),
        N_("Sobel, top to bottom"): _numbers(tuple(zip(*SOBEL, strict=True))),
        N_("shift"): _numbers(((0, 0, 0), (1, 0, 0), (0, 0, 0))),
    }

    def make_controls(self) -> dict[str, Any]:
        """Make nine small sliders, in rows like the kernel, and the others."""
        made = {}
        for i, names in enumerate(NAMES):
            for j, name in enumerate(names):
                made[name] = controls.count(f"k[{i}, {j}]", SOBEL[i][j], -LARGEST, LARGEST)
                made[name].style.description_width = "56px"
                made[name].layout.width = "240px"
        return {
            **made,
            "divide": controls.steps(_("divide the sum by"), 1, DIVISORS),
            "digit": controls.count(_("digit"), 7, 0, 9),
            "row": controls.count(_("row"), 9, 0, STOPS - 1),
            "column": controls.count(_("column"), 15, 0, STOPS - 1),
        }

    def code(self) -> str:
        """Give the line of Python that reproduces the present state, the kernel as a list."""
        v = self._values()
        kernel = [[getattr(v, name) for name in names] for names in NAMES]
        return (
            f"explorers.kernel_window(kernel={kernel}, divide={v.divide}, digit={v.digit}, row={v.row}, "
            f"column={v.column})"
        )

    def compute(self, values: Values, task: Task) -> Arrays:
        """Take the nine products at every place; whole numbers first, so that all computers agree to the last digit."""
        image = example(values.digit).astype(int)
        kernel = np.array([[getattr(values, name) for name in names] for names in NAMES])
        sums = np.einsum("ijuv,uv->ij", sliding_window_view(image, kernel.shape), kernel)
        window = image[values.row : values.row + KERNEL, values.column : values.column + KERNEL]
        return {
            "image": image / 255,
            "kernel": kernel,
            "window": window / 255,
            "products": window * kernel / 255,
            "output": sums / (255 * values.divide),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw what stands still."""
        self._picture = KernelFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move window, numbers and output."""
        self._picture.update(arrays, values.divide, values.row, values.column)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what can be dragged."""
        return _("Drag the window over the digit, or over the output. The nine sliders stand as the kernel does.")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say the kernel, and what comes out where the window stands."""
        words = _(
            "A window of 3 by 3 pixels on a handwritten {digit}, at row {row} and column {column}. The kernel is "
            "{kernel}, the sum is divided by {divide}, and the output there is {output}."
        )
        return words.format(
            digit=values.digit, row=values.row, column=values.column, divide=values.divide,
            kernel=arrays["kernel"].tolist(), output=number(arrays["output"][values.row, values.column]),
        )  # fmt: skip
