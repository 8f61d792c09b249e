"""Make graphs.npz: first weights, three training steps and predictions of Keras 3 on graphs of layers, in float64.

Run with Keras and TensorFlow installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras
3.15.0 on TensorFlow 2.21.0.
"""

import pathlib

import graph_cases as cases
import keras
import numpy as np

keras.config.set_floatx("float64")
keras.utils.set_random_seed(0)


def loss_of(loss):
    if loss == cases.LOGITS:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss


def record(golden, key, model):
    for layer in model.layers:
        for k, w in enumerate(layer.get_weights()):
            golden[f"{key}/{layer.name}/{k}"] = w


golden = {}
rng = np.random.default_rng(1)
for name, (build, loss, loss_weights, metrics) in cases.CASES.items():
    model = build(keras)
    for layer in model.layers:  # biases, too, are to be something
        layer.set_weights([
            np.abs(w + 0.25 * rng.normal(size=w.shape)) if "norm" in layer.name else w + 0.25 * rng.normal(size=w.shape)
            for w in layer.get_weights()
        ])  # fmt: skip
    x, y, weights = cases.data(name)
    if weights is not None:
        weights = np.repeat(weights[:, None], y.shape[1], axis=1)  # Keras wants one for each time step
    model.compile(
        keras.optimizers.SGD(0.25), loss_of(loss), loss_weights=loss_weights, metrics=metrics, jit_compile=False
    )
    record(golden, f"{name}/first", model)
    history = model.fit(
        x, y, sample_weight=weights, batch_size=cases.ROWS // 2, epochs=cases.STEPS, shuffle=False, verbose=0
    )
    record(golden, f"{name}/last", model)
    golden |= {f"{name}/history/{key}": np.array(values) for key, values in history.history.items()}
    outputs = model.predict(x, verbose=0)
    for k, output in enumerate(outputs if isinstance(outputs, list) else [outputs]):
        golden[f"{name}/output/{k}"] = output
    print(name, {key: values[-1] for key, values in history.history.items()})

np.savez_compressed(pathlib.Path(__file__).with_name("graphs.npz"), **golden)
