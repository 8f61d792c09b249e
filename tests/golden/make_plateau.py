"""Make plateau.json: how Keras's ReduceLROnPlateau changes the learning rate while it is told these numbers.

Run with Keras installed (`pip install nnlab-course[bench]`); the tests do not need it. Made with Keras 3.15.0.
"""

import json
import pathlib
from types import SimpleNamespace

import keras
import numpy as np

SETTINGS = [
    {"patience": 1, "factor": 0.5},
    {"patience": 0, "factor": 0.5},
    {"patience": 3, "factor": 0.1, "cooldown": 2},
    {"patience": 2, "factor": 0.5, "min_delta": 0.05, "min_lr": 0.03},
    {"patience": 2, "factor": 0.5, "cooldown": 4, "min_delta": 0.0},
    {"patience": 2, "factor": 0.2, "mode": "max"},
    {"patience": 4, "factor": 0.0, "min_lr": 0.02},
]

cases = []
for seed in range(4):
    rng = np.random.default_rng(seed)
    numbers = np.round(np.exp(-np.arange(40) / 12) + 0.1 * rng.normal(size=40), 3).tolist()
    for settings in SETTINGS:
        callback = keras.callbacks.ReduceLROnPlateau("loss", **settings)
        optimizer = SimpleNamespace(learning_rate=0.1)
        callback.set_model(SimpleNamespace(optimizer=optimizer))
        callback.on_train_begin()
        rates = []
        for epoch, number in enumerate(numbers):
            callback.on_epoch_end(epoch, {"loss": number})
            rates.append(optimizer.learning_rate)
        cases.append({"settings": settings, "numbers": numbers, "rates": rates})
pathlib.Path(__file__).with_name("plateau.json").write_text(json.dumps(cases) + "\n")
