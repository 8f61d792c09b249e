"""Chapter 13's arithmetic of windows: image, kernel, stride and padding, and how many numbers come out.

What is drawn stands in `nnlab.explorers.chapter_13._window_sizes_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_13._window_sizes_figure import SIZE, SizesFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

LARGEST, KERNELS, STRIDES = 12, 7, 4
PADDINGS = ("valid", "same")


@explorer(chapter="13")
def window_sizes(
    size: int = 7, kernel: int = 3, stride: int = 1, padding: str = "valid", row: int = 0, column: int = 0
) -> WindowSizes:
    """Choose image, kernel, stride and padding, and see all stops of the window, and the size of the output.

    Parameters
    ----------
    size : int
        Rows and columns of the image, from 3 to 12.
    kernel : int
        Rows and columns of the kernel, from 1 to 7.
    stride : int
        Pixels from stop to stop, from 1 to 4.
    padding : {"valid", "same"}
    row, column : int
        At which stop the window is drawn, from 0; the last one where there are fewer.

    Returns
    -------
    WindowSizes
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return WindowSizes(size=size, kernel=kernel, stride=stride, padding=padding, row=row, column=column)


class WindowSizes(Explorer):
    """The widget that `window_sizes` returns."""

    name = "window_sizes"
    size = SIZE
    rows = (("size", "kernel"), ("stride", "padding"))
    pointer = {"image": (("column", "row"),)}
    presets = {
        N_("valid"): {"size": 7, "kernel": 3, "stride": 1, "padding": "valid"},
        N_("same"): {"size": 7, "kernel": 3, "stride": 1, "padding": "same"},
        N_("stride 2"): {"size": 7, "kernel": 3, "stride": 2, "padding": "valid"},
        N_("a column is lost"): {"size": 8, "kernel": 3, "stride": 2, "padding": "valid"},
        N_("gaps between windows"): {"size": 11, "kernel": 2, "stride": 3, "padding": "valid"},
        N_("pooling"): {"size": 8, "kernel": 2, "stride": 2, "padding": "valid"},
        N_("does not fit"): {"size": 4, "kernel": 5, "stride": 1, "padding": "valid"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "size": controls.count(_("image, pixels"), 7, 3, LARGEST),
            "kernel": controls.count(_("kernel, pixels"), 3, 1, KERNELS),
            "stride": controls.count(_("stride, pixels"), 1, 1, STRIDES),
            "padding": controls.choice(_("padding"), "valid", PADDINGS),
            "row": controls.count(_("stop, down"), 0, 0, LARGEST - 1),
            "column": controls.count(_("stop, across"), 0, 0, LARGEST - 1),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Ask the package's layer where its kernel stops, and count how often each pixel is seen."""
        from nnlab import layers

        layer = layers.Conv2D(1, values.kernel, strides=values.stride, padding=values.padding)
        sample = (values.size, values.size, 1)
        slides = layer.windows(sample).rows
        error = ""
        try:
            layer.output_shape(sample)
        except ValueError as refused:
            error = str(refused)
        along = np.zeros(slides.before + values.size + slides.after, dtype=int)
        for tap in range(values.kernel if slides.stops else 0):
            along[slides.seen(tap)] += 1
        last = max(slides.stops - 1, 0)
        return {
            "seen": np.outer(along, along), "before": slides.before, "after": slides.after, "size": values.size,
            "kernel": values.kernel, "stride": values.stride, "stops": slides.stops,
            "row": min(values.row, last), "column": min(values.column, last), "_error": error,
        }  # fmt: skip

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw what stands still."""
        self._picture = SizesFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Draw the grids, and write the arithmetic."""
        self._picture.update(arrays, arithmetic(arrays), _note(arrays))

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what can be dragged."""
        return _("Drag the window. White cells around the image are padding: zeros. Gray pixels are never seen.")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Give nnlab's message where the kernel does not fit."""
        if not arrays["_error"]:
            return ""
        return _("nnlab refuses: “{message}”").format(message=arrays["_error"])

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say the arithmetic in words."""
        words = _(
            "An image of {size} by {size} pixels, a kernel of {kernel} by {kernel}, stride {stride}, padding {padding}."
        )
        start = words.format(size=values.size, kernel=values.kernel, stride=values.stride, padding=values.padding)
        if not arrays["stops"]:
            return f"{start} " + _("The kernel does not fit: there is no output.")
        words = _("The output has {stops} by {stops} numbers: {arithmetic}.")
        return " ".join([start, words.format(stops=arrays["stops"], arithmetic=arithmetic(arrays)), _note(arrays)])


def arithmetic(arrays: Arrays) -> str:
    """Write the formula of the output size with its numbers.

    Parameters
    ----------
    arrays : dict

    Returns
    -------
    str
    """
    n, before, after = arrays["size"], arrays["before"], arrays["after"]
    kernel, stride = arrays["kernel"], arrays["stride"]
    result = (n + before + after - kernel) // stride + 1
    return f"({n} + {before} + {after} − {kernel}) // {stride} + 1 = {result}".replace("= -", "= −")


def _note(arrays: Arrays) -> str:
    """Say what happens to the pixels at the edge."""
    before, size = arrays["before"], arrays["size"]
    if not arrays["stops"]:
        return _("The kernel is larger than the image.")
    seen = np.diagonal(arrays["seen"])[before : before + size]
    lost = int((seen == 0).sum())
    if lost:
        return _("Rows and columns that no window sees: {lost} of {size}.").format(lost=lost, size=size)
    if arrays["before"] + arrays["after"]:
        words = _("Padding: {before} before, {after} after.")
        return words.format(before=before, after=arrays["after"])
    words = _("A corner is seen by {corner}, the middle by {middle}: windows at the edge are missing.")
    if arrays["seen"][0, 0] == arrays["seen"].max():
        return _("All pixels are seen equally often.") if seen.min() == seen.max() else ""
    return words.format(corner=arrays["seen"][0, 0], middle=arrays["seen"].max())
