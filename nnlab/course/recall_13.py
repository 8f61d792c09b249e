"""Questions to recall of chapter 13, convolutional networks. Its exercises are in `nnlab.course.chapter_13_windows`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _stops(draw: Draw) -> Asked:
    n, kernel, stride = draw.one_of([11, 15, 19, 23, 27]), draw.one_of([4, 6]), 3
    moves = (n - kernel) // stride
    return Asked(
        N_("A kernel of {kernel} pixels slides along {n} pixels with stride {stride}, no padding. How many stops?"),
        float(moves + 1),
        N_("({n} − {kernel}) // {stride} = {moves} moves, and one stop more."),
        {"n": n, "kernel": kernel, "stride": stride, "moves": moves},
        slips={
            float(moves): N_("Those are the moves; the window has stood somewhere before the first."),
            float(n - kernel + 1): N_("That is for stride 1."),
            float(n): N_("That is the size with padding that keeps it, and stride 1."),
        },
    )


def _parameters(draw: Draw) -> Asked:
    kernel, channels, filters = draw.one_of([3, 5]), draw.one_of([3, 4, 8]), draw.one_of([10, 16, 20])
    weights = kernel**2 * channels * filters
    return Asked(
        N_("Conv2D({filters}, {kernel}) sees {channels} channels. How many parameters has it, with biases?"),
        float(weights + filters),
        N_("{kernel} · {kernel} · {channels} · {filters} weights, and {filters} biases: for each filter one."),
        {"kernel": kernel, "channels": channels, "filters": filters},
        slips={
            float(weights): N_("The biases are missing."),
            float(kernel**2 * filters + filters): N_("A filter looks into all channels."),
            float(weights + 1): N_("Each filter has a bias of its own."),
        },
    )


def _one_stop(draw: Draw) -> Asked:
    x = [[draw.one_of([2, 3, 4]), draw.one_of([5, 6, 7])], [draw.one_of([1, 8]), 9]]
    k = [[1, 0], [draw.one_of([2, 3]), -1]]
    total = sum(a * b for row, other in zip(x, k, strict=True) for a, b in zip(row, other, strict=True))
    flipped = sum(x[i][j] * k[1 - i][1 - j] for i in range(2) for j in range(2))
    return Asked(
        N_("The window shows {x}, the kernel is {k}, a list for each row. What comes out, not flipped?"),
        float(total),
        N_("Number by number, then the sum: nothing is flipped in a network."),
        {"x": x, "k": k},
        slips={float(flipped): N_("You have flipped the kernel, as mathematicians do.")},
    )


def _pooled(draw: Draw) -> Asked:
    top, bottom = draw.some_of([1, 3, 4, 6, 7, 8], 4), draw.some_of([2, 5, 9, 10, 11, 12], 4)
    largest = max(top[2:] + bottom[2:])
    return Asked(
        N_("Max pooling of 2 × 2 on {x}, a list for each row. What is the second number?"),
        float(largest),
        N_("The second window holds the last two columns of both rows."),
        {"x": [top, bottom]},
        slips={
            float(max(top[:2] + bottom[:2])): N_("That is the first number."),
            sum(top[2:] + bottom[2:]) / 4: N_("That is the mean: average pooling."),
        },
    )


def _receptive(draw: Draw) -> Asked:
    count = draw.one_of([2, 3, 4, 5])
    return Asked(
        N_("{count} convolutions of 3 × 3 with stride 1 follow each other. How many pixels wide is the view?"),
        float(2 * count + 1),
        N_("The first sees 3 pixels, and each further one adds 2: one at each side."),
        {"count": count},
        slips={
            float(3 * count): N_("Their windows overlap: each layer adds 2, not 3."),
            float(3**count): N_("Views do not multiply at stride 1: each layer adds 2."),
            3.0: N_("That is one layer."),
        },
    )


def _equivariance(draw: Draw) -> Asked:
    stride, moved = draw.one_of([2, 3]), draw.one_of([6, 12])
    return Asked(
        N_("An image moves by {moved} pixels to the right. By how many does its map move, at stride {stride}?"),
        moved / stride,
        N_("A step in the map is {stride} pixels of the image: the map moves by {moved} / {stride}."),
        {"stride": stride, "moved": moved},
        slips={
            0.0: N_("A convolution is not blind to the shift: it moves along."),
            float(moved): N_("That is at stride 1."),
            float(moved * stride): N_("The map has fewer places than the image, not more."),
        },
    )


def _shared_gradient(draw: Draw) -> Asked:
    stops, slope, pixel = draw.one_of([4, 9, 16]), draw.one_of([2, 3]), draw.one_of([5, 6])
    return Asked(
        N_("All pixels are {pixel}, all slopes dz are {slope}, there are {stops} stops. How large is dk[0, 0]?"),
        float(stops * slope * pixel),
        N_("A shared weight gets pixel times slope from each stop, and all are summed."),
        {"stops": stops, "slope": slope, "pixel": pixel},
        slips={
            float(slope * pixel): N_("That is the share of one stop, or their mean."),
            float(stops * slope): N_("The pixels are missing: each slope is multiplied by the pixel it met."),
        },
    )


QUESTIONS = (
    Question("13.stops", _stops),
    Question("13.parameters", _parameters),
    Question("13.one stop", _one_stop),
    Question("13.pooled", _pooled),
    Question("13.receptive field", _receptive),
    Question("13.equivariance", _equivariance),
    Question("13.shared gradient", _shared_gradient),
)
