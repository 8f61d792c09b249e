"""Losses for regression, weights of samples, and what a learner is told when they do not fit."""

import numpy as np
import pytest

from nnlab import losses

Y = np.array([[0.0, 1.0, -2.0], [3.0, 0.5, 0.0]])
P = np.array([[0.4, 3.0, -2.1], [-1.0, 0.2, 7.0]])  # errors on both sides of each delta below, none on it
HAND = {
    "mse": lambda e, delta: e * e,
    "mae": lambda e, delta: abs(e),
    "huber": lambda e, delta: e * e / 2 if abs(e) <= delta else delta * abs(e) - delta * delta / 2,
}
LOSSES = [
    losses.MeanSquaredError(),
    losses.MeanAbsoluteError(),
    losses.Huber(),
    losses.Huber(0.25),
    losses.Huber(delta=3.5),
]


def numerical_gradient(loss, y, p, step=6e-6):
    gradient = np.zeros_like(p)
    for index in np.ndindex(p.shape):
        change = np.zeros_like(p)
        change[index] = step
        gradient[index] = (loss(y, p + change) - loss(y, p - change)) / (2 * step)
    return gradient


@pytest.mark.parametrize("loss", LOSSES)
def test_value_by_hand_and_gradient_by_differences(loss):
    rows = [
        [HAND[loss.name](p - y, getattr(loss, "delta", 1.0)) for y, p in zip(*pair, strict=True)]
        for pair in zip(Y, P, strict=True)
    ]
    np.testing.assert_allclose(loss.per_sample(Y, P), np.mean(rows, axis=1), rtol=1e-14)
    assert loss(Y, P) == pytest.approx(np.mean(rows), rel=1e-14)
    np.testing.assert_allclose(loss.gradient(Y, P), numerical_gradient(loss, Y, P), atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_extremes_and_nan(loss, dtype):
    y, p = Y.astype(dtype), P.astype(dtype)
    assert loss.per_sample(y, p).dtype == dtype
    assert loss.gradient(y, p).dtype == dtype
    assert not loss.gradient(y, y).any()
    with np.errstate(all="raise"):
        assert np.isfinite(loss.per_sample(y, 1e4 * p)).all()
    p[0, 1] = np.nan
    assert np.isnan(loss(y, p))
    np.testing.assert_array_equal(np.isnan(loss.gradient(y, p)), np.isnan(p))


@pytest.mark.parametrize("loss", [losses.MeanAbsoluteError(), losses.Huber()])
def test_a_huge_error_is_not_squared(loss):
    p = np.array([[1e30]], np.float32)
    with np.errstate(all="raise"):
        assert loss(np.zeros((1, 1)), p) == pytest.approx(1e30)


def test_huber_lies_between_its_two_forms():
    assert losses.Huber(1e6)(Y, P) == pytest.approx(losses.MeanSquaredError()(Y, P) / 2)
    assert losses.Huber(1e-6)(Y, P) == pytest.approx(1e-6 * losses.MeanAbsoluteError()(Y, P), rel=1e-5)
    edge = np.array([[1.0, -1.0]])
    np.testing.assert_array_equal(losses.Huber().per_sample(0 * edge, edge), [0.5])
    np.testing.assert_array_equal(losses.Huber().gradient(0 * edge, edge), edge / 2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mae", losses.MeanAbsoluteError),
        ("mean_absolute_error", losses.MeanAbsoluteError),
        ("MeanAbsoluteError", losses.MeanAbsoluteError),
        ("mse", losses.MeanSquaredError),
        ("huber", losses.Huber),
        ("Huber", losses.Huber),
    ],
)
def test_names(name, kind):
    assert type(losses.get(name)) is kind


WEIGHTED = [
    *((loss, Y, P) for loss in LOSSES),
    (losses.BinaryCrossentropy(), [[1, 0, 1], [0, 0, 1]], [[0.2, 0.4, 0.9], [0.5, 0.3, 0.6]]),
    (losses.CategoricalCrossentropy(), [[1, 0, 0], [0, 0, 1]], [[0.2, 0.4, 0.4], [0.5, 0.3, 0.2]]),
    (losses.SparseCategoricalCrossentropy(), [0, 2], [[0.2, 0.4, 0.4], [0.5, 0.3, 0.2]]),
    (losses.SparseCategoricalCrossentropy(from_logits=True), [0, 2], P),
]


@pytest.mark.parametrize(("loss", "y", "p"), WEIGHTED)
def test_weighted_losses_are_summed_and_divided_by_the_number_of_samples(loss, y, p):
    single = [loss(y[k : k + 1], p[k : k + 1]) for k in range(2)]
    expected = (0.5 * single[0] + 3 * single[1]) / 2
    for weights in ([0.5, 3], np.array([0.5, 3.0]), np.array([[0.5], [3.0]]), np.float32([0.5, 3])):
        assert loss(y, p, weights) == pytest.approx(expected, rel=1e-12)
    assert loss(y, p, sample_weight=[1, 1]) == pytest.approx(loss(y, p), rel=1e-15)
    assert loss(y, p, sample_weight=[True, False]) == pytest.approx(single[0] / 2, rel=1e-12)
    assert loss(y, p, sample_weight=[0, 0]) == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.Huber(0), "delta has to be above 0 and finite, got 0"),
        (lambda: losses.Huber(-1.5), "delta has to be above 0 and finite, got -1.5"),
        (lambda: losses.Huber(np.nan), "delta has to be above 0"),
        (lambda: losses.Huber(np.inf), "delta has to be above 0 and finite"),
        (lambda: losses.Huber("1"), r"delta is a number \(above 0 and finite\), got '1'"),
        (lambda: losses.Huber(None), "delta is a number"),
        (lambda: losses.Huber(True), "delta is a number"),
        (lambda: losses.get("hubert"), "did you mean 'huber'"),
        (lambda: losses.get(losses.Huber), r"write Huber\(\), with brackets"),
        (lambda: losses.get(None), "a loss is a name such as 'mse'"),
        (lambda: losses.MeanAbsoluteError()([0, 2], P), "use loss='sparse_categorical_crossentropy'"),
        (lambda: losses.Huber()(Y[:1], P), "huber compares each output with a target"),
        (lambda: losses.Huber()(Y, P, [1.0]), r"one number a sample, shape \(2,\), got shape \(1,\)"),
        (lambda: losses.Huber()(Y, P, 2.0), r"one number a sample, shape \(2,\), got shape \(\)"),
        (lambda: losses.Huber()(Y, P, np.ones((2, 3))), r"got shape \(2, 3\)"),
        (lambda: losses.Huber()(Y, P, ["a", "b"]), "the weights in sample_weight have to be an array"),
        (lambda: losses.Huber()(Y, P, [[1.0], [1.0, 2.0]]), "the weights in sample_weight have to be an array"),
        (lambda: losses.Huber()(Y, P, {0: 1.0}), "the weights in sample_weight have to be an array"),
        (lambda: losses.MeanSquaredError()(Y[0], P[0], np.ones(3)), "one number a sample"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
