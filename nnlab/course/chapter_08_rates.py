"""Exercises of chapter 08 on the length of steps: 8.4 and 8.5. Those on the rules are in `chapter_08_rules`."""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_


def lone_step(beta_1: Array, beta_2: Array) -> Array:
    """Give Adam's step for a lone gradient after very many zeros, in units of the learning rate."""
    return (1 - beta_1) / np.sqrt(1 - beta_2)


LONE_STEP = Exercise(
    number="8.4",
    name="lone_step",
    task=N_(
        "Write lone_step(beta_1, beta_2), for arrays of betas: how long Adam's step is, in units of the learning "
        "rate, when a gradient comes after very many zeros."
    ),
    reference=lone_step,
    probes=(
        (np.array([0.5]), np.array([0.75])),
        (np.array([0.9]), np.array([0.999])),
        (np.array([0.8, 0.0]), np.array([0.9, 0.99])),
        (np.array([0.9, 0.6, 0.95]), np.array([0.9, 0.99, 0.999])),
    ),
    hints=(
        N_("After very many zeros m and v are 0, and t is so large that the correction is 1. Call the gradient g."),
        N_("Of g, m takes the share 1 − beta_1. Of g², v takes the share 1 − beta_2. Then m is divided by √v."),
        N_("m is (1 − beta_1) g and √v is |g| times a root. Divide, and g cancels."),
    ),
    why=N_(
        "With the usual betas this is 3.16, however large the gradient. If more such gradients follow, the steps go on "
        "to grow as the raw ones did, to 6.57 times the rate."
    ),
    mistakes=(
        Mistake(
            "first step",
            N_("1 is the length of the very first step, with its correction. Here t is large, and the correction 1."),
            lambda b1, _b2: 0 * b1 + 1.0,
        ),
        Mistake(
            "root forgotten",
            N_("v is the mean of squares. Adam divides by its root."),
            lambda b1, b2: (1 - b1) / (1 - b2),
        ),
        Mistake(
            "upside down",
            N_("Your fraction is upside down: m, with beta_1, stands above the line."),
            lambda b1, b2: np.sqrt(1 - b2) / (1 - b1),
        ),
        Mistake(
            "betas exchanged",
            N_("The betas are exchanged: beta_1 belongs to m, and beta_2 to v."),
            lambda b1, b2: (1 - b2) / np.sqrt(1 - b1),
        ),
        Mistake(
            "betas, not their shares",
            N_("You take the betas. They are what is kept of the old means; of the new gradient enters 1 − beta."),
            lambda b1, b2: b1 / np.sqrt(b2),
        ),
        Mistake(
            "root over all",
            N_("The root is over v alone; m is the mean of the gradient itself."),
            lambda b1, b2: np.sqrt((1 - b1) / (1 - b2)),
        ),
    ),
)


def warmup_cosine(step: Array, top: float, warmup_steps: int, total_steps: int) -> Array:
    """Give the learning rate of each step: a line from 0 to top, then half a cosine wave down to 0."""
    rise = top * step / warmup_steps
    share = (step - warmup_steps) / (total_steps - warmup_steps)
    fall = top * (1 + np.cos(np.pi * share)) / 2
    return np.where(step < warmup_steps, rise, fall)


def _fall(step: Array, top: float, start: float, length: float) -> Array:
    return top * (1 + np.cos(np.pi * (step - start) / length)) / 2


WARMUP_COSINE = Exercise(
    number="8.5",
    name="warmup_cosine",
    task=N_(
        "Write warmup_cosine(step, top, warmup_steps, total_steps): the learning rate of each step in the array step."
    ),
    reference=warmup_cosine,
    probes=(
        (np.array([0.0, 2.0]), 2.0, 4, 12),
        (np.array([4.0, 7.0, 12.0]), 2.0, 4, 12),
        (np.array([1, 5, 9]), 0.5, 2, 10),
        (np.arange(0.0, 31.0, 3.0), 3.0, 5, 30),
    ),
    hints=(
        N_("There are two pieces, and np.where chooses between them. What is each of them at its two ends?"),
        N_("The fall begins at warmup_steps: what share of its length, from 0 to 1, has been gone at a step?"),
        N_("The share is (step − warmup_steps) / (total_steps − warmup_steps); fall is top (1 + cos(π share)) / 2."),
    ),
    why=N_("At the end of the warm-up both pieces are top, so the curve has no jump."),
    mistakes=(
        Mistake(
            "no warm-up",
            N_("The rise is missing: before warmup_steps the rate is a line from 0 to top."),
            lambda step, top, warm, total: _fall(step, top, warm, total - warm),
        ),
        Mistake(
            "fall from the start",
            N_("The fall is counted from step 0, so that the curve jumps at the end of the warm-up."),
            lambda step, top, warm, total: np.where(step < warm, top * step / warm, _fall(step, top, 0, total)),
        ),
        Mistake(
            "fall too long",
            N_("Your fall ends warmup_steps too late: it has only the steps that are left after the warm-up."),
            lambda step, top, warm, total: np.where(step < warm, top * step / warm, _fall(step, top, warm, total)),
        ),
        Mistake(
            "half forgotten",
            N_("1 + cos goes from 2 to 0: half of it goes from 1 to 0."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / warm, 2 * _fall(step, top, warm, total - warm)
            ),
        ),
        Mistake(
            "a whole wave",
            N_("Your cosine runs through a whole wave and is up again at the end. Half a wave needs π, not 2π."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / warm, _fall(step, top, warm, (total - warm) / 2)
            ),
        ),
        Mistake(
            "pi forgotten",
            N_("The cosine takes radians: multiply the share by np.pi, or the fall stops halfway."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / warm, top * (1 + np.cos((step - warm) / (total - warm))) / 2
            ),
        ),
        Mistake(
            "a straight fall",
            N_("You fall along a straight line. The fall is half a wave of the cosine."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / warm, top * (1 - (step - warm) / (total - warm))
            ),
        ),
        Mistake(
            "a quarter of a wave",
            N_("You fall along a quarter of a wave, from 1 to 0. Half a wave goes from 1 to −1: add 1, and halve."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / warm, top * np.cos(np.pi / 2 * (step - warm) / (total - warm))
            ),
        ),
        Mistake(
            "rise up to 1",
            N_("Your rise goes up to 1. It has to reach top at warmup_steps, or the curve jumps there."),
            lambda step, top, warm, total: np.where(step < warm, step / warm, _fall(step, top, warm, total - warm)),
        ),
        Mistake(
            "rise one step early",
            N_("Your rise is one step early: at step 0 the rate is 0."),
            lambda step, top, warm, total: np.where(
                step < warm, top * (step + 1) / warm, _fall(step, top, warm, total - warm)
            ),
        ),
        Mistake(
            "rise to the end",
            N_("Your rise is as long as the whole training: it has to reach top at warmup_steps."),
            lambda step, top, warm, total: np.where(
                step < warm, top * step / total, _fall(step, top, warm, total - warm)
            ),
        ),
        Mistake(
            "top forgotten",
            N_("Your rates go up to 1. They have to go up to top."),
            lambda step, _top, warm, total: warmup_cosine(step, 1.0, warm, total),
        ),
    ),
)

EXERCISES = (LONE_STEP, WARMUP_COSINE)
