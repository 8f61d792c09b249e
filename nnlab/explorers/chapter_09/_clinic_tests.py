"""The tests of the clinic: what each of them measures in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from nnlab.explorers.chapter_09._clinic_cases import Array, Case, Run, build, data_of

TESTS = (
    "none",
    "gradients",
    "outputs of the units",
    "weights of the units",
    "inputs",
    "training and validation",
    "other learning rates",
    "labels",
    "nudges",
)
FACTORS = tuple(10.0 ** (k / 2) for k in range(-5, 6))
TRIAL = 30  # epochs of a trial of a learning rate
NEIGHBORS = 9
FLAT = 0.01  # below such a slope a unit counts as saturated
NUDGED = 12  # samples on which gradients are compared
CEILING = 100.0  # what stands for a loss that is larger or no number


def measure(test: str, run: Run, run_eagerly: bool = False) -> dict[str, Array]:
    """Make a test.

    Parameters
    ----------
    test : str
        One of `TESTS`.
    run : Run
    run_eagerly : bool

    Returns
    -------
    dict of str to ndarray
        Its numbers by name; empty for "none".
    """
    if test == "other learning rates":
        return _rates(run, run_eagerly)
    return _MEASURES[test](run)


def _gradients(run: Run) -> dict[str, Array]:
    """Size of the gradient of each layer's weights, before the first step."""
    grads = _compared(run.case)
    return {"size": np.array([np.sqrt(np.mean(gradient**2)) for gradient, _slopes in grads])}


@cache
def _compared(case: Case) -> list[tuple[Array, Array]]:
    """Gradient of each kernel as backward gives it, and by nudges, before the first step."""
    from nnlab.gradient_check import gradcheck

    data = data_of(case)
    found = gradcheck(build(case), data.x[:NUDGED], data.y[:NUDGED]).compared
    return [(np.ravel(one.gradient)[one.entries], one.slopes) for one in found if one.name.endswith("kernel")]


def _outputs(run: Run) -> dict[str, Array]:
    """Compute the first hidden layer before the training, and the share of its outputs at which it is flat."""
    from nnlab import activations

    layer = build(run.case).layers[0]
    z = data_of(run.case).x @ np.asarray(layer.kernel) + np.asarray(layer.bias)  # (N, H)
    bend = activations.get(run.case.activation)
    a = bend(z)
    return {
        "a": np.asarray(a, np.float64),
        "flat": np.array(np.mean(np.abs(bend.derivative(z)) < FLAT)),
        "off": np.array(int(np.sum((np.asarray(a) == 0).all(axis=0)))),
    }


def _weights(run: Run) -> dict[str, Array]:
    """Take the two weights into each unit of the first layer, after the training."""
    kernel = np.asarray(run.model.layers[0].kernel, np.float64)
    return {"weights": kernel, "distinct": np.array(len(np.unique(kernel.T.round(3), axis=0)))}


def _inputs(run: Run) -> dict[str, Array]:
    """Mean and standard deviation of each input, as the network gets it."""
    x = data_of(run.case).x
    return {"mean": x.mean(axis=0), "deviation": x.std(axis=0)}


def _sides(run: Run) -> dict[str, Array]:
    """Accuracies on the three kinds of points, and how many validation points also stand in the training data."""
    data = data_of(run.case)
    return {
        "accuracies": np.array(run.accuracies), "twins": np.array(data.twins), "count": np.array(len(data.x_val))
    }  # fmt: skip


def _rates(run: Run, run_eagerly: bool) -> dict[str, Array]:
    """Training loss after some epochs at learning rates around the one of the run."""
    losses = []
    slow = run.case.sign < 0  # a bend that is not nnlab's is not compiled
    factors, epochs = (FACTORS[1::2], TRIAL // 5) if slow else (FACTORS, TRIAL)
    for factor in factors:
        model = build(replace(run.case, rate=run.case.rate * factor), run_eagerly)
        data = data_of(run.case)
        history = model.fit(data.x, data.y, batch_size=20, epochs=epochs, verbose=0)
        last = history.history.get("loss", [])[-3:]
        loss = float(np.mean(last)) if len(last) else CEILING
        losses.append(min(loss, CEILING) if np.isfinite(loss) and not history.diverged else CEILING)
    return {
        "rate": run.case.rate * np.array(factors),
        "loss": np.array(losses),
        "here": np.array(run.case.rate),
        "epochs": np.array(epochs),
    }


def _labels(run: Run) -> dict[str, Array]:
    """Find the training points that have another label than most of their neighbors."""
    data = data_of(run.case)
    scaled = (data.raw - data.raw.mean(axis=0)) / data.raw.std(axis=0)
    distance = ((scaled[:, None] - scaled[None]) ** 2).sum(axis=2)
    distance[distance < 1e-12] = np.inf  # itself and its copies
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBORS]
    return {"x": scaled, "y": data.y, "odd": np.abs(data.y - data.y[nearest].mean(axis=1)) > 0.5}


def _nudges(run: Run) -> dict[str, Array]:
    """Gradients of the first layer's weights and of the last one's, by backward and by nudges."""
    (first, measured), (last, measured_last) = _compared(run.case)[0], _compared(run.case)[-1]
    return {"hidden": first, "hidden_nudged": measured, "output": last, "output_nudged": measured_last}


_MEASURES: dict[str, Callable[[Run], dict[str, Array]]] = {
    "none": lambda _run: {},
    "gradients": _gradients,
    "outputs of the units": _outputs,
    "weights of the units": _weights,
    "inputs": _inputs,
    "training and validation": _sides,
    "labels": _labels,
    "nudges": _nudges,
}

RIGHT_TEST = {
    "learning rate too small": "other learning rates",
    "copies in the validation data": "training and validation",
    "dead ReLUs": "outputs of the units",
    "all units alike": "weights of the units",
    "inputs of very different size": "inputs",
    "wrong labels": "labels",
    "too few units": "weights of the units",
    "learning rate too large": "other learning rates",
    "saturated sigmoids": "outputs of the units",
    "a sign error in the derivative": "nudges",
}
