"""Chapter 9's threshold: from which score on does an image count as an 8? One network is many classifiers.

What is drawn stands in `nnlab.explorers.chapter_09._threshold_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_09._threshold_figure import SIZE, Array, ThresholdFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

SHARES = (1, 2, 5, 10, 20, 50)  # percent of 8s
TRAINED, TESTED = 2000, 2000  # images at most
UNITS, EPOCHS, BATCH = 16, 10, 50
PIXELS = 14 * 14
LOW, HIGH = 0.3, 0.7  # below and above these a share is called low or high


@explorer(chapter="09")
def threshold_metrics(threshold: float = 0.5, share: int = 10, noise: float = 0.2) -> ThresholdMetrics:
    """Move the threshold from which on a network's score counts as "it is an 8".

    Parameters
    ----------
    threshold : float
        From 0 to 1; it can also be dragged in the figure.
    share : {1, 2, 5, 10, 20, 50}
        Percent of 8s among the images, to learn from and to test on.
    noise : float
        Standard deviation of what is added to each pixel, whose values lie between 0 and 1; from 0 to 1.

    Returns
    -------
    ThresholdMetrics
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ThresholdMetrics(threshold=threshold, share=share, noise=noise)


@cache
def _images() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Make the images smaller, each pixel the mean of four, and their targets: whether it is an 8."""
    from nnlab import datasets

    pairs = datasets.digits.load_data()
    made = []
    for images, labels in pairs:
        means = images.reshape(len(images), 14, 2, 14, 2).mean(axis=(2, 4)) / 255
        made.append((means.reshape(len(images), PIXELS).astype(np.float32), labels == 8))
    return made[0], made[1]


@cache
def _sample(part: int, share: int, most: int) -> tuple[Array, Array]:
    """Choose images so that this percent of them are 8s, as many as there are."""
    x, eight = _images()[part]
    rng = np.random.default_rng(part)
    ours, others = rng.permutation(np.flatnonzero(eight)), rng.permutation(np.flatnonzero(~eight))
    count = int(min(len(ours), most * share / 100, len(others) * share / (100 - share)))
    rest = round(count * (100 - share) / share)
    chosen = rng.permutation(np.concatenate([ours[:count], others[:rest]]))
    return x[chosen], eight[chosen]


def _noisy(x: Array, noise: float, seed: int) -> Array:
    return x + np.float32(noise) * np.random.default_rng(seed).standard_normal(x.shape, dtype=np.float32)


def ratio(part: float, whole: float) -> float:
    """Divide; nothing of nothing counts as 0.

    Parameters
    ----------
    part, whole : float

    Returns
    -------
    float

    Examples
    --------
    >>> ratio(1, 4), ratio(0, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0


def counted(eight: Array, score: Array, threshold: float) -> tuple[Array, Array]:
    """Count the four cases, and compute accuracy, precision, recall and F1.

    Parameters
    ----------
    eight : ndarray of bool of shape (N,)
    score : ndarray of shape (N,)
    threshold : float
        A score at least this high is an alarm.

    Returns
    -------
    counts : ndarray of int
        True negatives, false positives, false negatives, true positives.
    shares : ndarray of shape (4,)
    """
    alarm = score >= threshold
    tp, fp = int(np.sum(alarm & eight)), int(np.sum(alarm & ~eight))
    fn, tn = int(np.sum(~alarm & eight)), int(np.sum(~alarm & ~eight))
    shares = ratio(tp + tn, len(eight)), ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(2 * tp, 2 * tp + fp + fn)
    return np.array([tn, fp, fn, tp]), np.array(shares)


class ThresholdMetrics(Explorer):
    """The widget that `threshold_metrics` returns."""

    name = "threshold_metrics"
    size = SIZE
    rows = (("threshold", "share"), ("noise",))
    trains = True
    pointer = {"scores": (("threshold", None),)}
    presets = {
        N_("default"): {"threshold": 0.5, "share": 10, "noise": 0.2},
        N_("catch all"): {"threshold": 0.02, "share": 10, "noise": 0.2},
        N_("never cry wolf"): {"threshold": 0.95, "share": 10, "noise": 0.2},
        N_("1 % positives: accuracy lies"): {"threshold": 0.5, "share": 1, "noise": 0.5},
    }

    def __init__(self, **values: Any) -> None:
        self._trained: tuple[Any, Arrays] | None = None
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "threshold": controls.slider(_("threshold"), 0.5, 0.0, 1.0, 0.01),
            "share": controls.steps(_("share of 8s"), 10, [(f"{share} %", share) for share in SHARES]),
            "noise": controls.slider(_("noise on pixels"), 0.2, 0.0, 1.0, 0.05),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train where share or noise have moved; then count."""
        key = values.share, values.noise, task.eagerly
        if self._trained is None or self._trained[0] != key:
            arrays = self._train(values, task)
            if task.stop.is_set():
                return arrays
            self._trained = key, arrays
        arrays = self._trained[1]
        counts, shares = counted(arrays["eight"], arrays["score"], values.threshold)
        return {**arrays, "counts": counts, "shares": shares}

    def _train(self, values: Values, task: Task) -> Arrays:
        from nnlab import Sequential, layers, metrics, optimizers

        x, eight = _sample(0, values.share, TRAINED)
        x_test, eight_test = _sample(1, values.share, TESTED)
        hidden = layers.Dense(UNITS, activation="tanh", input_shape=(PIXELS,))
        model = Sequential([hidden, layers.Dense(1, activation="sigmoid")], seed=0)
        model.compile(optimizers.Adam(0.005), loss="binary_crossentropy", run_eagerly=task.eagerly)
        with single_blas_thread():  # a product this small is slower on several, above all on a busy computer
            model.fit(_noisy(x, values.noise, 0), eight, batch_size=BATCH, epochs=EPOCHS, verbose=0, stop=task.stop)
            score = model.predict(_noisy(x_test, values.noise, 1))[:, 0].astype(np.float64)
        fpr, tpr, _thresholds = metrics.roc_curve(eight_test, score)
        return {
            "eight": eight_test, "score": score, "eight_scores": score[eight_test], "other_scores": score[~eight_test],
            "fpr": fpr, "tpr": tpr, "auc": np.array(metrics.roc_auc_score(eight_test, score)),
            "trained": np.array(len(x)),
        }  # fmt: skip

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = ThresholdFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(values.threshold, arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained, and compare with a network that never gives an alarm."""
        words = _(
            "Trained on {trained} images, counted on {count} others. Whoever never gives an alarm has accuracy "
            "{never}; here accuracy is {accuracy}, precision {precision}, recall {recall}."
        )
        eight = arrays["eight"]
        never = f"{1 - np.mean(eight):.2f}"
        accuracy, precision, recall, _f1 = (f"{share:.2f}" for share in arrays["shares"])
        return words.format(
            trained=int(arrays["trained"]), count=len(eight), never=never, accuracy=accuracy, precision=precision,
            recall=recall,
        )  # fmt: skip

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how the metrics stand to each other, where it is clear."""
        words = _("Scores of images that are {share} % 8s, an alarm from {threshold} on, and the ROC curve.")
        said = [words.format(share=values.share, threshold=f"{values.threshold:g}")]
        accuracy, precision, recall, _f1 = arrays["shares"]
        if accuracy > HIGH and recall < LOW:
            said.append(_("Accuracy is high although most 8s are missed."))
        elif recall > precision + 0.2:
            said.append(_("Recall is clearly higher than precision: few are missed, many alarms are false."))
        elif precision > recall + 0.2:
            said.append(_("Precision is clearly higher than recall: few alarms are false, many 8s are missed."))
        else:
            said.append(_("Precision and recall are not far apart."))
        return " ".join(said)
