"""Make training.npz: what Keras 3 computes in three training steps, in float64.

Run with Keras and TensorFlow installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras
3.15.0 on TensorFlow 2.21.0.
"""

import pathlib

import keras
import numpy as np

keras.config.set_floatx("float64")

# Keras keeps settings in float32: these are numbers that it holds exactly.
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(learning_rate=0.125),
    "momentum": lambda: keras.optimizers.SGD(learning_rate=0.125, momentum=0.875),
    "nesterov": lambda: keras.optimizers.SGD(learning_rate=0.125, momentum=0.875, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(learning_rate=2**-7, beta_1=0.875, beta_2=0.96875),
}
# hidden activation, output activation, loss, targets
NETWORKS = {
    "regression": ("tanh", "linear", "mse", "real"),
    "bounded_regression": ("sigmoid", "tanh", "mse", "real"),
    "binary": ("relu", "sigmoid", "binary_crossentropy", "binary"),
    "binary_relu": ("tanh", "relu", "binary_crossentropy", "binary"),
    "one_hot": ("tanh", "softmax", "categorical_crossentropy", "one_hot"),
    "sparse": ("relu", "softmax", "sparse_categorical_crossentropy", "sparse"),
    "one_hot_sigmoid": ("tanh", "sigmoid", "categorical_crossentropy", "one_hot"),
    "sparse_sigmoid": ("tanh", "sigmoid", "sparse_categorical_crossentropy", "sparse"),
    "softmax_mse": ("tanh", "softmax", "mse", "one_hot"),
}


def targets(kind, rng, n):
    classes = rng.integers(0, 3, n)
    return {
        "real": rng.normal(size=(n, 3)),
        "binary": rng.integers(0, 2, (n, 3)).astype(float),
        "one_hot": np.eye(3)[classes],
        "sparse": classes,
    }[kind]


def last(output, loss):
    """Spell the sigmoid out before a categorical loss: Keras would put a softmax in its place."""
    if output == "sigmoid" and "categorical" in loss:
        return lambda z: 1 / (1 + keras.ops.exp(-z))
    return output


def main():
    rng = np.random.default_rng(0)
    golden = {}
    for network, (hidden, output, loss, kind) in NETWORKS.items():
        x, y = rng.normal(size=(12, 4)), targets(kind, rng, 12)
        golden[f"{network}/x"], golden[f"{network}/y"] = x, y
        first = None
        for name, make in OPTIMIZERS.items():
            model = keras.Sequential(
                [keras.Input((4,)), keras.layers.Dense(5, hidden), keras.layers.Dense(3, last(output, loss))]
            )
            if first is None:
                first = [w + 0.1 * rng.normal(size=w.shape) for w in model.get_weights()]
            model.set_weights(first)
            # No accuracy for the networks whose targets are not classes.
            metrics = [] if kind == "real" else ["accuracy"]
            model.compile(optimizer=make(), loss=loss, metrics=metrics)
            history = model.fit(x, y, batch_size=5, epochs=1, shuffle=False, verbose=0).history
            key = f"{network}/{name}"
            golden[f"{key}/loss"] = np.array(history["loss"])
            golden[f"{key}/accuracy"] = np.array(history.get("accuracy", []))
            golden[f"{key}/outputs"] = model.predict(x, verbose=0)
            golden[f"{key}/evaluate"] = np.array(model.evaluate(x, y, verbose=0)).ravel()
            for k, w in enumerate(model.get_weights()):
                golden[f"{key}/weights{k}"] = w
        for k, w in enumerate(first):
            golden[f"{network}/first{k}"] = w
    np.savez_compressed(pathlib.Path(__file__).with_name("training.npz"), **golden)


if __name__ == "__main__":
    main()
