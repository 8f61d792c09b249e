"""Questions to recall of chapter 09, training and validation. Its exercises are in `nnlab.course.chapter_09_data`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _precision(draw: Draw) -> Asked:
    tp, fp, fn = draw.one_of([20, 30, 60]), draw.one_of([10, 12, 15]), draw.one_of([4, 5, 6])
    return Asked(
        N_("Of the alarms, {tp} are right and {fp} are false; {fn} cases are missed. What is the precision?"),
        tp / (tp + fp),
        N_("Precision divides the hits by all alarms, right and false."),
        {"tp": tp, "fp": fp, "fn": fn},
        slips={
            tp / (tp + fn): N_("That is the recall: it divides by all that were there."),
            2 * tp / (2 * tp + fp + fn): N_("That is F1."),
            tp / (tp + fp + fn): N_("Missed cases gave no alarm: they do not count here."),
        },
    )


def _recall(draw: Draw) -> Asked:
    tp, fp, fn = draw.one_of([15, 24, 45]), draw.one_of([1, 2, 3]), draw.one_of([5, 8, 9])
    return Asked(
        N_("A detector finds {tp} of the cases, misses {fn}, and gives {fp} false alarms. What is its recall?"),
        tp / (tp + fn),
        N_("Recall divides the hits by all that were there: hits and misses."),
        {"tp": tp, "fp": fp, "fn": fn},
        slips={
            tp / (tp + fp): N_("That is the precision: it divides by all alarms."),
            fn / (tp + fn): N_("That is the share of the missed ones."),
        },
    )


def _never(draw: Draw) -> Asked:
    percent = draw.one_of([1, 2, 4, 5])
    return Asked(
        N_("In {percent} % of the samples the answer is yes. What accuracy has a program that always says no?"),
        1 - percent / 100,
        N_("It is right wherever the answer is no. Its recall is 0."),
        {"percent": percent},
        slips={percent / 100: N_("That is the share on which it is wrong."), 0.0: N_("That is its recall.")},
        tolerance=1e-3,
    )


def _stop(draw: Draw) -> Asked:
    best, patience = draw.one_of([6, 9, 14]), draw.one_of([3, 4, 5])
    return Asked(
        N_(
            "The validation loss is lowest in epoch {best} and never gets lower. Patience is {patience}. After which "
            "epoch does training stop?"
        ),
        float(best + patience),
        N_("It stops when {patience} epochs have passed without a better one. The weights are those of epoch {best}."),
        {"best": best, "patience": patience},
        slips={
            float(best): N_("In that epoch it cannot know yet that none will be better."),
            float(best + patience + 1): N_("One too many: it stops as soon as patience is used up."),
        },
        tolerance=1e-6,
    )


def _auc(draw: Draw) -> Asked:
    positives, negatives = draw.one_of([4, 5]), draw.one_of([10, 20])
    won = draw.one_of([24, 30, 36])
    return Asked(
        N_("There are {p} positives and {n} negatives. In {won} pairs the positive scores higher; no ties. AUC?"),
        won / (positives * negatives),
        N_("AUC is the share of the {p} times {n} pairs in which the positive scores higher."),
        {"p": positives, "n": negatives, "won": won},
        slips={1 - won / (positives * negatives): N_("That is the share of pairs in which the negative wins.")},
    )


def _updates(draw: Draw) -> Asked:
    n, batch, epochs = draw.one_of([800, 1200]), draw.one_of([20, 50]), draw.one_of([5, 10])
    held = n // 4
    steps = (n - held) // batch
    return Asked(
        N_("Of {n} samples {held} are for validation. Batches of {batch}, {epochs} epochs: how many updates?"),
        float(-(-(n - held) // batch) * epochs),
        N_("Each batch of training data is one update; the last one may be smaller. Validation updates nothing."),
        {"n": n, "held": held, "batch": batch, "epochs": epochs},
        slips={
            float(n // batch * epochs): N_("The validation samples update nothing."),
            float(-(-(n - held) // batch)): N_("That is one epoch."),
            float(steps): N_("That is one epoch."),
        },
        tolerance=1e-6,
    )


_HEAPS = (N_("training data"), N_("validation data"), N_("test data"), N_("any of them"))
_TASKS = {
    N_("choose the number of units"): (_HEAPS[1], N_("A choice between settings is made on validation data.")),
    N_("compute the mean for standardizing the inputs"): (_HEAPS[0], N_("All that is fit comes from training data.")),
    N_("report what the finished network is worth"): (_HEAPS[2], N_("Only data that took part in no choice can tell.")),
    N_("decide when to stop"): (_HEAPS[1], N_("Early stopping is a choice, made on validation data.")),
}


def _heap(draw: Draw) -> Asked:
    return which(
        draw,
        N_("Which data do you use to: {case}?"),
        _TASKS,
        _HEAPS,
        {_HEAPS[3]: N_("Each heap has its own task, and what served a choice cannot judge it.")},
    )


QUESTIONS = (
    Question("09.precision", _precision),
    Question("09.recall", _recall),
    Question("09.never", _never),
    Question("09.stop", _stop),
    Question("09.auc", _auc),
    Question("09.updates", _updates),
    Question("09.heap", _heap),
)
