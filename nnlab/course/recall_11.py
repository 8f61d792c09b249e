"""Questions to recall of chapter 11, a multilayer perceptron. Its exercises are in `nnlab.course.chapter_11_memory`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _updates(draw: Draw) -> Asked:
    rows, batch, epochs = draw.one_of([100, 150, 210]), draw.one_of([32, 64]), draw.one_of([20, 50, 80])
    per_epoch = -(-rows // batch)
    return Asked(
        N_("{rows} rows, batches of {batch}, {epochs} epochs. How often do the weights change?"),
        float(per_epoch * epochs),
        N_("An epoch has as many updates as batches, and the last batch may be smaller: round up."),
        {"rows": rows, "batch": batch, "epochs": epochs},
        slips={
            float(epochs): N_("That is the number of epochs. Each of them has several updates."),
            float(rows // batch * epochs): N_("The rows left over make one more batch in each epoch."),
            float(per_epoch): N_("That is one epoch."),
            float(rows * epochs): N_("A batch makes one update, not each row."),
        },
        tolerance=1e-6,
    )


def _parameters(draw: Draw) -> Asked:
    inputs, width = draw.one_of([8, 10, 12]), draw.one_of([16, 32, 48])
    right = (inputs + 1) * width + width + 1
    return Asked(
        N_("A network {inputs}-{width}-1, all layers dense with biases. How many parameters has it?"),
        float(right),
        N_("Each unit has a weight for each of its inputs, and a bias."),
        {"inputs": inputs, "width": width},
        slips={
            float(inputs * width + width): N_("The biases are missing."),
            float((inputs + 1) * width): N_("That is the hidden layer alone."),
            float((inputs + 1) * width + width): N_("The bias of the output is missing."),
        },
        tolerance=1e-6,
    )


def _entropy(draw: Draw) -> Asked:
    y = draw.one_of([0.1, 0.2, 0.3, 0.4])
    floor = -(y * math.log(y) + (1 - y) * math.log(1 - y))
    return Asked(
        N_("Every target is {y}. What is the least binary cross-entropy that training can reach, in nats?"),
        floor,
        N_("The best answer is {y} itself, and it costs the entropy of the target."),
        {"y": y},
        slips={
            0.0: N_("Only targets of exactly 0 and 1 can be answered for nothing."),
            math.log(2): N_("That is the loss of always answering one half."),
            floor / math.log(2): N_("That is in bits: take the natural logarithm."),
            -y * math.log(y): N_("The term for 1 - y is missing."),
        },
        tolerance=0.02,
    )


def _fresh(draw: Draw) -> Asked:
    a = draw.one_of([0.1, 0.2, 0.8, 0.9])
    right = -(math.log(a) + math.log(1 - a)) / 2
    return Asked(
        N_("Fresh targets are random with mean one half. A network answers {a}. What does that cost on average?"),
        right,
        N_("Half of log a and half of log (1 - a), with a minus: always at least log 2."),
        {"a": a},
        slips={
            math.log(2): N_(
                "That is the price of answering one half. This answer is bolder, and chance has no use for it."
            ),
            0.5: N_("That is the floor of those who know the targets."),
            -math.log(a): N_("That is the price where the target is 1."),
            -math.log(1 - a): N_("That is the price where the target is 0."),
        },
        tolerance=0.02,
    )


def _spread(draw: Draw) -> Asked:
    small, times = draw.one_of([4, 8, 16]), draw.one_of([4, 16])
    return Asked(
        N_("Gradients of batches of {small} scatter by 1. By how much those of {large}, with very many rows?"),
        1 / math.sqrt(times),
        N_("The scatter falls with the root of the batch size."),
        {"small": small, "large": small * times},
        slips={
            1 / times: N_("It falls with the root, not with the batch size itself."),
            math.sqrt(times): N_("A larger batch scatters less."),
        },
    )


def _p_value(draw: Draw) -> Asked:
    shuffles, better = draw.one_of([19, 39, 99]), draw.one_of([0, 1, 3])
    return Asked(
        N_("Of {shuffles} trainings with shuffled targets {better} do at least as well as the real one. The p-value?"),
        (1 + better) / (1 + shuffles),
        N_("The real result counts among the good ones and among all."),
        {"shuffles": shuffles, "better": better},
        slips={
            better / shuffles: N_("The real result has to be counted, too: above and below the line."),
            better / (1 + shuffles): N_("Count the real result above the line, too."),
        },
        tolerance=1e-3,
    )


_MEANING = {
    N_("a rule, and some memory"): (N_("98 % of the training rows right, 84 % of fresh rows")),
    N_("memory alone"): (N_("98 % of the training rows right, 50 % of fresh rows")),
    N_("neither rule nor memory"): (N_("51 % of the training rows right, 50 % of fresh rows")),
}


def _memory(draw: Draw) -> Asked:
    answer = draw.one_of(list(_MEANING))
    return Asked(
        N_("Yes or no, both equally frequent. {result}. What has the network learned?"),
        answer,
        N_("What it can do on fresh rows is rule; what it can do on training rows beyond that is memory."),
        {"result": _MEANING[answer]},
        options=tuple(draw.some_of(tuple(_MEANING), 3)),
    )


QUESTIONS = (
    Question("11.updates", _updates),
    Question("11.parameters", _parameters),
    Question("11.entropy", _entropy),
    Question("11.fresh", _fresh),
    Question("11.spread", _spread),
    Question("11.p_value", _p_value),
    Question("11.memory", _memory),
)
