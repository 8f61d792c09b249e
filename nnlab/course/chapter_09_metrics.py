"""Exercises of chapter 09 on metrics: 9.3 to 9.5. Those on the loop are in `chapter_09_data`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(92)


def confusion(y: Array, alarm: Array) -> tuple[int, int, int, int]:
    """Count true positives, false positives, false negatives and true negatives; y and alarm hold 0 and 1, (N,)."""
    tp = int(np.sum((alarm == 1) & (y == 1)))
    fp = int(np.sum((alarm == 1) & (y == 0)))
    fn = int(np.sum((alarm == 0) & (y == 1)))
    tn = int(np.sum((alarm == 0) & (y == 0)))
    return tp, fp, fn, tn


CONFUSION = Exercise(
    number="9.3",
    name="confusion",
    task=N_("Write confusion(y, alarm): the counts tp, fp, fn, tn, from targets and alarms that are 0 or 1."),
    reference=confusion,
    parts=(
        N_("the true positives"),
        N_("the false positives"),
        N_("the false negatives"),
        N_("the true negatives"),
    ),
    probes=(
        (np.array([0, 0, 0]), np.array([0, 1, 0])),
        (np.array([1, 0, 1, 1]), np.array([1, 0, 0, 0])),
        (np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 1])),
        (np.array([1, 1, 1, 0, 0, 0, 0]), np.array([1, 1, 0, 1, 1, 1, 0])),
        (_RNG.integers(0, 2, 20), _RNG.integers(0, 2, 20)),
    ),
    hints=(
        N_("The second word says what the alarm said, the first whether it was right. Which of the four is a miss?"),
        N_("Each count is a number of samples for which two things hold at once: combine two masks with &."),
        N_("A false positive: alarm == 1 and y == 0. Brackets around each comparison: (alarm == 1) & (y == 0)."),
    ),
    why=N_("Each sample falls into exactly one of the four, so the counts add up to N."),
    mistakes=(
        Mistake(
            "false ones exchanged",
            N_("False positives and false negatives are exchanged: a false positive is an alarm where y is 0."),
            lambda y, alarm: tuple(confusion(y, alarm)[k] for k in (0, 2, 1, 3)),
        ),
        Mistake(
            "last two exchanged",
            N_("False and true negatives are exchanged: a false negative is a miss, no alarm where y is 1."),
            lambda y, alarm: tuple(confusion(y, alarm)[k] for k in (0, 1, 3, 2)),
        ),
        Mistake(
            "classes exchanged",
            N_("You count class 0 as the positive one. Positive is 1, the class that gives the alarm."),
            lambda y, alarm: confusion(1 - y, 1 - alarm),
        ),
        Mistake(
            "all alarms",
            N_("You count all alarms as true positives. Only those where y is 1 are true."),
            lambda y, alarm: (int(np.sum(alarm)), *confusion(y, alarm)[1:]),
        ),
        Mistake(
            "right ones twice",
            N_("Your true positives count every right answer, also those on class 0: these are true negatives."),
            lambda y, alarm: (int(np.sum(alarm == y)), *confusion(y, alarm)[1:]),
        ),
        Mistake(
            "shares",
            N_("You give shares. Asked are counts: take the sum, not the mean."),
            lambda y, alarm: tuple(count / len(y) for count in confusion(y, alarm)),
        ),
        Mistake(
            "order of the matrix",
            N_("The numbers are right, their order is not: tp, fp, fn, tn. You begin with the true negatives."),
            lambda y, alarm: tuple(confusion(y, alarm)[k] for k in (3, 1, 2, 0)),
        ),
    ),
)


def precision_recall_f1(counts: Array) -> tuple[float, float, float]:
    """Give precision, recall and F1 of the counts tp, fp, fn, shape (3,); what would be 0/0 is 0."""
    tp, fp, fn = counts
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    f1 = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn > 0 else 0.0
    return precision, recall, f1


def _guarded(part: float, whole: float, empty: float = 0.0) -> float:
    return part / whole if whole else empty


def _filled(counts: Array, empty: float) -> tuple[float, float, float]:
    tp, fp, fn = counts
    return _guarded(tp, tp + fp, empty), _guarded(tp, tp + fn, empty), _guarded(2 * tp, 2 * tp + fp + fn, empty)


def _scored(counts: Array, f1: Any) -> tuple[float, float, float]:
    precision, recall, _f1 = precision_recall_f1(counts)
    return precision, recall, f1(precision, recall)


SCORES = Exercise(
    number="9.4",
    name="precision_recall_f1",
    task=N_("Write precision_recall_f1(counts): the three numbers; where nothing is divided by nothing, 0."),
    reference=precision_recall_f1,
    parts=(N_("precision"), N_("recall"), N_("F1")),
    probes=tuple(
        (np.array(counts),)
        for counts in ((3, 1, 2), (1, 3, 0), (8, 2, 32), (5, 0, 5), (0, 0, 4), (0, 3, 0), (0, 0, 0), (0, 2, 3))
    ),
    hints=(
        N_("Precision: of all alarms, how many were right? Recall: of all that were there, how many were found?"),
        N_("All alarms are tp + fp, all that were there tp + fn. If there is none, do not divide: the result is 0."),
        N_("F1 = 2·tp / (2·tp + fp + fn), and 0 if that is 0/0. Write: a / b if b > 0 else 0.0."),
    ),
    why=N_("F1 is the harmonic mean of precision and recall: near the smaller of the two, so neither can hide."),
    mistakes=(
        Mistake(
            "exchanged",
            N_("Precision and recall are exchanged: precision divides by all alarms, tp + fp."),
            lambda counts: tuple(precision_recall_f1(counts)[k] for k in (1, 0, 2)),
        ),
        Mistake(
            "arithmetic mean",
            N_("Your F1 is the usual mean of the two. It is the harmonic one: 2·tp / (2·tp + fp + fn)."),
            lambda counts: _scored(counts, lambda p, r: (p + r) / 2),
        ),
        Mistake(
            "2 forgotten",
            N_("Your F1 is half of what it should be: a factor of 2 is missing."),
            lambda counts: _scored(counts, lambda p, r: _guarded(p * r, p + r)),
        ),
        Mistake(
            "2 only above",
            N_("In F1 the true positives count twice below as well: 2·tp / (2·tp + fp + fn)."),
            lambda counts: _scored(counts, lambda _p, _r: _guarded(2 * counts[0], counts.sum())),
        ),
        Mistake(
            "product",
            N_("Your F1 is the product of the two. Divide it by their sum, and double it."),
            lambda counts: _scored(counts, lambda p, r: p * r),
        ),
        Mistake(
            "1 for nothing",
            N_("You give 1 where nothing is divided by nothing. Here we agree on 0, as nnlab.metrics does."),
            lambda counts: _filled(counts, 1.0),
        ),
        Mistake(
            "NaN for nothing",
            N_("Where nothing is divided by nothing you give NaN: test for 0 before dividing."),
            lambda counts: _filled(counts, math.nan),
        ),
    ),
    covered={
        "half in F1": "2 forgotten",
        "whole like the input": "cut",
        "whole like the input in precision": "cut in precision",
        "whole like the input in recall": "cut in recall",
        "whole like the input in F1": "cut in F1",
    },
)  # fmt: skip


def auc(y: Array, score: Array) -> float:
    """Give the share of pairs of a positive and a negative in which the positive has the higher score; a tie is ½."""
    positive = score[y == 1][:, None]  # (P, 1)
    negative = score[y == 0][None, :]  # (1, M)
    return float(np.mean((positive > negative) + 0.5 * (positive == negative)))


def _pairs(y: Array, score: Array, tie: float) -> float:
    up = score[y == 1][:, None] - score[y == 0][None, :]
    return float(np.mean((up > 0) + tie * (up == 0)))


AUC = Exercise(
    number="9.5",
    name="auc",
    task=N_("Write auc(y, score): the share of pairs in which the positive has the higher score; a tie counts ½."),
    reference=auc,
    probes=(
        (np.array([0, 1, 0]), np.array([0.2, 0.6, 0.7])),
        (np.array([0, 1, 1, 0]), np.array([0.1, 0.4, 0.2, 0.3])),
        (np.array([1, 0, 0, 1, 0]), np.array([0.5, 0.5, 0.2, 0.1, 0.5])),
        (np.array([0, 0, 1, 0, 1, 0, 0]), np.array([0.1, 0.9, 0.3, 0.3, 0.8, 0.2, 0.3])),
        (_RNG.integers(0, 2, 15), np.round(_RNG.random(15), 1)),
    ),
    hints=(
        N_("With 3 positives and 4 negatives there are 12 pairs. In how many does the positive stand higher?"),
        N_("Take the scores of the positives as a column, those of the negatives as a row, and compare them."),
        N_("np.mean((p > n) + 0.5 * (p == n)), where p has shape (P, 1) and n has shape (1, M)."),
    ),
    why=N_("No threshold occurs in it: AUC only asks for the order of the scores."),
    mistakes=(
        Mistake(
            "the wrong way round",
            N_("You count the pairs in which the negative stands higher: that is 1 − AUC."),
            lambda y, score: 1 - auc(y, score),
        ),
        Mistake(
            "ties lost",
            N_("A tie counts nothing for you. It should count one half."),
            lambda y, score: _pairs(y, score, 0.0),
        ),
        Mistake(
            "ties won",
            N_("A tie counts as won for you. It should count one half."),
            lambda y, score: _pairs(y, score, 1.0),
        ),
        Mistake(
            "sum",
            N_("You give the number of pairs. Asked is their share: take the mean."),
            lambda y, score: auc(y, score) * np.sum(y == 1) * np.sum(y == 0),
        ),
        Mistake(
            "all pairs",
            N_("You divide by all N² pairs. Only pairs of a positive and a negative count."),
            lambda y, score: auc(y, score) * np.sum(y == 1) * np.sum(y == 0) / len(y) ** 2,
        ),
        Mistake(
            "accuracy",
            N_("You cut at 0.5 and count right answers: that is accuracy. AUC compares scores with each other."),
            lambda y, score: float(np.mean((score > 0.5) == (y == 1))),
        ),
    ),
    covered={"one minus": "the wrong way round", "whole like the input": "cut"},
)

EXERCISES = (CONFUSION, SCORES, AUC)
