"""Make convolution.npz: what Keras 3 computes with convolution and pooling, forward and backward, and in three steps.

Run with Keras and TensorFlow installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras
3.15.0 on TensorFlow 2.21.0.
"""

import pathlib

import convolution_cases
import keras
import numpy as np
import tensorflow as tf


def run(name, shape, settings, rng):
    """One layer: inputs, weights, output, a gradient of the output, and the gradients that come of it."""
    layer = getattr(keras.layers, name)(**settings)
    # Small whole numbers, so that windows have ties; convolutions get others.
    x = rng.normal(size=shape) if "Conv" in name else rng.integers(0, 4, shape).astype(float)
    layer.build(shape)
    weights = [rng.normal(size=w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)
    with tf.GradientTape() as tape:
        inputs = tf.constant(x)
        tape.watch(inputs)
        a = layer(inputs)
        da = rng.normal(size=a.shape)
        value = tf.reduce_sum(a * da)
    dx, *slopes = tape.gradient(value, [inputs, *[w.value for w in layer.trainable_weights]])
    parts = {"x": x, "a": a.numpy(), "da": da, "dx": tf.convert_to_tensor(dx).numpy()}
    parts |= {f"w{k}": w for k, w in enumerate(weights)}
    return parts | {f"dw{k}": tf.convert_to_tensor(d).numpy() for k, d in enumerate(slopes)}


def masked(rng):
    x, mask = rng.normal(size=(3, 4, 2)), np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 1]], bool)
    layer = keras.layers.GlobalAveragePooling1D()
    with tf.GradientTape() as tape:
        inputs = tf.constant(x)
        tape.watch(inputs)
        a = layer(inputs, mask=tf.constant(mask))
        da = rng.normal(size=a.shape)
        value = tf.reduce_sum(a * da)
    return {"x": x, "mask": mask, "a": a.numpy(), "da": da, "dx": tape.gradient(value, inputs).numpy()}


def trained(optimizer, rng):
    """The network of document E in small: weights before and after three steps; settings that float32 holds exactly."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    x, y = rng.random((10, 8, 8, 1)), rng.integers(0, 3, 10)
    first = [0.3 * rng.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(first)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    losses = [model.train_on_batch(x[k : k + 4], y[k : k + 4]) for k in (0, 3, 6)]
    parts = {"x": x, "y": y, "losses": np.array(losses)}
    return parts | {
        f"{when}{k}": w for when, ws in (("first", first), ("last", model.get_weights())) for k, w in enumerate(ws)
    }


def main():
    golden = {}
    rng = np.random.default_rng(0)
    keras.config.set_floatx("float64")
    for k, case in enumerate(convolution_cases.CASES):
        golden |= {f"{k}/{name}": value for name, value in run(*case, rng).items()}
    golden |= {f"masked/{name}": value for name, value in masked(rng).items()}
    for floatx in ("float64", "float32"):
        keras.config.set_floatx(floatx)
        for kind, make in (
            ("sgd", lambda: keras.optimizers.SGD(0.125)),
            ("adam", lambda: keras.optimizers.Adam(2**-7, 0.875, 0.96875)),
        ):
            golden |= {f"{kind}/{floatx}/{name}": value for name, value in trained(make(), rng).items()}
    np.savez_compressed(pathlib.Path(__file__).parent / "convolution.npz", **golden)


if __name__ == "__main__":
    main()
