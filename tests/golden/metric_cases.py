"""The arrays whose metrics are compared."""

import numpy as np

AVERAGES = ("macro", "micro", "weighted", None)


def ranked():
    """Targets 0 and 1, and scores: with ties, in few and in many samples, of few of one class."""
    cases = {}
    sizes = [(4, 1, 0.5), (30, 1, 0.5), (100, 2, 0.1), (500, 9, 0.7), (50, 0, 0.4)]
    for seed, (rows, digits, share) in enumerate(sizes):
        rng = np.random.default_rng(seed)
        y = (rng.random(rows) < share).astype(int)
        y[:2] = 0, 1
        cases[f"ranked {seed}"] = y, np.round(np.clip(0.3 * y + 0.7 * rng.random(rows), 0, 1), digits)
    cases["perfect"] = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.7, 0.9])
    cases["reversed"] = np.array([1, 1, 0, 0]), np.array([0.1, 0.2, 0.7, 0.9])
    cases["all equal"] = np.array([0, 1, 0]), np.full(3, 0.25)
    return cases


def classified():
    """Class numbers beside class numbers: also classes that are never predicted, or never a target."""
    cases = {}
    for seed, classes in enumerate([2, 3, 5, 10]):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, classes, 60)
        cases[f"classes {classes}"] = y, np.where(rng.random(60) < 0.6, y, rng.integers(0, classes, 60))
    cases["never predicted"] = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 0])
    cases["never a target"] = np.array([0, 1, 1, 0]), np.array([0, 1, 2, 2])
    cases["other numbers"] = np.array([3, 7, 7, 9]), np.array([3, 7, 9, 9])
    cases["one class"] = np.array([1, 1, 1]), np.array([1, 1, 1])
    return cases


def continuous():
    """Numbers beside numbers."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=(20, 3))
    same = y.copy()
    same[:, 1] = 5.0
    return {
        "one column": (y[:, 0], y[:, 0] + 0.3 * rng.normal(size=20)),
        "columns": (y, y + rng.normal(size=(20, 3))),
        "a constant column": (same, y),
        "a constant column, met": (same, same + np.array([0.1, 0.0, 0.1])),
        "worse than the mean": (y, -y),
    }


def many_classes():
    """Class numbers, and scores of four classes, with ties."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 4, 50)
    p = np.round(np.eye(4)[y] * 0.3 + rng.random((50, 4)), 1)
    return y, p / p.sum(axis=1, keepdims=True)
