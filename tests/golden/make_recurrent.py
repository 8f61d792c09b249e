"""Writes recurrent.npz: what Keras computes for the cases of `recurrent_cases`, in float64.

Run by hand, with Keras 3 on TensorFlow: KERAS_BACKEND=tensorflow python tests/golden/make_recurrent.py
"""

import pathlib

import keras
import numpy as np
import recurrent_cases as table
import tensorflow as tf


def listed(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def run(case):
    """Outputs, gradients of inputs and of parameters, and the parameters after three steps, as one vector."""
    layer = getattr(keras.layers, case["kind"])(table.UNITS, dtype="float64", **case["settings"])
    if case["merge"] is not False:
        layer = keras.layers.Bidirectional(layer, merge_mode=case["merge"], dtype="float64")
    x, *states = [tf.Variable(value) for value in table.inputs(case)]
    mask = tf.constant(table.MASK) if case["masked"] else None

    def call():
        options = {"initial_state": [tf.convert_to_tensor(s) for s in states]} if states else {}
        return listed(layer(tf.convert_to_tensor(x), mask=mask, **options))

    call()
    parameters = layer.trainable_variables
    layer.set_weights(table.weights([tuple(p.shape) for p in parameters]))
    found = []
    for step in range(table.UPDATES):
        with tf.GradientTape() as tape:
            outputs = call()
            slopes = table.slopes([tuple(o.shape) for o in outputs])
            loss = sum(tf.reduce_sum(o * s) for o, s in zip(outputs, slopes, strict=True))
        variables = [x, *states, *(p.value for p in parameters)]
        gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
        if step == 0:
            found += [*outputs, *gradients]
        for p, g in zip(parameters, gradients[1 + len(states) :], strict=True):
            p.assign(p - table.RATE * g)
    return np.concatenate([np.ravel(v) for v in [*found, *(p.numpy() for p in parameters)]])


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("recurrent.npz")
    np.savez_compressed(path, **{name: run(case) for name, case in table.cases().items()})
    print(f"{len(table.cases())} cases, {path.stat().st_size} bytes, Keras {keras.__version__}")
