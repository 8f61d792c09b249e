"""Callbacks: when they are called and with what, early stopping, and that listening changes no bit."""

import math
import os
import signal
import threading

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers
from nnlab.callbacks import Callback, EarlyStopping, History, LambdaCallback, TerminateOnNaN

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def small(eager=False, dtype="float64", stack=None, optimizer="adam", loss="sparse_categorical_crossentropy"):
    stack = stack or [layers.Dense(6, "tanh"), layers.Dense(2, "softmax")]
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=0, dtype=dtype)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=eager)
    return model


def at_first_epoch(action):
    return LambdaCallback(on_epoch_end=lambda epoch, logs: action() if epoch == 0 else None)


EVERY_EPOCH = LambdaCallback(on_epoch_end=lambda epoch, logs: None)
BITS = {
    "dense": lambda: [layers.Dense(6, "gelu"), layers.Dense(2, "softmax")],
    "dropout": lambda: [layers.Dense(6, "relu"), layers.Dropout(0.5), layers.Dense(2, "softmax")],
    "penalties": lambda: [layers.Dense(6, "silu", kernel_regularizer="l1"), layers.Dense(2, "softmax")],
}


@pytest.mark.parametrize("stack", BITS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_epochs_at_once_and_one_by_one_give_the_same_bits(stack, dtype, shuffle, eager, weighted):
    runs = []
    for callbacks in (None, EVERY_EPOCH, [EarlyStopping("loss", patience=99)]):
        model = small(eager, dtype, BITS[stack]())
        options = {"sample_weight": np.linspace(0, 2, 60)} if weighted else {}
        history = model.fit(X, Y, 7, epochs=9, verbose=0, callbacks=callbacks, shuffle=shuffle, **options)
        runs.append((model.parameters.tobytes(), model.optimizer.slots.tobytes(), history.history, history.epoch))
    assert runs[0] == runs[1] == runs[2]
    assert len(runs[0][3]) == 9


@pytest.mark.parametrize(("rows", "epochs"), [(60, 2500), (3000, 50)])  # more than are drawn ahead at a time
def test_many_epochs_at_once_and_one_by_one_give_the_same_bits(rows, epochs):
    x, y = np.tile(X, (rows // 60, 1)), np.tile(Y, rows // 60)
    runs = []
    for callbacks in (None, EVERY_EPOCH):
        model = small(dtype="float32")
        history = model.fit(x, y, 32, epochs=epochs, verbose=0, callbacks=callbacks)
        runs.append((model.parameters.tobytes(), history.history, history.epoch))
    assert runs[0] == runs[1]
    assert runs[0][2] == list(range(epochs))


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_run_that_diverges_has_the_same_history_told_or_not(eager, shuffle):
    runs = []
    for callbacks in (None, EVERY_EPOCH):
        model = small(eager, stack=[layers.Dense(1)], optimizer=optimizers.SGD(5.0), loss="mse")
        history = model.fit(X, Y, 7, epochs=900, verbose=0, callbacks=callbacks, shuffle=shuffle)
        runs.append((model.parameters.tobytes(), repr(history.history), history.epoch, history.diverged))
    assert runs[0] == runs[1]
    assert 1 < len(runs[0][2]) < 900


@pytest.mark.parametrize("eager", [True, False])
def test_when_callbacks_are_called_and_with_what(eager):
    calls = []

    class Told(Callback):
        def on_train_begin(self, logs=None):
            calls.append(("begin", logs, self.model, self.params))

        def on_epoch_begin(self, epoch, logs=None):
            calls.append(("epoch", epoch, logs))

        def on_epoch_end(self, epoch, logs=None):
            calls.append(("end of epoch", epoch, logs))

        def on_train_end(self, logs=None):
            calls.append(("end", logs))

    model = small(eager)
    history = model.fit(X, Y, 7, epochs=5, initial_epoch=3, verbose=0, callbacks=Told(), validation_data=(X[:9], Y[:9]))
    assert history is model.history
    assert history.epoch == [3, 4]
    logs = [dict(zip(history.history, values, strict=True)) for values in zip(*history.history.values(), strict=True)]
    assert list(logs[0]) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert calls == [
        ("begin", {}, model, {"epochs": 5, "steps": 9}),
        ("epoch", 3, {}),
        ("end of epoch", 3, logs[0]),
        ("epoch", 4, {}),
        ("end of epoch", 4, logs[1]),
        ("end", logs[1]),
    ]


@pytest.mark.parametrize("callbacks", [None, EVERY_EPOCH])
def test_history_counts_from_the_initial_epoch(callbacks):
    once, twice = small(), small()
    whole = once.fit(X, Y, epochs=5, verbose=0, callbacks=callbacks)
    first = twice.fit(X, Y, epochs=2, verbose=0, callbacks=callbacks)
    second = twice.fit(X, Y, epochs=5, initial_epoch=2, verbose=0, callbacks=callbacks)
    assert (first.epoch, second.epoch) == ([0, 1], [2, 3, 4])
    assert (once.parameters == twice.parameters).all()
    assert {name: first.history[name] + second.history[name] for name in first.history} == whole.history
    nothing = twice.fit(X, Y, epochs=5, initial_epoch=5, verbose=0, callbacks=callbacks)
    assert (nothing.epoch, nothing.history, nothing.diverged) == ([], {}, None)
    assert (once.parameters == twice.parameters).all()


@pytest.mark.parametrize("epoch", [-1, 6, 1.5, "0", None])
def test_an_initial_epoch_that_does_not_fit_is_explained(epoch):
    with pytest.raises(ValueError, match=r"initial_epoch is the number of the first epoch, from 0 to epochs=5.* got"):
        small().fit(X, Y, epochs=5, initial_epoch=epoch, verbose=0)


@pytest.mark.parametrize("eager", [True, False])
def test_a_callback_can_change_the_learning_rate(eager):
    model = small(eager)
    callback = at_first_epoch(lambda: setattr(model.optimizer, "learning_rate", 0.0))
    losses = model.fit(X, Y, 60, epochs=3, verbose=0, shuffle=False, callbacks=callback).history["loss"]
    assert losses[1] == losses[2]
    assert losses[0] != losses[1]


@pytest.mark.parametrize("eager", [True, False])
def test_a_callback_can_replace_weights(eager):
    model = small(eager)
    callback = at_first_epoch(lambda: setattr(model.layers[-1], "kernel", np.zeros((6, 2))))
    losses = model.fit(X, Y, 60, epochs=2, verbose=0, callbacks=callback).history["loss"]
    assert losses[1] == pytest.approx(np.log(2), abs=2e-2)


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("when", ["on_epoch_end", "on_epoch_begin", "on_train_begin"])
def test_stop_training_ends_it_as_in_keras(eager, when):
    model = small(eager)
    callback = LambdaCallback(**{when: lambda *_: setattr(model, "stop_training", True)})
    history = model.fit(X, Y, 60, epochs=9, verbose=0, callbacks=callback)
    assert history.epoch == ([] if when == "on_train_begin" else [0])  # here an epoch is one step
    assert model.optimizer.iterations == len(history.epoch)
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_progress_is_told_also_when_epochs_are_short():
    seen = []
    callback = LambdaCallback(on_progress=lambda epoch, done, logs: seen.append((epoch + done, logs)))
    small(dtype="float32").fit(X, Y, epochs=20_000, batch_size=10, verbose=0, callbacks=callback)
    assert len(seen) >= 2
    assert seen == sorted(seen, key=lambda pair: pair[0])
    assert set(seen[0][1]) == {"loss", "accuracy"}


def test_callbacks_that_raise_leave_everything_in_order():
    handler = signal.getsignal(signal.SIGINT)
    ended = []
    ends = LambdaCallback(on_train_end=ended.append)
    raises = LambdaCallback(on_train_begin=lambda logs: 1 / 0)
    model = small()
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, verbose=0, callbacks=[ends, raises, ends])
    assert len(ended) == 1
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, verbose=0, callbacks=[ends, at_first_epoch(lambda: 1 / 0)])
    assert len(ended) == 2
    assert signal.getsignal(signal.SIGINT) is handler
    assert model.fit(X, Y, verbose=0).epoch == [0]


@pytest.mark.parametrize("name", ["on_batch_end", "on_train_batch_begin"])
def test_a_callback_for_batches_is_told_that_it_would_not_be_called(name):
    callback = type("Mine", (Callback,), {name: lambda self, batch, logs: None})()
    with pytest.raises(ValueError, match=rf"Mine.{name} would never be called.*Use on_progress"):
        small().fit(X, Y, verbose=0, callbacks=callback)


# LambdaCallback


def test_a_lambda_callback_calls_what_it_was_given():
    calls = []
    functions = {
        name: lambda *arguments, name=name: calls.append((name, len(arguments)))
        for name in ("on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end", "on_progress")
    }
    small().fit(X, Y, epochs=2, verbose=0, callbacks=LambdaCallback(**functions))
    assert [call for call in calls if call[0] != "on_progress"] == [
        ("on_train_begin", 1),
        *[("on_epoch_begin", 2), ("on_epoch_end", 2)] * 2,
        ("on_train_end", 1),
    ]
    assert LambdaCallback().on_epoch_end(0, {}) is None


@pytest.mark.parametrize("name", ["on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end", "on_progress"])
@pytest.mark.parametrize("value", [3, "print", [print], {}])
def test_a_lambda_callback_wants_functions(name, value):
    with pytest.raises(TypeError, match=rf"{name} is a function, got "):
        LambdaCallback(**{name: value})


# TerminateOnNaN


@pytest.mark.parametrize("eager", [True, False])
def test_terminate_on_nan_watches_the_validation_data(eager):
    huge = (np.full((2, 4), 1e200), [0, 1])
    runs = []
    for callbacks in (None, TerminateOnNaN()):
        model = small(eager, stack=[layers.Dense(1)], loss="mse")
        history = model.fit(X, Y, epochs=4, verbose=0, callbacks=callbacks, validation_data=huge)
        assert not np.isfinite(history.history["val_loss"]).any()
        assert np.isfinite(history.history["loss"]).all()
        assert history.diverged is None
        runs.append(history.epoch)
    assert runs == [[0, 1, 2, 3], [0]]


@pytest.mark.parametrize("eager", [True, False])
def test_terminate_on_nan_leaves_a_good_training_alone(eager):
    assert small(eager).fit(X, Y, epochs=4, verbose=0, callbacks=TerminateOnNaN()).epoch == [0, 1, 2, 3]


# EarlyStopping


def ends(values, monitor="val_loss", **settings):
    """Tell early stopping a series; returns the epoch after which it stops, or None."""
    stopping = EarlyStopping(monitor, **settings)
    stopping.model = nnlab.Sequential()
    stopping.on_train_begin()
    for epoch, value in enumerate(values):
        stopping.on_epoch_end(epoch, {monitor: value})
        if stopping.model.stop_training:
            assert stopping.stopped_epoch == epoch
            return epoch
    assert stopping.stopped_epoch is None
    return None


@pytest.mark.parametrize(
    ("values", "settings", "end"),
    [
        ([3, 2, 1], {}, None),
        ([3, 2, 2], {}, 2),  # equal is not better
        ([3, 2, 2], {"patience": 1}, 2),
        ([3, 2, 4, 4, 1, 4], {"patience": 2}, 3),
        ([3, 2, 4, 1, 4, 4], {"patience": 2}, 5),
        ([3, 2, 4, 1, 4, 4], {"patience": 3}, None),
        ([3, 2.5, 2.0, 1.5], {"patience": 1, "min_delta": 0.75}, 1),
        ([3, 2.5, 2.0, 1.5], {"patience": 2, "min_delta": 0.75}, None),  # 2.0 is better than 3 by enough
        ([3, 2.5, 2.0, 1.5], {"patience": 1, "min_delta": 0.5}, 1),  # by 0.5 is not by more than 0.5
        ([3, 2.9, 2.8, 2.7], {"patience": 3, "baseline": 1.0}, None),  # each is better than the best so far
        ([3, 2.9, 2.95, 2.7], {"patience": 3, "baseline": 1.0}, 2),  # and none is better than the baseline
        ([3, 0.5, 0.6, 0.4], {"patience": 3, "baseline": 1.0}, None),
        ([1, 2, 3], {"mode": "max"}, None),
        ([1, 2, 2], {"mode": "max"}, 2),
        ([1, 2, 3], {"monitor": "val_accuracy"}, None),
        ([1, 2, 3], {"monitor": "val_accuracy", "mode": "min"}, 1),
        ([3, 2, 1], {"monitor": "acc"}, 1),
        ([1, 2, 3], {"monitor": "mae"}, 1),
        ([1, 2, 3, 4, 5], {"start_from_epoch": 3}, 4),
        ([1, 2, 3, 4, 5], {"start_from_epoch": 3, "patience": 2}, None),
        ([3, math.nan, math.nan, 1], {"patience": 2}, 2),  # NaN is not better
        ([math.inf, 5, 4], {"patience": 2}, None),
    ],
)
def test_early_stopping_in_a_series(values, settings, end):
    assert ends(values, **settings) == end


@pytest.fixture
def interruptible():
    """Heed Interrupt, which a shell lets its background jobs ignore."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


class Weights(Callback):
    """Keeps the weights after each epoch."""

    def on_train_begin(self, logs=None):
        self.kept = []

    def on_epoch_end(self, epoch, logs=None):
        self.kept.append(self.model.parameters.copy())


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("first", [True, False])  # of the two callbacks
def test_early_stopping_restores_the_weights_of_the_best_epoch(eager, first):
    weights, stopping = Weights(), EarlyStopping(patience=3, restore_best_weights=True)
    model = small(eager, optimizer=optimizers.SGD(2.0, 0.9))
    callbacks = [stopping, weights] if first else [weights, stopping]
    history = model.fit(X, Y, epochs=200, verbose=0, validation_split=0.3, callbacks=callbacks)
    losses = history.history["val_loss"]
    assert stopping.best_epoch == np.argmin(losses)
    assert stopping.best == min(losses)
    assert stopping.stopped_epoch == history.epoch[-1] == stopping.best_epoch + 3
    assert (model.parameters == weights.kept[stopping.best_epoch]).all()
    assert model.evaluate(X[42:], Y[42:])[0] == pytest.approx(stopping.best, rel=1e-12)


@pytest.mark.parametrize("eager", [True, False])
def test_without_restoring_the_last_weights_stay(eager):
    weights, stopping = Weights(), EarlyStopping(patience=3)
    model = small(eager, optimizer=optimizers.SGD(2.0, 0.9))
    history = model.fit(X, Y, epochs=200, verbose=0, validation_split=0.3, callbacks=[weights, stopping])
    assert stopping.stopped_epoch == history.epoch[-1] > stopping.best_epoch
    assert (model.parameters == weights.kept[-1]).all()


@pytest.mark.parametrize("eager", [True, False])
def test_the_best_weights_are_restored_however_the_training_ends(eager, interruptible):
    def interrupt():
        os.kill(os.getpid(), signal.SIGINT)

    for action, error in ((lambda: None, None), (interrupt, KeyboardInterrupt), (lambda: 1 / 0, ZeroDivisionError)):
        weights, stopping = Weights(), EarlyStopping("loss", patience=99, mode="max", restore_best_weights=True)
        model = small(eager)
        later = LambdaCallback(on_epoch_end=lambda epoch, logs, action=action: action() if epoch == 5 else None)
        options = {"epochs": 6, "verbose": 0, "callbacks": [weights, stopping, later]}
        if error:
            with pytest.raises(error):
                model.fit(X, Y, **options)
        else:
            model.fit(X, Y, **options)
        assert stopping.stopped_epoch is None
        assert stopping.best_epoch == 0  # the loss falls, and more was asked for
        assert (model.parameters == weights.kept[0]).all()


@pytest.mark.parametrize("eager", [True, False])
def test_early_stopping_after_a_run_that_diverges_gives_the_best_weights(eager):
    model = small(eager, stack=[layers.Dense(1)], optimizer=optimizers.SGD(5.0), loss="mse")
    weights, stopping = Weights(), EarlyStopping("loss", patience=999, restore_best_weights=True)
    history = model.fit(X, Y, epochs=900, verbose=0, callbacks=[weights, stopping])
    assert history.diverged
    assert (model.parameters == weights.kept[stopping.best_epoch]).all()
    assert np.isfinite(model.evaluate(X, Y)[0])


def test_early_stopping_serves_a_second_training():
    stopping = EarlyStopping("loss", patience=2, min_delta=1.0, restore_best_weights=True)
    runs = []
    for _ in range(2):
        model = small()
        runs.append(model.fit(X, Y, epochs=20, verbose=0, callbacks=stopping).history)
        assert (stopping.best_epoch, stopping.stopped_epoch) == (0, 2)
        assert stopping.best == runs[-1]["loss"][0]
    assert runs[0] == runs[1]
    other = small()
    other.fit(X, Y, epochs=1, verbose=0, callbacks=stopping)
    assert stopping.stopped_epoch is None
    reference = small()
    reference.fit(X, Y, epochs=1, verbose=0)
    assert (other.parameters == reference.parameters).all()


def test_early_stopping_forgets_the_weights_of_an_earlier_training():
    stopping = EarlyStopping("loss", patience=9, start_from_epoch=2, restore_best_weights=True)
    small().fit(X, Y, epochs=5, verbose=0, callbacks=stopping)
    model, reference = small(), small()
    model.fit(X, Y, epochs=2, verbose=0, callbacks=stopping)  # which ends before anything is watched
    reference.fit(X, Y, epochs=2, verbose=0)
    assert (model.parameters == reference.parameters).all()


@pytest.mark.parametrize(
    ("monitor", "message"),
    [
        ("val_loss", r"watches 'val_loss'; there is: loss, accuracy\. Give fit validation_data or validation_split\."),
        ("acuracy", r"watches 'acuracy'; there is: loss, accuracy\.$"),
    ],
)
def test_a_number_that_is_not_there_is_named(monitor, message):
    with pytest.raises(ValueError, match=message):
        small().fit(X, Y, epochs=3, verbose=0, callbacks=EarlyStopping(monitor))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "least"}, "mode is 'auto', 'min' or 'max', got 'least'"),
        ({"patience": -1}, "patience is a number of epochs, from 0 up, got -1"),
        ({"patience": 1.5}, "patience is a number of epochs"),
        ({"patience": True}, "patience is a number of epochs"),
        ({"start_from_epoch": None}, "start_from_epoch is a number of epochs"),
        ({"min_delta": -0.1}, "min_delta has to be at least 0"),
        ({"min_delta": "0"}, "min_delta is a number"),
        ({"baseline": math.nan}, "baseline has to be finite, got nan"),
    ],
)
def test_settings_that_make_no_sense_are_explained(settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        EarlyStopping(**settings)


def test_early_stopping_tells_when_it_stopped(capsys):
    for verbose in (0, 1):
        small().fit(X, Y, epochs=9, verbose=0, callbacks=EarlyStopping("loss", 1.0, 2, verbose))
    assert capsys.readouterr().out.startswith("epoch 3: stopped early; best loss 0.")


def test_history_of_a_model_is_that_of_the_last_training():
    model = small()
    first = model.fit(X, Y, epochs=2, verbose=0)
    second = model.fit(X, Y, epochs=1, verbose=0)
    assert isinstance(second, History)
    assert model.history is second
    assert len(first.history["loss"]) == 2
    assert repr(first).startswith("<History of 2 epochs: loss ")


def test_callbacks_end_in_their_order():
    ended = []
    model = nnlab.Sequential([layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    watch = [LambdaCallback(on_train_end=lambda logs, k=k: ended.append(k)) for k in range(3)]
    model.fit([[1.0]], [1.0], callbacks=watch, verbose=0)
    assert ended == [0, 1, 2]


def test_a_stop_during_validation_leaves_the_epoch_out(monkeypatch):
    monkeypatch.setattr("nnlab.evaluation.ROWS", (1, 1))
    model = nnlab.Sequential([layers.Dense(1, input_shape=(1,))])
    x, y = np.ones((8, 1)), np.ones(8)
    stop = threading.Event()

    def metric(y, p):
        if len(history["loss"]) == 1:  # while the second epoch is validated, or trained
            stop.set()
        return p[:, 0]

    model.compile("sgd", "mse", metrics=[metric])
    history = {"loss": []}
    note = LambdaCallback(on_epoch_end=lambda epoch, logs: history["loss"].append(logs["val_loss"]))
    early = EarlyStopping("val_loss", patience=9)
    told = model.fit(x, y, epochs=5, validation_data=(x, y), callbacks=[note, early], stop=stop, verbose=0).history
    assert len(told["loss"]) == len(told["val_loss"]) == 1
