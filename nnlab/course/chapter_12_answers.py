"""Exercises of chapter 12 on answers: 12.3 to 12.6. Those on what goes in are in `chapter_12_images`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(123)


def confusion_matrix(y: Array, answers: Array, classes: int) -> Array:
    """Count how often class i (row) was taken for class j (column); shape (classes, classes)."""
    matrix = np.zeros((classes, classes), int)
    np.add.at(matrix, (y, answers), 1)
    return matrix


def _shares(table: Array) -> Array:
    return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1))


CONFUSION = Exercise(
    number="12.3",
    name="confusion_matrix",
    task=N_("Write confusion_matrix(y, answers, classes): the counts, a row for each truth, a column for each answer."),
    reference=confusion_matrix,
    probes=(
        (np.array([0, 1, 1]), np.array([1, 1, 1]), 2),
        (np.array([2, 0, 0, 0, 1]), np.array([2, 2, 2, 0, 1]), 3),
        (_RNG.integers(0, 3, 12), _RNG.integers(0, 3, 12), 4),
        (_RNG.integers(0, 5, 40), _RNG.integers(0, 5, 40), 5),
    ),
    hints=(
        N_("Begin with zeros. Each sample adds 1 at one place: in the row of its truth, in the column of its answer."),
        N_("table[y, answers] += 1 counts each place once only, however often it comes. np.add.at counts all."),
        N_("np.add.at(counts, (rows, columns), 1); or a loop: for i, j in zip(y, answers): counts[i, j] += 1."),
    ),
    why=N_("Each sample stands at one place: rows add up to the number of each digit, the diagonal to the right ones."),
    mistakes=(
        Mistake(
            "each place once",
            N_("Each place counts at most once. table[y, answers] += 1 forgets repetitions: use np.add.at, or a loop."),
            lambda y, answers, classes: (confusion_matrix(y, answers, classes) > 0).astype(int),
        ),
        Mistake(
            "shares of rows",
            N_("You give shares of each row. Asked are counts: do not divide."),
            lambda y, answers, classes: _shares(confusion_matrix(y, answers, classes)),
        ),
        Mistake(
            "shares of all",
            N_("You give shares of all samples. Asked are counts: do not divide."),
            lambda y, answers, classes: confusion_matrix(y, answers, classes) / len(y),
        ),
        Mistake(
            "shares of columns",
            N_("You give shares of each column. Asked are counts: do not divide."),
            lambda y, answers, classes: _shares(confusion_matrix(y, answers, classes).T).T,
        ),
        Mistake(
            "only right ones",
            N_("Only the diagonal is filled: you count the right answers. Count the wrong ones, too."),
            lambda y, answers, classes: np.diag(np.diag(confusion_matrix(y, answers, classes))),
        ),
        Mistake(
            "only wrong ones",
            N_("The diagonal is empty: you count the wrong answers only. The right ones belong there."),
            lambda y, answers, classes: confusion_matrix(y, answers, classes)
            - np.diag(np.diag(confusion_matrix(y, answers, classes))),
        ),
        Mistake(
            "truth twice",
            N_("You count the truth in rows and in columns. The column is what the network answered."),
            lambda y, _answers, classes: confusion_matrix(y, y, classes),
        ),
    ),
)  # fmt: skip


def worst(P: Array, y: Array, count: int) -> Array:
    """Give the numbers of the wrong answers with the highest probability, the most certain first."""
    answers = P.argmax(axis=1)
    wrong = np.flatnonzero(answers != y)
    certainty = P[wrong, answers[wrong]]
    return np.asarray(wrong[np.argsort(-certainty)][:count])


def _wrong(P: Array, y: Array) -> Array:
    return np.flatnonzero(P.argmax(axis=1) != y)


def _by(P: Array, y: Array, key: Any, count: int) -> Array:
    wrong = _wrong(P, y)
    return np.asarray(wrong[np.argsort(key(P[wrong], y[wrong]), kind="stable")][:count])


def _case(n: int, k: int, count: int, seed: int) -> tuple[Array, Array, int]:
    rng = np.random.default_rng(seed)
    scores = np.exp(2 * rng.normal(size=(n, k)))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True)), rng.integers(0, k, n), count


WORST = Exercise(
    number="12.4",
    name="worst",
    task=N_("Write worst(P, y, count): the indices of the wrong answers with the highest probability, highest first."),
    reference=worst,
    probes=(
        (np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]]), np.array([0, 0, 0, 1]), 2),
        _case(10, 3, 3, 1),
        _case(12, 4, 4, 5),
        _case(20, 10, 5, 3),
    ),
    hints=(
        N_("First find out which answers are wrong, then how certain each of these was, then sort."),
        N_("np.flatnonzero gives the indices of the wrong ones; argsort of minus the certainty, the highest first."),
        N_("With w the wrong indices and c = P[w].max(axis=1): sort w by -c, w[np.argsort(-c)], and take the first."),
    ),
    why=N_("Such a list is the quickest way to wrong labels, bad scans, and what the network does not understand."),
    mistakes=(
        Mistake(
            "least certain first",
            N_("These are the wrong answers with the lowest certainty. Sort by minus the certainty."),
            lambda P, y, count: _by(P, y, lambda p, _t: p.max(axis=1), count),
        ),
        Mistake(
            "place among the wrong",
            N_("You give places in the list of mistakes, not in the data. Index the list of wrong indices with them."),
            lambda P, y, count: np.argsort(-P[_wrong(P, y)].max(axis=1))[:count],
        ),
        Mistake(
            "right ones too",
            N_("Right answers are among them. Keep only those where argmax of P differs from y."),
            lambda P, _y, count: np.argsort(-P.max(axis=1))[:count],
        ),
        Mistake(
            "not sorted",
            N_("These are the first wrong answers in the data. Sort them by their certainty first."),
            lambda P, y, count: _wrong(P, y)[:count],
        ),
        Mistake(
            "by the truth",
            N_("You sort by the probability of the true class. Asked is how certain the network was of its answer."),
            lambda P, y, count: _by(P, y, lambda p, truth: p[np.arange(len(truth)), truth], count),
        ),
        Mistake(
            "probabilities",
            N_("You give the probabilities. Asked are the indices of these samples."),
            lambda P, y, count: P[worst(P, y, count)].max(axis=1),
        ),
        Mistake(
            "answers",
            N_("You give what the network answered. Asked are the indices of these samples."),
            lambda P, y, count: P[worst(P, y, count)].argmax(axis=1),
        ),
        Mistake(
            "reversed",
            N_("The right ones, in reverse: the most certain should come first."),
            lambda P, y, count: worst(P, y, count)[::-1],
        ),
    ),
)  # fmt: skip


def accuracy_and_error(right: Array) -> tuple[float, float]:
    """Give the share of True in right, shape (N,), and its standard error."""
    p = right.mean()
    return float(p), float(np.sqrt(p * (1 - p) / len(right)))


def _other(right: Array, error: Any) -> tuple[float, float]:
    p = float(right.mean())
    return p, float(error(p, len(right)))


ERROR = Exercise(
    number="12.5",
    name="accuracy_and_error",
    task=N_("Write accuracy_and_error(right): the share of True in right, shape (N,), and its standard error."),
    reference=accuracy_and_error,
    parts=(N_("the accuracy"), N_("the standard error")),
    probes=(
        (np.array([True, False, True, True]),),
        (np.array([True, False, False, True, False]),),
        (_RNG.random(30) < 0.9,),
        (_RNG.random(100) < 0.6,),
    ),
    hints=(
        N_("right is an array of True and False; its mean is the share p of True."),
        N_("One answer has the variance p·(1 - p). A mean over N answers has an N-th of it."),
        N_("The second number is the square root of p·(1 - p)/N, with N = len(right)."),
    ),
    why=N_("With 2,000 digits and 94 % right it is half a point: two such numbers may differ by a point by luck."),
    mistakes=(
        Mistake(
            "no root",
            N_("You give the variance of the accuracy. The standard error is its square root."),
            lambda right: _other(right, lambda p, n: p * (1 - p) / n),
        ),
        Mistake(
            "not divided",
            N_("That is the spread of a single answer. A mean over N answers has the spread divided by √N."),
            lambda right: _other(right, lambda p, _n: np.sqrt(p * (1 - p))),
        ),
        Mistake(
            "divided by N",
            N_("You divide the spread by N. The variance is divided by N, so the spread is divided by √N."),
            lambda right: _other(right, lambda p, n: np.sqrt(p * (1 - p)) / n),
        ),
        Mistake(
            "p alone",
            N_("Your variance is p. An answer that is right with share p has the variance p·(1 - p)."),
            lambda right: _other(right, lambda p, n: np.sqrt(p / n)),
        ),
        Mistake(
            "1 - p alone",
            N_("Your variance is 1 - p. An answer that is right with share p has the variance p·(1 - p)."),
            lambda right: _other(right, lambda p, n: np.sqrt((1 - p) / n)),
        ),
        Mistake(
            "one less",
            N_("You divide by N - 1. Here divide by N, as p·(1 - p)/N says; with 2,000 digits you would not see it."),
            lambda right: _other(right, lambda p, n: np.sqrt(p * (1 - p) / (n - 1))),
        ),
        Mistake(
            "count",
            N_("Your first number is how many are right. The accuracy is their share."),
            lambda right: (float(right.sum()), accuracy_and_error(right)[1]),
        ),
    ),
    covered={"cut in the standard error": "rounded in the standard error"},
)  # fmt: skip


def difference(right_a: Array, right_b: Array) -> tuple[float, float]:
    """Give the accuracy of a minus that of b on the same samples, shape (N,), and its standard error."""
    d = right_a.astype(float) - right_b.astype(float)
    return float(d.mean()), float(d.std() / np.sqrt(len(d)))


def _compared(right_a: Array, right_b: Array, error: Any) -> tuple[float, float]:
    return difference(right_a, right_b)[0], float(error(right_a.astype(float), right_b.astype(float)))


def _pair(n: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    hard = rng.random(n)
    return hard + 0.2 * rng.normal(size=n) < 0.8, hard + 0.2 * rng.normal(size=n) < 0.65


DIFFERENCE = Exercise(
    number="12.6",
    name="difference",
    task=N_("Write difference(right_a, right_b): how much higher the accuracy of a is, and its standard error."),
    reference=difference,
    parts=(N_("the difference"), N_("the standard error")),
    probes=(
        (np.array([True, True, False, True]), np.array([True, False, False, False])),
        (np.array([True, True, True, False, True, False]), np.array([True, False, False, True, False, False])),
        (np.array([True, True, True, False, True]), np.array([False, False, False, False, True])),
        _pair(40, 4),
        _pair(120, 2),
    ),
    hints=(
        N_("Both networks saw the same digits. Subtract digit by digit: 1, 0 or -1. (As numbers: .astype(float).)"),
        N_("The mean of these numbers is the difference, and their spread, np.std, tells how uncertain it is."),
        N_("The standard error of the mean of d is its standard deviation divided by √N: d.std() / √len(d)."),
    ),
    why=N_("Digits that both get right, or both wrong, cancel: only where they disagree can there be a difference."),
    mistakes=(
        Mistake(
            "as if apart",
            N_("You add the variances of two independent tests. Both saw the same digits: subtract digit by digit."),
            lambda right_a, right_b: _compared(
                right_a, right_b, lambda a, b: np.sqrt((a.var() + b.var()) / len(a))
            ),
        ),
        Mistake(
            "errors added",
            N_("You add two standard errors. Take the standard error of the differences, digit by digit."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, b: (a.std() + b.std()) / np.sqrt(len(a))),
        ),
        Mistake(
            "not divided",
            N_("That is the spread of the single differences. Their mean has it divided by √N."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, b: (a - b).std()),
        ),
        Mistake(
            "divided by N",
            N_("You divide the spread by N. Divide it by √N."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, b: (a - b).std() / len(a)),
        ),
        Mistake(
            "no root",
            N_("You give the variance of the mean. The standard error is its square root."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, b: (a - b).var() / len(a)),
        ),
        Mistake(
            "one less",
            N_("Your spread divides by N - 1. Here use np.std as it is; with 2,000 digits you would not see it."),
            lambda right_a, right_b: _compared(
                right_a, right_b, lambda a, b: (a - b).std(ddof=1) / np.sqrt(len(a))
            ),
        ),
        Mistake(
            "sign lost",
            N_("Your spread treats 1 and -1 alike. Keep the sign of each difference: no abs, no != there."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, b: abs(a - b).std() / np.sqrt(len(a))),
        ),
        Mistake(
            "sign lost twice",
            N_("You take away the sign of each difference. Where b is right and a is wrong, count -1."),
            lambda right_a, right_b: (
                float(np.mean(right_a != right_b)),
                float(np.std(right_a != right_b) / np.sqrt(len(right_a))),
            ),
        ),
        Mistake(
            "of a alone",
            N_("That is the standard error of the accuracy of a. Take the one of the differences, digit by digit."),
            lambda right_a, right_b: _compared(right_a, right_b, lambda a, _b: a.std() / np.sqrt(len(a))),
        ),
        Mistake(
            "share that differs",
            N_("Your first number is how often they disagree. Asked is the difference of the accuracies."),
            lambda right_a, right_b: (float(np.mean(right_a != right_b)), difference(right_a, right_b)[1]),
        ),
    ),
    covered={"cut in the standard error": "rounded in the standard error"},
)  # fmt: skip

EXERCISES = (CONFUSION, WORST, ERROR, DIFFERENCE)
