"""Make layers.npz: what Keras 3 computes in the layers of layer_cases.py, forward and backward, and in three steps.

Run with Keras and TensorFlow installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras
3.15.0 on TensorFlow 2.21.0; on PyTorch it computes in float32 what is asked for in float64.
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"  # before Keras is imported
import keras
import layer_cases
import numpy as np
import tensorflow as tf
from keras.src.backend import get_keras_mask, set_keras_mask


def plain(rng, shape):
    """Normal numbers with few digits, which are stored in less."""
    return np.round(rng.normal(size=shape) * 32) / 32


def data(case, rng):
    shapes = case.shapes * 2 if case.same else case.shapes
    inputs = [rng.integers(0, case.tokens, s).astype(float) if case.tokens else plain(rng, s) for s in shapes]
    if case.same:
        inputs[1] = inputs[0]
    return inputs


def masks_of(case):
    masks = []
    for shape, padded in zip(case.shapes, case.masks, strict=False):
        mask = np.ones(shape[:2], bool)
        if padded is not None:
            mask[0, shape[1] - padded :] = False
        masks.append(None if padded is None else mask)
    return masks * 2 if case.same else masks


def call(layer, case, inputs, masks):
    for tensor, mask in zip(inputs, masks, strict=False):
        if mask is not None:
            set_keras_mask(tensor, tf.constant(mask))
    options = {k: np.array(v)[None] if k == "attention_mask" else v for k, v in case.options.items()}
    if case.kind == "MultiHeadAttention":
        outputs = layer(*inputs, training=case.training, **options)
    elif case.kind in ("Add", "Subtract", "Multiply", "Average", "Concatenate"):
        outputs = layer(inputs)
    else:
        outputs = layer(inputs[0], training=case.training) if "Norm" in case.kind else layer(inputs[0])
    mask = get_keras_mask(outputs[0] if isinstance(outputs, tuple) else outputs)
    return list(outputs) if isinstance(outputs, tuple) else [outputs], mask


def run(name, case, dtype, golden):
    rng = np.random.default_rng(len(name))
    arrays = data(case, rng)
    layer = getattr(keras.layers, case.kind)(**case.arguments, dtype=dtype)
    layer.trainable = case.trainable

    def tensors():
        made = [tf.constant(a.astype(dtype)) for a in arrays]
        return [made[0]] * 2 if case.same else made

    call(layer, case, tensors(), masks_of(case))
    first = [plain(rng, w.shape) / 2 for w in layer.weights]
    first = [np.abs(w) + 0.1 if "variance" in v.path else w for v, w in zip(layer.weights, first, strict=True)]
    layer.set_weights(first)
    factors = None
    for step in range(3):
        inputs = tensors()
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(inputs)
            outputs, mask = call(layer, case, inputs, masks_of(case))
            if factors is None:  # what the loss multiplies the squares of the outputs by
                factors = [plain(rng, tuple(a.shape)) for a in outputs]
            loss = sum(tf.reduce_sum(f.astype(dtype) * a**2) / 2 for f, a in zip(factors, outputs, strict=True))
        variables = [v.value for v in layer.trainable_weights]
        asked = variables + ([] if case.tokens else inputs[: 1 if case.same else None])
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, asked)]
        if step == 0:
            results = [array.numpy() for array in (*outputs, *gradients)]
            if mask is not None:
                golden[f"{name}/mask"] = mask.numpy()
        for variable, gradient in zip(variables, gradients, strict=False):
            variable.assign_sub(layer_cases.RATE * gradient)
    golden[f"{name}/{dtype}"] = flat(results + layer.get_weights())
    golden[f"{name}/given"] = flat([*arrays[: len(case.shapes)], *first, *factors])


def flat(arrays):
    """One vector: an archive of many small arrays is mostly names."""
    return np.concatenate([np.ravel(array) for array in arrays])


def max_norms(golden):
    w = np.random.default_rng(0).normal(size=(4, 3))
    golden["constraint"] = w
    for name, arguments in layer_cases.MAX_NORM.items():
        for dtype in layer_cases.DTYPES:
            keras.config.set_floatx(dtype)
            constrained = keras.constraints.MaxNorm(**arguments)(keras.ops.convert_to_tensor(w.astype(dtype)))
            golden[f"constraint/{name}/{dtype}"] = constrained.numpy()


if __name__ == "__main__":
    golden = {}
    for name, case in layer_cases.CASES.items():
        for dtype in layer_cases.DTYPES:
            keras.config.set_floatx(dtype)
            run(name, case, dtype, golden)
    max_norms(golden)
    np.savez_compressed(pathlib.Path(__file__).with_name("layers.npz"), **golden)
