"""Exercises of chapter 09 on the loop: 9.1 and 9.2. Those on metrics are in `chapter_09_metrics`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_


def split(order: Array, validation: int, test: int) -> tuple[Array, Array, Array]:
    """Cut shuffled indices, shape (N,): the last are the test part, those before validate, the others train."""
    end = len(order) - test
    start = end - validation
    return order[:start], order[start:end], order[end:]


def _cut(start: int, end: int, order: Array) -> tuple[Array, Array, Array]:
    return order[:start], order[start:end], order[end:]


_RNG = np.random.default_rng(91)

SPLIT = Exercise(
    number="9.1",
    name="split",
    task=N_("Write split(order, validation, test): training, validation and test indices, in this order."),
    reference=split,
    parts=(N_("the training indices"), N_("the validation indices"), N_("the test indices")),
    probes=(
        (np.array([2, 0, 3, 1]), 1, 1),
        (np.array([4, 1, 0, 5, 3, 2]), 2, 1),
        (np.array([7, 3, 1, 0, 6, 2, 5, 4]), 1, 3),
        (_RNG.permutation(9), 3, 2),
        (np.array([3, 0, 2, 1, 4]), 2, 0),
        (np.array([1, 4, 2, 0, 3]), 0, 2),
    ),
    hints=(
        N_("Where does the test part begin, counted from the front? And where does the validation part begin?"),
        N_("The array is already shuffled: cut it in two places. Each index must be in exactly one part."),
        N_("The test part begins at len(order) − test, the validation part validation indices before: three slices."),
    ),
    why=N_("Counting both cuts from the front also works when a part is empty; a slice such as [-0:] would be all."),
    mistakes=(
        Mistake(
            "sorted",
            N_("You sort the indices, or count anew. Keep the shuffled order: it is what makes the parts alike."),
            lambda order, validation, test: _cut(
                len(order) - test - validation, len(order) - test, np.arange(len(order))
            ),
        ),
        Mistake(
            "test before validation",
            N_("The second part has the size of the test data, the third that of the validation data: exchanged."),
            lambda order, validation, test: _cut(len(order) - test - validation, len(order) - validation, order),
        ),
        Mistake(
            "last two exchanged",
            N_("The parts are right, their order is not: you give the test indices before the validation indices."),
            lambda order, validation, test: tuple(split(order, validation, test)[k] for k in (0, 2, 1)),
        ),
        Mistake(
            "overlap",
            N_("Your training part still holds the validation indices: what is trained on cannot validate."),
            lambda order, validation, test: (
                order[: len(order) - test],
                *split(order, validation, test)[1:],
            ),
        ),
        Mistake(
            "from the front",
            N_("You take validation and test indices from the front. They are to come from the end."),
            lambda order, validation, test: (
                order[validation + test :], order[:validation], order[validation : validation + test]
            ),
        ),
        Mistake(
            "test forgotten",
            N_("Validation and test overlap: the validation part ends where the test part begins."),
            lambda order, validation, test: (
                order[: len(order) - validation - test],
                order[len(order) - validation - test :],
                order[len(order) - test :],
            ),
        ),
        Mistake(
            "negative slices",
            N_("A slice from −0 is the whole array: your cut fails where a part is empty. Count from the front."),
            lambda order, validation, test: (
                order[: -(validation + test)], order[-(validation + test) : -test], order[-test:]
            ),
        ),
    ),
)  # fmt: skip


def best_and_stop(losses: Array, patience: int) -> tuple[int, int]:
    """Give the epoch of the best validation loss so far, and the epoch after which training stops, both from 0."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1


def _waiting(losses: Any, patience: int, *, strict: bool = True, late: int = 0, before: bool = False) -> Any:
    """Make a wrong early stopping: with <= for better, so many epochs too late, or against the epoch before."""
    best = wait = 0
    for epoch, loss in enumerate(losses):
        against = losses[epoch - 1] if before and epoch else losses[best]
        if epoch == 0 or loss < against or (not strict and loss == against):
            best, wait = epoch, 0
        else:
            wait += 1
        if wait >= patience + late:
            return best, epoch
    return best, len(losses) - 1


def _first_counted(losses: Any, patience: int) -> Any:
    best = wait = 0
    for epoch, loss in enumerate(losses):
        best, wait = (epoch, 0) if loss < losses[best] else (best, wait + 1)
        if wait >= patience:
            return best, epoch
    return best, len(losses) - 1


def _never_reset(losses: Any, patience: int) -> Any:
    best = wait = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch:
            wait += 1
        if wait >= patience:
            return best, epoch
    return best, len(losses) - 1


EARLY = Exercise(
    number="9.2",
    name="best_and_stop",
    task=N_("Write best_and_stop(losses, patience): the best epoch and the last one that is trained, from 0."),
    reference=best_and_stop,
    parts=(N_("the best epoch"), N_("the last epoch")),
    probes=(
        (np.array([4.0, 3.0, 2.0]), 2),
        (np.array([3.0, 2.0, 2.5, 2.6]), 1),
        (np.array([3.0, 2.0, 2.5, 2.6, 1.0]), 2),
        (np.array([5.0, 4.0, 4.5, 3.0, 3.5, 3.2, 3.1, 1.0]), 2),
        (np.array([2.0, 2.0, 2.0, 2.0, 1.0]), 2),
        (np.array([5.0, 6.0, 5.5, 5.2, 5.1, 1.0]), 3),
        (np.array([9.0, 7.0, 8.0, 6.0, 7.0, 5.0, 6.0, 6.5, 7.0, 4.0]), 3),
    ),
    hints=(
        N_(
            "Go through the epochs one by one and remember the epoch of the least loss so far. When is it too long ago?"
        ),
        N_("Compare with the best loss so far, not with the one before. Only a smaller loss counts as better."),
        N_("If losses[epoch] < losses[best], then epoch is the new best. If epoch − best >= patience, return both."),
    ),
    why=N_("The weights to keep are those of the best epoch, not those of the last: patience epochs lie between them."),
    mistakes=(
        Mistake(
            "best of all",
            N_("You look at losses after the stop: those epochs are never trained, so nobody knows their loss."),
            lambda losses, patience: (int(np.argmin(losses)), best_and_stop(losses, patience)[1]),
        ),
        Mistake(
            "never stops",
            N_("You find the best of all epochs. With patience the loop ends before, and never sees the later losses."),
            lambda losses, _patience: (int(np.argmin(losses)), len(losses) - 1),
        ),
        Mistake(
            "one too late",
            N_("You wait one epoch too long: it stops as soon as patience epochs have passed without a better one."),
            lambda losses, patience: _waiting(losses, patience, late=1),
        ),
        Mistake(
            "against the epoch before",
            N_("You compare with the epoch before. A loss that is lower than the last may still be above the best."),
            lambda losses, patience: _waiting(losses, patience, before=True),
        ),
        Mistake(
            "equal is better",
            N_("An equal loss counts as better for you, so a flat loss would never stop. Better is smaller."),
            lambda losses, patience: _waiting(losses, patience, strict=False),
        ),
        Mistake(
            "never reset",
            N_("Your count of bad epochs goes on after a better one. It has to begin anew at each new best."),
            _never_reset,
        ),
        Mistake(
            "first epoch counted",
            N_("You count the first epoch as a bad one: it has nothing to be worse than. The count begins after it."),
            _first_counted,
        ),
        Mistake(
            "loss for epoch",
            N_("You give the least loss. Asked is its epoch: the place where it stands."),
            lambda losses, patience: (
                float(losses[best_and_stop(losses, patience)[0]]),
                best_and_stop(losses, patience)[1],
            ),
        ),
        Mistake(
            "last for best",
            N_("You give the last epoch twice. The best one lies patience epochs before the stop."),
            lambda losses, patience: (best_and_stop(losses, patience)[1],) * 2,
        ),
        Mistake(
            "counted from 1",
            N_("You count the epochs from 1. The first one is epoch 0."),
            lambda losses, patience: tuple(epoch + 1 for epoch in best_and_stop(losses, patience)),
        ),
    ),
)

EXERCISES = (SPLIT, EARLY)
