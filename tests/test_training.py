"""Training: formulas and runner agree, seeds give bits, runs stop when they should."""

import gc
import os
import signal
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import layers, optimizers
from nnlab.callbacks import Callback

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def make(stack, eager=False, seed=0, dtype="float64", loss="sparse_categorical_crossentropy", optimizer="adam"):
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=seed, dtype=dtype)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=eager)
    return model


def small(eager=False, **options):
    return make([layers.Dense(6, "tanh"), layers.Dense(2, "softmax")], eager, **options)


STACKS = {
    "activation layers": lambda: [
        layers.Dense(5),
        layers.Activation("relu"),
        layers.Dense(2),
        layers.Activation("softmax"),
    ],
    "two activations in a row": lambda: [
        layers.Dense(5, "tanh"),
        layers.Activation("relu"),
        layers.Dense(2, "softmax"),
    ],
    "activation first": lambda: [layers.Activation("sigmoid"), layers.Dense(2, "softmax")],
    "activation last": lambda: [layers.Dense(2, "tanh"), layers.Activation("tanh"), layers.Activation("softmax")],
    "dropout": lambda: [layers.Dropout(0.2), layers.Dense(7, "relu"), layers.Dropout(0.5), layers.Dense(2, "softmax")],
    "no bias": lambda: [layers.Dense(5, "sigmoid", use_bias=False), layers.Dense(2, "softmax", use_bias=False)],
    "flatten": lambda: [layers.Flatten(), layers.Dense(2, "softmax")],
    "wide": lambda: [layers.Dense(300, "relu"), layers.Dense(40, "tanh"), layers.Dense(2, "softmax")],
    "probabilities that are no softmax": lambda: [layers.Dense(3, "tanh"), layers.Dense(2, "sigmoid")],
}


@pytest.mark.parametrize("stack", STACKS)
def test_formulas_and_runner_agree_for_every_kind_of_stack(stack):
    a, b = (make(STACKS[stack](), eager) for eager in (True, False))
    assert "run_eagerly" in a.why_formulas()
    assert b.why_formulas() == ""
    first, second = (model.fit(X, Y, batch_size=7, epochs=4, verbose=0).history for model in (a, b))
    np.testing.assert_allclose(a.parameters, b.parameters, rtol=0, atol=1e-10)
    for name in first:
        np.testing.assert_allclose(first[name], second[name], rtol=0, atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 40),
    batch_size=st.integers(1, 50),
    widths=st.lists(st.integers(1, 20), max_size=3),
    hidden=st.sampled_from(["linear", "sigmoid", "tanh", "relu"]),
    case=st.sampled_from(
        [
            ("linear", "mse"),
            ("sigmoid", "binary_crossentropy"),
            ("softmax", "categorical_crossentropy"),
            ("softmax", "sparse_categorical_crossentropy"),
        ]
    ),
    optimizer=st.sampled_from([("sgd", 0.0), ("sgd", 0.9), ("nesterov", 0.9), ("adam", 0.0)]),
    outputs=st.integers(1, 4),
)
def test_formulas_and_runner_agree_for_any_shape(rows, batch_size, widths, hidden, case, optimizer, outputs):
    output, loss = case
    rng = np.random.default_rng(3)
    x, classes = rng.normal(size=(rows, 3)), rng.integers(0, outputs, rows)
    y = classes if loss.startswith("sparse") else np.eye(outputs)[classes]
    kind, momentum = optimizer
    results = []
    for eager in (True, False):
        model = nnlab.Sequential(
            [layers.Input((3,)), *(layers.Dense(w, hidden) for w in widths), layers.Dense(outputs, output)],
            seed=1,
            dtype="float64",
        )
        chosen = optimizers.Adam() if kind == "adam" else optimizers.SGD(0.1, momentum, kind == "nesterov")
        model.compile(chosen, loss, metrics=["accuracy"], run_eagerly=eager)
        history = model.fit(x, y, batch_size=batch_size, epochs=3, verbose=0).history
        results.append((model.parameters.copy(), history["loss"], history["accuracy"]))
    for first, second in zip(*results, strict=True):
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-10)


@pytest.mark.parametrize("eager", [True, False])
def test_a_batch_larger_than_a_block_is_still_one_step(eager):
    x, y = np.tile(X, (40, 1)), np.tile(Y, 40)  # 2,400 rows; the runner's blocks have 1,024
    model = small(eager)
    model.fit(x, y, batch_size=5000, epochs=2, verbose=0)
    reference = small(True)
    reference.fit(x, y, batch_size=2400, epochs=2, verbose=0)
    assert model.optimizer.iterations == 2
    np.testing.assert_allclose(model.parameters, reference.parameters, rtol=0, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("eager", [True, False])
def test_the_same_seed_gives_the_same_bits(dtype, eager):
    runs = []
    for _ in range(2):
        model = make(STACKS["dropout"](), eager, dtype=dtype)
        model.fit(X, Y, epochs=3, verbose=0)
        runs.append(model.parameters.copy())
    assert runs[0].dtype == dtype
    assert (runs[0] == runs[1]).all()
    other = make(STACKS["dropout"](), eager, dtype=dtype, seed=1)
    other.fit(X, Y, epochs=3, verbose=0)
    assert (other.parameters != runs[0]).any()


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


@pytest.mark.parametrize("eager", [True, False])
def test_diverging_is_no_crash_and_nan_stays_visible(eager):
    model = make([layers.Dense(8, "relu"), layers.Dense(1)], eager, loss="mse", optimizer=optimizers.SGD(1e6))
    history = model.fit(X, Y, epochs=5, verbose=0).history
    assert not np.isfinite(history["loss"][-1])
    assert np.isnan(model.predict(X)).any()


@pytest.mark.parametrize("eager", [True, False])
def test_nan_in_the_data_is_nan_in_the_loss(eager):
    x = X.copy()
    x[3, 1] = np.nan
    assert np.isnan(small(eager).fit(x, Y, verbose=0).history["loss"][0])


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


@pytest.mark.parametrize("eager", [True, False])
def test_interrupt_leaves_the_model_at_its_last_completed_step(eager):
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


def test_a_layer_and_an_activation_of_the_learners_own_train_through_the_formulas():
    square = nnlab.activations.Activation("square", lambda z: z * z, lambda z: 2 * z)

    class Shift(layers.Layer):
        parameter_names = ("offset",)

        def build(self, input_shape, rng):
            self.offset = np.zeros(input_shape)

        def forward(self, x, training=False, rng=None):
            return x + self.offset

        def backward(self, da):
            self.doffset = da.sum(axis=0)
            return da

    model = make([layers.Dense(6, square), Shift(), layers.Dense(2, "softmax")])
    assert "square" in model.why_formulas()
    history = model.fit(X, Y, epochs=60, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    assert model.layers[1].offset.any()


def test_a_subclass_is_not_taken_for_its_parent():
    class Doubled(layers.Dense):
        def forward(self, x, training=False, rng=None):
            return 2 * super().forward(x, training, rng)

    assert "Dense" in make([Doubled(2, "softmax")]).why_formulas()


LOGITS = {
    "linear": lambda: [layers.Dense(5, "tanh"), layers.Dense(2)],
    "softmax": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "softmax")],
    "relu": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "relu")],
    "sigmoid": lambda: [layers.Dense(5, "tanh"), layers.Dense(2, "sigmoid")],
    "dropout last": lambda: [layers.Dense(5, "tanh"), layers.Dense(2), layers.Dropout(0.3)],
}


@pytest.mark.parametrize("stack", LOGITS)
@pytest.mark.parametrize("sparse", [True, False])
def test_formulas_and_runner_agree_on_logits(stack, sparse):
    kind = nnlab.losses.SparseCategoricalCrossentropy if sparse else nnlab.losses.BinaryCrossentropy
    y = Y if sparse else np.eye(2)[Y]
    models = [make(LOGITS[stack](), eager, loss=kind(from_logits=True)) for eager in (True, False)]
    for model in models:
        assert model.why_formulas() in ("", "run_eagerly=True")
        model.fit(X, y, epochs=3, batch_size=7, verbose=0)
    np.testing.assert_allclose(models[0].parameters, models[1].parameters, rtol=0, atol=1e-10)


def test_softmax_with_from_logits_is_one_softmax_as_in_keras():
    fused, plain = small(loss=nnlab.losses.SparseCategoricalCrossentropy(from_logits=True)), small()
    assert fused.evaluate(X, Y) == plain.evaluate(X, Y)


def test_an_own_activation_of_a_known_name_is_not_taken_for_the_known_one():
    steep = nnlab.activations.Activation("sigmoid", lambda z: 1 / (1 + np.exp(-3 * z)), lambda z: 0 * z)
    model = make([layers.Dense(1, steep)], loss="binary_crossentropy")
    before = model.parameters.copy()
    loss = model.evaluate(X, Y)[0]
    assert loss == pytest.approx(model.loss(Y, model.predict(X)))
    model.fit(X, Y, verbose=0)
    assert (model.parameters == before).all()  # its derivative is 0


def test_softmax_of_samples_that_are_no_vectors_goes_through_the_formulas():
    model = nnlab.Sequential(
        [layers.Input((2, 2)), layers.Activation("softmax"), layers.Flatten(), layers.Dense(2, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    assert "not of vectors" in model.why_formulas()


class At(Callback):
    """Does something after the first epoch."""

    def __init__(self, action):
        self.action = action

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.action(self.model)


@pytest.mark.parametrize("eager", [True, False])
def test_a_callback_can_change_the_learning_rate(eager):
    model = small(eager)
    history = model.fit(
        X, Y, epochs=3, verbose=0, shuffle=False, batch_size=60,
        callbacks=At(lambda model: setattr(model.optimizer, "learning_rate", 0.0)),
    )  # fmt: skip
    assert history.history["loss"][1] == history.history["loss"][2]
    assert history.history["loss"][0] != history.history["loss"][1]


@pytest.mark.parametrize("eager", [True, False])
def test_a_callback_can_replace_weights(eager):
    def clear(model):
        model.layers[-1].kernel = np.zeros((6, 2))

    model = small(eager)
    losses = model.fit(X, Y, epochs=2, batch_size=60, verbose=0, callbacks=At(clear)).history["loss"]
    assert losses[1] == pytest.approx(np.log(2), abs=2e-2)


@pytest.mark.parametrize("eager", [True, False])
def test_a_model_of_the_same_layers_does_not_take_them_away(eager):
    x = layers.Input((4,))
    h = layers.Dense(6, "tanh")(x)
    model = nnlab.Model(x, layers.Dense(2, "softmax")(h), seed=0)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=eager)
    loss = model.fit(X, Y, epochs=30, verbose=0, callbacks=At(lambda _: nnlab.Model(x, h).parameters)).history["loss"]
    assert model.evaluate(X, Y) == pytest.approx(loss[-1], rel=0.01)
    assert loss[-1] < loss[0] - 0.02


@pytest.mark.parametrize("eager", [True, False])
def test_stop_training_ends_it_as_in_keras(eager):
    model = small(eager)
    history = model.fit(X, Y, epochs=9, verbose=0, callbacks=At(lambda model: setattr(model, "stop_training", True)))
    assert history.epoch == [0]
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_a_stop_that_is_set_before_the_training_trains_nothing():
    stop = threading.Event()
    stop.set()
    model = small()
    assert model.fit(X, Y, verbose=0, stop=stop).epoch == []
    assert model.optimizer.iterations == 0


def test_progress_is_told_also_when_epochs_are_short():
    seen = []

    class Watch(Callback):
        def on_progress(self, epoch, done, logs):
            seen.append(epoch + done)

    small(dtype="float32").fit(X, Y, epochs=20_000, batch_size=10, verbose=0, callbacks=Watch())
    assert len(seen) >= 2
    assert seen == sorted(seen)


def test_callbacks_that_raise_leave_everything_in_order():
    handler = signal.getsignal(signal.SIGINT)
    ended = []

    class Ends(Callback):
        def on_train_end(self, logs=None):
            ended.append(logs)

    class Raises(Callback):
        def on_train_begin(self, logs=None):
            raise ZeroDivisionError

    model = small()
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, verbose=0, callbacks=[Ends(), Raises(), Ends()])
    assert len(ended) == 1
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, verbose=0, callbacks=[Ends(), At(lambda _: 1 / 0)])
    assert len(ended) == 2
    assert signal.getsignal(signal.SIGINT) is handler
    assert model.fit(X, Y, verbose=0).epoch == [0]


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

    def again(model):
        with pytest.raises(RuntimeError, match="being trained already"):
            model.fit(X, Y, verbose=0)

    model.fit(X, Y, verbose=0, callbacks=At(again))


def test_sparse_crossentropy_of_a_certain_right_answer_is_zero():
    loss = nnlab.losses.SparseCategoricalCrossentropy(from_logits=True)
    s = np.array([[3e38, -3e38]], np.float32)
    with np.errstate(over="ignore"):
        assert loss.per_sample(np.array([[0.0]], np.float32), s)[0] == 0


@pytest.mark.parametrize("epsilon", [1e-7, 1e-20])
def test_flushing_denormals_changes_no_update(epsilon):
    runs = []
    for eager in (True, False):
        model = make(
            [layers.Dense(1, use_bias=False)], eager, loss="mse", optimizer=optimizers.Adam(0.001, epsilon=epsilon)
        )
        model.fit(1e-18 * X, 0 * Y, epochs=8, batch_size=60, verbose=0)
        runs.append(model.parameters.copy())
    np.testing.assert_allclose(runs[0], runs[1], rtol=0, atol=1e-10)


@pytest.mark.parametrize("stack", STACKS)
def test_formulas_and_runner_agree_in_float32(stack):
    a, b = (make(STACKS[stack](), eager, dtype="float32") for eager in (True, False))
    for model in (a, b):
        model.fit(X, Y, batch_size=7, epochs=2, verbose=0)
    np.testing.assert_allclose(a.parameters, b.parameters, rtol=0, atol=2e-5)
