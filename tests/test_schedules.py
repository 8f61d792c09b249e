"""Schedules: the numbers of Keras and PyTorch, in formulas and runner with the same bits, saved, and bad arguments."""

import copy
import pathlib
import re

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers
from nnlab.optimizers import SGD, schedules
from tests.golden import schedule_cases

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "schedules.npz")
X = np.random.default_rng(0).normal(size=(50, 3))
Y = (X.sum(axis=1, keepdims=True) > 0).astype(float)


def made(case):
    name, arguments, settings = schedule_cases.CASES[case]
    return getattr(schedules, name)(*arguments, **settings)


OTHERS = {
    "constant": schedules.Constant(0.1),
    "warm-up": schedules.WarmUp(schedules.CosineDecay(0.1, 100), 20),
    "warm-up to a number": schedules.WarmUp(0.1, 20, initial_learning_rate=0.2),
}
ALL = {case: made(case) for case in schedule_cases.CASES} | OTHERS


class Stairs(schedules.LearningRateSchedule):
    def __init__(self, rate=0.1):
        self.rate = rate

    def __call__(self, step):
        return self.rate if step < 20 else self.rate / 2


@pytest.mark.parametrize("case", schedule_cases.CASES)
def test_the_numbers_of_keras_and_pytorch(case):
    expected = GOLDEN[case]
    steps = np.arange(len(expected))
    np.testing.assert_allclose(made(case)(steps), expected, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose([made(case)(int(step)) for step in steps[:40]], expected[:40], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("case", ALL)
def test_one_by_one_and_together_give_the_same_bits(case):
    schedule, steps = ALL[case], np.arange(2000)
    together = schedule(steps)
    assert [schedule(step) for step in range(2000)] == together.tolist()
    assert schedule.rates(steps[501:1507]).tolist() == together[501:1507].tolist()
    assert isinstance(schedule(3), float)


@pytest.mark.parametrize("t_mul", [1.1, 2.0, 3.0, 5.0, 7.0, 10.0])
def test_restarts_come_exactly_when_a_fall_is_over(t_mul):
    schedule = schedules.CosineDecayRestarts(1.0, 1, t_mul)
    starts = np.cumsum([0, *t_mul ** np.arange(8)])
    np.testing.assert_allclose(schedule(starts + 1e-9), 1, atol=1e-9)
    assert (schedule(starts[1:] - 1e-9) < 1e-9).all()


def test_warm_up_rises_to_where_the_other_begins_and_follows_it():
    inner = schedules.ExponentialDecay(0.2, 10, 0.5)
    rates = schedules.WarmUp(inner, 4, initial_learning_rate=0.1)(np.arange(30))
    np.testing.assert_allclose(rates[:5], [0.1, 0.125, 0.15, 0.175, 0.2])
    np.testing.assert_array_equal(rates[4:], inner(np.arange(26)))
    np.testing.assert_array_equal(schedules.WarmUp(inner, 0)(np.arange(9)), inner(np.arange(9)))
    assert schedules.WarmUp(Stairs(), 10)(np.array([0, 5, 29, 30])).tolist() == [0.0, 0.05, 0.1, 0.05]


def test_one_cycle_stays_where_it_ended():
    cycle = schedules.OneCycle(1.0, 20)
    assert cycle(1000) == cycle(19) == pytest.approx(1 / 25 / 1e4)


def test_the_present_value_is_that_of_the_next_step_as_in_keras():
    optimizer = SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.1, 0.01]))
    w = np.zeros(1)
    optimizer.build(1, w.dtype)
    seen = []
    for _ in range(3):
        seen.append(optimizer.learning_rate)
        optimizer.update(w, np.array([-1.0]))
    assert seen == [1.0, 0.1, 0.01]
    assert w == [1.11]


def test_an_optimizer_of_ones_own_sees_the_rate_of_its_step():
    class Plain(optimizers.Optimizer):
        def step(self, parameters, gradient):
            seen.append((self.iterations, self.learning_rate))

    seen = []
    optimizer = Plain(schedules.InverseTimeDecay(1.0, 1, 1.0))
    optimizer.build(1, np.dtype(float))
    for _ in range(3):
        optimizer.update(np.zeros(1), np.zeros(1))
    assert seen == [(1, 1.0), (2, 0.5), (3, 1 / 3)]


def test_a_number_replaces_the_schedule_and_a_schedule_the_number():
    optimizer = SGD(schedules.Constant(0.5))
    assert optimizer.learning_rate == 0.5
    optimizer.learning_rate = 0.25
    assert optimizer.schedule is None
    assert optimizer.learning_rate == 0.25
    optimizer.learning_rate = Stairs()
    assert optimizer.learning_rate == 0.1
    assert copy.deepcopy(optimizer).learning_rate == 0.1


def train(schedule, kind, eager, dtype="float64", epochs=9, parts=1, callbacks=None):
    stack = [layers.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")]
    model = nnlab.Sequential(stack, seed=1, dtype=dtype)
    model.compile(kind(schedule), "binary_crossentropy", run_eagerly=eager)
    assert bool(model.why_formulas()) == eager
    for part in range(parts):
        model.fit(X, Y, 8, epochs=epochs * (part + 1), initial_epoch=epochs * part, verbose=0, callbacks=callbacks)
    return model


@pytest.mark.parametrize("kind", [SGD, optimizers.Adam, optimizers.AdamW, optimizers.RMSprop, optimizers.Adagrad])
@pytest.mark.parametrize("schedule", [*ALL.values(), Stairs()], ids=[*ALL, "own"])
def test_runner_and_formulas_agree(kind, schedule):
    runs = [train(schedule, kind, eager) for eager in (True, False)]
    np.testing.assert_allclose(runs[0].parameters, runs[1].parameters, rtol=0, atol=1e-10)
    assert runs[0].optimizer.iterations == runs[1].optimizer.iterations == 63
    assert runs[0].optimizer.learning_rate == runs[1].optimizer.learning_rate == schedule(63)


@pytest.mark.parametrize("eager", [True, False])
def test_a_schedule_gives_the_bits_of_the_same_numbers_set_by_hand(eager):
    rates = iter(made("longer restarts")(np.arange(0, 9)).tolist())

    def by_hand(epoch, logs):
        model.optimizer.learning_rate = next(rates)

    callback = nnlab.callbacks.LambdaCallback(on_epoch_begin=by_hand)
    model = nnlab.Sequential([layers.Input((3,)), layers.Dense(1, "sigmoid")], seed=1, dtype="float64")
    model.compile("adam", "binary_crossentropy", run_eagerly=eager)
    start = model.get_weights()
    model.fit(X, Y, 50, epochs=9, verbose=0, callbacks=callback, shuffle=False)
    by_numbers = model.get_weights()
    model.compile(optimizers.Adam(made("longer restarts")), "binary_crossentropy", run_eagerly=eager)
    model.set_weights(start)
    model.fit(X, Y, 50, epochs=9, verbose=0, shuffle=False)
    assert all((a == b).all() for a, b in zip(by_numbers, model.get_weights(), strict=True))


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("schedule", [made("restarts"), Stairs()])
def test_epochs_one_by_one_in_parts_and_together_give_the_same_bits(schedule, eager):
    told = nnlab.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    runs = [
        train(schedule, SGD, eager, "float32", 12),
        train(schedule, SGD, eager, "float32", 4, parts=3),
        train(schedule, SGD, eager, "float32", 12, callbacks=told),
    ]
    assert len({run.parameters.tobytes() for run in runs}) == 1


@pytest.mark.parametrize("schedule", [*ALL.values(), Stairs(0.3)], ids=[*ALL, "own"])
def test_a_model_file_keeps_the_schedule_and_the_step(tmp_path, schedule):
    model = train(schedule, optimizers.Adam, False)
    model.save(tmp_path / "m.nnlab")
    loaded = nnlab.load_model(tmp_path / "m.nnlab", custom_objects={"Stairs": Stairs})
    assert type(loaded.optimizer.schedule) is type(schedule)
    steps = range(60, 90)
    assert [loaded.optimizer.schedule(s) for s in steps] == [schedule(s) for s in steps]
    for one in (model, loaded):
        one.fit(X, Y, 8, epochs=2, verbose=0)
    assert model.parameters.tobytes() == loaded.parameters.tobytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.ExponentialDecay(-0.1, 10, 0.5), "initial_learning_rate has to be at least 0"),
        (lambda: schedules.ExponentialDecay("0.1", 10, 0.5), "initial_learning_rate is a number"),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps has to be above 0"),
        (lambda: schedules.ExponentialDecay(0.1, 10, -1), "decay_rate has to be at least 0"),
        (lambda: schedules.InverseTimeDecay(float("nan"), 10, 1), "initial_learning_rate has to be at least 0"),
        (lambda: schedules.InverseTimeDecay(0.1, -5, 1), "decay_steps has to be above 0"),
        (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "got 2 boundaries and 2 values"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3]), "boundaries rise"),
        (lambda: schedules.PiecewiseConstantDecay([1, 1], [0.1, 0.2, 0.3]), "boundaries rise"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1, -0.2]), "a value has to be at least 0"),
        (lambda: schedules.PiecewiseConstantDecay(["1"], [0.1, 0.2]), "a boundary is a number"),
        (lambda: schedules.PolynomialDecay(0.1, 0), "decay_steps has to be above 0"),
        (lambda: schedules.PolynomialDecay(0.1, 10, power=-1), "power has to be at least 0"),
        (lambda: schedules.PolynomialDecay(0.1, 10, end_learning_rate=-1), "end_learning_rate"),
        (lambda: schedules.CosineDecay(0.1, 0), "decay_steps"),
        (lambda: schedules.CosineDecay(0.1, 10, warmup_steps=5), "needs a warmup_target"),
        (lambda: schedules.CosineDecay(0.1, 10, warmup_target=-1), "warmup_target"),
        (lambda: schedules.CosineDecay(0.1, 10, alpha=None), "alpha is a number"),
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "first_decay_steps"),
        (lambda: schedules.CosineDecayRestarts(0.1, 10, 0.5), "t_mul has to be at least 1"),
        (lambda: schedules.WarmUp("cosine", 5), "learning_rate is a number"),
        (lambda: schedules.WarmUp(0.1, -5), "warmup_steps has to be at least 0"),
        (lambda: schedules.OneCycle(0.1, 1), "total_steps has to be at least 2"),
        (lambda: schedules.OneCycle(0.1, 10, pct_start=1.0), "pct_start has to be from 0 to below 1"),
        (lambda: schedules.OneCycle(0.1, 10, div_factor=0), "div_factor has to be above 0"),
        (lambda: schedules.Constant(-1), "learning_rate has to be at least 0"),
        (lambda: schedules.Constant(0.1)("a"), "a step is a whole number"),
        (lambda: schedules.Constant(0.1)(None), "a step is a whole number"),
        (lambda: schedules.LearningRateSchedule()(0), "has to define __call__"),
        (lambda: SGD(schedules.CosineDecay), "write CosineDecay(...)"),
        (lambda: SGD(lambda step: 0.1), "learning_rate is a number"),
        (lambda: SGD(Stairs(-1.0)).learning_rate, "the learning rate that Stairs returns has to be at least 0"),
        (lambda: SGD(Stairs(np.inf)).learning_rate, "the learning rate that Stairs returns has to be at least 0"),
        (lambda: SGD(Stairs(np.ones(2))).learning_rate, "the learning rate that Stairs returns is a number"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((TypeError, ValueError, NotImplementedError), match=re.escape(message)):
        make()
