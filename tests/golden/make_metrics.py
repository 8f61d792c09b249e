"""Make metrics.npz: what scikit-learn computes for the arrays of metric_cases.py; top-k accuracies are Keras's.

Run with scikit-learn and Keras installed (`pip install nnlab-course[bench]`); the tests need neither. Made with
scikit-learn 1.9.0 and Keras 3.15.0.
"""

import pathlib
import warnings

import keras
import metric_cases
import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
golden = {}
for case, (y, scores) in metric_cases.ranked().items():
    golden[f"{case}/roc"] = np.array(metrics.roc_curve(y, scores, drop_intermediate=False))
    golden[f"{case}/auc"] = metrics.roc_auc_score(y, scores)
    precision, recall, thresholds = metrics.precision_recall_curve(y, scores)
    golden[f"{case}/precision"], golden[f"{case}/recall"] = precision, recall
    golden[f"{case}/thresholds"] = thresholds
    golden[f"{case}/average precision"] = metrics.average_precision_score(y, scores)
    for name in ("precision", "recall", "f1"):
        golden[f"{case}/{name}_score"] = getattr(metrics, f"{name}_score")(y, scores > 0.5)
for case, (y, p) in metric_cases.classified().items():
    golden[f"{case}/confusion"] = metrics.confusion_matrix(y, p)
    for average in metric_cases.AVERAGES:
        for name in ("precision", "recall", "f1"):
            score = getattr(metrics, f"{name}_score")(y, p, average=average)
            golden[f"{case}/{name}_score/{average}"] = score
for case, (y, p) in metric_cases.continuous().items():
    golden[f"{case}/r2"] = metrics.r2_score(y, p)
y, p = metric_cases.many_classes()
golden["ovr"] = metrics.roc_auc_score(y, p, multi_class="ovr")
for k in (1, 2, 3):
    golden[f"top {k}"] = np.asarray(keras.metrics.sparse_top_k_categorical_accuracy(y, p.astype("float32"), k))
    golden[f"one-hot top {k}"] = np.asarray(
        keras.metrics.top_k_categorical_accuracy(np.eye(4)[y], p.astype("float32"), k)
    )
np.savez_compressed(pathlib.Path(__file__).with_name("metrics.npz"), **golden)
