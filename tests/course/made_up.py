"""Exercises that no chapter has: they draw the common mistakes that chapter 03 has no place for."""

import numpy as np

from nnlab.course.exercise import VALUE, Exercise, Mistake, Reduction, Size

RNG = np.random.default_rng(0)
HINTS = ("Think.", "Think of the batch.", "Think of the batch and of its size.")


def kernel_gradient(x, dz):
    """Give the gradient of the kernel."""
    return x.T @ dz / len(x)


def bias_gradient(dz):
    """Give the gradient of the bias."""
    return dz.sum(axis=0)


def feature_mean(x):
    """Give the mean of each feature."""
    return x.mean(axis=0)


def _normal(*shape):
    return np.round(RNG.normal(0, 3, shape), 2)


KERNEL = Exercise(
    number="99.1",
    name="kernel_gradient",
    task="Write kernel_gradient(x, dz).",
    reference=kernel_gradient,
    probes=((_normal(2, 1), _normal(2, 1)), (_normal(3, 2), _normal(3, 2)), (_normal(4, 3), _normal(4, 2))),
    hints=HINTS,
    why="It is a mean over the batch.",
    sizes=(Size("N", "the number of samples", lambda x, dz: len(x)),),
    mistakes=(Mistake("a sum", "You give only one number.", lambda x, dz: np.sum(x)),),
)
BIAS = Exercise(
    number="99.2",
    name="bias_gradient",
    task="Write bias_gradient(dz).",
    reference=bias_gradient,
    probes=((_normal(2, 1),), (_normal(2, 3),), (_normal(3, 3),)),
    hints=HINTS,
    why="Every sample pulls at the same bias.",
    reduction=Reduction(lambda dz: dz, axis=0, mean=False),
    covered={},
)
MEAN = Exercise(
    number="99.3",
    name="feature_mean",
    task="Write feature_mean(x).",
    reference=feature_mean,
    probes=((_normal(2, 1),), (_normal(2, 3),), (_normal(3, 3),)),
    hints=HINTS,
    why="Down the rows.",
    reduction=Reduction(lambda x: x, axis=0, mean=True),
)
NUMBER = Exercise(
    number="99.4",
    name="parameters",
    task="How many parameters has Dense(32) on 784 inputs?",
    reference=784 * 32 + 32,
    form=VALUE,
    hints=HINTS,
    why="A weight for each pair, and a bias for each unit.",
    mistakes=(
        Mistake("no biases", "You count the weights only: each unit has a bias, too.", lambda: 784 * 32),
        Mistake("biases of the inputs", "Biases belong to units, not to inputs.", lambda: 784 * 32 + 784),
    ),
    covered={},
)
MADE_UP = (KERNEL, BIAS, MEAN, NUMBER)
