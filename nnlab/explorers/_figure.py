"""The picture of an explorer: drawn quickly with `Stage`, shown in the page by `FigureWidget`.

Nothing here knows what is drawn. The page's side is in ``_figure.js``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import traitlets
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nnlab.explorers._cells import shown
from nnlab.explorers._page import module, style
from nnlab.plots.style import Picture, applied, bundle, encode, encode_quickly

_DPI = 100


class Stage:
    """A figure that is drawn again and again: what stands still once, what moves on top of it each time.

    Parameters
    ----------
    figure : Picture
        Without a layout engine, so that its axes stay where they are.
    moving : sequence of Artist
        What changes between two pictures, in drawing order.
    """

    def __init__(self, figure: Picture, moving: Sequence[Artist]) -> None:
        self.figure, self._moving = figure, list(moving)
        self._grounds: dict[float, tuple[FigureCanvasAgg, Any]] = {}
        for artist in self._moving:
            artist.set_animated(True)  # left out when the ground is drawn

    def png(self, scale: float, small: bool = False) -> bytes:
        """Draw the present state.

        Parameters
        ----------
        scale : float
            Pixels of the image for each pixel of the page: 1 under the finger, 2 at rest.
        small : bool
            Whether it is to be stored: few colors, and well compressed, which takes time.

        Returns
        -------
        bytes
        """
        with applied():
            self.figure.set_dpi(_DPI * scale)
            if scale not in self._grounds:
                canvas: Any = FigureCanvasAgg(self.figure)
                canvas.draw()
                self._grounds[scale] = canvas, canvas.copy_from_bbox(self.figure.bbox)
            canvas, ground = self._grounds[scale]
            self.figure.set_canvas(canvas)
            canvas.restore_region(ground)
            for artist in self._moving:
                artist.draw(canvas.get_renderer())
            return encode(canvas) if small else encode_quickly(canvas)


def to_bytes(value: Any, _widget: Any) -> bytes:
    """Turn what the page sends into bytes: traitlets silently refuses its memoryview otherwise."""
    return bytes(value)


class FigureWidget(anywidget.AnyWidget):
    """A picture of fixed size with alternative text, a line of status, a banner and a line of code to copy.

    No picture is sent before the page has shown the one before: it waits in `show`, and a later one takes its place.
    As long as no page has answered, every picture counts as shown.
    """

    _esm = module("_figure.js")
    _css = style("_figure.css")

    png = traitlets.Bytes(b"").tag(sync=True, from_json=to_bytes)
    alt = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(840).tag(sync=True)
    height = traitlets.Int(320).tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    banner = traitlets.Unicode("").tag(sync=True)
    code = traitlets.Unicode("").tag(sync=True)
    name = traitlets.Unicode("figure").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)  # of the button to copy, in the learner's language
    points = traitlets.Bool(False).tag(sync=True)  # whether the page reports the pointer
    begin = traitlets.List([0.5, 0.5]).tag(sync=True)  # where keys find the pointer, in shares of the figure

    def __init__(self, **kwargs: Any) -> None:
        self._lock = threading.RLock()
        self._waiting: tuple[bytes, dict[str, str]] | None = None
        self._latest = b"", ""
        self.shown: int | None = None  # the last frame that a page has shown; None before a page answered
        self.sent = time.monotonic()  # when the last frame was sent
        self.answered: Callable[[], None] | None = None  # told that the page has shown a frame
        self.pointed: Callable[[float, float, bool], None] | None = None  # told where in the figure the pointer is
        self.stepped: Callable[[int, int], None] | None = None  # told of arrow keys, to the right and up
        super().__init__(**kwargs)
        # A message of our own rather than a trait: ipywidgets may lose what another thread sets while it takes
        # a trait from the page.
        self.on_msg(self._on_page)

    @property
    def ready(self) -> bool:
        """Whether the page has shown the last picture, so that drawing another is worth the while."""
        return self.shown is None or self.shown >= self.frame

    @property
    def latest(self) -> tuple[bytes, str]:
        """The last picture and its alternative text, sent or not."""
        return self._latest

    def show(self, png: bytes, **text: str) -> None:
        """Send a picture, or keep it until the page has shown the one before.

        Parameters
        ----------
        png : bytes
        **text : str
            Whatever changes with it of alt, status, banner and code.
        """
        with self._lock:
            self._latest = png, text.get("alt", self._latest[1])
            if self._waiting is not None:
                text = {**self._waiting[1], **text}
            self._waiting = png, text
            if self.ready:
                self._send_waiting()

    def _send_waiting(self) -> None:
        if self._waiting is None:
            return
        (png, text), self._waiting = self._waiting, None
        with self.hold_sync():
            self.png = png
            for name, value in text.items():
                setattr(self, name, value)
            self.frame += 1
            self.sent = time.monotonic()

    def _on_page(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Take the page's word that it has shown a frame, where its pointer is, or which arrow was pressed."""
        if not isinstance(content, dict):
            return
        place, step = _pair(content.get("pointer"), int | float), _pair(content.get("step"), int)
        if self.pointed is not None and place is not None:
            self.pointed(float(place[0]), float(place[1]), content.get("pressed") is True)
        if self.stepped is not None and step is not None:
            self.stepped(*step)
        if isinstance(content.get("shown"), int):
            with self._lock:
                self.shown = max(self.shown or 0, content["shown"])
                if self.ready:
                    self._send_waiting()
            if self.answered is not None:
                self.answered()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the live view, and beside it the picture and its text."""
        shown(self)
        png, alt = self.latest
        return twin(super()._repr_mimebundle_(**kwargs), png, f"{self.name}: {alt}", self.width, self.height)


def _pair(value: Any, kind: Any) -> Any:
    """Return a list of two numbers of that kind as it is, and None for anything else."""
    return value if isinstance(value, list) and [isinstance(part, kind) for part in value] == [True, True] else None


def twin(live: Any, png: bytes, text: str, width: int, height: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put a picture and its text beside a widget's live view, for where no kernel runs."""
    data, metadata = bundle(png, text, width, height)
    if isinstance(live, tuple):
        live = live[0]
    return {**(live or {}), **data}, metadata
