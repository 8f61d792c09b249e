"""Questions to recall of chapter 10, linear regression. Its exercises are in `nnlab.course.chapter_10_regression`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _missing_two(draw: Draw) -> Asked:
    rate = draw.one_of([0.01, 0.02, 0.04, 0.1])
    return Asked(
        N_(
            "A program's gradient of the mean squared error lacks the factor 2. Its learning rate is {rate}. With "
            "which rate does the full gradient take the same steps?"
        ),
        rate / 2,
        N_("A step is rate times gradient: twice the gradient, half the rate."),
        {"rate": rate},
        slips={2 * rate: N_("The full gradient is longer, so its rate must be smaller."),
               rate: N_("Then its steps are twice as long.")},
    )  # fmt: skip


def _slope(draw: Draw) -> Asked:
    variance, slope = draw.one_of([2.0, 4.0, 5.0]), draw.one_of([1.5, -2.0, 3.0, 0.5])
    return Asked(
        N_("x has the variance {variance}, and its covariance with y is {covariance}. What is the best line's slope?"),
        slope,
        N_("Slope = covariance / variance of x; the intercept then makes the line pass through both means."),
        {"variance": variance, "covariance": slope * variance},
        slips={slope * variance: N_("That is the covariance: divide by the variance of x."),
               slope * variance**2: N_("Divide by the variance, instead of multiplying by it.")},
    )  # fmt: skip


def _intercept(draw: Draw) -> Asked:
    x, y, slope = draw.one_of([2.0, 3.0, 4.0]), draw.one_of([9.0, 11.0, 14.0]), draw.one_of([1.5, 2.0, -1.0])
    return Asked(
        N_("The mean of x is {x}, that of y is {y}, and the best line's slope is {slope}. What is its intercept?"),
        y - slope * x,
        N_("The best line passes through the means: b = mean of y − slope × mean of x."),
        {"x": x, "y": y, "slope": slope},
        slips={y: N_("That is the mean of y, the height of the line at the mean of x and not at 0."),
               y + slope * x: N_("Look at the sign: y = wx + b at the means.")},
    )  # fmt: skip


def _noise(draw: Draw) -> Asked:
    low, width, b = draw.one_of([0.0, 1.0, 2.0]), draw.one_of([1.0, 2.0, 4.0]), draw.one_of([1.0, 3.0])
    return Asked(
        N_(
            "y = 2x + {b}, plus noise drawn evenly from {low} to {high}. Which intercept does the best line have, with "
            "very many points?"
        ),
        b + low + width / 2,
        N_("The line takes the mean of the noise, {mean}, into its intercept."),
        {"b": b, "low": low, "high": low + width, "mean": low + width / 2},
        slips={b: N_("So it would be if the noise had the mean 0."),
               b + low + width: N_("That is the upper edge of the noise.")},
    )  # fmt: skip


def _error(draw: Draw) -> Asked:
    w, b, x = draw.one_of([1.5, 2.5]), draw.one_of([1.5, 2.0]), draw.one_of([3.0, 4.0, 5.0])
    off = w * x + b - (2 * x + 1)
    return Asked(
        N_("A fit says {w}x + {b}, the truth is 2x + 1. What is the squared error at x = {x}?"),
        off**2,
        N_("The error is {off}; its square counts."),
        {"w": w, "b": b, "x": x, "off": off},
        slips={
            abs(off) if off**2 != abs(off) else -1.0: N_("That is the error: square it."),
            (w - 2) ** 2: N_("That is the slope's error alone, as at x = 1 with the right intercept."),
        },
    )


def _left(draw: Draw) -> Asked:
    curvature, rate, steps = draw.one_of([0.1, 0.2, 0.5]), draw.one_of([0.01, 0.02]), draw.one_of([500, 1000])
    left = (1 - rate * curvature) ** steps
    return Asked(
        N_(
            "The flattest curvature of a loss is {curvature}, the learning rate {rate}. Which share of the distance "
            "along it is left after {steps} steps?"
        ),
        left,
        N_("(1 − ηλ) to the power {steps}."),
        {"curvature": curvature, "rate": rate, "steps": steps},
        slips={
            1 - left: N_("That is what is gone."),
            1 - rate * curvature: N_("That is after one step."),
            (1 - rate) ** steps: N_("The curvature is missing."),
        },
    )


_STOPS = (
    N_("the fit has not arrived"),
    N_("the test points lie beyond the training points"),
    N_("the noise has a mean"),
)
_CASES = {
    N_("the training loss is flat to three digits, but the slope still moves at every print"): (
        _STOPS[0], N_("Along a flat direction the loss hardly changes, and the line does."),
    ),
    N_("all errors on new points, within the training range, have the same sign and size"): (
        _STOPS[2], N_("A constant error goes into the intercept: the training targets are shifted."),
    ),
    N_("the best line's errors are small for most x, and grow with the distance from the mean of x"): (
        _STOPS[1], N_("A line turns around its middle: a small error of the slope becomes large far away."),
    ),
}  # fmt: skip


def _cause(draw: Draw) -> Asked:
    return which(
        draw,
        N_("You see: {case}. What is the likely cause?"),
        _CASES,
        _STOPS,
    )


QUESTIONS = (
    Question("10.missing factor", _missing_two),
    Question("10.slope", _slope),
    Question("10.intercept", _intercept),
    Question("10.mean of the noise", _noise),
    Question("10.error", _error),
    Question("10.share left", _left),
    Question("10.cause", _cause),
)
