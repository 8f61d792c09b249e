"""Callbacks that change the learning rate or write files; a training that is killed goes on with the same bits."""

import csv
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers
from nnlab.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

PLATEAU = json.loads((pathlib.Path(__file__).parent / "golden" / "plateau.json").read_text())
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def small(eager=False, optimizer="adam", dropout=0.2):
    stack = [layers.Dense(6, "tanh"), layers.Dropout(dropout), layers.Dense(2, "softmax")]
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=0)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eager)
    return model


def fit(model, epochs, callbacks, **options):
    return model.fit(X, Y, 16, epochs=epochs, verbose=0, validation_split=0.2, callbacks=callbacks, **options)


@pytest.mark.parametrize("case", PLATEAU)
def test_reduce_on_plateau_does_as_keras(case):
    callback = ReduceLROnPlateau("loss", **case["settings"])
    callback.model = SimpleNamespace(optimizer=optimizers.SGD(0.1))
    callback.on_train_begin()
    rates = []
    for epoch, number in enumerate(case["numbers"]):
        callback.on_epoch_end(epoch, {"loss": number})
        rates.append(callback.model.optimizer.learning_rate)
    np.testing.assert_allclose(rates, case["rates"], rtol=1e-12)


@pytest.mark.parametrize("eager", [True, False])
def test_the_scheduler_sets_each_epochs_rate_and_the_history_tells_it(eager, capsys):
    model = small(eager, optimizers.SGD(0.4))
    by_two = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate, verbose=1)
    assert fit(model, 3, by_two).history["learning_rate"] == [0.4, 0.2, 0.1]
    assert "epoch 2: learning rate 0.2" in capsys.readouterr().out
    by_one = LearningRateScheduler(lambda epoch: 0.1 * (epoch + 1))
    assert fit(model, 3, by_one).history["learning_rate"] == [0.1, 0.2, pytest.approx(0.3)]


def test_plateau_tells_the_rate_of_the_epoch_and_when_it_falls(capsys):
    model = small(optimizer=optimizers.SGD(0.0))
    rates = fit(model, 5, ReduceLROnPlateau(patience=2, verbose=1)).history["learning_rate"]
    assert rates == [0.0] * 5
    model = small(optimizer=optimizers.SGD(1.0))
    rates = fit(model, 7, ReduceLROnPlateau(patience=2, factor=0.5, min_delta=9.0, verbose=1)).history["learning_rate"]
    assert rates == [1, 1, 1, 0.5, 0.5, 0.25, 0.25]
    assert "epoch 3: learning rate reduced to 0.5" in capsys.readouterr().out


def test_checkpoint_writes_the_names_asked_for(tmp_path, capsys):
    history = fit(small(), 4, ModelCheckpoint(tmp_path / "m-{epoch:02d}-{val_loss:.2f}.nnlab", save_freq=2, verbose=1))
    losses = history.history["val_loss"]
    expected = [f"m-{k:02d}-{losses[k - 1]:.2f}.nnlab" for k in (2, 4)]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected
    assert f"epoch 2: saved {tmp_path / expected[0]}" in capsys.readouterr().out


@pytest.mark.parametrize(("monitor", "better"), [("val_loss", min), ("val_accuracy", max)])
def test_checkpoint_keeps_the_best(tmp_path, monitor, better):
    callback = ModelCheckpoint(tmp_path / "best.nnlab", monitor, save_best_only=True)
    history = fit(small(optimizer=optimizers.SGD(2.0)), 30, callback).history[monitor]
    assert callback.best == better(history)
    assert nnlab.load_model(tmp_path / "best.nnlab").epochs_done == history.index(better(history)) + 1


def test_checkpoint_with_a_threshold_that_is_never_reached(tmp_path):
    fit(small(), 2, ModelCheckpoint(tmp_path / "m.nnlab", save_best_only=True, initial_value_threshold=1e-9))
    assert not list(tmp_path.iterdir())


def test_checkpoint_does_not_replace_a_good_file_by_a_diverged_model(tmp_path):
    model = nnlab.Sequential([layers.Input((4,)), layers.Dense(1)], seed=0)
    model.compile(optimizers.SGD(1.0), "mse")
    history = model.fit(100 * X, Y, 8, epochs=50, verbose=0, callbacks=ModelCheckpoint(tmp_path / "{epoch}.nnlab"))
    assert history.diverged
    assert len(list(tmp_path.iterdir())) == len(history.epoch) - 1


def recipe(path, folder):
    return [
        ModelCheckpoint(path),  # first in the list, and called last all the same
        ReduceLROnPlateau("loss", patience=1, factor=0.7, cooldown=1, min_delta=0.01),
        EarlyStopping("val_loss", patience=40, restore_best_weights=True),
        CSVLogger(folder / "log.csv", append=True),
    ]


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("stops", [[1], [3, 4], [7]])
def test_going_on_from_a_file_gives_the_same_bits(tmp_path, eager, stops):
    whole, parts = small(eager), small(eager)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    fit(whole, 12, recipe(tmp_path / "a.nnlab", tmp_path / "a"))
    for end in [*stops, 12]:
        callbacks = recipe(tmp_path / "b.nnlab", tmp_path / "b")
        fit(parts, end, callbacks, initial_epoch=parts.epochs_done)
        if end < 12:
            parts = nnlab.load_model(tmp_path / "b.nnlab")
            assert parts.epochs_done == end
    assert whole.parameters.tobytes() == parts.parameters.tobytes()
    assert whole.optimizer.slots.tobytes() == parts.optimizer.slots.tobytes()
    assert whole.optimizer.learning_rate == parts.optimizer.learning_rate < 0.001
    assert (tmp_path / "a.nnlab").read_bytes() == (tmp_path / "b.nnlab").read_bytes()
    assert (tmp_path / "a/log.csv").read_bytes() == (tmp_path / "b/log.csv").read_bytes()


def test_a_fit_from_the_start_forgets_what_a_file_kept(tmp_path):
    stopping = EarlyStopping("loss", patience=3)
    fit(small(), 3, [stopping, ModelCheckpoint(tmp_path / "m.nnlab")])
    model = nnlab.load_model(tmp_path / "m.nnlab")
    assert [kind for kind, _ in model.kept_states] == ["EarlyStopping", "ModelCheckpoint"]
    fresh = EarlyStopping("loss", patience=3)
    fresh.on_epoch_end = lambda epoch, logs: None
    fit(model, 1, fresh)
    assert fresh.best == np.inf
    assert model.kept_states == []


def test_two_callbacks_of_a_kind_get_each_its_own_state_and_ones_own_may_have_one(tmp_path):
    class Counting(Callback):
        state_names = ("count",)

        def __init__(self, step):
            self.step = step

        def on_train_begin(self, logs=None):
            self.count = 0

        def on_epoch_end(self, epoch, logs=None):
            self.count += self.step

    fit(small(), 3, [Counting(1), ModelCheckpoint(tmp_path / "m.nnlab"), Counting(10)])
    model, counting = nnlab.load_model(tmp_path / "m.nnlab"), [Counting(1), Counting(10)]
    fit(model, 5, counting, initial_epoch=3)
    assert [one.count for one in counting] == [5, 50]


SCRIPT = """
    import os, pathlib, sys
    import numpy as np
    import nnlab
    from nnlab import callbacks, layers, optimizers

    folder, eager, epochs = pathlib.Path(sys.argv[1]), sys.argv[2] == "True", int(sys.argv[3])
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    path = folder / "model.nnlab"
    if path.exists():
        model = nnlab.load_model(path)
    else:
        stack = [layers.Dense(30, "relu"), layers.Dropout(0.3), layers.Dense(2, "softmax")]
        model = nnlab.Sequential([layers.Input((4,)), *stack], seed=3)
        rate = optimizers.schedules.CosineDecayRestarts(0.01, 40)
        model.compile(optimizers.Adam(rate), "sparse_categorical_crossentropy", run_eagerly=eager)
    keep = [
        callbacks.ModelCheckpoint(path),
        callbacks.EarlyStopping("val_loss", patience=1000, restore_best_weights=True),
        callbacks.CSVLogger(folder / "log.csv", append=path.exists()),
    ]
    print("ready", flush=True)
    model.fit(x, y, 16, epochs=epochs, initial_epoch=model.epochs_done, validation_split=0.1, callbacks=keep, verbose=0)
    (folder / "end").write_bytes(model.parameters.tobytes())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill so")
@pytest.mark.parametrize("eager", [True, False])
def test_killed_at_random_moments_and_resumed_it_gives_the_same_bits(tmp_path, eager):
    epochs, kills, chance = 150, 0, random.Random(1)
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()

    def start(name):
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(tmp_path / name), str(eager), str(epochs)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        return process

    with start("whole") as process:
        assert process.wait(120) == 0
    while kills < 4:
        with start("killed") as process:
            until = time.monotonic() + chance.uniform(0.0, 0.25)
            while time.monotonic() < until and process.poll() is None:
                pass
            if process.poll() is not None:
                break
            process.kill()
            kills += 1
    with start("killed") as process:
        assert process.wait(120) == 0
    assert kills
    assert (tmp_path / "whole/end").read_bytes() == (tmp_path / "killed/end").read_bytes()
    assert (tmp_path / "whole/log.csv").read_bytes() == (tmp_path / "killed/log.csv").read_bytes()


def test_the_table_holds_the_history_to_the_last_digit(tmp_path):
    history = fit(small(), 3, CSVLogger(tmp_path / "log.csv", ";"))
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines(), delimiter=";"))
    assert [int(row.pop("epoch")) for row in rows] == [0, 1, 2]
    assert {key: [float(row[key]) for row in rows] for key in rows[0]} == history.history


def test_the_table_is_begun_anew_or_appended_to_and_a_torn_line_is_dropped(tmp_path):
    path = tmp_path / "log.csv"
    for append, lines in ((False, 3), (False, 3), (True, 5)):
        fit(small(), 2, CSVLogger(path, append=append))
        assert len(path.read_text().splitlines()) == lines
    path.write_text(path.read_text() + "2,0.5,0.")
    fit(small(), 1, CSVLogger(path, append=True))
    assert len(path.read_text().splitlines()) == 6
    assert path.read_text().splitlines()[-1].startswith("0,")


def test_the_table_refuses_other_columns_and_other_files(tmp_path):
    path = tmp_path / "log.csv"
    fit(small(), 1, CSVLogger(path))
    model = small()
    with pytest.raises(ValueError, match="has the columns loss, accuracy, val_loss, val_accuracy, and this training"):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=CSVLogger(path, append=True))
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="not one of its own"):
        fit(small(), 1, CSVLogger(path, append=True))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LearningRateScheduler(0.1), "schedule is a function of (epoch, learning_rate), got 0.1"),
        (lambda: fit(small(), 1, LearningRateScheduler(lambda epoch: None)), "returns for epoch 0 is a number"),
        (lambda: fit(small(), 1, LearningRateScheduler(lambda epoch: -1.0)), "returns for epoch 0 has to be at least"),
        (
            lambda: fit(
                small(optimizer=optimizers.SGD(optimizers.schedules.Constant(0.1))),
                1,
                LearningRateScheduler(lambda epoch: 0.1),
            ),
            "the optimizer has a Constant for that",
        ),
        (
            lambda: fit(small(optimizer=optimizers.SGD(optimizers.schedules.Constant(0.1))), 1, ReduceLROnPlateau()),
            "ReduceLROnPlateau sets the learning rate",
        ),
        (lambda: ReduceLROnPlateau(factor=1.0), "factor has to be from 0 to below 1"),
        (lambda: ReduceLROnPlateau(patience=-1), "patience is a number of epochs"),
        (lambda: ReduceLROnPlateau(cooldown=1.5), "cooldown is a number of epochs"),
        (lambda: ReduceLROnPlateau(mode="up"), "mode is 'auto', 'min' or 'max'"),
        (lambda: ReduceLROnPlateau(min_delta=-1), "min_delta has to be at least 0"),
        (lambda: ReduceLROnPlateau(min_lr=-1), "min_lr has to be at least 0"),
        (lambda: fit(small(), 1, ReduceLROnPlateau("val_acc")), "ReduceLROnPlateau watches 'val_acc'; there is: loss"),
        (lambda: ModelCheckpoint("model.keras"), "ends in .nnlab, got 'model.keras'"),
        (lambda: ModelCheckpoint("m.nnlab", monitor=3), "monitor is the name of a number"),
        (lambda: ModelCheckpoint("m.nnlab", mode="best"), "mode is 'auto', 'min' or 'max'"),
        (lambda: ModelCheckpoint("m.nnlab", save_freq=0), "save_freq is 'epoch' or a number of epochs"),
        (lambda: ModelCheckpoint("m.nnlab", save_freq="batch"), "save_freq is 'epoch' or a number of epochs"),
        (lambda: ModelCheckpoint("m.nnlab", initial_value_threshold="x"), "initial_value_threshold is a number"),
        (lambda: fit(small(), 1, ModelCheckpoint("nowhere/m.nnlab")), "there is no folder"),
        (lambda: fit(small(), 1, ModelCheckpoint("{f1}.nnlab")), "cannot fill the fields of '{f1}.nnlab'"),
        (lambda: fit(small(), 1, ModelCheckpoint("{}.nnlab")), "there is: epoch, loss, accuracy, val_loss"),
        (lambda: CSVLogger("a.csv", ", "), "separator is one character"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((TypeError, ValueError, OSError), match=re.escape(message)):
        make()
