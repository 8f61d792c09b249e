"""Training: seeds give bits, runs stop when they should.

That formulas and runner agree, stands in test_agreement.py; callbacks, in test_callbacks.py; what is not finite, in
test_nan.py; what learners write themselves, in test_own.py.
"""

import copy
import gc
import os
import signal
import threading
import weakref

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers
from nnlab.callbacks import Callback, LambdaCallback

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def make(stack, eager=False, seed=0, dtype="float64", loss="sparse_categorical_crossentropy", optimizer="adam"):
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=seed, dtype=dtype)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=eager)
    return model


def small(eager=False, **options):
    return make([layers.Dense(6, "tanh"), layers.Dense(2, "softmax")], eager, **options)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("eager", [True, False])
def test_the_same_seed_gives_the_same_bits(dtype, eager):
    stack = [layers.Dropout(0.2), layers.Dense(7, "relu"), layers.Dropout(0.5), layers.Dense(2, "softmax")]
    runs = []
    for seed in (0, 0, 1):
        model = make(copy.deepcopy(stack), eager, dtype=dtype, seed=seed)
        model.fit(X, Y, epochs=3, verbose=0)
        runs.append(model.parameters.copy())
    assert runs[0].dtype == dtype
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()


def test_two_models_train_in_two_threads_to_the_bits_of_one():
    alone = small()
    alone.fit(X, Y, epochs=30, verbose=0)
    models = [small() for _ in range(2)]
    threads = [threading.Thread(target=m.fit, args=(X, Y), kwargs={"epochs": 30, "verbose": 0}) for m in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model in models:
        assert (model.parameters == alone.parameters).all()


@pytest.mark.parametrize("eager", [True, False])
def test_eight_samples_are_learned_by_heart(eager):
    x, y = np.random.default_rng(5).normal(size=(8, 4)), np.array([0, 1] * 4)
    model = make([layers.Dense(32, "relu"), layers.Dense(2, "softmax")], eager, optimizer=optimizers.Adam(0.01))
    history = model.fit(x, y, epochs=300, verbose=0).history
    assert history["loss"][-1] < 1e-2
    assert history["accuracy"][-1] == 1.0


def test_xor():
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    model = nnlab.Sequential([layers.Dense(8, "tanh", input_shape=(2,)), layers.Dense(1, "sigmoid")], seed=0)
    model.compile(optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=400, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] == 1.0


def test_the_loss_at_the_start_is_the_logarithm_of_the_number_of_classes():
    model = nnlab.Sequential([layers.Dense(10, "softmax", kernel_initializer="zeros", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert model.evaluate(X, Y) == pytest.approx(np.log(10), rel=1e-6)


def test_weights_that_never_learn_do_not_slow_training_by_denormal_numbers():
    x = X.copy()
    x[:, 0] = 0  # its weights get no gradient but in the first step
    model = make([layers.Dense(3, "tanh"), layers.Dense(2, "softmax")], dtype="float32")
    model.fit(X, Y, epochs=1, verbose=0)
    model.fit(x, Y, epochs=1000, verbose=0)
    means = np.abs(model.optimizer.slots[0])
    tiny = np.finfo(np.float32).tiny
    assert not ((means > 0) & (means < tiny)).any()


class StopAfter(Callback):
    """Does something when so many updates are done."""

    def __init__(self, action):
        self.action = action

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            self.action()


@pytest.mark.parametrize("eager", [True, False])
def test_a_stop_event_ends_the_training_after_a_step(eager):
    stop = threading.Event()
    model = small(eager)
    history = model.fit(X, Y, epochs=10**6, verbose=0, stop=stop, callbacks=[StopAfter(stop.set)])
    assert history.epoch == [0, 1, 2]
    assert model.optimizer.iterations == 3 * 2


@pytest.fixture
def interruptible():
    """Heed Interrupt, which a shell lets its background jobs ignore."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize("eager", [True, False])
def test_interrupt_leaves_the_model_at_its_last_completed_step(eager, interruptible):
    interrupt = StopAfter(lambda: os.kill(os.getpid(), signal.SIGINT))
    handler = signal.getsignal(signal.SIGINT)
    model = small(eager)
    with pytest.raises(KeyboardInterrupt, match="last completed step"):
        model.fit(X, Y, epochs=10**6, verbose=0, callbacks=[interrupt])
    assert signal.getsignal(signal.SIGINT) is handler
    assert model.history.epoch == [0, 1, 2]

    assert model.optimizer.iterations == 6
    reference = small(eager)
    reference.fit(X, Y, epochs=3, verbose=0)
    assert (reference.parameters == model.parameters).all()


def test_a_training_in_a_thread_reports_progress_and_stops():
    stop, moved = threading.Event(), threading.Event()
    seen = []

    class Watch(Callback):
        def on_progress(self, epoch, done, logs):
            seen.append((epoch, done, logs))
            moved.set()

    x, y = np.tile(X, (3000, 1)), np.tile(Y, 3000)
    model = small(dtype="float32")
    thread = threading.Thread(
        target=model.fit, args=(x, y), kwargs={"epochs": 10**6, "verbose": 0, "stop": stop, "callbacks": [Watch()]}
    )
    thread.start()
    assert moved.wait(60)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    _, done, logs = seen[0]
    assert 0 <= done <= 1
    assert set(logs) == {"loss", "accuracy"}


def test_validation_and_history():
    model = small()
    history = model.fit(X, Y, epochs=3, verbose=0, validation_data=(X[:10], Y[:10]))
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert all(len(values) == 3 for values in history.history.values())
    loss, accuracy = model.evaluate(X[:10], Y[:10])
    assert history.history["val_loss"][-1] == pytest.approx(loss)
    assert history.history["val_accuracy"][-1] == pytest.approx(accuracy)
    assert repr(history).startswith("<History of 3 epochs: loss ")


def test_verbose_prints_lines_or_nothing(capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    model = small()
    model.fit(X, Y, epochs=2, verbose=0)
    model.fit(X, Y, epochs=2)
    model.evaluate(X, Y)
    model.predict(X, verbose=1)
    assert capsys.readouterr().out == ""
    model.fit(X, Y, epochs=2, verbose=2)
    model.evaluate(X, Y, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["epoch 1/2", "epoch 2/2"]
    assert lines[2].startswith("loss ")


def test_a_wide_layer_without_weights_needs_no_square_of_its_width():
    x = np.zeros((2, 400_000), np.float32)
    model = nnlab.Sequential([layers.Input((400_000,)), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, [0, 1], verbose=0)  # such a square would take 640 GB
    assert model.optimizer.iterations == 1


def test_step_computes_but_does_not_train():
    model = make([layers.Dense(4, "step"), layers.Dense(2, "softmax")])
    assert "step" in model.why_formulas()
    assert set(np.unique(make([layers.Dense(4, "step")]).predict(X))) == {0.0, 1.0}
    before = model.parameters.copy()
    with pytest.raises(ValueError, match="cannot be trained by gradient descent"):
        model.fit(X, Y, verbose=0)
    assert (model.parameters == before).all()


def test_softmax_with_from_logits_is_one_softmax_as_in_keras():
    fused, plain = small(loss=nnlab.losses.SparseCategoricalCrossentropy(from_logits=True)), small()
    assert fused.evaluate(X, Y) == plain.evaluate(X, Y)


def test_softmax_of_samples_that_are_no_vectors_goes_through_the_formulas():
    model = nnlab.Sequential(
        [layers.Input((2, 2)), layers.Activation("softmax"), layers.Flatten(), layers.Dense(2, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    assert "not of vectors" in model.why_formulas()


@pytest.mark.parametrize("eager", [True, False])
def test_a_model_of_the_same_layers_does_not_take_them_away(eager):
    x = layers.Input((4,))
    h = layers.Dense(6, "tanh")(x)
    model = nnlab.Model(x, layers.Dense(2, "softmax")(h), seed=0)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=eager)
    take = LambdaCallback(on_epoch_end=lambda epoch, logs: epoch or nnlab.Model(x, h).parameters)
    loss = model.fit(X, Y, epochs=30, verbose=0, callbacks=take).history["loss"]
    assert model.evaluate(X, Y) == pytest.approx(loss[-1], rel=0.01)
    assert loss[-1] < loss[0] - 0.02


def test_a_stop_that_is_set_before_the_training_trains_nothing():
    stop = threading.Event()
    stop.set()
    model = small()
    assert model.fit(X, Y, verbose=0, stop=stop).epoch == []
    assert model.optimizer.iterations == 0


def test_an_ignored_interrupt_stays_ignored():
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        history = small().fit(
            X, Y, epochs=4, verbose=0, callbacks=StopAfter(lambda: os.kill(os.getpid(), signal.SIGINT))
        )
    finally:
        signal.signal(signal.SIGINT, handler)
    assert len(history.epoch) == 4


def test_any_array_uses_the_code_that_is_compiled():
    from nnlab.engine import runner

    small(dtype="float32").fit(X, Y, verbose=0)
    compiled = len(runner.advance.signatures)
    read_only = X.astype(np.float32)
    read_only.setflags(write=False)
    for x in (read_only, np.asfortranarray(X), X.astype(">f8"), np.repeat(X, 2, axis=0)[::2], X.tolist()):
        small(dtype="float32").fit(x, Y.astype(np.uint8), verbose=0)
    assert len(runner.advance.signatures) == compiled


def test_a_model_is_freed_when_nobody_needs_it():
    model = small()
    model.fit(X, Y, verbose=0)
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_one_model_is_trained_by_one_thread_at_a_time():
    model = small()

    def again(epoch, logs):
        with pytest.raises(RuntimeError, match="being trained already"):
            model.fit(X, Y, verbose=0)

    model.fit(X, Y, verbose=0, callbacks=LambdaCallback(on_epoch_end=again))


def test_sparse_crossentropy_of_a_certain_right_answer_is_zero():
    loss = nnlab.losses.SparseCategoricalCrossentropy(from_logits=True)
    s = np.array([[3e38, -3e38]], np.float32)
    with np.errstate(over="ignore"):
        assert loss.per_sample(np.array([[0.0]], np.float32), s)[0] == 0
