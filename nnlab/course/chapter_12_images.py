"""Exercises of chapter 12 on what goes in and what is minimized: 12.1 and 12.2. The others are in `chapter_12_answers`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(121)


def prepare(images: Array) -> Array:
    """Turn gray images from 0 to 255, shape (N, height, width), into rows of numbers from 0 to 1."""
    return np.asarray(images.reshape(len(images), -1) / 255)


def _rows(images: Array) -> Array:
    return images.reshape(len(images), -1)


PREPARE = Exercise(
    number="12.1",
    name="prepare",
    task=N_("Write prepare(images): gray images (N, height, width) from 0 to 255 as rows of numbers from 0 to 1."),
    reference=prepare,
    probes=(
        (np.array([[[0, 51], [102, 204]]], dtype=np.uint8),),
        (np.array([[[0, 255, 51]], [[102, 0, 153]]], dtype=np.uint8),),
        (_RNG.integers(0, 200, (3, 2, 4)).astype(np.uint8),),
        (_RNG.integers(0, 256, (4, 5, 3)).astype(np.uint8),),
    ),
    hints=(
        N_("Two things happen: the shape becomes one row an image, and the numbers get smaller."),
        N_("reshape takes the number of rows, and -1 for as many columns as are needed. The largest pixel is 255."),
        N_("First r = images.reshape(len(images), -1), then divide r by 255 with one stroke, /."),
    ),
    why=N_("Flattening forgets which pixels are neighbors; scaling loses nothing, and yet it saves the start."),
    mistakes=(
        Mistake(
            "not scaled",
            N_("The shape is right, but the numbers still go up to 255: divide them by 255."),
            lambda images: _rows(images).astype(float),
        ),
        Mistake(
            "256",
            N_("You divide by 256. There are 256 gray values, but the largest is 255, and it should become 1."),
            lambda images: _rows(images) / 256,
        ),
        Mistake(
            "own maximum",
            N_("You divide by the largest number here. Then a faint image and a dark one look alike: use 255."),
            lambda images: _rows(images) / images.max(),
        ),
        Mistake(
            "columns first",
            N_("You read each image column by column. Rows first, as reshape does by itself: is there a transpose?"),
            lambda images: _rows(images.transpose(0, 2, 1)) / 255,
        ),
        Mistake(
            "mixed images",
            N_("The shape is right, but each row mixes several images: reshape to (N, -1), not (-1, N) and .T."),
            lambda images: images.reshape(-1, len(images)).T / 255,
        ),
        Mistake(
            "from -1 to 1",
            N_("Your numbers go from -1 to 1. Here paper is 0 and ink is 1, as in the drawing pad."),
            lambda images: _rows(images) / 127.5 - 1,
        ),
        Mistake(
            "around the mean",
            N_("You subtract the mean. That can help, but it was not asked for, and paper would no longer be 0."),
            lambda images: _rows(images) / 255 - (_rows(images) / 255).mean(),
        ),
    ),
    covered={"whole like the input": "cut"},
)  # fmt: skip


def batch_loss(P: Array, y: Array) -> tuple[Array, float]:
    """Give the one-hot rows of the class numbers y, shape (N, K), and the mean cross-entropy of P, shape (N, K)."""
    Y = np.eye(P.shape[1])[y]
    return Y, float(-np.sum(Y * np.log(P), axis=1).mean())


def _probabilities(n: int, k: int) -> Array:
    scores = np.exp(1.5 * _RNG.normal(size=(n, k)))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


BATCH_LOSS = Exercise(
    number="12.2",
    name="batch_loss",
    task=N_("Write batch_loss(P, y): the one-hot rows Y of the class numbers y, and the mean cross-entropy of P."),
    reference=batch_loss,
    parts=(N_("Y"), N_("the loss")),
    probes=(
        (np.array([[0.5, 0.25, 0.25]]), np.array([1])),
        (np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]), np.array([0, 1])),
        (_probabilities(4, 5), np.array([4, 0, 2, 2])),
        (_probabilities(6, 10), np.array([3, 9, 0, 1, 7, 5])),
    ),
    hints=(
        N_("A one-hot row has a single 1, at the true class. np.eye(K) has all such rows."),
        N_("np.eye(K)[y] picks a row for each sample. Times np.log(P), only the true class is left of each row."),
        N_("The loss: the mean over the samples of -log of the probability at the true class, -np.log(P[i, y[i]])."),
    ),
    why=N_("The loss looks at one number a row; with sparse in its name it never builds Y at all."),
    mistakes=(
        Mistake(
            "sum",
            N_("Your loss is the sum over the batch. With the mean it does not depend on the size of the batch."),
            lambda P, y: (batch_loss(P, y)[0], batch_loss(P, y)[1] * len(P)),
        ),
        Mistake(
            "mean over all",
            N_("You divide by all N·K entries. Only the N samples count: sum over the classes, then take the mean."),
            lambda P, y: (batch_loss(P, y)[0], batch_loss(P, y)[1] / P.shape[1]),
        ),
        Mistake(
            "base 2",
            N_("Your logarithm has base 2. Cross-entropy here has the natural one: np.log."),
            lambda P, y: (batch_loss(P, y)[0], batch_loss(P, y)[1] / np.log(2)),
        ),
        Mistake(
            "base 10",
            N_("Your logarithm has base 10. Cross-entropy here has the natural one: np.log."),
            lambda P, y: (batch_loss(P, y)[0], batch_loss(P, y)[1] / np.log(10)),
        ),
        Mistake(
            "log of the mean",
            N_("You take the logarithm of the mean probability. First the logarithm of each, then the mean."),
            lambda P, y: (batch_loss(P, y)[0], -np.log(P[np.arange(len(y)), y].mean())),
        ),
        Mistake(
            "answers one-hot",
            N_("Your rows have their 1 at the most likely class. It belongs at the true class, y."),
            lambda P, y: (np.eye(P.shape[1])[P.argmax(axis=1)], batch_loss(P, y)[1]),
        ),
        Mistake(
            "every row with every class",
            N_("P[:, y] takes all rows for each class of y. Take one class from each row: P[np.arange(len(y)), y]."),
            lambda P, y: (batch_loss(P, y)[0], -np.log(P[:, y]).mean()),
        ),
        Mistake(
            "zeros too",
            N_("You also count the zeros of Y, with log(1 - P), as binary cross-entropy does. Here only the 1 counts."),
            lambda P, y: (
                batch_loss(P, y)[0],
                batch_loss(P, y)[1] - ((1 - batch_loss(P, y)[0]) * np.log(1 - P)).sum(axis=1).mean(),
            ),
        ),
        Mistake(
            "share missed",
            N_("You give 1 minus the probability of the true class. The logarithm is missing."),
            lambda P, y: (batch_loss(P, y)[0], 1 - P[np.arange(len(y)), y].mean()),
        ),
        Mistake(
            "the answer's class",
            N_("You take the class that the network names, not the true one: y holds the truth, not argmax of P."),
            lambda P, _y: batch_loss(P, P.argmax(axis=1)),
        ),
        Mistake(
            "all classes",
            N_("Your loss adds up the logarithms of all classes. Multiply by Y first: only the true one counts."),
            lambda P, y: (batch_loss(P, y)[0], -np.log(P).sum(axis=1).mean()),
        ),
    ),
)  # fmt: skip

EXERCISES = (PREPARE, BATCH_LOSS)
