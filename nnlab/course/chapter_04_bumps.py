"""Exercise 4.4 of chapter 04: the weights of a layer that follows a polygon. The others: `chapter_04_layers`.

The reference is written as a learner would write it: its source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_


def polygon(x: Array, y: Array) -> tuple[Array, Array]:
    """Give b1 (n-1,) and W2 (n-1, 1) of the network that joins the points (x, y) by straight lines."""
    slopes = np.diff(y) / np.diff(x)  # (n-1,)
    b1 = -x[:-1]
    W2 = np.diff(slopes, prepend=0.0)[:, None]
    return b1, W2


def _slopes(x: Array, y: Array) -> Array:
    return np.asarray(np.diff(y) / np.diff(x))


def _changes(slopes: Array) -> Array:
    return np.asarray(np.diff(slopes, prepend=0.0)[:, None])


def _follows(answer: object) -> str:
    """Build a network from the weights and compare it with the polygon between the knots."""
    from nnlab.language import _

    x = np.array([-1.0, 0.5, 1.0, 3.0])
    y = np.array([2.0, -1.0, 0.0, 0.5])
    b1, W2 = answer(x, y)  # type: ignore[operator]
    u = np.linspace(-1, 3, 50)[:, None]
    found = (np.maximum(u @ np.ones((1, 3)) + b1, 0) @ W2 + y[0])[:, 0]
    if np.allclose(found, np.interp(u[:, 0], x, y)):
        return ""
    return _("On the probes it is right, but a network with your weights does not follow the polygon.")


POLYGON = Exercise(
    number="4.4",
    name="polygon",
    task=N_("Write polygon(x, y): b1 and W2 of a ReLU layer, so that relu(u + b1) @ W2 + y[0] joins the n points."),
    reference=polygon,
    parts=("b1", "W2"),
    last_test=_follows,
    probes=tuple(
        (np.array(x, float), np.array(y, float))
        for x, y in (
            ([0, 2], [1, 4]),
            ([0, 1, 3], [0, 2, 1]),
            ([1, 2, 4], [3, 0, 0.5]),
            ([-2, -1, 1, 5], [1, 0.5, 2, -3]),
        )
    ),
    hints=(
        N_("Where is the corner of relu(u + b)? At the left end of each piece there has to be one."),
        N_("At its corner a unit changes the slope of the sum by its weight. By how much does the slope change there?"),
        N_("Slopes are np.diff(y) / np.diff(x). The first weight is the first slope, the others are their changes."),
    ),
    why=N_("n − 1 units, one for each piece: whatever the curve is, no training was needed to follow its points."),
    mistakes=(
        Mistake(
            "sign of the bias",
            N_("Your corners lie at −x: relu(u + b) bends where u = −b, so b1 is −x at the left ends."),
            lambda x, y: (x[:-1], _changes(_slopes(x, y))),
        ),
        Mistake(
            "corners at the right ends",
            N_("Your corners lie at the right end of each piece. A unit has to begin where its piece begins."),
            lambda x, y: (-x[1:], _changes(_slopes(x, y))),
        ),
        Mistake(
            "slopes themselves",
            N_("b1 is right. But W2 holds the slopes: units to the left go on, so each adds only a change of slope."),
            lambda x, y: (-x[:-1], _slopes(x, y)[:, None]),
        ),
        Mistake(
            "heights",
            N_("b1 is right. But W2 holds heights. A ReLU brings a slope, not a height: changes of slope count."),
            lambda x, y: (-x[:-1], y[1:, None]),
        ),
        Mistake(
            "widths forgotten",
            N_("b1 is right. Your W2 would fit pieces of width 1: a slope is a difference of y divided by one of x."),
            lambda x, y: (-x[:-1], _changes(np.diff(y))),
        ),
        Mistake(
            "first slope lost",
            N_("b1 is right, but in W2 the first slope is missing: the first unit has to bring it, from slope 0."),
            lambda x, y: (-x[:-1], np.diff(_slopes(x, y))[:, None]),
        ),
        Mistake(
            "W2 flat",
            N_("The numbers are right, but W2 should be a column, (n−1, 1): a row for each unit."),
            lambda x, y: (-x[:-1], _changes(_slopes(x, y))[:, 0]),
        ),
    ),
    covered={"flattened in W2": "W2 flat", "sign in b1": "sign of the bias"},
)

EXERCISES = (POLYGON,)
