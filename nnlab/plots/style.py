"""The look of every figure: its colors by their meaning, its style, and the `Picture` that a notebook shows.

It holds no plots. A `Picture` is a matplotlib figure that carries its alternative text and needs neither
pyplot nor a notebook backend, so that any thread may draw one. Read `nnlab.plots.training` next.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from nnlab.plots._check import checked

# The same idea has the same color in every chapter (Okabe and Ito's colors).
CLASS_0 = "#0072B2"  # blue
CLASS_1 = "#E69F00"  # orange
GRADIENT = "#D55E00"  # vermilion
LOSS = INK = "#222222"
RIGHT = "#009E73"  # bluish green: the true class, a right answer
WRONG = "#CC79A7"  # reddish purple: a wrong answer
RIGHT_TEXT, WRONG_TEXT = "#00704f", "#9c3f73"  # the same two, dark enough for small type on white
QUIET = "#6b6b6b"  # notes beside the data: 5.3 : 1 against white
GHOST = "#b9b9b9"  # what was there before
PAPER = "#f5f5f5"  # the ground of an empty place
SERIES = ("#009E73", "#B35C8F", "#56B4E9", "#0072B2", "#E69F00", "#D55E00", "#222222")

# The line of each activation, and an ink of the same hue that is dark enough for its name. Not blue, orange or
# vermilion: those mean the classes and the gradient.
ACTIVATION_COLORS = {
    "linear": ("#8c8c8c", QUIET),
    "sigmoid": ("#B35C8F", WRONG_TEXT),
    "tanh": ("#56B4E9", "#20719f"),
    "relu": ("#009E73", RIGHT_TEXT),
    "gelu": (INK, INK),
}

VALIDATION_DASHES = (0, (4, 2))

#: A field between class 0 (blue) and class 1 (orange), pale enough to put points on.
FIELD = LinearSegmentedColormap.from_list("nnlab-field", ["#8cbfe0", "#c3dff0", "#fbfbfb", "#fae3b4", "#f3c25e"])
#: Signed values: blue below zero, white at zero, orange above.
SIGNED = LinearSegmentedColormap.from_list(
    "nnlab-signed", ["#00466e", "#0072B2", "#7fb8dc", "#fafafa", "#f3c25e", "#d98a00", "#8a4b00"]
)
#: Shares of wrong answers, from none to many.
MISTAKES = LinearSegmentedColormap.from_list("nnlab-mistakes", ["#ffffff", "#f3dbe8", "#dc9cc0", "#b2588c"])

_LOCK = threading.RLock()  # matplotlib's settings are global: one thread at a time may put ours in place
_DPI = 100  # pixels of the page in an inch of the figure

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _settings() -> dict[str, Any]:
    file = Path(__file__).with_name("nnlab.mplstyle")
    settings: Any = matplotlib.rc_params_from_file(file, use_default_template=False)
    return dict(settings)


@contextmanager
def applied() -> Iterator[None]:
    """Our style, for as long as the ``with`` block runs; the reader's own settings come back afterwards."""
    with _LOCK, matplotlib.rc_context(_settings()):  # type: ignore[arg-type]
        yield


def styled(plot: Callable[P, R]) -> Callable[P, R]:
    """Run a plotting function in our style (a decorator)."""

    @wraps(plot)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> R:
        with applied():
            return plot(*args, **kwargs)

    return in_style


class Picture(Figure):
    """A matplotlib figure with alternative text, shown by a notebook when it ends a cell.

    Attributes
    ----------
    alt : str
        What the picture shows, in a sentence. It is stored as the cell's text output and compared by tests,
        so it holds no digit that another processor could turn.
    numbers : str
        The numbers that matter in it, in a sentence; read aloud after `alt`, and not compared.
    """

    alt: str = ""
    numbers: str = ""

    def draw(self, renderer: RendererBase) -> None:
        """Draw in our style: matplotlib makes ticks only now, from the settings of this moment."""
        with applied():
            super().draw(renderer)

    def png(self, scale: float = 2.0) -> bytes:
        """Encode the picture as PNG.

        Parameters
        ----------
        scale : float
            Pixels of the image for each pixel of the page; 2 is sharp on every screen.

        Returns
        -------
        bytes
        """
        before = self.get_dpi()
        self.set_dpi(_DPI * scale)
        try:
            canvas = FigureCanvasAgg(self)
            canvas.draw()  # type: ignore[no-untyped-call]
            return encode(canvas)
        finally:
            self.set_dpi(before)

    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the page."""
        width, height = self.get_size_inches()
        return round(width * _DPI), round(height * _DPI)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give a notebook the PNG and the alternative text."""
        del include, exclude  # IPython filters again by itself
        return bundle(self.png(), self.alt, *self.size(), self.numbers)


def bundle(png: bytes, text: str, width: int, height: int, numbers: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Make the data and metadata by which a notebook stores a picture with its text."""
    data = {"text/plain": text, "image/png": b64encode(png).decode("ascii")}
    return data, {"image/png": {"width": width, "height": height, "alt": f"{text} {numbers}".strip()}}


def encode(canvas: FigureCanvasAgg) -> bytes:
    """PNG bytes of what `canvas` holds, in 256 colors: enough for our figures, at a third of the size."""
    width, height = canvas.get_width_height(physical=True)
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    image = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1).convert("RGB")
    file = io.BytesIO()
    image.quantize(256, dither=Image.Dither.NONE).save(file, "PNG", compress_level=9)
    return file.getvalue()


def encode_quickly(canvas: FigureCanvasAgg) -> bytes:
    """PNG bytes of what `canvas` holds, in all its colors; half the time that Pillow takes.

    Pillow tries five filters for each row of pixels. Our figures are mostly plain areas, which need none.

    References
    ----------
    ISO/IEC 15948, Portable Network Graphics (PNG), sections 9 and 11.
    """
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with a 0: no filter
    rows[:, 1:] = pixels[:, :, :3].reshape(height, -1)  # all figures stand on white: no transparency
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a color, red, green and blue
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")
        for kind, data in chunks
    )


@checked
def new_figure(width: float = 840, height: float = 340, *, layout: str | None = "constrained") -> Picture:
    """Make an empty figure in our style, without pyplot.

    Parameters
    ----------
    width, height : float
        Size in pixels of the page; 840 fits a notebook beside JupyterLab's file browser.
    layout : str or None
        matplotlib's layout engine; None to place the axes by hand, as quick redrawing wants.

    Returns
    -------
    Picture
        A `matplotlib.figure.Figure` with an ``alt`` text, empty at first.
    """
    with applied():
        figure = Picture(figsize=(width / _DPI, height / _DPI), dpi=_DPI, layout=layout)  # type: ignore[arg-type]
        if layout == "constrained":
            figure.get_layout_engine().set(w_pad=0.08, h_pad=0.07, wspace=0.04, hspace=0.04)  # type: ignore[union-attr, call-arg]
        return figure


def axes_at(figure: Picture, left: float, top: float, width: float, height: float) -> Axes:
    """Make axes at a place in pixels of the page, from the figure's upper left corner."""
    across, down = figure.size()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def class_marks(axes: Axes, size: float, edge: float = 0.4) -> tuple[Line2D, Line2D]:
    """Make the marks of samples, to be given their data: circles for class 0, squares for class 1.

    So nothing is told by color alone.
    """
    marks: dict[str, Any] = {"linestyle": "", "markeredgecolor": "white", "markeredgewidth": edge}
    (zeros,) = axes.plot([], [], marker="o", markersize=size, color=CLASS_0, **marks)
    (ones,) = axes.plot([], [], marker="s", markersize=0.92 * size, color=CLASS_1, **marks)
    return zeros, ones


def beside(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    coordinates: str | tuple[str, str] = "data",
    **kwargs: Any,
) -> Text:
    """Write `text` at an offset in points from a place, inside the axes or outside."""
    return ax.annotate(
        text, at, offset, coordinates, "offset points", annotation_clip=False, **{"va": "center", **kwargs}
    )
