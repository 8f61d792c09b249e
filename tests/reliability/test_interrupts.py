"""Interrupt (Ctrl-C, the black square) at any moment: it is heard, and what was interrupted can be used on.

Each operation is interrupted at calls of functions drawn at random from all that it makes, 8 for each of ``--kills``.
The thorough run:

    python -m pytest tests/reliability/test_interrupts.py -n 0 -s --kills 100
"""

import _thread
import inspect
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest

import nnlab
from nnlab import callbacks, layers, optimizers
from nnlab.course import check, state
from nnlab.engine import threads
from nnlab.gradient_check import gradcheck
from nnlab.landscapes import landscape

from .killing import ROOT
from .test_kills import chapter, lay_out

# An interrupt between the opening of a file and its "with" leaves it to the garbage collector, which tells.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


@pytest.fixture(autouse=True)
def _interruptible(monkeypatch, tmp_path):
    """Heed Interrupt, which a shell lets its background jobs ignore; and leave no thread behind."""
    monkeypatch.setenv("NNLAB_STATE", str(tmp_path / "state"))
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = set(threading.enumerate())
    yield
    assert signal.signal(signal.SIGINT, handler) is signal.default_int_handler
    left = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("nnlab")]
    assert all(thread.name.startswith("nnlab-share") for thread in left)  # which wait for work
    with threads.single_blas_thread():
        pass
    assert (threads._holders, threads._limit) == (set(), None)  # the numbers of BLAS threads are as they were


def interrupted(operation, at):
    """Interrupt an operation at a place where Python looks for signals: a function begins, or a built-in one has ended.

    Returns
    -------
    places : int
        How many there were.
    heard : str
        Where it was interrupted; "KeyboardInterrupt" if that was raised.
    """
    calls, where = 0, ""

    def look(frame, event, argument):
        nonlocal calls, where
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            return  # Python itself drops what is raised in a generator that it throws away
        if event == "c_return" and argument.__name__ == "__enter__":
            return  # Python 3.14 looks there, and leaves the lock locked: github.com/python/cpython/issues/148874
        if event in ("call", "c_return"):
            calls += 1
            if calls == at:
                where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)

    sys.setprofile(look)
    try:
        operation()
    except KeyboardInterrupt:
        return calls, "KeyboardInterrupt"
    finally:
        sys.setprofile(None)
    return calls, where


def interrupted_after(seconds, operation):
    """Call an operation that waits, and interrupt it."""
    main = threading.get_ident()
    timer = threading.Timer(seconds, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    operation()


def interruptions(operation, kills):
    """Yield after each of some interruptions of an operation."""
    operation()
    total, _ = interrupted(operation, at=0)
    tries = min(total - 2, 8 * kills)
    print(f"\n{operation.__name__}: {tries} of {total} places")
    for at in sorted(random.Random(0).sample(range(1, total - 1), tries)):
        _, heard = interrupted(operation, at)
        assert heard in ("", "KeyboardInterrupt"), f"nobody heard the interrupt at {heard}"  # "": it had ended
        yield at


def small(eager=True, width=6):
    stack = [layers.Input((4,)), layers.Dense(width, "tanh"), layers.BatchNormalization(), layers.Dropout(0.2)]
    stack = stack if eager else [layer for layer in stack if not isinstance(layer, layers.BatchNormalization)]
    model = nnlab.Sequential([*stack, layers.Dense(2, "softmax")], seed=0)
    optimizer = optimizers.Adam(0.01)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eager)
    return model


class Steps(callbacks.Callback):
    """The state of a model after each epoch, here of one step."""

    def __init__(self, model):
        self.seen = [snapshot(model)]

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(snapshot(self.model))


def snapshot(model):
    slots = model.optimizer.slots
    states = [getattr(layer, name).tobytes() for layer in model.layers for name in layer.state_names]
    return model.parameters.tobytes(), states, None if slots is None or not slots.any() else slots.tobytes()


@pytest.mark.parametrize("eager", [True, False])
def test_a_training_is_left_after_a_whole_step(eager, kills, tmp_path):
    def fit(model, *more):
        kept = [callbacks.ModelCheckpoint(tmp_path / "m.nnlab"), callbacks.CSVLogger(tmp_path / "log.csv")]
        return model.fit(X, Y, len(X), 4, 1, [*kept, *more], validation_data=(X, Y))

    reference = small(eager)
    steps = Steps(reference)
    fit(reference, steps)
    model = None

    def training():
        nonlocal model
        model = None
        model = small(eager)
        fit(model)

    for _ in interruptions(training, kills):
        if model is None or not model.built:
            continue
        done = model.optimizer.iterations
        assert snapshot(model) == steps.seen[done]
        if model.history is not None:
            assert len(model.history.epoch) in (done, done - 1)
        assert all(line.count(",") == 4 for line in (tmp_path / "log.csv").read_text().splitlines())
        nnlab.load_model(tmp_path / "m.nnlab")
        model.fit(X, Y, len(X), 4, 0, initial_epoch=min(done, 3), shuffle=False)  # it can be trained on


def unchanged(operation, model, kills):
    before, measured = snapshot(model), model.evaluate(X, Y)
    for _ in interruptions(operation, kills):
        assert snapshot(model) == before
        assert model.evaluate(X, Y) == measured


def test_looking_at_a_model_leaves_it_as_it_was(kills):
    model, fast = small(width=3), small(eager=False)
    for one in (model, fast):
        one.fit(X, Y, verbose=0)

    def evaluate():
        model.evaluate(X, Y)

    def predict():
        model.predict(X)

    def landscape_by_formulas():
        landscape(model, (X, Y), resolution=3)

    def landscape_compiled():
        landscape(fast, (X, Y), resolution=3)

    def check_gradients():
        gradcheck(model, X[:3], Y[:3])

    for operation in (evaluate, predict, landscape_by_formulas, check_gradients):
        unchanged(operation, model, kills)
    unchanged(landscape_compiled, fast, kills)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_an_interrupt_while_numba_is_imported(kills):
    """A learner who presses Interrupt because the first training takes a moment to begin."""
    tries = max(1, kills // 3)  # of seconds each
    code = f"from tests.reliability.test_interrupts import import_interrupted; import_interrupted({tries})"
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.stdout == str({0: tries}) + "\n", result.stderr


def import_interrupted(tries):
    """Print how processes ended whose first training was interrupted: 0 if the next one went well."""
    chance, ends = random.Random(0), Counter()
    assert "numba" not in sys.modules
    for _ in range(tries):
        process = os.fork()
        if process == 0:
            train_interrupted(chance.uniform(0.0, 1.0))
        ends[os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])] += 1
    print(dict(ends))


def train_interrupted(seconds):
    status = 1
    try:
        model = nnlab.Sequential([layers.Input((4,)), layers.Dense(1)], seed=0)
        model.compile("sgd", "mse")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            interrupted_after(seconds, lambda: model.fit(X, Y, verbose=0))
            time.sleep(30)
        model.fit(X, Y, verbose=0)
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def test_an_interrupted_landscape_takes_no_further_piece(monkeypatch):
    from nnlab.engine import sharing

    taken = []
    monkeypatch.setattr(sharing, "processors", lambda: 2)
    sharing._helpers.cache_clear()

    def compute(k):
        taken.append(k)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt):
        sharing.share(compute, 1000)
    assert len(taken) < 500
    sharing._helpers.cache_clear()


def test_a_sweep(kills):
    model = small(eager=False)

    def sweeping():
        nnlab.sweep(model, {"learning_rate": [0.01, 0.1], "seed": [0, 1]}, (X, Y), epochs=2)

    sweeping()
    before = _thread._count()
    for _ in interruptions(sweeping, kills):
        patience = time.monotonic() + 5  # one that tells that it ends takes a moment to be gone
        while _thread._count() > before and time.monotonic() < patience:
            time.sleep(0.001)
        assert _thread._count() <= before


def test_an_interrupt_in_the_midst_of_a_lock_of_pythons_is_heard(monkeypatch):
    def submit(*_arguments):
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("release unlocked lock")

    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor.submit", submit)
    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt):
        nnlab.sweep(small(eager=False), {"seed": [0, 1]}, (X, Y), epochs=2, executor=pool)


def test_saving(kills, tmp_path):
    model = small()
    model.predict(X)

    def saving():
        model.save(tmp_path / "m.nnlab")

    for _ in interruptions(saving, kills):
        assert [path.name for path in tmp_path.glob("*")] == ["m.nnlab"]
        nnlab.load_model(tmp_path / "m.nnlab")


def test_recording_progress(kills, tmp_path):
    def recording():
        state.record("recalled", "03.a", True)

    times = 0
    for _ in interruptions(recording, kills):
        times += 1
        assert {path.name for path in (tmp_path / "state").iterdir()} == {"progress.json", "progress.lock"}
        assert not state._guard._is_owned()
    state.record("predicted", "03.b", True)
    found = json.loads((tmp_path / "state" / "progress.json").read_text())
    assert 2 <= found["recalled"]["03.a"]["right"] <= times + 2


def test_checking_an_exercise_with_an_endless_loop(kills):
    def endless(a):
        while True:
            pass

    for seconds in np.linspace(0.01, 0.2, kills):
        with pytest.raises(KeyboardInterrupt):
            interrupted_after(seconds, lambda: check("3.2", endless))
        assert "nnlab-check" not in {thread.name for thread in threading.enumerate()}


def test_laying_out_the_course(kills, tmp_path):
    (tmp_path / "new").mkdir()
    sources = [tmp_path / "new" / f"{name}.ipynb" for name in "abc"]
    folder, edition = tmp_path / "learner", 0

    def laying_out():
        nonlocal edition
        edition += 1
        for path in sources:
            path.write_text(chapter(str(edition)))
        lay_out(sources, folder, f"0.{edition}")

    for _ in interruptions(laying_out, kills):
        assert not list(folder.glob(".*.tmp"))
        lay_out(sources, folder, f"0.{edition}")
        assert all((folder / path.name).read_bytes() == path.read_bytes() for path in sources)
        assert len(list(folder.glob("*.ipynb"))) == 3


def test_waiting_for_an_explorer_can_be_interrupted(kills):
    from nnlab.explorers._live import Live

    go_on = threading.Event()
    live = Live(lambda run: go_on.wait(30), pytest.fail)
    live.request(0)
    for seconds in np.linspace(0.01, 0.2, kills):
        with pytest.raises(KeyboardInterrupt):
            interrupted_after(seconds, lambda: live.settle(30))
    go_on.set()
    live.settle(30)
