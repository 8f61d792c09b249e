"""Make training.npz: what Keras 3 computes in three training steps, in float64.

Run with Keras and TensorFlow installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras
3.15.0 on TensorFlow 2.21.0.
"""

import pathlib

import cases
import keras
import numpy as np

keras.config.set_floatx("float64")
keras.utils.set_random_seed(0)  # the initializers draw


def data(rng):
    """Samples, targets of each kind, first weights, sample weights; some of each for validation."""
    golden = {}
    for name, rows in (("", cases.ROWS), ("validation_", 6)):
        classes = rng.integers(0, cases.OUTPUTS, rows)
        golden |= {
            f"{name}x": rng.normal(size=(rows, cases.FEATURES)),
            f"{name}y/real": rng.normal(size=(rows, cases.OUTPUTS)),
            f"{name}y/single": rng.integers(0, 2, (rows, 1)).astype(float),
            f"{name}y/binary": rng.integers(0, 2, (rows, cases.OUTPUTS)).astype(float),
            f"{name}y/one_hot": np.eye(cases.OUTPUTS)[classes],
            f"{name}y/sparse": classes,
        }
    for outputs in (1, cases.OUTPUTS):
        shapes = [(cases.FEATURES, cases.HIDDEN), (cases.HIDDEN,), (cases.HIDDEN, outputs), (outputs,)]
        for k, shape in enumerate(shapes):
            golden[f"first{outputs}/{k}"] = 0.5 * rng.normal(size=shape)
    golden["sample_weight"] = rng.integers(0, 9, cases.ROWS) / 4
    return golden


def make(module, spec):
    return spec if spec is None or isinstance(spec, str) else getattr(module, spec[0])(**spec[1])


def make_activation(activation, loss=""):
    """Make an activation; two are spelled out, where Keras would compute something else."""
    if activation == "gelu":  # TensorFlow's own holds the root of 2 in float32
        return lambda z: z * (1 + keras.ops.erf(z / 2**0.5)) / 2
    if activation == "sigmoid" and "categorical" in loss:  # it would put a softmax in its place
        return lambda z: 1 / (1 + keras.ops.exp(-z))
    return make(keras.layers, activation)


def build(case, golden):
    hidden, output, loss, kind = cases.NETWORKS[case.network]
    penalties = [make(keras.regularizers, r) for r in cases.PENALTIES.get(case.penalties, [None] * 4)]
    outputs = golden[f"y/{kind}"].shape[1] if kind != "sparse" else cases.OUTPUTS
    layers = [
        keras.layers.Dense(
            units, activation, kernel_regularizer=penalties[2 * k], bias_regularizer=penalties[2 * k + 1]
        )
        for k, (units, activation) in enumerate(
            [(cases.HIDDEN, make_activation(hidden)), (outputs, make_activation(output, loss))]
        )
    ]
    model = keras.Sequential([keras.Input((cases.FEATURES,)), *layers])
    model.set_weights([golden[f"first{outputs}/{k}"] for k in range(4)])
    model.compile(
        make(keras.optimizers, cases.OPTIMIZERS[case.optimizer]),
        make(keras.losses, loss),
        metrics=cases.METRICS[kind],
    )
    return model, kind


def train(case, golden):
    model, kind = build(case, golden)
    x, y = golden["x"], golden[f"y/{kind}"]
    weights = golden["sample_weight"] if case.weights == "sample" else None
    history = model.fit(
        x,
        y,
        batch_size=cases.BATCH,
        shuffle=False,
        verbose=0,
        sample_weight=weights,
        class_weight=cases.CLASS_WEIGHT if case.weights == "class" else None,
        validation_split=case.validation_split,
    ).history
    values = model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)
    return {
        f"{case.key}/weights": np.concatenate([w.ravel() for w in model.get_weights()]),
        f"{case.key}/outputs": model.predict(x, verbose=0),
        f"{case.key}/history": np.array([history[name][0] for name in sorted(history)]),
        f"{case.key}/evaluate": np.array([values[name] for name in sorted(values)]),
    }


def stop_early(case, settings, golden):
    model, kind = build(case, golden)
    history = model.fit(
        golden["x"],
        golden[f"y/{kind}"],
        batch_size=cases.BATCH,
        epochs=40,
        shuffle=False,
        verbose=0,
        validation_data=(golden["validation_x"], golden[f"validation_y/{kind}"]),
        callbacks=[keras.callbacks.EarlyStopping(**settings)],
    ).history
    return {
        f"stopped-{case.key}/weights": np.concatenate([w.ravel() for w in model.get_weights()]),
        f"stopped-{case.key}/history": np.array([history[name] for name in sorted(history)]),
    }


class Told:
    """Stands for a model that is told to stop."""

    stop_training = False


def watch(settings, series):
    """Last epoch, and the best value, when early stopping sees this series."""
    stopping = keras.callbacks.EarlyStopping(**settings)
    model = Told()
    stopping.set_model(model)
    stopping.on_train_begin()
    for epoch, value in enumerate(series):
        stopping.on_epoch_end(epoch, {settings.get("monitor", "val_loss"): value})
        if model.stop_training:
            break
    return epoch, float(stopping.best)


def spread(spec, shape):
    values = np.array(make(keras.initializers, spec)(shape))
    return values.mean(), values.std(), values.min(), values.max()


def main():
    rng = np.random.default_rng(0)
    golden = data(rng)
    for case in cases.CASES:
        golden |= train(case, golden)
    for case, settings in cases.STOPPED.items():
        golden |= stop_early(case, settings, golden)
    # Eighths, with a value repeated now and then: ties are where the rules show.
    golden["watched/series"] = series = rng.integers(-8, 9, (24, 14)) / 8
    golden["watched/ends"] = np.array([[watch(settings, s) for s in series] for settings in cases.WATCHED])
    for name, spec in cases.INITIALIZERS.items():
        golden[f"spread/{name}"] = np.array([spread(spec, shape) for shape in cases.SHAPES])
    np.savez_compressed(pathlib.Path(__file__).with_name("training.npz"), **golden)


if __name__ == "__main__":
    main()
