"""Metrics: errors by hand, names they are reported under, and data they do not fit."""

import numpy as np
import pytest

from nnlab import metrics

Y = np.array([[0.0, 1.0], [3.0, 0.5], [1.0, 1.0]])
P = np.array([[0.5, 3.0], [-1.0, 0.5], [1.0, 1.0]])


def test_errors_by_hand():
    np.testing.assert_allclose(metrics.mean_squared_error(Y, P), [(0.25 + 4) / 2, 16 / 2, 0])
    np.testing.assert_allclose(metrics.mean_absolute_error(Y, P), [(0.5 + 2) / 2, 4 / 2, 0])


@pytest.mark.parametrize("function", [metrics.mean_squared_error, metrics.mean_absolute_error])
def test_shapes_dtypes_and_nan(function):
    assert function(Y, P.astype(np.float32)).dtype == np.float32
    np.testing.assert_array_equal(function([0, 1], [[0.0], [1.0]]), [0, 0])  # not every target with every output
    np.testing.assert_array_equal(function(np.uint8([[2]]), np.uint8([[1]])), [1])
    np.testing.assert_array_equal(function(np.array([[True]]), np.array([[False]])), [1])
    np.testing.assert_array_equal(np.isnan(function([[0.0], [0.0]], [[np.nan], [1.0]])), [True, False])
    assert function(Y[:0], P[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("metric", "name", "function"),
    [
        ("mse", "mse", metrics.mean_squared_error),
        ("mean_squared_error", "mean_squared_error", metrics.mean_squared_error),
        ("MSE", "MSE", metrics.mean_squared_error),
        ("mae", "mae", metrics.mean_absolute_error),
        ("mean_absolute_error", "mean_absolute_error", metrics.mean_absolute_error),
        ("MeanAbsoluteError", "MeanAbsoluteError", metrics.mean_absolute_error),
        ("acc", "acc", None),
        (metrics.MeanSquaredError(), "mean_squared_error", metrics.mean_squared_error),
        (metrics.MeanAbsoluteError(), "mean_absolute_error", metrics.mean_absolute_error),
        (metrics.MeanAbsoluteError(name="distance"), "distance", metrics.mean_absolute_error),
        (metrics.BinaryAccuracy(), "binary_accuracy", metrics.binary_accuracy),
        (metrics.CategoricalAccuracy("right"), "right", metrics.categorical_accuracy),
        (metrics.SparseCategoricalAccuracy(), "sparse_categorical_accuracy", metrics.sparse_categorical_accuracy),
        (metrics.mean_absolute_error, "mean_absolute_error", metrics.mean_absolute_error),
    ],
)
def test_names_and_functions(metric, name, function):
    assert metrics.get(metric) == (name, function)


@pytest.mark.parametrize("function", [metrics.mean_squared_error, metrics.mean_absolute_error])
def test_errors_fit_as_many_targets_as_outputs(function):
    for count in (1, 2, 10):
        assert metrics.decide(function, targets=count, outputs=count) is function


@pytest.mark.parametrize(
    ("targets", "outputs", "function"),
    [
        (1, 1, metrics.binary_accuracy),
        (1, 10, metrics.sparse_categorical_accuracy),
        (10, 10, metrics.categorical_accuracy),
    ],
)
def test_accuracy_is_decided_by_the_shapes(targets, outputs, function):
    assert metrics.decide(None, targets, outputs) is function


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.decide(metrics.mean_squared_error, 1, 10), r"10 output.*1 target.*use 'accuracy'"),
        (lambda: metrics.decide(metrics.mean_absolute_error, 1, 3), "For class numbers use 'accuracy'"),
        (lambda: metrics.decide(metrics.mean_absolute_error, 2, 3), "compares each output with a target"),
        (lambda: metrics.decide(metrics.mean_squared_error, 10, 1), "compares each output with a target"),
        (lambda: metrics.decide(metrics.categorical_accuracy, 1, 10), "use 'accuracy' or 'sparse_categorical"),
        (lambda: metrics.decide(metrics.sparse_categorical_accuracy, 10, 10), "'categorical_accuracy'"),
        (lambda: metrics.mean_squared_error([0, 1], np.zeros((2, 3))), r"shape \(2, 3\), the targets \(2,\)"),
        (lambda: metrics.mean_absolute_error([[0], [1]], np.zeros((2, 3))), r"the targets \(2, 1\)"),
        (lambda: metrics.mean_absolute_error(0.0, np.zeros((2, 3))), r"the targets \(\)"),
        (lambda: metrics.get("msee"), "did you mean 'mse'"),
        (lambda: metrics.get("mean_error"), "unknown metric 'mean_error'"),
        (lambda: metrics.get(metrics.MeanAbsoluteError), r"write MeanAbsoluteError\(\), with brackets"),
        (lambda: metrics.get(3), "a metric is a name such as 'accuracy'"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
