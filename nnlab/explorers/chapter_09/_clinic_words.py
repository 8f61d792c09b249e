"""What the pictures of the clinic show, in words: the losses of a run, and what each test has measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlab.explorers.chapter_09._clinic_cases import Array, Run
from nnlab.language import _
from nnlab.plots._numbers import course, short

Numbers = dict[str, Array]


def losses(run: Run) -> str:
    """Say from where to where both losses go.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
    """
    epochs = np.arange(1, len(run.loss) + 1)
    words = _("{training}; {validation}; guessing has 0.69.")
    return words.format(
        training=course(_("Training loss"), epochs, run.loss),
        validation=course(_("validation loss"), epochs, run.val_loss),
    )


def told(test: str, numbers: Numbers) -> str:
    """Say what a test has measured.

    Parameters
    ----------
    test : str
        But for "none".
    numbers : dict of str to ndarray

    Returns
    -------
    str
    """
    return _WORDS[test](numbers)


def _gradients(numbers: Numbers) -> str:
    words = _("Sizes of the gradients before the first step, from the first layer on: {sizes}.")
    return words.format(sizes=", ".join(map(short, numbers["size"])))


def _outputs(numbers: Numbers) -> str:
    words = _("In hidden layer 1, before the first step, {flat} % of the outputs are nearly flat; {off} of {all} units "
              "are off for all points.")  # fmt: skip
    share = round(100 * float(numbers["flat"]))
    return words.format(flat=share, off=int(numbers["off"]), all=numbers["a"].shape[1])


def _weights(numbers: Numbers) -> str:
    words = _("Units of hidden layer 1 after the training: {count}; different ones: {distinct}.")
    return words.format(count=numbers["weights"].shape[1], distinct=int(numbers["distinct"]))


def _inputs(numbers: Numbers) -> str:
    words = _("Standard deviations of the inputs: {first} and {second}.")
    first, second = map(short, numbers["deviation"])
    return words.format(first=first, second=second)


def _sides(numbers: Numbers) -> str:
    words = _("Right: {training} % of the training points, {validation} % of the validation points, {fresh} % of fresh "
              "ones. Validation points also in training: {twins} of {count}.")  # fmt: skip
    training, validation, fresh = (round(100 * share) for share in numbers["accuracies"])
    return words.format(
        training=training, validation=validation, fresh=fresh, twins=int(numbers["twins"]), count=int(numbers["count"])
    )


def _rates(numbers: Numbers) -> str:
    words = _(
        "After {epochs} epochs the patient's rate, {here}, gives the loss {loss}; the best, {best}, gives {least}."
    )
    rate, loss = numbers["rate"], numbers["loss"]
    best, here = int(loss.argmin()), int(np.abs(np.log(rate / numbers["here"])).argmin())
    return words.format(
        epochs=int(numbers["epochs"]), here=short(rate[here]), loss=short(loss[here]), best=short(rate[best]),
        least=short(loss[best]),
    )  # fmt: skip


def _labels(numbers: Numbers) -> str:
    words = _("{odd} of {count} training points have another label than most of their neighbors.")
    return words.format(odd=int(numbers["odd"].sum()), count=len(numbers["y"]))


def _nudges(numbers: Numbers) -> str:
    words = _("Backpropagation and nudges: in hidden layer 1 {hidden}, at the output {output}.")
    hidden, output = (_agreement(numbers[name], numbers[f"{name}_nudged"]) for name in ("hidden", "output"))
    return words.format(hidden=hidden, output=output)


def _agreement(slopes: Array, nudged: Array) -> str:
    reach = float(np.abs(nudged).max(initial=1e-9))
    if np.allclose(slopes, nudged, atol=0.02 * reach):
        return _("they agree")
    return _("the signs are opposite") if np.allclose(slopes, -nudged, atol=0.02 * reach) else _("they differ")


_WORDS: dict[str, Callable[[Numbers], str]] = {
    "gradients": _gradients,
    "outputs of the units": _outputs,
    "weights of the units": _weights,
    "inputs": _inputs,
    "training and validation": _sides,
    "other learning rates": _rates,
    "labels": _labels,
    "nudges": _nudges,
}
