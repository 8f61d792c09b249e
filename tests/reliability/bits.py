"""Work of all kinds whose bits a seed determines: what `test_bits` does again in other circumstances.

By hand, ``python -m tests.reliability.bits`` prints the SHA-256 of each; `--explorers` adds those of what the explorers
draw, which takes a minute. Two computers that print the same lines compute the same bits.
"""

import argparse
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nnlab
from nnlab import autodiff, datasets, explorers, initializers, layers, optimizers
from nnlab.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from nnlab.course.recalling import choose
from nnlab.optimizers import schedules

EPOCHS = 4
HALF = 2
CROSSENTROPY = "sparse_categorical_crossentropy"


def digest(result: Any) -> str:
    """Hash arrays, numbers and texts, one by one or in lists and dicts of any depth."""
    hashed = hashlib.sha256()
    _feed(hashed, result)
    return hashed.hexdigest()


def _feed(hashed: Any, result: Any) -> None:
    if isinstance(result, dict):
        _feed(hashed, list(result.items()))
    elif isinstance(result, list | tuple):
        hashed.update(f"{len(result)} of\n".encode())
        for one in result:
            _feed(hashed, one)
    elif isinstance(result, np.ndarray) and result.dtype != object:
        hashed.update(f"{result.dtype} {result.shape}\n".encode() + result.tobytes())
    else:
        hashed.update(f"{result!r}\n".encode())


class Training(NamedTuple):
    """A model and what it is trained on; `data` are the arguments of ``fit``."""

    make: Callable[[], nnlab.Model]
    data: dict[str, Any]
    callbacks: Callable[[], list[Any]] = list

    def __call__(self) -> Any:
        """Train from the first epoch to the last."""
        model = self.make()
        logs = self._fit(model, 0, EPOCHS)
        return self._results(model, logs)

    def in_two_parts(self, path: Path) -> Any:
        """Train to the half, save, load, and go on."""
        model = self.make()
        logs = self._fit(model, 0, HALF, ModelCheckpoint(path))
        model = nnlab.load_model(path)
        more = self._fit(model, model.epochs_done, EPOCHS)
        return self._results(model, {name: logs[name] + values for name, values in more.items()})

    def _fit(self, model: Any, first: int, last: int, *more: Any) -> dict[str, list[float]]:
        callbacks = [*self.callbacks(), *more]
        history = model.fit(
            **self.data, initial_epoch=first, epochs=last, batch_size=32, verbose=0, callbacks=callbacks
        )
        return history.history

    def _results(self, model: Any, logs: Any) -> Any:
        x, y = self.data["x"], self.data["y"]
        measured = model.evaluate(x, y)
        return model.get_weights(), model.optimizer.slots, logs, measured, model.predict(x), model.rng.random(3)


def stacked(
    stack: Callable[[], list[Any]], data: Any, optimizer: Any = "adam", loss: Any = CROSSENTROPY, eager: bool = False,
    dtype: str = "float32", callbacks: Callable[[], list[Any]] = list, **fitting: Any,
) -> Training:  # fmt: skip
    """Train layers one on the other; an optimizer is made anew for each training."""
    x, y = data

    def make() -> nnlab.Model:
        model = nnlab.Sequential([layers.Input(x.shape[1:]), *stack()], seed=5, dtype=dtype)
        chosen = optimizer if isinstance(optimizer, str) else optimizer()
        model.compile(chosen, loss, metrics=["accuracy"], run_eagerly=eager)
        return model

    return Training(make, {"x": x, "y": y, **fitting}, callbacks)


RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(200, 4)), RNG.integers(0, 3, 200)
WIDE = RNG.normal(size=(300, 784)), RNG.integers(0, 10, 300)
IMAGES = RNG.normal(size=(96, 14, 14, 2)), RNG.integers(0, 3, 96)
SERIES = RNG.normal(size=(96, 20, 8)), RNG.integers(0, 3, 96)
WORDS = RNG.integers(0, 50, (96, 20)), RNG.integers(0, 3, 96)
WEIGHTS = RNG.uniform(0, 2, 200)


def dense(activation: str = "relu", **options: Any) -> list[Any]:
    return [layers.Dense(24, activation, **options), layers.Dense(3, "softmax")]


def dropped() -> list[Any]:
    return [layers.Dense(24, "tanh"), layers.Dropout(0.3), layers.Dense(3, "softmax")]


def wide() -> list[Any]:
    return [layers.Dense(300, "relu"), layers.Dense(10, "softmax")]


def normalized() -> list[Any]:
    return [
        layers.GaussianNoise(0.1),
        layers.Dense(700, "relu", kernel_regularizer="l2", activity_regularizer="l1", kernel_constraint="max_norm"),
        layers.BatchNormalization(),
        layers.Dense(50, "gelu"),
        layers.LayerNormalization(),
        layers.Dropout(0.2),
        layers.Dense(10, "softmax"),
    ]


def convolutional() -> list[Any]:
    return [
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomRotation(0.1),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(48, 3, padding="same"),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(3, "softmax"),
    ]


def recurrent() -> list[Any]:
    return [
        layers.Embedding(50, 24, mask_zero=True),
        layers.Bidirectional(layers.LSTM(64, return_sequences=True, dropout=0.2)),
        layers.GRU(48),
        layers.Dense(3, "softmax"),
    ]


def in_time() -> list[Any]:
    return [
        layers.Conv1D(16, 3, padding="causal", activation="relu"),
        layers.MaxPooling1D(2),
        layers.SimpleRNN(32, return_sequences=True),
        layers.TimeDistributed(layers.Dense(8)),
        layers.GlobalAveragePooling1D(),
        layers.Dense(3, "softmax"),
    ]


def attentive() -> nnlab.Model:
    series, flat = layers.Input((20, 8)), layers.Input((4,))
    seen = layers.MultiHeadAttention(4, 16, dropout=0.1)(series, series)
    one = layers.Concatenate()([layers.GlobalMaxPooling1D()(seen), layers.Dense(16, "tanh")(flat)])
    shared = layers.Dense(24, "relu")
    model = nnlab.Model([series, flat], layers.Dense(3, "softmax")(shared(one)), seed=5)
    model.compile("adam", CROSSENTROPY, metrics=["accuracy"])
    return model


def watched() -> list[Any]:
    return [
        EarlyStopping("val_loss", patience=2, restore_best_weights=True),
        ReduceLROnPlateau("val_loss", patience=1, factor=0.5),
    ]


TRAININGS = {
    "runner, SGD, float64, class weights": stacked(
        dense, POINTS, lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True), dtype="float64",
        class_weight={0: 1.0, 1: 3.0},
    ),
    "runner, Adam, dropout, early stopping": stacked(dropped, POINTS, callbacks=watched, validation_split=0.2),
    "runner, AdamW with a schedule, clipped": stacked(
        lambda: dense("gelu"), POINTS, lambda: optimizers.AdamW(schedules.CosineDecay(0.01, 40), clipnorm=0.5)
    ),
    "runner, RMSprop, regularizers": stacked(
        lambda: dense("silu", kernel_regularizer="l1_l2"), POINTS, lambda: optimizers.RMSprop(0.01, centered=True)
    ),
    "runner, Adagrad, sample weights": stacked(dense, POINTS, lambda: optimizers.Adagrad(0.1), sample_weight=WEIGHTS),
    "runner, wide": stacked(wide, WIDE, validation_split=0.2),
    "formulas": stacked(dropped, POINTS, eager=True, dtype="float64", validation_split=0.2, callbacks=watched),
    "formulas, wide": stacked(wide, WIDE, eager=True),
    "normalization": stacked(normalized, WIDE),
    "convolution": stacked(convolutional, IMAGES),
    "convolution by formulas": stacked(convolutional, IMAGES, eager=True),
    "recurrence": stacked(recurrent, WORDS),
    "recurrence by formulas": stacked(recurrent, WORDS, eager=True, dtype="float64"),
    "recurrence behind a convolution": stacked(in_time, SERIES, lambda: optimizers.SGD(0.05)),
    "attention, two inputs": Training(attentive, {"x": [SERIES[0], POINTS[0][:96]], "y": SERIES[1]}),
}  # fmt: skip


def gradient_descent() -> Any:
    """Train through `Tensor`, with products large enough for several BLAS threads."""
    x, y = WIDE[0], np.eye(10)[WIDE[1]]
    rng = np.random.default_rng(1)
    w, v = (0.05 * rng.normal(size=shape) for shape in ((784, 128), (128, 10)))
    for _ in range(3):
        parameters = autodiff.Tensor(w), autodiff.Tensor(v)
        loss = ((np.tanh(x @ parameters[0]) @ parameters[1] - y) ** 2).mean()
        loss.backward()
        w, v = (one.data - 0.1 * one.grad for one in parameters)
    return loss.data, w, v


def sweeps() -> Any:
    """Sweep compiled networks, and some that ``fit`` has to train."""
    results = []
    for stack in (dense, dropped):
        grid = {"learning_rate": [0.01, 0.1, 1.0], "seed": range(4)}
        template = stacked(stack, POINTS, lambda: optimizers.SGD(0.1)).make()
        found = nnlab.sweep(template, grid, (*POINTS, (POINTS[0][:50], POINTS[1][:50])), epochs=3)
        results.append((found.loss, found.history, found.metrics, found.diverged))
    return results


def landscapes() -> Any:
    """Compute surfaces in a random plane and along a path, compiled and by the formulas."""
    results = []
    for kind, data, resolution in (("runner, Adagrad, sample weights", POINTS, 21), ("formulas, wide", WIDE, 3)):
        model = TRAININGS[kind].make()
        path = model.parameters + 0.1 * np.random.default_rng(2).normal(size=(6, model.parameters.size))
        around = nnlab.landscape(model, data, resolution=resolution)
        along = nnlab.landscape(model, data, resolution=resolution, path=path)
        results += [around.loss, around.directions, along.loss, along.directions, along.project(path)]
    return results


def toys() -> Any:
    """Draw all toy sets."""
    kinds = datasets.xor, datasets.circles, datasets.moons, datasets.gaussians, datasets.spiral
    return [kind(500, seed=seed) for kind in kinds for seed in range(3)]


def first_weights() -> Any:
    """Draw from all initializers, also matrices that are large enough for several BLAS threads."""
    rng = np.random.default_rng(3)
    kinds = "random_uniform", "random_normal", "truncated_normal", "glorot_uniform", "he_normal", "orthogonal"
    return [initializers.get(kind)(shape, rng) for kind in kinds for shape in ((30, 30), (300, 1200))]


def learning_rates() -> Any:
    """Look for a learning rate."""
    models = [TRAININGS[kind].make() for kind in ("runner, wide", "formulas, wide")]
    found = [nnlab.find_learning_rate(model, *WIDE, steps=20) for model in models]
    return [(one.learning_rates, one.losses, one.suggestion) for one in found]


def questions() -> Any:
    """Draw the questions that a learner is asked at the end of a chapter."""
    return [(question.key, asked) for seed in range(3) for question, asked in choose("14", seed)]


WORK: dict[str, Callable[[], Any]] = {
    **TRAININGS,
    "autodiff": gradient_descent,
    "sweeps": sweeps,
    "landscapes": landscapes,
    "toy sets": toys,
    "first weights": first_weights,
    "learning rates": learning_rates,
    "questions": questions,
}


def explored(name: str) -> Any:
    """Give what an explorer draws as it opens."""
    explorer = getattr(explorers, name)()
    explorer.settle()
    return sorted(explorer.data.items()), explorer.alt


def main(arguments: list[str] | None = None) -> None:
    """Print the hash of each piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--explorers", action="store_true")
    work = dict(WORK)
    if parser.parse_args(arguments).explorers:
        work |= {f"explorer {name}": partial(explored, name) for name in explorers.catalogue()}
    for name, do in work.items():
        print(f"{digest(do())}  {name}", flush=True)


if __name__ == "__main__":
    main()
