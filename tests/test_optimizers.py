"""Optimizers: each against a loop over single numbers, clipping, settings, and what a learner is told."""

import copy
import pickle
from math import sqrt

import numpy as np
import pytest

from nnlab import optimizers
from nnlab.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

W = np.array([1.0, -2.0, 0.5])
GRADIENTS = np.random.default_rng(0).normal(size=(6, 3))


def sgd(w, gradients, lr=0.01, momentum=0.0, nesterov=False):
    v = 0.0
    for g in gradients:
        v = momentum * v - lr * g
        w += momentum * v - lr * g if nesterov else v
    return w


def rmsprop(w, gradients, lr=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v = a = m = 0.0
    for g in gradients:
        v, a = rho * v + (1 - rho) * g * g, rho * a + (1 - rho) * g
        m = momentum * m + lr * g / sqrt(v - (a * a if centered else 0) + epsilon)
        w -= m
    return w


def adagrad(w, gradients, lr=0.001, start=0.1, epsilon=1e-7):
    s = start
    for g in gradients:
        s += g * g
        w -= lr * g / sqrt(s + epsilon)
    return w


def adam(w, gradients, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, decay=0.0):
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        w -= lr * decay * w
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g * g
        w -= lr * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)
    return w


CASES = [
    (lambda **o: SGD(**o), lambda w, g: sgd(w, g)),
    (lambda **o: SGD(0.1, 0.9, **o), lambda w, g: sgd(w, g, 0.1, 0.9)),
    (lambda **o: SGD(0.1, 0.9, True, **o), lambda w, g: sgd(w, g, 0.1, 0.9, True)),
    (lambda **o: RMSprop(**o), lambda w, g: rmsprop(w, g)),
    (lambda **o: RMSprop(0.1, 0.8, epsilon=0.5, **o), lambda w, g: rmsprop(w, g, 0.1, 0.8, epsilon=0.5)),
    (lambda **o: RMSprop(0.1, 0.8, 0.7, 0.01, **o), lambda w, g: rmsprop(w, g, 0.1, 0.8, 0.7, 0.01)),
    (lambda **o: RMSprop(0.1, 0.8, 0.0, 0.01, True, **o), lambda w, g: rmsprop(w, g, 0.1, 0.8, 0.0, 0.01, True)),
    (lambda **o: RMSprop(0.1, 0.8, 0.7, 0.01, True, **o), lambda w, g: rmsprop(w, g, 0.1, 0.8, 0.7, 0.01, True)),
    (lambda **o: Adagrad(**o), lambda w, g: adagrad(w, g)),
    (lambda **o: Adagrad(0.5, 0.0, 0.25, **o), lambda w, g: adagrad(w, g, 0.5, 0.0, 0.25)),
    (lambda **o: Adam(**o), lambda w, g: adam(w, g)),
    (lambda **o: Adam(0.1, 0.8, 0.95, 0.01, **o), lambda w, g: adam(w, g, 0.1, 0.8, 0.95, 0.01)),
    (lambda **o: AdamW(**o), lambda w, g: adam(w, g, decay=0.004)),
    (lambda **o: AdamW(0.1, 0.3, 0.8, 0.95, 0.01, **o), lambda w, g: adam(w, g, 0.1, 0.8, 0.95, 0.01, 0.3)),
]
KINDS = [SGD, RMSprop, Adagrad, Adam, AdamW]


def run(optimizer, gradients=GRADIENTS, starts=(0,), dtype="float64"):
    w = W.astype(dtype)
    optimizer.build(w.size, w.dtype, starts)
    for g in gradients.astype(dtype):
        optimizer.update(w, g)
    return w


@pytest.mark.parametrize(("make", "loop"), CASES)
def test_six_steps_as_a_loop_over_single_numbers(make, loop):
    optimizer = make()
    expected = [loop(w, g) for w, g in zip(W, GRADIENTS.T, strict=True)]
    np.testing.assert_allclose(run(optimizer), expected, rtol=0, atol=1e-14)
    assert optimizer.iterations == 6
    assert optimizer.slots.shape == (optimizer.n_slots, 3)


@pytest.mark.parametrize(("make", "loop"), CASES)
def test_clipvalue(make, loop):
    expected = [loop(w, g) for w, g in zip(W, np.clip(GRADIENTS, -0.3, 0.3).T, strict=True)]
    np.testing.assert_allclose(run(make(clipvalue=0.3)), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("make", "loop"), CASES)
def test_clipnorm_clips_each_parameter_array_by_itself(make, loop):
    clipped = np.array([[*shorten([a, b], 0.5), *shorten([c], 0.5)] for a, b, c in GRADIENTS])
    expected = [loop(w, g) for w, g in zip(W, clipped.T, strict=True)]
    np.testing.assert_allclose(run(make(clipnorm=0.5), starts=(0, 2)), expected, rtol=0, atol=1e-14)


def shorten(gradient, limit):
    norm = sqrt(sum(g * g for g in gradient))
    return [g * limit / norm if norm > limit else g for g in gradient]


def test_clipping_keeps_what_is_short_enough_and_the_callers_gradient():
    optimizer = SGD(clipnorm=1.0)
    optimizer.build(5, np.dtype("float64"), starts=[0, 2, 4])
    gradient = np.array([0.3, 0.4, 3.0, 4.0, 0.0])
    before = gradient.copy()
    np.testing.assert_allclose(optimizer.clip(gradient), [0.3, 0.4, 0.6, 0.8, 0.0], rtol=1e-15)
    np.testing.assert_array_equal(optimizer.clip(gradient)[:2], gradient[:2])
    for kind in ({"clipnorm": 0.1}, {"clipvalue": 0.1}, {}):
        clipping = SGD(**kind)
        clipping.build(5, np.dtype("float64"))
        clipping.update(np.ones(5), gradient)
        np.testing.assert_array_equal(gradient, before)


def test_clipping_keeps_nan():
    gradient = np.array([np.nan, 7.0, 3.0, 4.0])
    optimizer = SGD(clipnorm=1.0)
    optimizer.build(4, np.dtype("float64"), starts=(0, 2))
    np.testing.assert_allclose(optimizer.clip(gradient), [np.nan, np.nan, 0.6, 0.8])  # the norm is NaN, as in Keras
    optimizer = SGD(clipvalue=1.0)
    optimizer.build(4, np.dtype("float64"))
    np.testing.assert_array_equal(optimizer.clip(gradient), [np.nan, 1, 1, 1])


def test_clipnorm_tames_a_gradient_whose_square_overflows():
    optimizer = SGD(clipnorm=1.0)
    optimizer.build(2, np.dtype("float32"))
    with np.errstate(all="raise"):
        clipped = optimizer.clip(np.array([3e30, 4e30], np.float32))
    np.testing.assert_allclose(clipped, [0.6, 0.8], rtol=1e-6)
    assert clipped.dtype == np.float32


@pytest.mark.parametrize("clipping", [{}, {"clipnorm": 0.5}, {"clipvalue": 0.3}])
@pytest.mark.parametrize(("make", "loop"), CASES)
def test_float32_stays_float32(make, loop, clipping):
    optimizer = make(**clipping)
    w = run(optimizer, dtype="float32", starts=(0, 2))
    assert w.dtype == optimizer.slots.dtype == np.float32
    np.testing.assert_allclose(w, run(make(**clipping), starts=(0, 2)), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_nan_in_the_gradient_reaches_its_parameter_only(kind):
    gradients = np.array([[np.nan, 1.0, 1.0]])
    np.testing.assert_array_equal(np.isnan(run(kind(), gradients)), [True, False, False])


@pytest.mark.parametrize("kind", KINDS)
def test_a_learning_rate_of_zero_changes_nothing(kind):
    np.testing.assert_array_equal(run(kind(0.0)), W)


def test_centered_rmsprop_survives_equal_gradients_in_float32():
    w = run(RMSprop(centered=True, epsilon=1e-12), np.full((400, 3), 777.0), dtype="float32")
    assert np.isfinite(w).all()  # the variance is 0, and rounding made it negative


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.02),
        SGD(0.01, 0.9),
        SGD(0.01, 0.9, nesterov=True),
        SGD(0.02, clipnorm=5.0),
        SGD(0.02, clipvalue=2.0),
        RMSprop(0.001),
        RMSprop(0.001, centered=True, epsilon=1e-3),
        Adagrad(0.5),
        Adam(0.05),
        AdamW(0.05, weight_decay=0.0),
    ],
)
def test_a_quadratic_valley_is_descended(optimizer):
    curvature, bottom = np.array([1.0, 10.0, 30.0]), np.array([1.0, -1.0, 0.5])
    w = np.zeros(3)
    optimizer.build(3, w.dtype)
    for _ in range(3000):
        optimizer.update(w, curvature * (w - bottom))
    np.testing.assert_allclose(w, bottom, atol=5e-3)


def test_weight_decay_shrinks_weights_without_gradient():
    w = run(AdamW(0.1, weight_decay=0.5), np.zeros((10, 3)))
    np.testing.assert_allclose(w, W * 0.95**10, rtol=1e-14)


def test_slots_begin_as_they_should_and_are_made_once():
    optimizer = Adagrad(initial_accumulator_value=0.25)
    optimizer.build(3, np.dtype("float32"), starts=(0, 2))
    np.testing.assert_array_equal(optimizer.slots, np.full((1, 3), 0.25, np.float32))
    assert optimizer.starts.dtype == np.int64
    assert optimizer.starts.tolist() == [0, 2]
    optimizer.update(np.zeros(3, np.float32), np.ones(3, np.float32))
    kept = optimizer.slots.copy()
    optimizer.build(3, np.dtype("float32"), starts=(0, 2))
    np.testing.assert_array_equal(optimizer.slots, kept)
    assert [kind.n_slots for kind in KINDS] == [1, 3, 1, 2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_goes_on_as_the_original(kind):
    optimizer = kind(clipnorm=0.5)
    run(optimizer)
    copies = [pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)]
    results = [run(one) for one in (optimizer, *copies)]
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_an_optimizer_of_the_learners_own_defines_step_only():
    class Halver(Optimizer):
        n_slots = 1

        def step(self, parameters, gradient):
            self.slots[0] += 1
            parameters -= self.learning_rate / self.iterations * gradient

    optimizer = Halver(1.0, clipvalue=0.5)
    w = run(optimizer, np.full((2, 3), 9.0))
    np.testing.assert_allclose(w, W - 0.5 - 0.25)
    assert (optimizer.slots == 2).all()


@pytest.mark.parametrize(
    ("name", "kind"), [("sgd", SGD), ("rmsprop", RMSprop), ("RMSprop", RMSprop), ("adagrad", Adagrad), ("AdamW", AdamW)]
)
def test_names(name, kind):
    assert type(optimizers.get(name)) is kind
    assert optimizers.get(name) is not optimizers.get(name)


def test_settings_are_kept_under_their_names():
    optimizer = RMSprop(0.1, 0.8, 0.7, 0.01, True, clipvalue=2)
    kept = {name: getattr(optimizer, name) for name in ("learning_rate", "rho", "momentum", "epsilon", "centered")}
    assert kept == {"learning_rate": 0.1, "rho": 0.8, "momentum": 0.7, "epsilon": 0.01, "centered": True}
    assert (optimizer.clipnorm, optimizer.clipvalue) == (None, 2.0)
    optimizer.learning_rate = np.float32(0.5)
    assert type(optimizer.learning_rate) is float
    assert AdamW().weight_decay == 0.004
    assert Adagrad().initial_accumulator_value == 0.1


def set_rate(value):
    SGD().learning_rate = value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(-0.1), "learning_rate has to be at least 0 and finite, got -0.1"),
        (lambda: SGD(np.inf), "learning_rate has to be at least 0 and finite, got inf"),
        (lambda: Adam(np.nan), "learning_rate has to be at least 0 and finite, got nan"),
        (lambda: Adam("0.1"), r"learning_rate is a number \(at least 0 and finite\), got '0.1'"),
        (lambda: Adam(None), "learning_rate is a number"),
        (lambda: Adam(1j), "learning_rate is a number"),
        (lambda: Adam(True), "learning_rate is a number"),
        (lambda: Adam(np.array([0.1])), "learning_rate is a number"),
        (lambda: set_rate(-1), "learning_rate has to be at least 0"),
        (lambda: SGD(momentum=1), "momentum has to be from 0 to below 1, got 1"),
        (lambda: SGD(momentum=-0.1), "momentum has to be from 0 to below 1, got -0.1"),
        (lambda: SGD(momentum="0.9"), r"momentum is a number \(from 0 to below 1\)"),
        (lambda: RMSprop(rho=1.0), "rho has to be from 0 to below 1"),
        (lambda: RMSprop(momentum=2), "momentum has to be from 0 to below 1"),
        (lambda: RMSprop(epsilon=-1e-7), "epsilon has to be at least 0 and finite, got -1e-07"),
        (lambda: Adagrad(initial_accumulator_value=-0.1), "initial_accumulator_value has to be at least 0"),
        (lambda: Adagrad(epsilon=np.inf), "epsilon has to be at least 0 and finite"),
        (lambda: Adam(beta_1=1.0), "beta_1 has to be from 0 to below 1"),
        (lambda: AdamW(beta_2=-1), "beta_2 has to be from 0 to below 1"),
        (lambda: AdamW(weight_decay=-0.1), "weight_decay has to be at least 0"),
        (lambda: AdamW(weight_decay=None), "weight_decay is a number"),
        (lambda: SGD(clipnorm=0), "clipnorm has to be above 0 and finite, got 0"),
        (lambda: Adam(clipnorm=-1), "clipnorm has to be above 0"),
        (lambda: RMSprop(clipnorm=np.nan), "clipnorm has to be above 0"),
        (lambda: Adagrad(clipvalue=0.0), "clipvalue has to be above 0"),
        (lambda: AdamW(clipvalue="1"), r"clipvalue is a number \(above 0 and finite\), got '1'"),
        (lambda: SGD(clipnorm=1, clipvalue=2), "clipnorm or clipvalue, not both, got clipnorm=1 and clipvalue=2"),
        (lambda: SGD(0.1, 0.9, True, 1.0), "positional argument"),
        (lambda: optimizers.get("rmspro"), "did you mean 'rmsprop'"),
        (lambda: optimizers.get("adam_w2"), "unknown optimizer 'adam_w2'"),
        (lambda: optimizers.get(AdamW), r"write AdamW\(\), with brackets"),
        (lambda: optimizers.get(0.1), "an optimizer is a name such as 'adam'"),
        (lambda: SGD().update(np.ones(2), np.ones(2)), r"call build\(w.size, w.dtype\) first"),
        (lambda: Optimizer(0.1).step(np.ones(2), np.ones(2)), r"define step\(parameters, gradient\)"),
        (lambda: [o := Adam(), run(o), o.build(4, np.dtype("float64"))], "an optimizer of its own"),
        (lambda: [o := Adam(), run(o), o.build(3, np.dtype("float32"))], "an optimizer of its own"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError, RuntimeError, NotImplementedError), match=message):
        make()
