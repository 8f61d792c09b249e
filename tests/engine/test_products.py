"""Large products on all processors, and one compiled step of an optimizer: the formulas' numbers, the same bits."""

import numpy as np
import pytest

from nnlab import lowering, optimizers
from nnlab.engine import products, sharing, stepping
from nnlab.layers.core import dense_backward, dense_forward


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7, 5, 3), (40, 1100, 30), (1100, 30, 40), (30, 40, 1100), (1, 2000, 50)])
def test_products_agree_with_the_formulas_on_any_number_of_processors(shape, dtype, monkeypatch):
    rng = np.random.default_rng(0)
    monkeypatch.setattr(products, "WORTH_SHARING", 50_000)
    n, inputs, units = shape
    x, kernel, dz = (rng.normal(size=size).astype(dtype) for size in ((n, inputs), (inputs, units), (n, units)))
    bias = rng.normal(size=units).astype(dtype)
    results = []
    for processors in (1, 3):
        monkeypatch.setattr(sharing, "processors", lambda n=processors: n)
        sharing._helpers.cache_clear()
        results.append([products.dense_forward(x, kernel, bias), *products.dense_backward(x, kernel, dz)])
    sharing._helpers.cache_clear()
    expected = [dense_forward(x, kernel, bias), *dense_backward(x, kernel, dz)]
    for one, other, formula in zip(*results, expected, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == dtype
        np.testing.assert_allclose(one, formula, rtol=0, atol=1e-10 if dtype == np.float64 else 1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "make",
    [
        optimizers.SGD,
        lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        optimizers.Adam,
        optimizers.AdamW,
        lambda: optimizers.RMSprop(momentum=0.5, centered=True),
        optimizers.Adagrad,
    ],
)
def test_compiled_steps_agree_with_the_formulas(make, dtype):
    rng = np.random.default_rng(0)
    slow, fast = make(), make()
    first = rng.normal(size=50).astype(dtype)
    w, v = first.copy(), first.copy()
    for optimizer in (slow, fast):
        optimizer.build(50, np.dtype(dtype))
    for taken in range(1, 6):
        gradient = rng.normal(size=50).astype(dtype)
        slow.update(w, gradient)
        stepping.step(*lowering.optimizer_settings(fast), taken, gradient, fast.slots, v)
    assert v.dtype == dtype
    np.testing.assert_allclose(v, w, atol=1e-12 if dtype == np.float64 else 1e-6)
    assert (v != first).all()
