"""Sweeps: each cell has the bits that it has alone, whoever computes it, and errors say what to do."""

import functools
import multiprocessing
import os
import pickle
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import nnlab
from nnlab import activations, layers, optimizers
from nnlab.optimizers import schedules


def data(rows=50, kind="binary"):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2))
    y = {"binary": (x[:, 0] * x[:, 1] > 0) * 1.0, "real": x[:, :1] * x[:, 1:], "classes": rng.integers(0, 3, rows)}
    return x, y[kind]


def template(optimizer="sgd", loss="binary_crossentropy", last=None, stack=None, metrics=("accuracy",), **options):
    ends = {"binary_crossentropy": (1, "sigmoid"), "mse": (1, None), "sparse_categorical_crossentropy": (3, "softmax")}
    hidden = stack() if stack else [layers.Dense(4, activation="tanh")]
    units, activation = ends[loss]
    model = nnlab.Sequential([*hidden, layers.Dense(units, activation=last or activation)], seed=3, **options)
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def assert_replays(result, cells=None):
    """Train cells again one by one and compare all that was kept."""
    for number in cells if cells is not None else range(result.loss.size):
        place = np.unravel_index(number, result.shape)
        model = result.model(**result.cell(number))
        told = model.history
        assert (told.diverged or 0) == result.diverged[place]
        for name, values in told.history.items():
            curve = result.history[name][place]
            np.testing.assert_array_equal(curve[: len(values)], values)
            assert np.isnan(curve[len(values) :]).all()
            last = (result.loss if name == "loss" else result.metrics[name])[place]
            np.testing.assert_array_equal(last, values[-1])


@pytest.mark.parametrize(
    ("optimizer", "grid"),
    [
        (lambda: optimizers.SGD(), {"learning_rate": [0.1, 1.0], "momentum": [0.0, 0.9]}),
        (lambda: optimizers.SGD(momentum=0.5), {"nesterov": [True, False], "learning_rate": [0.3]}),
        (lambda: optimizers.Adam(clipnorm=0.1), {"beta_1": [0.0, 0.9], "clipnorm": [0.01, None]}),
        (lambda: optimizers.AdamW(), {"weight_decay": [0.0, 0.1], "learning_rate": [0.01]}),
        (lambda: optimizers.RMSprop(centered=True), {"rho": [0.5, 0.9]}),
        (lambda: optimizers.Adagrad(), {"initial_accumulator_value": [0.0, 0.1], "learning_rate": [0.1]}),
        (lambda: optimizers.SGD(schedules.ExponentialDecay(0.5, 10, 0.5)), {"momentum": [0.0, 0.9]}),
        (lambda: optimizers.SGD(schedules.ExponentialDecay(0.5, 10, 0.5)), {"learning_rate": [0.1, 0.2]}),
    ],
)
@pytest.mark.parametrize("batch_size", [7, 50])
def test_each_optimizer_has_the_bits_of_fit(optimizer, grid, batch_size):
    assert_replays(nnlab.sweep(template(optimizer()), grid, data(), epochs=6, batch_size=batch_size))


def test_a_grid_may_hold_schedules():
    grid = {"learning_rate": [0.1, schedules.CosineDecay(0.5, 30), schedules.ExponentialDecay(0.5, 10, 0.5)]}
    assert_replays(nnlab.sweep(template(), grid, data(), epochs=6, batch_size=7))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_networks_of_all_kinds_have_the_bits_of_fit(loss, dtype):
    kind = {"binary_crossentropy": "binary", "mse": "real"}.get(loss, "classes")
    metrics = ["mae"] if loss == "mse" else ["accuracy"]
    grid = {
        "activation": ["tanh", "relu", activations.LeakyReLU(0.1), "gelu"],
        "width": [2, 5], "depth": [0, 1, 3], "seed": [0, 1], "scale": [0.5, 2.0],
    }  # fmt: skip
    result = nnlab.sweep(
        template(loss=loss, metrics=metrics, dtype=dtype), grid, data(kind=kind), epochs=3, batch_size=16
    )
    assert result.loss.shape == (4, 2, 3, 2, 2)
    assert result.trained.all()
    assert_replays(result, range(0, result.loss.size, 5))


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [1, None, 1000])
def test_batches_and_orders_are_those_of_fit(shuffle, batch_size):
    grid = {"seed": [0, 5], "learning_rate": [0.1, 0.5]}
    assert_replays(nnlab.sweep(template(), grid, data(), epochs=4, batch_size=batch_size, shuffle=shuffle))


def test_orders_drawn_piece_by_piece_are_the_same(monkeypatch):
    from nnlab.sweeping import chunks

    grid = {"seed": [0, 5], "learning_rate": [0.1, 1e30]}
    whole = nnlab.sweep(template("adam"), grid, data(), epochs=7, batch_size=8)
    monkeypatch.setattr(chunks, "ORDERS_AHEAD", 150)
    pieces = nnlab.sweep(template("adam"), grid, data(), epochs=7, batch_size=8)
    np.testing.assert_array_equal(whole.history["loss"], pieces.history["loss"])
    np.testing.assert_array_equal(whole.diverged, pieces.diverged)


def test_a_cell_of_the_template_is_the_template():
    model = template("sgd")
    model.fit(*data(), epochs=2, verbose=0)
    before = model.get_weights()
    result = nnlab.sweep(model, {"learning_rate": [0.01, 0.2]}, data(), epochs=3)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
    optimizer = optimizers.SGD(0.2)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(*data(), epochs=3, verbose=0)
    np.testing.assert_array_equal(history.history["loss"], result.history["loss"][1])
    # What happens to the template afterwards does not change what the sweep replays.
    assert_replays(result)


def test_a_seed_gives_the_weights_of_the_real_model():
    grid = {"seed": [0, 7]}
    result = nnlab.sweep(template(), grid, data(), epochs=2)
    model = nnlab.Sequential([layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid")], seed=7)
    model.compile("sgd", "binary_crossentropy")
    np.testing.assert_array_equal(model.fit(*data(), epochs=2, verbose=0).history["loss"], result.history["loss"][1])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_bits_do_not_depend_on_the_number_of_threads(threads):
    grid = {"learning_rate": np.logspace(-2, 1, 12), "scale": [0.5, 1.0, 2.0], "seed": [0, 1]}
    alone = nnlab.sweep(template(), grid, data(), epochs=5, batch_size=20)
    with ThreadPoolExecutor(threads) as executor:
        result = nnlab.sweep(template(), grid, data(), epochs=5, batch_size=20, executor=executor)
    np.testing.assert_array_equal(result.history["loss"], alone.history["loss"])
    np.testing.assert_array_equal(result.history["accuracy"], alone.history["accuracy"])


def test_divergence_is_a_number():
    grid = {"learning_rate": [1e-3, 1e30], "scale": [1.0, 1e30]}
    result = nnlab.sweep(template(loss="mse", metrics=[]), grid, data(kind="real"), epochs=20)
    assert result.diverged[0, 0] == 0
    assert result.diverged[1, 0] > 0
    assert result.trained.all()
    assert result.best == {"learning_rate": 1e-3, "scale": 1.0}
    assert "diverged" in repr(result)
    assert_replays(result)


def test_no_best_where_all_diverged():
    result = nnlab.sweep(template(loss="mse", metrics=[]), {"scale": [1e30]}, data(kind="real"), epochs=20)
    with pytest.raises(ValueError, match="smaller learning rates"):
        _ = result.best
    assert "1 diverged" in repr(result)


def test_validation_is_measured_after_the_training():
    x, y = data(80)
    grid = {"learning_rate": [0.1, 1.0], "seed": [0, 1, 2]}
    result = nnlab.sweep(template(), grid, (x[:50], y[:50], (x[50:], y[50:])), epochs=8)
    assert list(result.metrics) == ["accuracy", "val_loss", "val_accuracy"]
    for number in range(6):
        expected = result.model(**result.cell(number)).evaluate(x[50:], y[50:])
        got = [result.metrics[name].reshape(-1)[number] for name in ("val_loss", "val_accuracy")]
        np.testing.assert_allclose(got, expected, rtol=1e-5)
    assert result.best == result.cell(int(result.metrics["val_loss"].argmin()))
    assert "best val_loss" in repr(result)


STACKS = {
    "dropout": lambda: [layers.Dense(4, activation="relu"), layers.Dropout(0.3)],
    "batch normalization": lambda: [layers.Dense(4, activation="relu"), layers.BatchNormalization()],
    "activation layer": lambda: [layers.Dense(4), layers.Activation("relu")],
}


@pytest.mark.parametrize("stack", STACKS)
def test_other_layers_are_trained_by_fit(stack):
    grid = {"learning_rate": [0.1, 0.5], "scale": [1.0, 2.0], "activation": ["tanh"], "depth": [1, 2], "width": [3]}
    result = nnlab.sweep(template(stack=STACKS[stack]), grid, data(), epochs=3)
    assert result.trained.all()
    assert_replays(result)


def test_depth_repeats_the_last_hidden_block():
    def stack():
        return [layers.Dense(4), layers.Activation("relu"), layers.Dense(5), layers.Dropout(0.5)]

    result = nnlab.sweep(template(stack=stack), {"depth": [0, 1, 2, 4], "activation": ["tanh"]}, data(), epochs=1)
    shapes = [
        [layer.describe() for layer in result.model(depth=depth, activation="tanh").layers] for depth in (0, 1, 4)
    ]
    assert shapes[0] == ["Dense(1)"]
    assert shapes[1] == ["Dense(4)", "Activation('tanh')", "Dense(1)"]
    assert shapes[2][:2] == ["Dense(4)", "Activation('tanh')"]
    assert shapes[2][2:] == ["Dense(5)", result.model(depth=1, activation="tanh") and shapes[2][3]] * 3 + ["Dense(1)"]


def build(units, rate=0.1, normalized=False):
    """A builder that other processes can import."""
    extra = [layers.BatchNormalization()] if normalized else []
    model = nnlab.Sequential(
        [layers.Input((2,)), layers.Dense(units, activation="relu"), *extra, layers.Dense(1)], seed=1
    )
    model.compile(optimizers.Adam(rate), "mse")
    return model


def failing(units):
    """A builder with a mistake in it."""
    if units == 3:
        raise ZeroDivisionError("three is too many")
    return build(units, normalized=True)


def killing(units):
    """A builder that ends the process in which it is called, unless that is the first."""
    if units == 4 and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return build(units, normalized=True)


@pytest.mark.parametrize("normalized", [[False], [True], [False, True]])
def test_a_builder_makes_any_network(normalized):
    grid = {"units": [1, 2, 5], "rate": [0.01, 0.1], "normalized": normalized}
    result = nnlab.sweep(build, grid, data(kind="real"), epochs=3)
    assert result.trained.all()
    assert_replays(result)


def test_errors_of_a_builder_are_raised_with_the_cell():
    with pytest.raises(ZeroDivisionError, match="three is too many") as caught:
        nnlab.sweep(failing, {"units": [1, 2, 3]}, data(kind="real"))
    assert "units=3" in caught.value.__notes__[0]


def test_progress_is_told():
    told = []
    grid = {"learning_rate": [0.1] * 5, "seed": range(4)}
    nnlab.sweep(template(), grid, data(), progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 20)
    assert told[-1] == (20, 20)
    assert told == sorted(told)

    class Bar:
        n, total = 0, None

        def update(self, count):
            self.n += count

    bar = Bar()
    nnlab.sweep(template(), grid, data(), progress=bar)
    assert (bar.n, bar.total) == (20, 20)


@pytest.mark.parametrize("executor", [None, "threads"])
def test_stopped_in_the_middle_it_returns_what_is_there(executor):
    stop = threading.Event()

    def halt(done, total):
        if done:
            stop.set()

    grid = {"learning_rate": np.linspace(0.01, 1, 200), "seed": range(20)}
    with ThreadPoolExecutor(1) as threads:
        begin = time.monotonic()
        result = nnlab.sweep(
            template(), grid, data(), epochs=2000, progress=halt, stop=stop,
            executor=threads if executor else None,
        )  # fmt: skip
        assert time.monotonic() - begin < 20
    assert 0 < np.count_nonzero(result.trained) < 4000
    np.testing.assert_array_equal(np.isnan(result.loss), ~result.trained)
    np.testing.assert_array_equal(np.isnan(result.history["loss"]).any(axis=-1), ~result.trained)
    assert "not trained, because it was stopped" in repr(result)
    assert_replays(result, np.flatnonzero(result.trained.reshape(-1))[:1])


def test_stopped_before_it_begins():
    stop = threading.Event()
    stop.set()
    result = nnlab.sweep(template(), {"seed": range(3)}, data(), epochs=100000, stop=stop)
    assert not result.trained.any()
    assert "3 not trained" in repr(result)


def processes(workers=2):
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def test_other_processes_give_the_same_bits():
    grid = {"learning_rate": [0.1, 0.5], "seed": [0, 1], "depth": [1, 2]}
    built = {"units": [2, 3], "normalized": [False, True]}
    with processes() as executor:
        result = nnlab.sweep(template(), grid, data(), epochs=4, executor=executor)
        other = nnlab.sweep(build, built, data(kind="real"), epochs=2, executor=executor)
        with pytest.raises(TypeError, match="with def at the top of a module"):
            nnlab.sweep(lambda units: build(units, normalized=True), {"units": [2]}, data(), executor=executor)
        with pytest.raises(ZeroDivisionError) as caught:
            nnlab.sweep(functools.partial(failing), {"units": [1, 2, 3]}, data(kind="real"), executor=executor)
        assert "units=3" in caught.value.__notes__[0]
    assert_replays(result)
    assert_replays(other)


def test_a_killed_worker_costs_a_retry():
    with processes(1) as executor, pytest.warns(UserWarning, match="were not done by the executor"):
        result = nnlab.sweep(killing, {"units": [2, 3, 4, 5]}, data(kind="real"), epochs=2, executor=executor)
    assert result.trained.all()
    assert_replays(result)


def test_an_executor_that_is_shut_down():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.warns(UserWarning, match="cannot schedule new futures"):
        result = nnlab.sweep(template(), {"seed": range(3)}, data(), executor=executor)
    assert result.trained.all()


class Unreliable(Executor):
    """Loses every other task, as a cluster may."""

    count = 0

    def submit(self, function, /, *arguments, **named):
        self.count += 1
        future = Future()
        if self.count % 2:
            future.set_exception(ConnectionError("worker gone"))
        else:
            future.set_result(pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments))))))
        return future


def test_what_an_executor_loses_is_done_here():
    grid = {"learning_rate": [0.1, 0.5], "seed": range(4)}
    with pytest.warns(UserWarning, match="ConnectionError: worker gone"):
        result = nnlab.sweep(template(), grid, data(), epochs=3, executor=Unreliable())
    assert_replays(result)


def test_dask():
    distributed = pytest.importorskip("distributed", reason="distributed (the extra dask) is not installed")
    import dask

    grid = {"learning_rate": [0.1, 0.5], "seed": [0, 1], "depth": [1, 2]}
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "spawn", "distributed.admin.tick.limit": "1m"}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        result = nnlab.sweep(template(), grid, data(), epochs=4, executor=client.get_executor())
        other = nnlab.sweep(
            build, {"units": [2, 3], "normalized": [True]}, data(kind="real"), executor=client.get_executor()
        )
    assert_replays(result)
    assert_replays(other)


def without_seed(units):
    model = nnlab.Sequential([layers.Input((2,)), layers.Dense(units), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def without_input(units):
    model = nnlab.Sequential([layers.Dense(units), layers.Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return model


def with_other_metrics(units):
    model = build(units)
    model.compile("sgd", "mse", metrics=["mae"] if units == 2 else [])
    return model


BAD = [
    ({"grid": {}}, ValueError, "the grid is empty"),
    ({"grid": [0.1]}, TypeError, "grid is a dict"),
    ({"grid": {"learning_rate": []}}, ValueError, r"grid\['learning_rate'\] is empty"),
    ({"grid": {"learning_rate": 0.1}}, TypeError, r"is a list of values, such as \[0.1\]"),
    ({"grid": {"learning_rate": "adam"}}, TypeError, "is a list of values"),
    ({"grid": {"learning_rate": [0.1, float("nan")]}}, ValueError, "holds nan, at position 1"),
    ({"grid": {"learning_rate": np.array([np.nan])}}, ValueError, "holds nan, at position 0"),
    ({"grid": {"learning_rate": np.ones((2, 2))}}, TypeError, "is a list of values"),
    ({"grid": {"learning_rate": ["0.1"]}}, TypeError, r"grid\['learning_rate'\]: learning_rate is a number"),
    ({"grid": {"learning_rate": [-1.0]}}, ValueError, r"grid\['learning_rate'\]: learning_rate has to be at least 0"),
    ({"grid": {"learning_rate": [float("inf")]}}, ValueError, "learning_rate has to be"),
    ({"grid": {"momentum": [1.5]}}, ValueError, "momentum has to be from 0 to below 1"),
    ({"grid": {"clipnorm": [0]}}, ValueError, "clipnorm has to be above 0"),
    ({"grid": {"beta_1": [0.5]}}, ValueError, "unknown name 'beta_1'.*settings of SGD: learning_rate, momentum"),
    ({"grid": {"lr": [0.5]}}, ValueError, "known are seed, scale, activation, width, depth"),
    ({"grid": {3: [0.5]}}, TypeError, "names of a grid are texts"),
    ({"grid": {"seed": [None]}}, ValueError, "seed is a whole number from 0 up"),
    ({"grid": {"seed": [-1]}}, ValueError, "seed is a whole number from 0 up"),
    ({"grid": {"seed": [0.5]}}, ValueError, "seed is a whole number from 0 up"),
    ({"grid": {"scale": ["2"]}}, TypeError, "scale is a number"),
    ({"grid": {"width": [0]}}, ValueError, "width has to be a whole number from 1 up"),
    ({"grid": {"width": [2.5]}}, ValueError, "width has to be a whole number"),
    ({"grid": {"depth": [-1]}}, ValueError, "depth is the number of hidden dense layers"),
    ({"grid": {"depth": [True]}}, ValueError, "depth is the number of hidden dense layers"),
    ({"grid": {"activation": ["rleu"]}}, ValueError, "did you mean 'relu'"),
    ({"data": data()[0]}, TypeError, r"data is a tuple \(x, y\)"),
    ({"data": ([], [])}, ValueError, "no samples"),
    ({"data": (3, 3)}, ValueError, "no samples"),
    ({"data": (np.zeros((3, 2)), np.zeros(4))}, ValueError, "each sample needs a target"),
    ({"data": (np.full((3, 2), np.nan), np.zeros(3))}, ValueError, "finite numbers"),
    ({"data": (*data(), data()[0])}, TypeError, "validation data"),
    ({"data": (*data(), (np.zeros((3, 5)), np.zeros(3)))}, ValueError, "expected inputs of shape"),
    ({"epochs": 0}, ValueError, "epochs has to be a whole number"),
    ({"batch_size": 0}, ValueError, "batch_size has to be a whole number"),
    ({"shuffle": "yes"}, ValueError, "shuffle is True or False"),
    ({"progress": 3}, TypeError, "progress is a function"),
    ({"executor": 2}, TypeError, "concurrent.futures.Executor, got 2"),
    ({"model": 3}, TypeError, "a compiled Sequential, or a function"),
    ({"model": nnlab.Sequential}, TypeError, "a compiled Sequential, or a function"),
    ({"model": nnlab.Sequential([layers.Dense(1)])}, RuntimeError, "is not compiled"),
    ({"model": build}, TypeError, "build is called with the names of the grid, seed; it takes units, rate"),
    ({"model": without_seed, "grid": {"units": [1]}}, ValueError, "give the model a seed"),
    ({"model": without_input, "grid": {"units": [1]}}, ValueError, r"begin it with Input\(shape\)"),
    ({"model": with_other_metrics, "grid": {"units": [1, 2]}}, ValueError, "need the same metrics"),
    ({"model": lambda seed: None}, TypeError, "a builder returns a compiled model, got None"),
]


@pytest.mark.parametrize(("change", "kind", "text"), BAD)
def test_bad_input(change, kind, text):
    given = {"model": template(), "grid": {"seed": [0]}, "data": data()} | change
    with pytest.raises(kind, match=text):
        nnlab.sweep(**given)


def test_no_hidden_layer_to_vary():
    model = nnlab.Sequential([layers.Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="no hidden dense layer whose width could change"):
        nnlab.sweep(model, {"width": [3]}, data())


def test_asking_for_cells_that_are_not_there():
    result = nnlab.sweep(template(), {"learning_rate": [0.1, 0.2], "seed": [0]}, data())
    assert result.cell(1) == result.cell((1, 0)) == result.cell(np.int64(1)) == {"learning_rate": 0.2, "seed": 0}
    for index in (2, (0, 1), (0,), (0, 0, 0), "a", "ab", None, (5, 0)):
        with pytest.raises(IndexError, match="no cell"):
            result.cell(index)
    with pytest.raises(ValueError, match="not in the grid"):
        result.model(learning_rate=0.3, seed=0)
    with pytest.raises(ValueError, match="a value for each of learning_rate, seed; got nothing"):
        result.model()
