"""Exercises of chapter 11 on memory: 11.3, 11.4 and 11.5. The others are in `nnlab.course.chapter_11_perceptron`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_


def floor(y: Array) -> float:
    """Give the least mean cross-entropy that any answers can have."""
    inside = y[(y > 0) & (y < 1)]
    terms = -(inside * np.log(inside) + (1 - inside) * np.log(1 - inside))
    return float(terms.sum() / y.size)


def _terms(y: Array) -> Array:
    """Compute the entropy of each target."""
    inside = np.clip(y, 1e-300, 1.0)
    beside = np.clip(1 - y, 1e-300, 1.0)
    return np.asarray(-(y * np.log(inside) + (1 - y) * np.log(beside)))


FLOOR = Exercise(
    number="11.3",
    name="floor",
    task=N_("Write floor(y): the least mean binary cross-entropy for targets y from 0 to 1, of any shape."),
    reference=floor,
    probes=(
        (np.array([0.3]),),
        (np.array([0.5, 0.2]),),
        (np.array([0.0, 0.8]),),
        (np.array([1.0, 0.0, 0.6]),),
        (np.array([[0.1], [0.95], [0.4]]),),
    ),
    hints=(
        N_("The best answer to a target is the target itself. What does the loss say then?"),
        N_("Put y in the place of a in the cross-entropy, and take the mean. Then look at targets of exactly 0 and 1."),
        N_("0 · log 0 counts as 0: leave targets of 0 and 1 out of the sum, but not out of the number of targets."),
    ),
    why=N_("A target of 0 or 1 costs nothing if it is answered exactly; one between costs its entropy in any case."),
    mistakes=(
        Mistake(
            "not a number",
            N_("With a target of 0 or 1 your result is not a number: 0 · log 0 counts as 0 here."),
            lambda y: float(np.mean(-(y * np.log(y) + (1 - y) * np.log(1 - y)))),
        ),
        Mistake(
            "certain targets not counted",
            N_("Targets of 0 and 1 add nothing, but they count: divide by the number of all targets."),
            lambda y: float(_terms(y[(y > 0) & (y < 1)]).mean()),
        ),
        Mistake(
            "one term",
            N_("You have -y log y alone. The other term, for 1 - y, is missing."),
            lambda y: float(np.mean(-y * np.log(np.clip(y, 1e-300, 1)))),
        ),
        Mistake(
            "bits",
            N_("You take logarithms to base 2, and measure in bits. The loss uses the natural logarithm, np.log."),
            lambda y: float(_terms(y).mean() / np.log(2)),
        ),
        Mistake(
            "entropy of the mean",
            N_("You take the entropy of the mean target, the loss of the best constant. Take each target's own."),
            lambda y: float(_terms(np.asarray(y.mean()))),
        ),
        Mistake(
            "sum",
            N_("You add the entropies up, where their mean is asked for."),
            lambda y: float(_terms(y).sum()),
        ),
        Mistake(
            "always one half",
            N_("You answer one half everywhere, and pay log 2. Better answers exist: the targets themselves."),
            lambda _y: float(np.log(2)),
        ),
        Mistake(
            "nothing",
            N_("You give 0. The loss can fall to 0 only where every target is exactly 0 or 1."),
            lambda _y: 0.0,
        ),
        Mistake(
            "one half for all",
            N_("One half is to be expected of targets drawn evenly from 0 to 1. Compute it for these targets."),
            lambda _y: 0.5,
        ),
        Mistake(
            "pushed from the edge",
            N_("You move targets of 0 and 1 a little inwards, so that they cost a little. They cost exactly 0."),
            lambda y: float(_terms(np.clip(y, 1e-7, 1 - 1e-7)).mean()),
        ),
    ),
    covered={"cut": "nothing"},
)


def memorize(t: Array, y: Array) -> tuple[Array, Array]:
    """Give kinks b and weights w, so that the sum of w[j] * max(t - b[j], 0) is y[i] at t[i]."""
    b = np.append(t[0] - 1, t[:-1])
    A = np.maximum(t[:, None] - b, 0)  # (N, N), 0 above the diagonal
    return b, np.linalg.solve(A, y)


MEMORIZE = Exercise(
    number="11.4",
    name="memorize",
    task=N_(
        "Write memorize(t, y): kinks b and weights w of N ReLU units that give y[i] at t[i]; t rises, b[0] is t[0] - 1."
    ),
    reference=memorize,
    parts=("b", "w"),
    probes=(
        (np.array([2.0]), np.array([3.0])),
        (np.array([0.0, 2.0]), np.array([1.0, 5.0])),
        (np.array([-1.0, 0.5, 1.5]), np.array([2.0, -1.0, 0.5])),
        (np.array([0.25, 1.0, 3.0, 3.5]), np.array([1.0, 0.0, 1.0, 4.0])),
    ),
    hints=(
        N_("Give each point a unit of its own, which begins to rise at the point before. And the first one?"),
        N_("b is t moved by one place. Then the table A[i, j] = max(t[i] - b[j], 0) times w must be y."),
        N_("A = np.maximum(t[:, None] - b, 0) has a row for each point; np.linalg.solve(A, y) finds the weights."),
    ),
    why=N_("Above its diagonal A is 0, and on it nothing is, so that any targets have exactly one solution."),
    mistakes=(
        Mistake(
            "values for weights",
            N_("b is right. You give the targets as weights: but a unit that has begun adds to all points behind it."),
            lambda t, y: (memorize(t, y)[0], y.copy()),
        ),
        Mistake(
            "steps for weights",
            N_("b is right. Your weights are the steps from target to target; but what began before still rises."),
            lambda t, y: (memorize(t, y)[0], np.diff(y, prepend=0.0)),
        ),
        Mistake(
            "slopes for weights",
            N_("b is right. You give the slope of each piece. A unit adds only the change of slope at its kink."),
            lambda t, y: (memorize(t, y)[0], np.diff(y, prepend=0.0) / np.diff(t, prepend=t[0] - 1)),
        ),
        Mistake(
            "kinks at the points",
            N_("Your units begin at the points themselves, where they still give 0: begin at the point before."),
            lambda t, y: (t.copy(), np.linalg.lstsq(np.maximum(t[:, None] - t, 0), y, rcond=None)[0]),
        ),
        Mistake(
            "transposed",
            N_("b is right. Your table has points and units exchanged: a row for each point, a column for each unit."),
            lambda t, y: (memorize(t, y)[0], np.linalg.solve(np.maximum(t[:, None] - memorize(t, y)[0], 0).T, y)),
        ),
        Mistake(
            "no bend",
            N_("b is right. Without the ReLU the table has no zeros: put np.maximum(..., 0) around t - b."),
            lambda t, y: (memorize(t, y)[0], np.linalg.lstsq(t[:, None] - memorize(t, y)[0], y, rcond=None)[0]),
        ),
    ),
)


def p_value(real: float, shuffled: Array) -> float:
    """Give the share of all results, the real one among them, that are as good as the real one."""
    return float((1 + np.sum(shuffled >= real)) / (1 + len(shuffled)))


P_VALUE = Exercise(
    number="11.5",
    name="p_value",
    task=N_(
        "Write p_value(real, shuffled): the share of all results, the real one included, that are at least as good."
    ),
    reference=p_value,
    probes=(
        (np.array(0.8), np.array([0.5])),
        (np.array(0.5), np.array([0.5, 0.4])),
        (np.array(0.6), np.array([0.5, 0.7, 0.4])),
        (np.array(0.55), np.array([0.5, 0.6, 0.55, 0.4, 0.7, 0.45, 0.52, 0.58, 0.56])),
        (np.array(0.9), np.array([0.5, 0.45, 0.55, 0.6, 0.52, 0.48, 0.4])),
    ),
    hints=(
        N_("If the targets meant nothing, the real result would be a draw like the others. How rare is it?"),
        N_("Count the shuffled results that are at least as good, equal ones too. Then let the real one count itself."),
        N_("shuffled >= real is True for those. Add 1 to their number, and divide by the number of shuffles plus 1."),
    ),
    why=N_("With the real result among them it can never be 0: K shuffles can show no less than 1 / (K + 1)."),
    mistakes=(
        Mistake(
            "real one left out",
            N_("The real result counts, too: as one that is as good as itself, and as one of all."),
            lambda real, shuffled: float(np.mean(shuffled >= real)),
        ),
        Mistake(
            "equal ones left out",
            N_("A shuffled result that equals the real one is as good: compare with >=."),
            lambda real, shuffled: float((1 + np.sum(shuffled > real)) / (1 + len(shuffled))),
        ),
        Mistake(
            "counted above only",
            N_("You add 1 to the number of good results, but not to the number of all."),
            lambda real, shuffled: float((1 + np.sum(shuffled >= real)) / len(shuffled)),
        ),
        Mistake(
            "counted below only",
            N_("You add 1 to the number of all results, but the real one is not counted among the good ones."),
            lambda real, shuffled: float(np.sum(shuffled >= real) / (1 + len(shuffled))),
        ),
        Mistake(
            "the worse ones",
            N_("You count the shuffled results that are worse. The question is how often chance does as well."),
            lambda real, shuffled: float((1 + np.sum(shuffled <= real)) / (1 + len(shuffled))),
        ),
        Mistake(
            "distance of the means",
            N_("You give how far the real result lies above the mean of the others. Count instead."),
            lambda real, shuffled: float(real - np.mean(shuffled)),
        ),
        Mistake(
            "better ones only",
            N_("Two things are missing: equal results count as good (>=), and so does the real one itself."),
            lambda real, shuffled: float(np.mean(shuffled > real)),
        ),
        Mistake(
            "count alone",
            N_("You count the good shuffles. A share is asked for, and the real result counts, too."),
            lambda real, shuffled: float(np.sum(shuffled >= real)),
        ),
        Mistake(
            "brackets",
            N_("A division comes before a sum: put brackets around the whole number that you divide."),
            lambda real, shuffled: float(1 + np.sum(shuffled >= real) / (1 + len(shuffled))),
        ),
    ),
)

EXERCISES = (FLOOR, MEMORIZE, P_VALUE)
