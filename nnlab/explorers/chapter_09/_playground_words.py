"""What the playground says: the banner where something went wrong, the line of status, the text of the picture."""

from __future__ import annotations

import numpy as np

from nnlab.explorers.chapter_09._playground_data import REGRESSION
from nnlab.explorers.chapter_09._playground_run import loss_of
from nnlab.explorers.core import Arrays, Values
from nnlab.language import _

FLAT = 1e-3  # a network whose answers differ by less answers the same everywhere
ENOUGH = 1000  # steps after which a network should be better than no network
LEVELS = (90, 70, 60)  # percents that are told apart in words: few, so that a turned point seldom crosses one
WORSE = 1.15  # times the loss of the best constant answer: no network at all is better


def warning(values: Values, arrays: Arrays) -> str:
    """Explain what went wrong, the weightiest first; empty where nothing did.

    Parameters
    ----------
    values : SimpleNamespace
    arrays : dict of str to ndarray

    Returns
    -------
    str
    """
    points = _about_points(values, arrays)
    if not arrays["training"].any():
        return points
    rate = f"{values.learning_rate:g}"
    if 0 < int(arrays["diverged"]) <= values.epoch:
        words = _(
            "Diverged in epoch {epoch}: the loss is no longer a number. At a learning rate of {rate} each step jumps "
            "farther over the valley than the one before. Move the learning rate to the left."
        )
        return words.format(epoch=int(arrays["diverged"]), rate=rate)
    found = points or _about_units(values, arrays)
    return found if found or int(arrays["typed"]) else _about_answers(values, arrays, rate)


def _about_points(values: Values, arrays: Arrays) -> str:
    y, training = arrays["y"], arrays["training"]
    if values.data == "own" and not len(y):
        return _(
            'No points yet. Choose a class under "your own points", then press in the large field; drag to paint '
            "several. Nothing is trained until there is a point."
        )
    if not training.any():
        words = _("None of your {count} points is for training: paint more, or raise the share of training points.")
        return words.format(count=len(y))
    if values.data not in REGRESSION and len(np.unique(y)) == 1:
        words = _("All points are of class {name}: there is nothing to tell apart, and the answer {name} is right.")
        return words.format(name=int(y[0]))
    if values.data not in REGRESSION and len(np.unique(y[training])) == 1:
        words = _("All training points are of class {name}: the network never sees the other one.")
        return words.format(name=int(y[training][0]))
    return ""


def _about_units(values: Values, arrays: Arrays) -> str:
    weights = arrays["_weights"]
    for layer, kernel in enumerate(weights[:-2:2], 1):
        bias = weights[2 * layer - 1]
        if kernel.shape[1] > 1 and np.all(kernel == kernel[:, :1]) and np.all(bias == bias[0]):
            words = _(
                "All units of layer {layer} are alike: they began alike, so they get the same gradient and stay alike. "
                "Together they are one unit. Choose an initialization that draws random weights."
            )
            return words.format(layer=layer)
    dead = [layer for layer, units in enumerate(arrays["_outputs"][:-1], 1) if _dead(values, arrays, units)]
    if dead:
        words = _(
            "All units of layer {layer} are dead: they answer 0 to every training point, so no gradient comes "
            "through. Lower the learning rate, take another seed, or an activation with a slope below 0."
        )
        return words.format(layer=dead[0])
    return ""


def _dead(values: Values, arrays: Arrays, units: np.ndarray) -> bool:
    return values.activation == "relu" and not units[arrays["training"]].any()


def _about_answers(values: Values, arrays: Arrays, rate: str) -> str:
    steps = int(arrays["steps"])
    loss, constant = float(arrays["loss"][0]), float(arrays["constant_loss"])
    if steps >= ENOUGH and loss > WORSE * constant:
        words = _(
            "After {steps} steps the loss is higher than that of a network that answers the same everywhere. At a "
            "learning rate of {rate} the steps are too long: move it to the left."
        )
        return words.format(steps=f"{steps:,}", rate=rate)
    if steps >= ENOUGH and float(arrays["range"]) < FLAT:
        words = _("The network answers the same everywhere: nothing of the points has reached its weights.")
        if values.regularization != "none":
            words = _("The network answers the same everywhere: the penalty outweighs the points. Lower its rate.")
        return words
    return ""


def status(values: Values, arrays: Arrays) -> str:
    """Say in a line what was trained.

    Parameters
    ----------
    values : SimpleNamespace
    arrays : dict of str to ndarray

    Returns
    -------
    str
    """
    batch = values.batch or int(arrays["training"].sum())
    words = _(
        "Epoch {epoch}: {steps} steps, {batch} of {points} training points each. {parameters} weights and biases. "
        "Press a feature or a unit."
    )
    sentences = [
        words.format(
            epoch=f"{int(arrays['epochs'][-1]):,}", steps=f"{int(arrays['steps']):,}", batch=batch,
            points=int(arrays["training"].sum()), parameters=sum(part.size for part in arrays["_weights"]),
        )
    ]  # fmt: skip
    if int(arrays["typed"]):
        words = _("{count} typed by you: the network answers with it, and is not trained with it.")
        if int(arrays["typed"]) > 1:
            words = _("{count} typed by you: the network answers with them, and is not trained with them.")
        sentences.insert(0, words.format(count=int(arrays["typed"])))
    if loss_of(values) != values.loss:
        sentences.append(_("Cross-entropy compares probabilities; here numbers are learned, with squared errors."))
    return " ".join(sentences)


def description(values: Values, arrays: Arrays) -> str:
    """Describe the finished picture in words that another processor's last bit does not change.

    Parameters
    ----------
    values : SimpleNamespace
    arrays : dict of str to ndarray

    Returns
    -------
    str
    """
    layers = "-".join(map(str, (len(values.features), *values.hidden, 1)))
    words = _("A {layers} network with {activation} on {data}, {points} training and {test} test points")
    start = words.format(
        layers=layers, activation=values.activation, data=_data_words(values),
        points=int(arrays["training"].sum()), test=int((~arrays["training"]).sum()),
    )  # fmt: skip
    how = _("after {epoch} epochs of {optimizer} at learning rate {rate}").format(
        epoch=values.epoch, optimizer=values.optimizer, rate=f"{values.learning_rate:g}"
    )
    if not values.epoch:
        how = _("before training")
    shown = _("The large field shows the output.")
    if values.look != "output":
        shown = _("The large field shows unit {unit}.").format(unit=values.look)
    return f"{start}, {how}: {_result(values, arrays)} {shown}"


def _data_words(values: Values) -> str:
    if values.data == "formula":
        return f"x2 > {values.formula.strip()}"
    return _("painted points") if values.data == "own" else str(values.data)


def _result(values: Values, arrays: Arrays) -> str:
    if not arrays["training"].any():
        return _("nothing to train on.")
    if 0 < int(arrays["diverged"]) <= values.epoch:
        return _("the training diverged, the loss is no longer a number.")
    if values.data in REGRESSION:
        bounds = [bound for bound in (0.1, 0.2, 0.4) if float(arrays["distance"][1]) < bound]
        if not bounds:
            return _("the answers are far from the targets of the test points.")
        words = _("the mean distance from the targets of the test points is below {bound}.")
        return words.format(bound=f"{bounds[0]:g}")
    shares = [_percent(arrays["right"][k]) for k in (0, 1)]
    words = _("training points: {training}; test points: {test}.")
    return words.format(training=shares[0], test=shares[1])


def _percent(right: np.ndarray) -> str:
    count, of = int(right[0]), int(right[1])
    if not of:
        return _("none")
    percent = next((level for level in LEVELS if 100 * count >= level * of), 0)
    if not percent:
        return _("no better than tossing a coin")
    return _("at least {percent} % right").format(percent=percent)
