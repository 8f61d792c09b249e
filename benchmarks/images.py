"""Document E's convolutional network: its training, its answers for one image and for 10,000; and who computes them.

They go through `peers`, like the others. PyTorch is tried with channels first and last, Keras with and without XLA, and
each keeps what was quicker. All start from nnlab's weights.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import nnlab

Array: TypeAlias = NDArray[Any]
Result: TypeAlias = tuple[float, float | None]
Train: TypeAlias = Callable[[Array, Array, int], Result]

SIDE, KERNEL, FILTERS, UNITS, CLASSES = 28, 3, 32, 64, 10
PIXELS, TAPS = (SIDE - KERNEL + 1) ** 2, KERNEL * KERNEL
FLAT = ((SIDE - KERNEL + 1) // 2) ** 2 * FILTERS
EPSILON = 1e-7  # Keras's and nnlab's, in Adam
TRIAL = 640  # images by which the quicker of two settings is chosen


@dataclass(frozen=True)
class ImageWork:
    """The network, and what it is to do; has what `works.Work` has, too."""

    name: str
    rows: int
    batch: int
    epochs: int = 1
    predicts: bool = False
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    shuffle: bool = False
    other_loss: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        return (TAPS + 1) * FILTERS + (FLAT + 1) * UNITS + (UNITS + 1) * CLASSES

    @property
    def steps(self) -> int:
        return self.epochs * -(-self.rows // self.batch)

    @property
    def trial_epochs(self) -> int:
        return max(1, self.epochs // 10)

    @property
    def trainers(self) -> dict[str, Callable[[ImageWork], Train]]:
        return TRAINERS

    def data(self) -> tuple[Array, Array]:
        import nnlab

        (x, y), _ = nnlab.datasets.fashion_mnist.load_data()
        return x[: self.rows, ..., None].astype(np.float32) / 255, y[: self.rows].astype(np.int64)


WORKS = [
    ImageWork("E: CNN", 60_000, 64),
    ImageWork("E: CNN, one image", 1, 1, epochs=1000, predicts=True),
    ImageWork("E: CNN, 10,000 images", 10_000, 10_000, epochs=5, predicts=True),
]


def build(work: ImageWork) -> nnlab.Sequential:
    """The network in nnlab; all packages start from its weights."""
    from nnlab import Sequential, layers, optimizers

    model = Sequential(
        [
            layers.Conv2D(FILTERS, (KERNEL, KERNEL), activation="relu", input_shape=(SIDE, SIDE, 1)),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(UNITS, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ],
        seed=0,
    )
    model.compile(optimizers.Adam(work.learning_rate), "sparse_categorical_crossentropy")
    return model


def timed(predict: Callable[[], Array], times: int) -> Result:
    """Seconds of so many predictions, and the mean of the largest probabilities in place of a loss."""
    outputs = predict()
    begin = time.perf_counter()
    for _ in range(times):
        outputs = predict()
    return time.perf_counter() - begin, float(np.max(outputs, axis=1).mean())


def quicker(settings: Iterable[Train]) -> Train:
    """Train in one of several settings: the first training, which nobody times, tries all of them."""
    trains = list(settings)

    def train(x: Array, y: Array, epochs: int) -> Result:
        if len(trains) > 1:
            few = x[:TRIAL], y[:TRIAL]
            for one in trains:
                one(*few, 1)  # compiles
            trains[:] = [min(trains, key=lambda one: min(one(*few, 1)[0] for _ in range(3)))]
        return trains[0](x, y, epochs)

    return train


def with_nnlab(work: ImageWork) -> Train:
    def train(x: Array, y: Array, epochs: int) -> Result:
        model = build(work)
        if work.predicts:
            return timed(lambda: model.predict(x, verbose=0), epochs)
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def with_torch(work: ImageWork) -> Train:
    import torch

    return quicker(partial(_train_torch, work, layout) for layout in (torch.contiguous_format, torch.channels_last))


def _train_torch(work: ImageWork, layout: Any, x: Array, y: Array, epochs: int) -> Result:
    import torch

    net = _torch_net(work).to(memory_format=layout)
    a, b = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=layout), torch.from_numpy(y)
    if work.predicts:
        with torch.inference_mode():
            return timed(lambda: torch.softmax(net(a), 1).numpy(), epochs)
    loss = torch.nn.CrossEntropyLoss()
    # The fused kernel is the quickest of the three that PyTorch has, and not the default.
    optimizer = torch.optim.Adam(net.parameters(), work.learning_rate, eps=EPSILON, fused=True)
    total, begin = 0.0, time.perf_counter()
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(a), work.batch):
            part = slice(start, start + work.batch)
            optimizer.zero_grad()
            value = loss(net(a[part]), b[part])
            value.backward()
            optimizer.step()
            total += value.item() * len(a[part])
    return time.perf_counter() - begin, total / len(a)


def _torch_net(work: ImageWork) -> Any:
    """A PyTorch network with the first weights; it flattens channels first, so that a kernel's rows are rearranged."""
    import torch
    from torch import nn

    kernel, bias, first, first_bias, second, second_bias = build(work).get_weights()
    side = (SIDE - KERNEL + 1) // 2
    first = first.reshape(side, side, FILTERS, UNITS).transpose(2, 0, 1, 3).reshape(FLAT, UNITS)
    net = nn.Sequential(
        nn.Conv2d(1, FILTERS, KERNEL), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(FLAT, UNITS), nn.ReLU(), nn.Linear(UNITS, CLASSES),
    )  # fmt: skip
    weights = kernel.transpose(3, 2, 0, 1), bias, first.T, first_bias, second.T, second_bias
    for parameter, w in zip(net.parameters(), weights, strict=True):
        parameter.data = torch.from_numpy(w.copy())
    return net


def with_keras(work: ImageWork) -> Train:
    return quicker(_keras_trainer(work, xla) for xla in (False, True))


def _keras_trainer(work: ImageWork, xla: bool) -> Train:
    import keras

    stack = [
        keras.layers.Conv2D(FILTERS, (KERNEL, KERNEL), activation="relu"),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(UNITS, activation="relu"),
        keras.layers.Dense(CLASSES, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *stack])
    model.compile(keras.optimizers.Adam(work.learning_rate), "sparse_categorical_crossentropy", jit_compile=xla)
    weights = build(work).get_weights()

    def train(x: Array, y: Array, epochs: int) -> Result:
        model.set_weights(weights)  # the same model again, so that its graph is traced once, and not in the time
        if work.predicts:
            return timed(_keras_prediction(model, xla, x), epochs)
        for variable in model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(keras.ops.zeros_like(variable))
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def _keras_prediction(model: Any, xla: bool, x: Array) -> Callable[[], Array]:
    """The quickest way to ask: ``predict`` takes 50 ms for one image, a traced function less than one."""
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return lambda: model.predict_on_batch(x)
    import tensorflow as tf

    function = tf.function(lambda images: model(images, training=False), jit_compile=xla)
    images = tf.constant(x)
    return lambda: function(images).numpy()


def with_bound(work: ImageWork) -> Train:
    """The matrix products; one writing of what the convolution returns; while training, one pass over the state."""
    from bound import numpy_forms, quickest, scipy_forms

    # As in `bound`: the libraries are not mixed within a step.
    step = quickest(_bound_step(work, forms) for forms in (numpy_forms, scipy_forms))
    steps = -(-work.rows // work.batch)

    def train(x: Array, y: Array, epochs: int) -> Result:  # noqa: ARG001 (as the packages train)
        begin = time.perf_counter()
        for _ in range(epochs * steps):
            step()
        return time.perf_counter() - begin, None

    return train


def _bound_step(work: ImageWork, forms: Any) -> Callable[[], None]:
    from bound import filled, quickest, state_forms

    n, products = work.batch, forms
    calls = [_convolution(n, lambda images: products(images * PIXELS, TAPS, FILTERS))]
    written = filled(min(n, 64), PIXELS * FILTERS)
    calls += [partial(written.fill, 0.0)] * max(1, n // 64)
    dense = [(n, FLAT, UNITS), (n, UNITS, CLASSES)]
    if not work.predicts:
        calls.append(_convolution(n, lambda images: products(TAPS, images * PIXELS, FILTERS)))
        dense += [(FLAT, n, UNITS), (UNITS, n, CLASSES), (n, UNITS, FLAT), (n, CLASSES, UNITS)]
    calls += [quickest(products(*sizes)) for sizes in dense]
    if not work.predicts:
        calls.append(quickest(state_forms(work.parameters, 2)))

    def step() -> None:
        for call in calls:
            call()

    return step


def _convolution(images: int, forms: Callable[[int], Iterable[Callable[[], object]]]) -> Callable[[], object]:
    """All products of a convolution, by as many images at a time as is quickest."""
    from bound import quickest

    def ways() -> Iterator[Callable[[], object]]:
        for together in (1, 4, 16, 64):
            if images % together == 0 or together == 1:
                one = quickest(forms(together))

                def run(one: Callable[[], object] = one, times: int = images // together) -> None:
                    for _ in range(times):
                        one()

                yield run

    return quickest(ways())


TRAINERS: dict[str, Callable[[ImageWork], Train]] = {
    "nnlab": with_nnlab,
    "torch": with_torch,
    "keras": with_keras,
    "bound": with_bound,
}
