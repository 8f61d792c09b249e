"""Questions to recall of chapter 08, optimizers and schedules. Its exercises are in `nnlab.course.chapter_08_rules`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _effective_rate(draw: Draw) -> Asked:
    momentum, rate = draw.one_of([0.5, 0.8, 0.9, 0.95]), draw.one_of([0.01, 0.02, 0.1])
    return Asked(
        N_("SGD with the momentum {momentum} and the learning rate {rate} sees the same gradient 1 again and again. "
           "How long does its step become?"),
        rate / (1 - momentum),
        N_("A step that repeats itself is momentum times itself plus {rate}: so it is {rate} / (1 − {momentum})."),
        {"momentum": momentum, "rate": rate},
        slips={
            rate: N_("That is the first step."),
            rate * momentum: N_("That is what momentum adds in the second step."),
            rate * (1 + momentum): N_("That is the second step; it goes on to grow."),
            rate * (1 - momentum): N_("Divide by 1 − momentum: momentum makes the steps longer."),
        },
    )  # fmt: skip


def _velocity(draw: Draw) -> Asked:
    v, g = draw.one_of([-0.4, -0.2, 0.3, 0.5]), draw.one_of([-2.0, 1.0, 3.0])
    momentum, rate = 0.9, draw.one_of([0.1, 0.2])
    new = momentum * v - rate * g
    return Asked(
        N_("Momentum {momentum}, learning rate {rate}; the velocity is {v} and the gradient {g}. By how much does the "
           "weight change?"),
        new,
        N_("The new velocity is momentum times the old one minus the rate times the gradient, and it is the step."),
        {"momentum": momentum, "rate": rate, "v": v, "g": g},
        slips={
            momentum * v + rate * g: N_("The gradient points uphill: subtract it."),
            -rate * g: N_("That is plain SGD."),
            v - rate * g: N_("Of the old velocity only the share {momentum} is kept."),
        },
        tolerance=0.01,
    )  # fmt: skip


def _adam_first(draw: Draw) -> Asked:
    rate, g = draw.one_of([0.001, 0.003, 0.01]), draw.one_of([0.002, 5.0, 400.0])
    return Asked(
        N_("Adam's very first step, at the learning rate {rate} and a gradient of {g}: how long is it, to two digits?"),
        rate,
        N_("With its bias correction m is g and √v is |g|: the size of the gradient cancels."),
        {"rate": rate, "g": g},
        slips={
            rate * g: N_("That is SGD's step."),
            rate * 0.1 / math.sqrt(0.001): N_("That would be the step without bias correction."),
        },
        tolerance=0.03,
    )


def _bias(draw: Draw) -> Asked:
    beta, g = draw.one_of([0.5, 0.8, 0.9]), draw.one_of([2.0, 4.0, 10.0])
    return Asked(
        N_("A running mean keeps the share {beta} and begins at 0. The first number is {g}. What is the mean then?"),
        (1 - beta) * g,
        N_("It takes 1 − {beta} of the new number, and there is nothing old. Bias correction divides by 1 − {beta}."),
        {"beta": beta, "g": g},
        slips={
            beta * g: N_("The share {beta} is kept of the old mean; the new number enters with the rest."),
            g: N_("That is the mean with its bias corrected."),
        },
        tolerance=0.01,
    )


def _adagrad(draw: Draw) -> Asked:
    steps, rate = draw.one_of([4, 9, 25, 100]), draw.one_of([0.1, 0.5])
    return Asked(
        N_("Adagrad with the rate {rate} sees the gradient 1 in each step; leave out the accumulator's first value. "
           "How long is step number {steps}?"),
        rate / math.sqrt(steps),
        N_("The sum of squares is {steps}, and the gradient is divided by its root."),
        {"steps": steps, "rate": rate},
        slips={rate / steps: N_("Divide by the root of the sum."), rate: N_("That is step number 1.")},
    )  # fmt: skip


_CURES = {
    N_("It zigzags across a narrow valley and creeps along it."): N_("momentum"),
    N_("Its steps become ever shorter, until it stops on the way."): N_("RMSprop in place of Adagrad"),
    N_("Its first steps are several times too long."): N_("bias correction, or warm-up"),
    N_("It has come close to the minimum and now jumps about there."): N_("decay of the learning rate"),
}


def _cure(draw: Draw) -> Asked:
    failure = draw.one_of(list(_CURES))
    return Asked(
        N_("{failure} What cures this?"),
        _CURES[failure],
        N_("Each rule of the chapter was made for one failure: look at it before you choose."),
        {"failure": failure},
        options=tuple(draw.some_of(list(_CURES.values()), 4)),
    )


def _steps(draw: Draw) -> Asked:
    samples, batch = draw.one_of([1000, 2000, 6000]), draw.one_of([20, 40, 50])
    epochs = draw.one_of([5, 10, 20])
    return Asked(
        N_("{samples} samples, batch size {batch}, {epochs} epochs. Which decay_steps lets a cosine end with them?"),
        float(samples // batch * epochs),
        N_("A schedule counts steps: {samples} / {batch} in each epoch, times {epochs}."),
        {"samples": samples, "batch": batch, "epochs": epochs},
        slips={
            float(epochs): N_("Those are epochs. With it the rate would be 0 after {epochs} steps."),
            float(samples // batch): N_("That is one epoch."),
            float(samples * epochs): N_("A step takes a whole batch."),
        },
        tolerance=1e-6,
    )


def _cosine(draw: Draw) -> Asked:
    top, part = draw.one_of([0.02, 0.1, 0.4]), draw.one_of([0, 1, 2])
    share, value = ((0.5, 0.5), (1 / 3, 0.75), (2 / 3, 0.25))[part]
    done = (N_("half"), N_("a third"), N_("two thirds"))[part]
    return Asked(
        N_("A cosine schedule falls from {top} to 0. What is the rate when {done} of the steps are done?"),
        top * value,
        N_("It is {top} times (1 + cos(π · share)) / 2."),
        {"top": top, "done": done},
        slips={top * (1 - share): N_("That is a straight line."), top * 2 * value: N_("Half of 1 + cos is meant.")}
        if part
        else {top * 2 * value: N_("Half of 1 + cos is meant.")},
    )


def _decoupled(draw: Draw) -> Asked:
    w, rate, decay = draw.one_of([2.0, 4.0, -3.0]), draw.one_of([0.1, 0.01]), draw.one_of([0.1, 0.5])
    return Asked(
        N_("AdamW, learning rate {rate}, weight decay {decay}; a weight is {w} and its gradient has always been 0. "
           "What is the weight after the step?"),
        w - rate * decay * w,
        N_("The decay takes off learning rate times decay times the weight; Adam's own step is 0."),
        {"rate": rate, "decay": decay, "w": w},
        slips={
            w - decay * w: N_("The decay is multiplied by the learning rate."),
            w - math.copysign(rate, w): N_("That would be Adam with the decay in its gradient."),
            w: N_("The decay works without any gradient."),
        },
        tolerance=1e-4,
    )  # fmt: skip


QUESTIONS = (
    Question("08.effective rate", _effective_rate),
    Question("08.velocity", _velocity),
    Question("08.first step of Adam", _adam_first),
    Question("08.bias", _bias),
    Question("08.Adagrad stops", _adagrad),
    Question("08.cure", _cure),
    Question("08.steps of a schedule", _steps),
    Question("08.cosine", _cosine),
    Question("08.decoupled decay", _decoupled),
)
