"""What the tests of layers share: gradients by differences, and building a layer for arrays."""

import numpy as np

STEP = 6e-6  # best for central differences in float64: error about 5e-10


def built(layer, *arrays, seed=0):
    """Build a layer for these arrays, in their dtype, with parameters that are not special; return it."""
    rng = np.random.default_rng(seed)
    shapes = [a.shape[1:] for a in arrays]
    shape = shapes if len(shapes) > 1 else shapes[0]
    layer.output_shape(shape)
    layer.build_once(shape, rng)
    for name in (*layer.parameter_names, *layer.state_names):
        w = getattr(layer, name)
        draw = rng.uniform(0.5, 1.5, w.shape) if "variance" in name else 0.5 * rng.normal(size=w.shape)
        setattr(layer, name, draw.astype(arrays[0].dtype))
    return layer


def numerical(f, x):
    """Gradient of the scalar f at x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + STEP
        above = f()
        x[index] = kept - STEP
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2 * STEP)
    return gradient


def check_gradients(layer, arrays, inputs=True, **options):
    """Compare a layer's backward pass with differences of its forward pass, in float64."""
    x = list(arrays) if len(arrays) > 1 else arrays[0]
    frozen = {name: getattr(layer, name).copy() for name in layer.state_names}
    rng = np.random.default_rng(5)

    def outputs():
        for name, value in frozen.items():
            getattr(layer, name)[...] = value
        found = layer.forward(x, training=True, rng=np.random.default_rng(3), **options)
        return found if isinstance(found, list) else [found]

    factors = [rng.normal(size=a.shape) for a in outputs()]

    def value():
        return float(sum((f * np.sin(a)).sum() for f, a in zip(factors, outputs(), strict=True)))

    da = [f * np.cos(a) for f, a in zip(factors, outputs(), strict=True)]
    dx = layer.backward(da if len(da) > 1 else da[0])
    gradients = {name: getattr(layer, f"d{name}").copy() for name in layer.parameter_names}
    for name, gradient in gradients.items():
        assert gradient.shape == getattr(layer, name).shape
        np.testing.assert_allclose(gradient, numerical(value, getattr(layer, name)), atol=2e-8, err_msg=name)
    for one, array in zip(dx if isinstance(dx, list) else [dx], arrays, strict=True):
        if inputs:
            assert one.shape == array.shape
            np.testing.assert_allclose(one, numerical(value, array), atol=2e-8)
