"""A pad to draw a digit on, and what a network makes of it while it is drawn.

`digit_pad` is what a notebook calls. How a drawing becomes 28 by 28 pixels stands in `nnlab.explorers.drawing`; the
page's side is in ``_pad.js``.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from nnlab.explorers._cells import shown
from nnlab.explorers._figure import to_bytes, twin
from nnlab.explorers._page import module, style
from nnlab.explorers.chapter_12._pad_answer import as_answer, input_shape, page_words, percent
from nnlab.explorers.chapter_12._pad_figure import pad_picture
from nnlab.explorers.chapter_12._signal import Signal, grids, signal_of
from nnlab.explorers.core import Values, explorer
from nnlab.explorers.drawing import SIDE, as_drawing, center_digit, sample
from nnlab.language import _
from nnlab.plots.style import Picture


@explorer(chapter="12")
def digit_pad(model: Any = None) -> DigitPad:
    """Draw a digit with the mouse, a pen, a finger or the keyboard, and watch what the network takes it for.

    Parameters
    ----------
    model : object with a method ``predict``, optional
        A network with 784 inputs, or 28 by 28, each from 0 (paper) to 1 (ink), and ten probabilities. Without one a
        784-64-10 network is trained for two epochs first.

    Returns
    -------
    DigitPad
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    TypeError
        If `model` has no ``predict``.
    ValueError
        If its inputs are not 784.

    Notes
    -----
    The drawing is cropped, scaled to 20 by 20 pixels and centered in 28 by 28, as MNIST's digits were. Where the
    network has one hidden dense layer, the pad also shows its units, and what each says for the winning digit.
    """
    return DigitPad(_trained() if model is None else model)


@cache
def _trained() -> Any:
    """Train a network for those who only want to draw."""
    from nnlab.explorers.chapter_12 import digits

    model = digits.build(Values(width=64, activation="relu", learning_rate=0.001), run_eagerly=False)
    x, y, _x_test, _y_test = digits._data()
    model.fit(x, y, epochs=2, verbose=0)
    return model


class DigitPad(anywidget.AnyWidget):
    """The widget that `digit_pad` returns.

    Attributes
    ----------
    alt : str
        What the network says, in a sentence; read aloud by a screen reader.
    error : str
        What went wrong, as shown in the page; empty where nothing did.
    """

    _esm = module("chapter_12/_pad.js")
    _css = style("chapter_12/_pad.css")

    # What Python tells the page. The page's drawings come as messages, so that no trait is set from two sides.
    ink = traitlets.Bytes(b"").tag(sync=True, from_json=to_bytes)  # a drawing of 112 by 112, 0 to 255
    ink_number = traitlets.Int(0).tag(sync=True)  # grows when Python has drawn
    seen = traitlets.Bytes(b"").tag(sync=True, from_json=to_bytes)  # 28 by 28, 0 to 255
    bars = traitlets.List(traitlets.Float()).tag(sync=True)  # ten probabilities, or none
    hidden = traitlets.Bytes(b"").tag(sync=True, from_json=to_bytes)  # a color for each hidden unit: its activation
    parts = traitlets.Bytes(b"").tag(sync=True, from_json=to_bytes)  # and another: what it says for the digit
    inside: traitlets.List[Any] = traitlets.List().tag(
        sync=True
    )  # columns of these two, and a line about each; empty where there are none
    alt = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)  # what stands in the page
    answered = traitlets.Int(0).tag(sync=True)  # number of the last message of the page that was dealt with

    def __init__(self, model: Any) -> None:
        self._model, self._shape = model, input_shape(model)
        self._lock = threading.RLock()
        self._now = np.zeros((SIDE, SIDE), dtype=np.uint8)  # what is on the pad, whoever drew it
        self._image: NDArray[np.float32] | None = None
        self._probabilities: NDArray[np.float64] | None = None
        self._signal: Signal | None = None
        self._deep = signal_of(model, np.zeros(784)) is not None  # whether there is a hidden layer to be shown
        super().__init__(words=page_words())
        self.on_msg(self._on_page)
        self.draw(sample())

    @property
    def image(self) -> NDArray[np.float32] | None:
        """What the network sees, shape (28, 28), from 0 to 1; None where nothing is drawn."""
        return self._image

    @property
    def probabilities(self) -> NDArray[np.float64] | None:
        """What the network says, shape (10,); None where nothing is drawn, or after an error."""
        return self._probabilities

    @property
    def controls(self) -> dict[str, Any]:
        """No sliders: the pad itself is the control, and takes mouse, pen, finger and keyboard."""
        return {}

    @property
    def data(self) -> dict[str, NDArray[Any]]:
        """The arrays as drawn.

        "drawing", "image" and "probabilities", the last two zeros where nothing is drawn; "hidden" and "contributions"
        where they are shown.
        """
        with self._lock:
            image = np.zeros((28, 28), np.float32) if self._image is None else self._image
            p = np.zeros(10) if self._probabilities is None else self._probabilities
            arrays: dict[str, NDArray[Any]] = {
                "drawing": self._now / 255,
                "image": image.copy(),
                "probabilities": p.copy(),
            }
            if self._signal is not None:
                arrays |= {"hidden": self._signal.hidden, "contributions": self._signal.contributions}
            return arrays

    def set(self, **values: Any) -> None:
        """Set the drawing; see `draw`.

        Parameters
        ----------
        **values
            "drawing".

        Raises
        ------
        ValueError
            If it is something else.
        """
        if set(values) - {"drawing"}:
            raise ValueError(_("digit_pad can be given a drawing only: set(drawing=...), or draw(...)."))
        if values:
            self.draw(values["drawing"])

    def code(self) -> str:
        """Give the line of Python that makes such a pad."""
        return "explorers.digit_pad(model)"

    def settle(self, timeout: float = 60.0) -> None:
        """Wait for the answer to the present drawing: it is there when `draw` returns."""

    @property
    def png(self) -> bytes:
        """The pad as a picture, for where no kernel runs."""
        with self._lock:
            return self._picture().png()

    def draw(self, drawing: ArrayLike) -> None:
        """Put a drawing on the pad, in place of what was there.

        Parameters
        ----------
        drawing : array_like of shape (height, width), or a sequence of strokes
            Ink from 0 to 1 or to 255; or strokes of points (x, y) from 0 to 1, y down.

        Raises
        ------
        ValueError
            If it is neither.
        """
        ink = _to_side(as_drawing(drawing))
        with self._lock, self.hold_sync():
            self._now = np.round(255 * ink).astype(np.uint8)
            self.ink = self._now.tobytes()
            self.ink_number += 1
            self._answer()

    def clear(self) -> None:
        """Wipe the pad."""
        self.draw([])

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """Give a page that is loaded anew the drawing of the moment, not the last one that Python made."""
        state = super().get_state(key, drop_defaults)
        if "ink" in state:
            state["ink"] = self._now.tobytes()
        return state

    def _on_page(self, _widget: Any, content: Any, buffers: Any) -> None:
        """Take a drawing from the page, and answer."""
        if not isinstance(content, dict) or "drawing" not in content:
            return
        with self._lock, self.hold_sync():
            try:
                self._now = np.frombuffer(buffers[0], dtype=np.uint8).reshape(SIDE, SIDE).copy()
                self._answer()
            except Exception as error:  # shown in the pad: the page would wait for ever otherwise
                self._fail(error)
            self.answered = int(content["drawing"])

    def _answer(self) -> None:
        """Ask the model about what is on the pad, and tell the page; errors are shown there, never swallowed."""
        self._image = center_digit(self._now)
        self._probabilities = None
        self._show_signal(None)
        self.seen = b"" if self._image is None else np.round(255 * self._image).astype(np.uint8).tobytes()
        self.error = ""
        if self._image is None:
            self.bars, self.alt = [], _("Nothing is drawn yet.")
            return
        try:
            p = as_answer(self._model.predict(self._image.reshape(1, *self._shape)))
        except Exception as error:
            self._fail(error)
            return
        self._probabilities = p
        self.bars = [float(share) for share in p]
        self._show_signal(signal_of(self._model, self._image) if self._deep else None)
        first, second, third = np.argsort(-p, kind="stable")[:3]
        self.alt = _("Most likely {first}, {a}; then {second}, {b}; then {third}, {c}.").format(
            first=first, a=percent(p[first]), second=second, b=percent(p[second]), third=third, c=percent(p[third])
        )

    def _show_signal(self, signal: Signal | None) -> None:
        """Tell the page what happens in the hidden layer."""
        self._signal = signal
        if signal is None:
            self.hidden, self.parts, self.inside = b"", b"", ["", ""] if self._deep else []
            return
        hidden, parts = grids(signal)
        self.hidden, self.parts = hidden.tobytes(), parts.tobytes()
        self.inside = [*signal.words(), hidden.shape[1]]

    def _fail(self, error: Exception) -> None:
        self.bars, self._probabilities = [], None
        self.error = f"{type(error).__name__}: {error}"
        self.alt = _("The network gave no answer. {error}").format(error=self.error)

    def _picture(self) -> Picture:
        """Draw the pad as it stands."""
        note = _("no answer: the model raised an error") if self.error else _("nothing drawn")
        return pad_picture(
            self._now / 255, self._image, self._probabilities, self._signal, deep=self._deep, note=note
        )  # fmt: skip

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the live view, and beside it a picture and a text that is the same on every processor."""
        shown(self)
        with self._lock:
            if self._probabilities is not None:
                digit = int(np.argmax(self._probabilities))
                text = _("The network takes the drawing for a {digit}.").format(digit=digit)
            else:
                text = self.alt
            text = f"digit_pad: {_('a pad to draw a digit on.')} {text}"
            picture = self._picture()
            return twin(super()._repr_mimebundle_(**kwargs), picture.png(), text, *picture.size())


def _to_side(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring an image to the size of the pad, with its proportions, by repeating or skipping pixels."""
    side = max(ink.shape)
    square = np.zeros((side, side), dtype=np.float32)
    top, left = ((side - n) // 2 for n in ink.shape)
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    if side > SIDE and side % SIDE == 0:
        k = side // SIDE
        return np.asarray(square.reshape(SIDE, k, SIDE, k).mean(axis=(1, 3)), dtype=np.float32)
    pick = (np.arange(SIDE) + 0.5) * side / SIDE
    return square[np.ix_(pick.astype(int), pick.astype(int))]
