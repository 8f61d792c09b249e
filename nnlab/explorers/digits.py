"""Chapter 12's explorer: train a dense network on handwritten digits, anew for each position of the sliders.

`train_digits` is what a notebook calls. What is drawn stands in `nnlab.explorers._digits_figure`, how runs are
replaced in `nnlab.explorers._live`, how pictures reach the page in `nnlab.explorers._figure`.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray

from nnlab.callbacks import Callback
from nnlab.explorers._digits_figure import EPOCHS, DigitsFigure, Settings, Trace, banner, describe
from nnlab.explorers._figure import FigureWidget, twin
from nnlab.explorers._live import Live, Run, compiler

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear")
PRESETS = {
    "default": Settings(),
    "too slow": Settings(learning_rate=0.0001),
    "too fast": Settings(learning_rate=1.0),
    "one hidden unit": Settings(width=1),
}


def train_digits(learning_rate: float = 0.001, width: int = 64, activation: str = "relu") -> TrainDigits:
    """Train a 784-width-10 network on 8,000 handwritten digits while you move the sliders.

    Parameters
    ----------
    learning_rate : float
        Step size of Adam, from 0.0001 to 1.
    width : int
        Number of hidden units: a power of two from 1 to 256.
    activation : {"relu", "sigmoid", "tanh", "linear"}
        What the hidden units do.

    Returns
    -------
    TrainDigits
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a value is not one that the controls offer.
    """
    return TrainDigits(Settings(learning_rate, width, activation))


@cache
def _data() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Load the digits as rows of 784 numbers from 0 to 1."""
    from nnlab.datasets import digits

    (x, y), (x_test, y_test) = digits.load_data()
    flat = [images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test)]
    return flat[0], y, flat[1], y_test


def build(settings: Settings, run_eagerly: bool) -> Any:
    """Make and compile the network that `settings` ask for."""
    import nnlab
    from nnlab import layers, optimizers

    model = nnlab.Sequential(
        [
            layers.Input(shape=(784,)),
            layers.Dense(settings.width, activation=settings.activation),
            layers.Dense(10, activation="softmax"),
        ],
        seed=0,
    )
    model.compile(
        optimizer=optimizers.Adam(learning_rate=settings.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    return model


class _Watch(Callback):
    """Hands what a training tells to its trace, and asks for a picture."""

    def __init__(self, trace: Trace, draw: Any) -> None:
        self._trace, self._draw = trace, draw

    def on_progress(self, epoch: int, done: float, logs: dict[str, float]) -> None:
        if self._trace.progress(epoch, done, logs["loss"], logs["accuracy"]):
            self._draw()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._trace.epoch_end(epoch, logs or {})
        self._draw()


class TrainDigits(widgets.VBox):  # type: ignore[misc]
    """The widget that `train_digits` returns.

    Attributes
    ----------
    controls : dict of str to widget
        "learning_rate", "width" and "activation".
    figure : FigureWidget
    """

    def __init__(self, settings: Settings) -> None:
        _check(settings)
        self._first = settings
        self._quiet = False  # while several controls are set at once
        self._drawing = threading.RLock()
        self._picture = DigitsFigure()
        self._trace, self._before, self._finished = Trace(settings), None, None
        self._is_final = self._eager = False
        self.controls = _controls(settings)
        self.figure = FigureWidget(
            width=self._picture.width, height=self._picture.height, name="train_digits", code=settings.code()
        )
        self._live: Live[Settings] = Live(self._train, self._failed)
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        c = self.controls
        super().__init__(
            [
                widgets.HBox([c["learning_rate"], c["width"]], layout=widgets.Layout(align_items="center")),
                c["activation"],
                self._presets(),
                self.figure,
            ]
        )
        self.add_class("nnlab-explorer")
        compiler.start()
        if not compiler.ready(timeout=1.0):
            compiler.then(self._compiler_done)
        self._live.now(settings)

    _trace: Trace
    _before: Trace | None
    _finished: Trace | None

    @property
    def data(self) -> dict[str, NDArray[np.float64]]:
        """The arrays as drawn, by name; the run before has names that begin with "previous_"."""
        with self._drawing:
            before = self._before.arrays() if self._before else {}
            return {**self._trace.arrays(), **{f"previous_{name}": a for name, a in before.items()}}

    @property
    def alt(self) -> str:
        """What the picture shows, in a sentence."""
        return self.figure.latest[1]

    @property
    def png(self) -> bytes:
        """The picture as PNG."""
        return self.figure.latest[0]

    def set(self, **values: Any) -> None:
        """Set controls, all at once, and train.

        Parameters
        ----------
        **values
            Of "learning_rate", "width" and "activation".

        Raises
        ------
        ValueError
            If a control does not exist or does not offer the value.
        """
        unknown = set(values) - set(self.controls)
        if unknown:
            raise ValueError(f"train_digits has no control {sorted(unknown)[0]!r}; it has: {', '.join(self.controls)}.")
        settings = Settings(**{**vars(self._settings()), **values})
        _check(settings)
        self._quiet = True
        try:
            for name, control in self.controls.items():
                control.value = getattr(settings, name)
        finally:
            self._quiet = False
        self._moved()

    def code(self) -> str:
        """Give the line of Python that reproduces the present state."""
        return self._settings().code()

    def settle(self, timeout: float = 60.0) -> None:
        """Wait until the picture shows the end of the last run.

        Raises
        ------
        TimeoutError
            If that takes longer than `timeout` seconds.
        """
        self._live.settle(timeout)

    def _settings(self) -> Settings:
        rate = float(f"{self.controls['learning_rate'].value:.2g}")  # what the slider's readout says
        return Settings(rate, self.controls["width"].value, self.controls["activation"].value)

    def _moved(self, _change: object = None) -> None:
        if not self._quiet:
            self._live.request(self._settings())

    def _presets(self) -> widgets.HBox:
        row = [
            widgets.Label(
                "presets",
                layout=widgets.Layout(
                    width="110px", margin="2px 8px 2px 2px", display="flex", justify_content="flex-end"
                ),
            )
        ]
        for name, settings in {**PRESETS, "Reset": self._first}.items():
            button = widgets.Button(description=name, layout=widgets.Layout(width="auto"))
            button.tooltip = settings.code() if name != "Reset" else "Back to how this explorer began"
            button.on_click(lambda _button, settings=settings: self.set(**vars(settings)))
            row.append(button)
        row[-1].icon = "undo"
        return widgets.HBox(row)

    def _train(self, run: Run[Settings]) -> None:
        """Train with the run's settings from scratch, drawing while it goes."""
        eagerly = not compiler.ready()
        trace = Trace(run.state)
        with self._drawing:
            same = self._finished is not None and self._finished.settings == run.state
            before = self._before if same else self._finished
        x, y, x_test, y_test = _data()
        model = build(run.state, eagerly)

        def draw() -> None:
            if run.live and self.figure.ready:
                self._draw(trace, before, final=False)
                run.drew()

        self._eager = eagerly
        with np.errstate(all="ignore"):  # a run that diverges is a lesson here: it gets a banner, not a warning
            trace.start(model.evaluate(x[:1000], y[:1000], verbose=0), model.evaluate(x_test, y_test, verbose=0))
            model.fit(
                x, y, batch_size=32, epochs=EPOCHS, verbose=0, callbacks=[_Watch(trace, draw)],
                validation_data=(x_test, y_test), stop=run.stop,
            )  # fmt: skip
        if not run.stop.is_set():
            self._draw(trace, before, final=True)
            with self._drawing:
                self._finished = trace

    def _draw(self, trace: Trace, before: Trace | None, final: bool) -> None:
        with self._drawing:
            self._trace, self._before, self._is_final = trace, before, final
            png = self._picture.png(trace, before, final, scale=2 if final else 1)
            text = {"code": trace.settings.code(), "banner": banner(trace), "status": self._status(final)}
            if final:
                text["alt"] = describe(trace)
            self.figure.show(png, **text)

    def _status(self, final: bool) -> str:
        if compiler.error is not None:
            return f"No compiled code ({compiler.error}): the formulas train, more slowly."
        if compiler.at_work():
            return "The compiler is at work, once on this computer. Until it is done the formulas train, more slowly."
        if not final:
            return "Training …"
        return f"Trained from scratch: {EPOCHS} epochs of 8,000 digits, Adam, batches of 32."

    def _compiler_done(self) -> None:
        with self._drawing:
            if self._is_final:
                self.figure.show(self.figure.latest[0], status=self._status(final=True))
        if self._eager and self._live.busy:
            self._live.request(self._settings())  # begins anew, and is done sooner all the same

    def _failed(self, error: Exception) -> None:
        with self._drawing:
            png = self._picture.png(self._trace, self._before, False, scale=2)
            words = f"{type(error).__name__}: {error}"
            self.figure.show(png, banner=words, alt=f"the training stopped with an error. {words}")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the live view, and beside it the picture and its text."""
        with self._drawing:
            png = self._picture.png(self._trace, self._before, self._is_final, scale=2, level=9)
        text = f"train_digits: {self.alt}"
        return twin(super()._repr_mimebundle_(**kwargs), png, text, self.figure.width, self.figure.height)


def _controls(settings: Settings) -> dict[str, Any]:
    style, layout = {"description_width": "110px"}, widgets.Layout(width="410px")
    return {
        "learning_rate": widgets.FloatLogSlider(
            settings.learning_rate, base=10, min=-4, max=0, step=0.1, readout_format=".2g",
            description="learning rate", style=style, layout=layout,
        ),
        "width": widgets.SelectionSlider(
            options=WIDTHS, value=settings.width, description="hidden units", style=style, layout=layout
        ),
        "activation": widgets.ToggleButtons(
            options=ACTIVATIONS, value=settings.activation, description="activation",
            style={**style, "button_width": "76px"},
        ),
    }  # fmt: skip


def _check(settings: Settings) -> None:
    """Refuse what the controls do not offer."""
    if not 1e-4 <= settings.learning_rate <= 1:
        raise ValueError(f"train_digits: learning_rate must lie between 0.0001 and 1, got {settings.learning_rate!r}.")
    for name, value, offered in (
        ("width", settings.width, WIDTHS),
        ("activation", settings.activation, ACTIVATIONS),
    ):
        if value not in offered:
            listed = ", ".join(repr(choice) for choice in offered)
            raise ValueError(f"train_digits: {name} must be one of {listed}; got {value!r}.")
