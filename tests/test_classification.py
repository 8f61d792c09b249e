"""Precision, recall, F1, ROC, AUC, R² and top-k accuracy: scikit-learn's and Keras's numbers, and strange arrays."""

import pathlib
import re
import warnings

import numpy as np
import pytest

import nnlab
from nnlab import layers, metrics
from tests.golden import metric_cases

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "metrics.npz")
RANKED, CLASSIFIED, CONTINUOUS = metric_cases.ranked(), metric_cases.classified(), metric_cases.continuous()


def near(value, expected):
    np.testing.assert_allclose(value, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", RANKED)
def test_scores_as_in_scikit_learn(case):
    y, scores = RANKED[case]
    for given in ((y, scores), (y[:, None], scores[:, None]), (y.tolist(), scores.tolist())):
        near(metrics.roc_curve(*given), GOLDEN[f"{case}/roc"])
        near(metrics.roc_auc_score(*given), GOLDEN[f"{case}/auc"])
        near(metrics.average_precision_score(*given), GOLDEN[f"{case}/average precision"])
        names = ("precision", "recall", "thresholds")
        for name, values in zip(names, metrics.precision_recall_curve(*given), strict=True):
            near(values, GOLDEN[f"{case}/{name}"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in ("precision_score", "recall_score", "f1_score"):
                near(getattr(metrics, name)(*given), GOLDEN[f"{case}/{name}"])


@pytest.mark.parametrize("average", metric_cases.AVERAGES)
@pytest.mark.parametrize("case", CLASSIFIED)
def test_classes_as_in_scikit_learn(case, average):
    y, p = CLASSIFIED[case]
    np.testing.assert_array_equal(metrics.confusion_matrix(y, p), GOLDEN[f"{case}/confusion"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("precision_score", "recall_score", "f1_score"):
            near(getattr(metrics, name)(y, p, average=average), GOLDEN[f"{case}/{name}/{average}"])


@pytest.mark.parametrize("case", CONTINUOUS)
def test_r2_as_in_scikit_learn(case):
    near(metrics.r2_score(*CONTINUOUS[case]), GOLDEN[f"{case}/r2"])


def test_the_auc_of_many_classes_as_in_scikit_learn():
    y, p = metric_cases.many_classes()
    near(metrics.roc_auc_score(y, p), GOLDEN["ovr"])
    near(metrics.roc_auc_score(np.eye(4)[y], p), GOLDEN["ovr"])


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_as_in_keras(k):
    y, p = metric_cases.many_classes()
    p = p.astype(np.float32)
    np.testing.assert_array_equal(metrics.sparse_top_k_categorical_accuracy(y, p, k), GOLDEN[f"top {k}"])
    np.testing.assert_array_equal(metrics.top_k_categorical_accuracy(np.eye(4)[y], p, k), GOLDEN[f"one-hot top {k}"])
    np.testing.assert_array_equal(metrics.SparseTopKCategoricalAccuracy(k)(y[:, None], p), GOLDEN[f"top {k}"])


def test_a_network_that_diverged_is_not_right():
    assert metrics.sparse_top_k_categorical_accuracy([0], [[np.nan, np.nan]], 1) == [0]


def test_the_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(0)
    y, scores = rng.integers(0, 2, 80), rng.integers(0, 9, 80)
    pairs = np.subtract.outer(scores[y == 1], scores[y == 0])
    near(metrics.roc_auc_score(y, scores), (pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def test_outputs_of_a_network_as_they_are():
    scores = np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.4, 0.3, 0.3]])
    expected = [[1, 0, 0], [1, 0, 0], [0, 1, 0]]
    for y in ([2, 0, 1], [[2], [0], [1]], np.eye(3)[[2, 0, 1]]):
        counts = metrics.confusion_matrix(y, scores)
        assert counts.shape == (3, 3)
        assert counts[2, 1] == counts[0, 0] == counts[1, 0] == 1
    assert counts.sum() == np.sum(expected)
    near(metrics.f1_score([0, 1, 1], [[0.2], [0.7], [0.4]], threshold=0.3), 1.0)


@pytest.mark.parametrize(
    ("score", "y", "p", "message"),
    [
        (metrics.precision_score, [0, 1, 2], [0, 1, 1], "class 2 is never predicted: its precision counts as 0"),
        (metrics.recall_score, [0, 1, 1], [0, 1, 2], "class 2 is never a target: its recall counts as 0"),
    ],
)
def test_a_class_that_never_occurs_counts_as_0_and_is_named(score, y, p, message):
    with pytest.warns(UserWarning, match=message):
        assert score(y, p, average=None)[2] == 0


def test_f1_of_a_class_that_a_network_has_and_the_data_have_not():
    with pytest.warns(UserWarning, match="class 2 is neither a target nor predicted"):
        metrics.f1_score([0, 1], [[0.6, 0.2, 0.2], [0.1, 0.8, 0.1]], average="macro")


def classifier(chosen, outputs=3, loss="sparse_categorical_crossentropy"):
    model = nnlab.Sequential([layers.Input((2,)), layers.Dense(outputs, "softmax")], seed=0, dtype="float64")
    model.compile("sgd", loss, metrics=chosen)
    return model


def test_top_k_while_training_and_in_a_model_file(tmp_path):
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 3
    chosen = ["accuracy", "sparse_top_k_categorical_accuracy", metrics.SparseTopKCategoricalAccuracy(2, "top 2")]
    model = classifier(chosen)
    logs = model.fit(x, y, epochs=2, verbose=0).history
    assert logs["sparse_top_k_categorical_accuracy"] == [1, 1]
    assert logs["accuracy"][0] < logs["top 2"][0] < 1
    model.save(tmp_path / "m.nnlab")
    assert nnlab.load_model(tmp_path / "m.nnlab").evaluate(x, y) == model.evaluate(x, y)
    one_hot = classifier([metrics.TopKCategoricalAccuracy(2)], loss="categorical_crossentropy")
    assert one_hot.evaluate(x, np.eye(3)[y])[1] == pytest.approx(model.evaluate(x, y)[3])


@pytest.mark.parametrize("name", ["auc", "f1_score", "precision", "r2", metrics.roc_auc_score, metrics.f1_score])
def test_what_is_no_mean_is_refused_by_compile_and_says_what_to_do(name):
    with pytest.raises(
        ValueError, match=r"is a number for all samples together.* call nnlab\.metrics\.\w+_score\(y, model"
    ):
        classifier([name])


def wrong_targets(metric, kind, y):
    return classifier([metric], loss=f"{kind}_crossentropy").evaluate(np.ones((2, 2)), y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.confusion_matrix([0, 1], [0]), "the same number of rows"),
        (lambda: metrics.confusion_matrix([], []), "the same number of rows, at least 1"),
        (lambda: metrics.confusion_matrix(1, 1), "the same number of rows"),
        (lambda: metrics.confusion_matrix(["a"], ["b"]), "targets have to be an array of real numbers"),
        (lambda: metrics.confusion_matrix([0], [np.nan]), "predictions are numbers of shape (N,) or (N, K), finite"),
        (lambda: metrics.confusion_matrix([0.5], [1]), "targets are class numbers, and 0.5 is none"),
        (lambda: metrics.confusion_matrix([3], [[0.1, 0.9]]), "targets are class numbers from 0 to 1, got 3"),
        (lambda: metrics.confusion_matrix([-1], [[0.1, 0.9]]), "targets are class numbers from 0 to 1, got -1"),
        (lambda: metrics.confusion_matrix([[1, 1]], [[0.1, 0.9]]), "one-hot"),
        (lambda: metrics.confusion_matrix([[1, 0, 0]], [[0.1, 0.9]]), "one-hot targets of 3 classes do not fit"),
        (lambda: metrics.confusion_matrix(np.zeros((1, 1, 1)), [0]), "targets are numbers of shape"),
        (lambda: metrics.f1_score([0, 1, 2], [0, 1, 2]), "average='binary' tells class 1 from class 0"),
        (lambda: metrics.f1_score([0, 1], [0, 1], average="mean"), "average is 'binary', 'macro'"),
        (lambda: metrics.roc_auc_score([1, 1], [0.1, 0.2]), "needs samples of both classes; all targets are 1"),
        (lambda: metrics.roc_auc_score([0, 0], [0.1, 0.2]), "needs samples of both classes; all targets are 0"),
        (lambda: metrics.roc_auc_score([0, 2], [0.1, 0.2]), "takes targets 0 and 1, got 2"),
        (lambda: metrics.roc_auc_score([0, 1], [0.1, np.nan]), "finite numbers as scores"),
        (lambda: metrics.roc_auc_score([0, 1], [0.1]), "a target and a score for each sample"),
        (lambda: metrics.roc_auc_score([], []), "needs samples"),
        (lambda: metrics.roc_auc_score([0, 1], np.eye(3)[:2]), "and no others: see class 2"),
        (lambda: metrics.precision_recall_curve([0, 0], [0.1, 0.2]), "needs samples of class 1"),
        (lambda: metrics.r2_score([1], [1]), "at least two samples"),
        (lambda: metrics.r2_score([1, 2], [1]), "need the same shape"),
        (lambda: metrics.SparseTopKCategoricalAccuracy(0), "k is a whole number from 1 up"),
        (lambda: wrong_targets("sparse_top_k_categorical_accuracy", "categorical", np.eye(3)[:2]), "takes class n"),
        (lambda: wrong_targets("top_k_categorical_accuracy", "sparse_categorical", [0, 1]), "takes one-hot"),
    ],
)  # fmt: skip
def test_bad_arrays(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
