"""Compare a layer with what Keras computed: outputs, gradients, mask, and the weights after three steps."""

import pathlib

import numpy as np

from nnlab import layers
from tests.golden.layer_cases import CASES, RATE

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "golden" / "layers.npz")


def named(*kinds):
    return [name for name, case in CASES.items() if case.kind in kinds]


def cut(vector, shapes):
    """Cut a vector into arrays; return them, and the rest."""
    arrays = []
    for shape in shapes:
        size = int(np.prod(shape))
        arrays.append(vector[:size].reshape(shape))
        vector = vector[size:]
    return arrays, vector


def masks_of(case):
    masks = []
    for shape, padded in zip(case.shapes, case.masks, strict=False):
        mask = np.ones(shape[:2], bool)
        mask[0, shape[1] - (padded or 0) :] = False
        masks.append(None if padded is None else mask)
    masks += [None] * (len(case.shapes) - len(masks))
    return masks * 2 if case.same else masks


def convert(layer, dtype):
    for name in (*layer.parameter_names, *layer.state_names):
        setattr(layer, name, np.array(getattr(layer, name), dtype))


def start(name, dtype):
    """A layer with the first weights, its inputs, and the factors of the loss."""
    case = CASES[name]
    arguments = dict(case.arguments)
    layer = getattr(layers, case.kind)(**arguments)
    layer.trainable = case.trainable
    arrays, rest = cut(GOLDEN[f"{name}/given"].astype(dtype), case.shapes)
    x = arrays * 2 if case.same else arrays
    x = x[0] if len(x) == 1 else x
    shapes = [a.shape[1:] for a in x] if isinstance(x, list) else x.shape[1:]
    layer.output_shape(shapes)
    layer.build_once(shapes, np.random.default_rng(0))
    convert(layer, dtype)
    first, rest = cut(rest, [w.shape for w in layer.weights])
    layer.set_weights(first)
    return layer, x, rest


def forward(layer, case, x, training=True):
    masks = masks_of(case)
    options = dict(case.options)
    if layer.takes_mask:
        options["mask"] = masks if isinstance(x, list) else masks[0]
    outputs = layer.forward(x, training=training, rng=np.random.default_rng(0), **options)
    mask = layer.output_mask(masks if isinstance(x, list) else masks[0])
    return (outputs if isinstance(outputs, list) else [outputs]), mask


def backward(layer, case, outputs, factors):
    da = [factor * a for factor, a in zip(factors, outputs, strict=True)]
    dx = layer.backward(da if len(da) > 1 else da[0])
    dx = dx if isinstance(dx, list) else [dx]
    if case.same:
        dx = [dx[0] + dx[1]]
    return [] if case.tokens else dx


def check(name, dtype):
    case, tolerance = CASES[name], 2e-5 if dtype == "float32" else 1e-12
    if dtype == "float64" and (case.kind == "MultiHeadAttention" or (case.kind == "BatchNormalization" and case.masks)):
        tolerance = 1e-6  # Keras takes the softmax in float32; and adds 1e-7 to the number of steps that count
    layer, x, rest = start(name, dtype)
    found = []
    for step in range(3 if case.training else 0):
        outputs, mask = forward(layer, case, x)
        if step == 0:
            factors, rest = cut(rest, [a.shape for a in outputs])
            assert not rest.size
        dx = backward(layer, case, outputs, factors)
        gradients = [getattr(layer, f"d{parameter}") for parameter in layer.parameter_names] * layer.trainable
        if step == 0:
            found = [a.copy() for a in (*outputs, *gradients, *dx)]
            assert all(a.dtype == dtype for a in found)
        for parameter, gradient in zip(layer.parameter_names, gradients, strict=False):
            getattr(layer, parameter)[...] -= RATE * gradient
    if case.training:
        found += layer.get_weights()
    else:
        found, mask = forward(layer, case, x, training=False)
        assert all(a.dtype == dtype for a in found)
    flat = np.concatenate([np.ravel(a) for a in found])
    expected = GOLDEN[f"{name}/{dtype}"]
    np.testing.assert_allclose(flat, expected[: None if case.training else flat.size], rtol=tolerance, atol=tolerance)
    if f"{name}/mask" in GOLDEN:
        np.testing.assert_array_equal(mask, GOLDEN[f"{name}/mask"])
    else:
        assert mask is None or mask.all()
