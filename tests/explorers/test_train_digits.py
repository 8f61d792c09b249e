"""The training explorer: what it draws, what it says, and how runs replace each other."""

import threading

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.chapter_12 import digits as module
from nnlab.explorers.chapter_12._digits_figure import Trace


@pytest.fixture(autouse=True)
def small(monkeypatch, formulas):
    x, y, x_test, y_test = module._data()
    monkeypatch.setattr(module, "_data", lambda: (x[:480], y[:480], x_test[:100], y_test[:100]))


def test_the_first_picture_is_there_at_once():
    explorer = explorers.train_digits(width=8, learning_rate=0.01)
    data = explorer.data
    np.testing.assert_array_equal(data["test_epoch"], np.arange(6))
    assert data["test_loss"][-1] < data["test_loss"][0]
    assert data["test_accuracy"][-1] > 0.5
    assert len(data["epoch"]) == len(data["loss"])
    assert np.all(np.diff(data["epoch"]) > 0)
    assert explorer.png.startswith(b"\x89PNG")
    assert "784-8-10" in explorer.alt
    assert "the loss falls" in explorer.alt


def test_the_bundle_has_view_picture_and_text():
    explorer = explorers.train_digits(width=8)
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == f"train_digits: {explorer.alt}"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"]


def test_a_moved_control_trains_anew_and_keeps_the_run_before():
    explorer = explorers.train_digits(width=8, learning_rate=0.01)
    before, png = explorer.data, explorer.png
    explorer.controls["width"].value = 16
    explorer.settle()
    assert "784-16-10" in explorer.alt
    assert explorer.png != png
    np.testing.assert_array_equal(explorer.data["previous_test_loss"], before["test_loss"])
    assert not np.array_equal(explorer.data["test_loss"], before["test_loss"])


def test_the_same_state_gives_the_same_numbers():
    first = explorers.train_digits(width=4).data
    second = explorers.train_digits(width=4).data
    np.testing.assert_allclose(first["test_loss"], second["test_loss"], rtol=1e-4)


def test_code_reproduces_the_state():
    explorer = explorers.train_digits(width=2)
    explorer.set(learning_rate=0.003, width=64, activation="tanh")
    assert explorer.code() == 'explorers.train_digits(learning_rate=0.003, width=64, activation="tanh")'
    explorer.settle()
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_allclose(again.data["test_loss"], explorer.data["test_loss"], rtol=1e-4)
    assert explorer.figure.code == explorer.code()


def test_divergence_gets_a_banner():
    explorer = explorers.train_digits(width=32, learning_rate=1.0, activation="linear")
    assert "learning rate of 1" in explorer.figure.banner
    assert "diverges" in explorer.alt
    explorer.set(learning_rate=0.001)
    explorer.settle()
    assert explorer.figure.banner == ""


class Fake:
    """A model whose training the test conducts."""

    def __init__(self, fit):
        self._fit = fit

    def evaluate(self, x, y, verbose=0):
        return 2.3, 0.1

    def fit(self, *args, callbacks, stop, **kwargs):
        self._fit(callbacks[0], stop)


LOGS = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.77}


def whole_run(callback, stop):
    for epoch in range(5):
        callback.on_epoch_end(epoch, LOGS)


def test_nan_gets_a_banner(monkeypatch):
    def run(callback, stop):
        for epoch in range(5):
            callback.on_epoch_end(epoch, {**LOGS, "loss": float("nan"), "val_loss": float("nan")})

    monkeypatch.setattr(module, "build", lambda *_: Fake(run))
    explorer = explorers.train_digits()
    assert "no longer a number" in explorer.figure.banner
    assert explorer.png


def test_many_moves_give_few_runs_and_the_last_wins(monkeypatch):
    monkeypatch.setattr(module, "build", lambda *_: Fake(whole_run))
    explorer = explorers.train_digits()
    begun, go = threading.Event(), threading.Event()

    def held(callback, stop):
        begun.set()
        assert go.wait(10)
        assert not stop.is_set()  # it has not drawn yet
        callback.on_progress(0, 0.5, LOGS)
        assert stop.is_set()

    monkeypatch.setattr(module, "build", lambda *_: Fake(held))
    explorer.set(width=1)
    assert begun.wait(10)
    monkeypatch.setattr(module, "build", lambda *_: Fake(whole_run))
    for width in (2, 4, 8, 16, 32, 64, 128):
        explorer.set(width=width)
    explorer.controls["activation"].value = "sigmoid"
    go.set()
    explorer.settle()
    assert explorer._live.runs == 3
    assert "784-128-10 network with sigmoid" in explorer.alt


def test_an_error_is_shown_in_place(monkeypatch):
    explorer = explorers.train_digits(width=1)

    def build(settings, run_eagerly):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(module, "build", build)
        explorer.set(width=2)
        explorer.settle()
    assert explorer.figure.banner == "RuntimeError: out of memory"
    assert "out of memory" in explorer.alt
    explorer.set(width=4)
    explorer.settle()
    assert explorer.figure.banner == ""


def test_presets_and_reset():
    explorer = explorers.train_digits(width=2, learning_rate=0.01)
    buttons = {button.description: button for button in explorer.children[2].children[1:]}
    buttons["one hidden unit"].click()
    explorer.settle()
    assert "width=1," in explorer.code()
    buttons["Reset"].click()
    explorer.settle()
    assert explorer.code() == 'explorers.train_digits(learning_rate=0.01, width=2, activation="relu")'


def test_a_cold_compiler_is_mentioned_and_the_formulas_train(monkeypatch, formulas):
    waiting, eager = [], []
    monkeypatch.setattr(formulas, "at_work", lambda: True)
    monkeypatch.setattr(formulas, "then", waiting.append)
    build = module.build
    monkeypatch.setattr(module, "build", lambda s, run_eagerly: eager.append(run_eagerly) or build(s, run_eagerly))
    explorer = explorers.train_digits(width=1)
    assert eager == [True]
    assert "compiler is at work" in explorer.figure.status
    monkeypatch.setattr(formulas, "at_work", lambda: False)
    waiting[0]()
    explorer.settle()
    assert "Trained from scratch" in explorer.figure.status


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": 2.0}, "one of 0.0001, 0.00012, 0.00015, … 1 "),
        ({"width": 3}, "one of 1, 2, 4"),
        ({"activation": "swish"}, "'relu', 'sigmoid'"),
        ({"momentum": 0.9}, "no control 'momentum'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(values, words):
    explorer = explorers.train_digits(width=1)
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


def test_the_training_curve_never_runs_backward() -> None:
    trace = Trace()
    trace.start([2.3, 0.1], [2.3, 0.1])
    for epoch in range(2):
        for done in (0.4, 0.44, 0.9, 1.0):  # the last slice of an epoch may be told as well as the epoch's end
            trace.progress(epoch, done, 1.0, 0.5)
        trace.epoch_end(epoch, {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5})
    assert (np.diff(trace.arrays()["epoch"]) > 0).all()
    assert trace.epoch[-1] > 1.9
