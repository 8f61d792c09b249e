"""Calls of plots, explorers and the course."""

from dataclasses import replace

import ipywidgets as widgets
import numpy as np
from ipywidgets.widgets.widget import _instances  # those that have not been closed

import nnlab
from nnlab import explorers, layers, plots
from nnlab.autodiff import Steps, Value
from nnlab.contents import Chapter
from nnlab.course.exercise import exercises
from nnlab.explorers._live import Live
from tests.reliability.calls.core import Call, call, defaults

RNG = np.random.default_rng(0)
POINTS, SIDES = RNG.integers(-8, 9, (12, 2)) / 4, np.arange(12) % 2
IMAGES, DIGITS = RNG.integers(0, 256, (6, 28, 28)).astype(np.uint8), np.array([0, 1, 2, 0, 1, 2])
SHARES = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0.25, 0.25]] * 2)
GRID = np.linspace(-2, 2, 9)
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
SQUARES = GRID**2
thorough = False  # whether figures are rendered, too; set by the attack
SHOWN = widgets.HTML("shown")


def plot_calls():
    """Each is drawn; its words are compared."""
    x = Value(1.5, "x")
    y = x * x
    given = {
        "activation_family": {"names": ["relu", "tanh"]},
        "batch": {"images": IMAGES[:2], "arrays": {"X": IMAGES[:2].reshape(2, 784) / 255, "A": np.ones((2, 10))}},
        "bends": {"arriving": {"relu": np.array([1.0, 0.5, 0.25]), "tanh": np.array([1.0, 0.75, 0.5])}},
        "bent_plane": {
            "x": POINTS, "y": SIDES, "weights": [np.eye(2), np.zeros(2), np.array([[4.0], [0.0]]), np.zeros(1)],
        },
        "best_constants": {
            "y": GRID, "constants": GRID, "losses": {"squared": 1 + SQUARES, "absolute": 1 + np.abs(GRID)},
        },
        "cell_and_unit": {},
        "confusion_matrix": {"y_true": DIGITS, "y_pred": np.array([0, 1, 2, 0, 2, 2])},
        "costs": {
            "parameters": np.array([16, 128]), "operations": {"one": np.array([32, 64]), "two": np.array([8, 2])},
        },
        "course_map": {"chapters": (Chapter(0, "Begin", "", ()), Chapter(1, "Go", "I", ("A 1.1",), written=True))},
        "curves": {"x": GRID, "ys": {"a": SQUARES, "b": GRID}},
        "filtered": {"signal": GRID, "outputs": {"all": GRID[1:]}},
        "fits": {"x": GRID, "y": SQUARES, "curves": {"line": (GRID, GRID)}, "fit_on": (0.0, 1.0), "test": (GRID, GRID)},
        "graph": {"root": y, "moment": Steps(y).at(1)},
        "hidden_space": {
            "x": CORNERS, "y": np.array([0, 1, 1, 0]), "W1": np.ones((2, 2)), "b1": np.array([-0.5, -1.5]),
            "w2": np.array([1.0, -1.0]), "b2": -0.5,
        },
        "images": {"images": IMAGES, "titles": ["a", "b", "c", "d", "e", "f"]},
        "learning_curves": {"history": {"loss": [1.0, 0.5], "val_loss": [1.0, 0.75]}},
        "loss_contours": {
            "across": GRID, "up": GRID, "loss": (GRID * GRID[:, None] - 1) ** 2,
            "paths": {"A": np.array([[-1.5, 1.5], [0, 0]])},
        },
        "mended": {"losses": {"as written": 1.5, "all steps": 0.125}},
        "mistakes": {"images": IMAGES, "y_true": DIGITS, "p": SHARES, "count": 4},
        "mistakes_and_bound": {
            "margins": np.array([0.25, 0.5]), "mistakes": np.array([20, 31]), "bounds": np.array([100, 120]),
        },
        "nested_ways": {
            "images": IMAGES, "y_true": DIGITS % 2,
            "answers": {"AI": 1 - DIGITS % 2, "machine learning": DIGITS % 2, "deep learning": DIGITS % 2},
            "made_by_hand": ["a", "b", "c"],
        },
        "neuron_lines": {"x": POINTS, "y": SIDES, "neurons": {"it": ([1.0, -2.0], 0.25)}},
        "new_figure": {},
        "noise_and_loss": {
            "error": GRID, "densities": {"squared": np.exp(-SQUARES), "absolute": np.exp(-np.abs(GRID))},
        },
        "one_neuron": {"x": POINTS, "y": SIDES, "weights": np.array([1.0, -2.0]), "bias": 0.25},
        "parabolas": {"paths": {"crawls": np.array([2.0, 1.75]), "diverges": np.array([2.0, -2.25])}},
        "permutation_test": {"real": 0.75, "shuffled": np.array([0.5, 0.25, 0.5])},
        "probabilities": {"p": np.array([0.25, 0.5, 0.25]), "truth": 1},
        "pulls": {},
        "range_test": {"found": _range_test()},
        "rates_and_seeds": {"results": {"SGD": {0.125: [0.5, 0.75], 1.0: [0.5, 0.25]}}, "ylabel": "right"},
        "responses": {"image": IMAGES[0] / 255, "answers": {"edges": IMAGES[1][1:-1, 1:-1] / 255}},
        "runs": {"shares": {"squared": [np.array([0.0, 0.5, 1.0])], "cross-entropy": [np.array([0.0, 0.5, 1.0])]}},
        "schedules": {"rates": {"SGD": np.array([0.5, 0.25])}, "losses": {"SGD": np.array([1.0, 0.5])}},
        "seed_bands": {"results": {"a": np.array([0.5, 0.75]), "b": np.array([0.25, 0.5])}},
        "seeds": {"results": {"one": {"relu": [0.5, 0.75], "tanh": [0.25, 0.5]}}},
        "shared_matrix": {
            "matrix": np.array([[2.0, -1.0, 0, 0], [0, 2.0, -1.0, 0], [0, 0, 2.0, -1.0]]),
            "kernel": np.array([2.0, -1.0]),
        },
        "signal_flow": {
            "image": np.linspace(0, 1, 784), "hidden": np.arange(10.0), "contributions": np.arange(-4.0, 6.0),
            "p": np.array([0.5, 0.5, *np.zeros(8)]),
        },
        "through_network": {"model": _convolutional(), "image": IMAGES[0][:8, :8] / 255},
        "timeline": {},
        "tuned": {"results": {"SGD": np.array([0.5, 0.75]), "Adam": np.array([0.25, 0.5])}, "ylabel": "right"},
        "unit_to_network": {},
        "unrolled": {"inputs": ["a", "d", "a"], "gradient": np.array([0.25, 0.5, 1.0])},
        "weights": {"kernel": RNG.integers(-4, 5, (784, 4)) / 4, "units": 2},
        "widths": {"wrong": {16: np.array([0.25, 0.125]), 2: np.array([0.5, 0.75])}, "tested": 2000},
    }  # fmt: skip
    table = {}
    for name, arguments in given.items():
        drawn = call(getattr(plots, name), (), ("a text with a NUL",), _drawn, **arguments)  # fonts warn of a NUL
        table[f"plots.{name}"] = replace(drawn, words=False)
    return table


def _drawn(picture):
    alt = picture.alt
    if alt and thorough:
        picture.png(0.25)
    return alt


def _range_test():
    model = nnlab.Sequential([layers.Dense(1, input_shape=(2,))], seed=0)
    model.compile("sgd", "mse")
    return nnlab.find_learning_rate(model, POINTS, SIDES, steps=10)


def _convolutional():
    return nnlab.Sequential(
        [layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1)), layers.Flatten(), layers.Dense(3, "softmax")],
        seed=0,
    )


def explorer_calls():
    """The controls of each are set; nothing is computed, so that only what is refused, or not, is seen.

    Arguments that are no controls go to the function itself.
    """
    Live.now = Live.request = lambda live, state: None
    table = {}
    for name, function in explorers.catalogue().items():
        explorer = function()
        arguments = defaults(function)
        set_there = {key: value for key, value in arguments.items() if key in explorer.controls}
        if "typed" in set_there:
            set_there["typed"] = {}  # the function takes None for it
        if set_there:
            table[f"explorers.{name}"] = Call(_setter(explorer, set_there), set_there)
        for key in arguments.keys() - set_there.keys():
            table[f"explorers.{name} {key}"] = call(function, _use=lambda made: None, **{key: arguments[key]})
    return table


def _setter(explorer, first):
    def run(**values):
        explorer.set(**first)
        explorer.set(**values)
        return explorer.code()

    return run


def course_calls():
    """Exercises answered by anything, hints, predictions, questions."""
    from nnlab import course

    table = {
        f"course.check {number}": Call(
            lambda answer, number=number: course.check(number, answer).status, {"answer": ...}
        )
        for number in exercises()
    }
    choice = {"question": "Which?", "choices": ["a", "b"], "answer": 1, "because": "so", "reveals": SHOWN}
    number = {"question": "How much?", "answer": 0.5, "because": "so", "reveals": SHOWN, "between": (0.0, 1.0)}
    curve = number | {"curve": np.array([0.0, 0.5, 1.0]), "answer": np.array([0.25, 0.5, 1.0]), "labels": ("x", "y")}
    committed = lambda prediction: prediction.commit(None)  # noqa: E731
    for name, arguments in (("choice", choice), ("number", number), ("curve", curve)):
        full = {"number": "3.a"} | defaults(course.predict) | arguments
        table[f"course.predict {name}"] = call(course.predict, (), ("endless zeros", "endless rows"), committed, **full)

    def commit(value, arguments):
        return course.predict("3.a", **arguments).commit(value)

    table["course.predict.commit choice"] = Call(lambda value: commit(value, choice), {"value": 1})
    table["course.predict.commit number"] = Call(lambda value: commit(value, number), {"value": 0.5})
    table["course.predict.commit curve"] = Call(
        lambda value: commit(value, curve), {"value": np.array([0.25, 0.5, 1.0])}
    )
    table["course.recall.answer"] = Call(
        lambda k, value: course.recall("03").answer(k, value), {"k": 1, "value": "nonsense"}
    )
    table |= {
        "course.check": call(course.check, number="3.2", answer=...),
        "course.hint": call(course.hint, number="3.2", _use=lambda reply: reply.status),
        "course.solution": call(course.solution, number="3.2", _use=lambda reply: reply.status),
        "course.recall": call(course.recall, chapter="03", _use=lambda recall: None),
    }
    return {name: replace(one, run=_closing(one.run)) for name, one in table.items()}


def _closing(run):
    """Close what a call shows, as Jupyter does when its cell is run again; else all of them would be kept."""

    def closed(**arguments):
        before = set(_instances.values())
        try:
            return run(**arguments)
        finally:
            for widget in set(_instances.values()) - before:
                widget.close()

    return closed
