"""Calls of layers, models, callbacks and what trains a model many times."""

import numpy as np

import nnlab
from nnlab import callbacks, layers
from tests.reliability.calls.core import Call, call, defaults

RNG = np.random.default_rng(0)
X, Y = RNG.integers(-4, 5, (8, 3)).astype(np.float64), RNG.integers(0, 2, (8, 1)).astype(np.float64)

#: What each layer is called on, and the arguments without a default.
LAYERS = {
    "GRU": ((4, 3), {"units": 2}),
    "LSTM": ((4, 3), {"units": 2}),
    "SimpleRNN": ((4, 3), {"units": 2}),
    "Activation": ((3,), {"activation": "relu"}),
    "AveragePooling1D": ((6, 2), {"pool_size": 2}),
    "AveragePooling2D": ((6, 6, 1), {"pool_size": 2}),
    "BatchNormalization": ((3,), {}),
    "Bidirectional": ((4, 3), {"layer": layers.SimpleRNN(2)}),
    "Conv1D": ((6, 2), {"filters": 2, "kernel_size": 3}),
    "Conv2D": ((6, 6, 1), {"filters": 2, "kernel_size": 3}),
    "Dense": ((3,), {"units": 2}),
    "Dropout": ((3,), {"rate": 0.5}),
    "Embedding": ((4,), {"input_dim": 3, "output_dim": 2}),
    "Flatten": ((2, 3), {}),
    "GaussianNoise": ((3,), {"stddev": 0.5}),
    "GlobalAveragePooling1D": ((6, 2), {}),
    "GlobalAveragePooling2D": ((6, 6, 1), {}),
    "GlobalMaxPooling1D": ((6, 2), {}),
    "GlobalMaxPooling2D": ((6, 6, 1), {}),
    "LayerNormalization": ((3,), {}),
    "Masking": ((4, 3), {}),
    "MaxPooling1D": ((6, 2), {}),
    "MaxPooling2D": ((6, 6, 1), {}),
    "Permute": ((2, 3), {"dims": (2, 1)}),
    "RandomRotation": ((6, 6, 1), {"factor": 0.25, "fill_value": 0.0}),
    "RandomTranslation": ((6, 6, 1), {"height_factor": 0.25, "width_factor": 0.25, "fill_value": 0.0}),
    "RandomZoom": ((6, 6, 1), {"height_factor": 0.25, "fill_value": 0.0}),
    "Reshape": ((2, 3), {"target_shape": (3, 2)}),
    "TimeDistributed": ((4, 3), {"layer": layers.Dense(2)}),
    "ZeroPadding2D": ((6, 6, 1), {}),
}
MERGING = ("Add", "Average", "Concatenate", "Multiply", "Subtract")
SHARED = frozenset(
    f"{part}_{kind}"
    for part in ("kernel", "recurrent", "bias", "activity", "beta", "gamma", "moving_mean", "moving_variance")
    for kind in ("initializer", "regularizer", "constraint")
) | {"name", "input_shape", "activation", "recurrent_activation", "use_bias"}


def layer_calls():
    """Each is made, applied, and trained for a step."""
    table = {}
    for name, (shape, given) in LAYERS.items():
        kind = getattr(layers, name)
        run = lambda kind=kind, shape=shape, **arguments: _trained(kind(**arguments), shape)  # noqa: E731
        table[f"layers.{name}"] = Call(run, defaults(kind) | given, shared=SHARED, shared_by="layers")
    for name in MERGING:
        kind = getattr(layers, name)
        run = lambda kind=kind, **arguments: _merged(kind(**arguments))  # noqa: E731
        table[f"layers.{name}"] = Call(run, defaults(kind), shared=SHARED, shared_by="layers")
    run = lambda **arguments: _attended(layers.MultiHeadAttention(**arguments))  # noqa: E731
    given = defaults(layers.MultiHeadAttention) | {"num_heads": 2, "key_dim": 2}
    table["layers.MultiHeadAttention"] = Call(run, given, shared=SHARED, shared_by="layers")
    table["layers.InputLayer"] = call(layers.InputLayer, _use=lambda layer: layer.input_shape, shape=(3, 4))
    table["layers.Layer"] = call(layers.Layer, _use=lambda layer: layer.input_shape)
    called = lambda x: layers.Dense(2, kernel_initializer="ones")(x)  # noqa: E731
    table["layers.Layer.__call__"] = Call(called, {"x": X})
    table["layers.Layer.set_weights"] = Call(_set_of_layer, {"weights": [np.ones((3, 2)), np.zeros(2)]})
    return table


def _numbers(shape):
    return np.random.default_rng(1).integers(0, 3, (4, *shape)).astype(np.float64)


def _trained(layer, shape):
    x = nnlab.Input(shape)
    return _fitted(nnlab.Model(x, layer(x), seed=0, dtype="float64"), _numbers(shape))


def _merged(layer):
    a, b = nnlab.Input((2, 3)), nnlab.Input((2, 3))
    return _fitted(nnlab.Model([a, b], layer([a, b]), seed=0), [_numbers((2, 3)), 1 + _numbers((2, 3))])


def _attended(layer):
    x = nnlab.Input((4, 3))
    return _fitted(nnlab.Model(x, layer(x, x), seed=0), _numbers((4, 3)))


def _fitted(model, x):
    outputs = model.predict(x)
    y = [np.zeros_like(a) for a in outputs] if isinstance(outputs, list) else np.zeros_like(outputs)
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    return outputs, model.get_weights()


def _set_of_layer(weights):
    layer = layers.Dense(2)
    layer(np.ones((1, 3)))
    layer.set_weights(weights)
    return layer.get_weights()


def network(compiled=True):
    """A small classifier."""
    model = nnlab.Sequential([layers.Dense(4, "tanh", input_shape=(3,)), layers.Dense(1, "sigmoid")], seed=0)
    if compiled:
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


def model_calls():
    """What learners call of a model. After an error it has to be as before, and to work."""
    table = {}
    for name, given in (
        ("fit", {"x": X, "y": Y, "batch_size": 4, "verbose": 0, "sample_weight": np.ones(8)}),
        ("evaluate", {"x": X, "y": Y, "sample_weight": np.ones(8)}),
        ("predict", {"x": X}),
        ("set_weights", {"weights": [np.ones((3, 4)), np.zeros(4), np.ones((4, 1)), np.zeros(1)]}),
        ("compile", {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"], "loss_weights": 1.0}),
    ):
        arguments = {"self": None} | defaults(getattr(nnlab.Model, name)) | given
        del arguments["self"]
        leave_out = ("10**12",) if name == "fit" else ()  # epochs: so many are allowed
        table[f"Model.{name}"] = Call(_method(name), arguments, (RuntimeError,), leave_out)
    weights = {"x": X, "y": Y, "verbose": 0, "class_weight": {0: 1.0, 1: 2.0}, "validation_split": 0.25}
    table["Model.fit weighted"] = Call(_method("fit"), weights, (RuntimeError,))
    table["Model.fit validated"] = Call(
        _method("fit"), {"x": X, "y": Y, "verbose": 0, "validation_data": (X, Y)}, (RuntimeError,)
    )
    table |= {
        "Sequential": call(
            nnlab.Sequential,
            _use=_later,
            _raises=(RuntimeError,),
            layers=[layers.Dense(1, "sigmoid", input_shape=(3,))],
            seed=0,
        ),
        "Sequential.add": Call(_added, {"layer": layers.Dense(1)}),
        "Model": Call(_made, {"inputs": True, "outputs": True, "name": None, "seed": 0, "dtype": "float64"}),
    }
    data = (X, Y)
    compiled = {"model": network()}
    table |= {
        "sweep": Call(
            _swept,
            {
                "grid": {"learning_rate": [0.125, 0.5], "seed": [0, 1]},
                "data": data,
                "epochs": 1,
                "batch_size": 4,
                "shuffle": True,
                "progress": None,
                "stop": None,
                "executor": None,
                "model": None,
            },
            (RuntimeError,),
            ("10**12", "a class"),
        ),
        "landscape": call(
            nnlab.landscape, (RuntimeError,), _use=lambda found: found.loss, data=data, resolution=5, seed=0, **compiled
        ),
        "find_learning_rate": call(
            nnlab.find_learning_rate,
            (RuntimeError,),
            ("10**12",),
            lambda found: found.losses,
            x=X,
            y=Y,
            steps=10,
            **compiled,
        ),
        "gradcheck": call(nnlab.gradcheck, (RuntimeError,), _use=lambda found: found.ok, x=X, y=Y, **compiled),
    }
    table["landscape.project"] = Call(
        lambda parameters: nnlab.landscape(network(), data, resolution=3).project(parameters),
        {"parameters": network().parameters.astype(np.float64)},
    )
    table["sweep.cell"] = Call(lambda index: dict(_xor().cell(index)), {"index": (1, 0)}, (IndexError,))
    table["sweep.model"] = Call(
        lambda learning_rate, seed: _xor().model(learning_rate=learning_rate, seed=seed).get_weights(),
        {"learning_rate": 0.5, "seed": 1},
    )
    return table


def _method(name):
    def run(**arguments):
        model = network()
        before = model.get_weights()
        try:
            result = getattr(model, name)(**arguments)
        except Exception:
            after = model.get_weights()
            if any((a != b).any() for a, b in zip(before, after, strict=True)):
                raise AssertionError("the weights changed") from None
            if not np.isfinite(model.fit(X, Y, verbose=0).history["loss"]).all():
                raise AssertionError("the model is of no use any more") from None
            raise
        if name == "compile":
            result = model.fit(X, Y, verbose=0)
        return result.history if name in ("fit", "compile") else (result, model.get_weights())

    return run


def _later(model):
    model.compile("sgd", "mse")
    return model.predict(X)


def _added(layer):
    model = network(compiled=False)
    model.add(layer)
    return model.predict(X)


def _made(inputs, outputs, **settings):
    x = nnlab.Input((3,))
    y = layers.Dense(1)(x)
    model = nnlab.Model(x if inputs is True else inputs, y if outputs is True else outputs, **settings)
    return model.predict(X)


def _swept(**arguments):
    if arguments["model"] is None:
        arguments["model"] = network()
    return nnlab.sweep(**arguments).loss


def _xor():
    return nnlab.sweep(network(), {"learning_rate": [0.125, 0.5], "seed": [0, 1]}, (X, Y))


def callback_calls():
    """Each watches a training."""
    given = {
        "CSVLogger": {"filename": "log.csv"},
        "EarlyStopping": {"monitor": "loss"},
        "LambdaCallback": {},
        "LearningRateScheduler": {"schedule": lambda epoch: 0.1},
        "ModelCheckpoint": {"filepath": "kept.nnlab", "monitor": "loss"},
        "ReduceLROnPlateau": {"monitor": "loss"},
        "Monitor": {"monitor": "loss", "mode": "min", "min_delta": 0.0},
    }
    table = {}
    for name, arguments in given.items():
        kind = getattr(callbacks, name)
        use = _watched if name != "Monitor" else lambda monitor: None
        table[f"callbacks.{name}"] = call(kind, (RuntimeError, OSError), ("10**12", "a class"), use, **arguments)
    table["callbacks.format_logs"] = call(callbacks.format_logs, logs={"loss": 0.5})
    return table


def _watched(callback):
    model = network()
    return model.fit(X, Y, epochs=2, verbose=0, callbacks=callback).history
