"""Recurrent layers with golden values: one table for Keras, which made them, and for nnlab, which has to agree."""

from itertools import product
from typing import Any

import numpy as np

ROWS, STEPS, FEATURES, UNITS = 3, 4, 2, 2
RATE, UPDATES = 0.125, 3
# One sample without padding, one padded before and behind, one that is padding only.
MASK = np.array([[1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 0]], bool)
STATES = {"SimpleRNN": 1, "LSTM": 2, "GRU": 1}
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
OTHERS = {
    "LSTM": {"activation": "relu", "recurrent_activation": "tanh", "use_bias": False},
    "GRU": {"reset_after": False, "activation": "softplus"},
    "SimpleRNN": {"activation": "relu", "use_bias": False},
}


def cases() -> dict[str, dict[str, Any]]:
    """Arguments of each case, by name."""
    found = {}
    for kind, sequences, backwards, masked, begun in product(STATES, *[(False, True)] * 4):
        name = f"{kind}-{sequences:d}{backwards:d}{masked:d}{begun:d}"
        found[name] = {
            "kind": kind, "masked": masked, "begun": begun, "merge": False,
            "settings": {"return_sequences": sequences, "go_backwards": backwards, "return_state": begun},
        }  # fmt: skip
    for kind, settings in OTHERS.items():
        found[f"{kind}-other"] = {
            "kind": kind, "masked": True, "begun": False, "merge": False,
            "settings": {"return_sequences": True, **settings},
        }  # fmt: skip
    for merge, sequences, masked in product(("concat", "sum", "mul", "ave", None), (False, True), (False, True)):
        kind = "GRU" if merge in ("sum", None) else "LSTM"
        begun = masked and merge in ("concat", None)
        found[f"{merge}-{sequences:d}{masked:d}"] = {
            "kind": kind, "masked": masked, "begun": begun, "merge": merge,
            "settings": {"return_sequences": sequences, "return_state": begun},
        }  # fmt: skip
    return found


def numbers(shape: tuple[int, ...], seed: int) -> Any:
    return np.random.default_rng(seed).normal(0, 0.7, shape)


def inputs(case: dict[str, Any]) -> list[Any]:
    """The sequences, and initial states if there are any."""
    ways = 1 if case["merge"] is False else 2
    count = ways * STATES[case["kind"]] if case["begun"] else 0
    return [numbers((ROWS, STEPS, FEATURES), 0), *(numbers((ROWS, UNITS), 1 + k) for k in range(count))]


def weights(shapes: list[tuple[int, ...]]) -> list[Any]:
    return [numbers(shape, 10 + k) for k, shape in enumerate(shapes)]


def slopes(shapes: list[tuple[int, ...]]) -> list[Any]:
    """Gradient of the loss with respect to each output: the loss is the sum of their products."""
    return [numbers(shape, 30 + k) for k, shape in enumerate(shapes)]
