"""Random shifts, turns and zooms: SciPy's interpolation, exact cases, the transpose, and when they do nothing."""

import re

import numpy as np
import pytest
from scipy import ndimage

import nnlab
from nnlab import engine, layers
from nnlab.layers import RandomRotation, RandomTranslation, RandomZoom

RNG = np.random.default_rng(0)
X = RNG.random((3, 6, 9, 2))
KINDS = {
    "shift": lambda **o: RandomTranslation(0.4, (-0.3, 0.2), **o),
    "turn": lambda **o: RandomRotation(0.2, **o),
    "zoom": lambda **o: RandomZoom(0.5, (-0.2, 0.7), **o),
    "zoom alike": lambda **o: RandomZoom((-0.5, 0.5), **o),
}
MODES = {"reflect": "reflect", "nearest": "nearest", "constant": "grid-constant", "wrap": "grid-wrap"}  # SciPy's names


@pytest.fixture(autouse=True, params=[False, True], ids=["compiled", "formulas"])
def _both_speeds(request):
    with engine.formulas_only(request.param):
        yield


def warp(layer, x=X, seed=1):
    return layer.forward(x, training=True, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_interpolation_is_scipys(kind, mode):
    layer = KINDS[kind](fill_mode=mode, fill_value=0.7)
    rows, columns = layer.places(3, 6, 9, np.random.default_rng(1))
    places = np.broadcast_arrays(*np.broadcast_arrays(rows, columns, np.zeros((3, 6, 9)))[:2])
    out = warp(layer)
    for n in range(3):
        for c in range(2):
            expected = ndimage.map_coordinates(
                X[n, :, :, c], [places[0][n], places[1][n]], order=1, mode=MODES[mode], cval=0.7
            )
            np.testing.assert_allclose(out[n, :, :, c], expected, atol=1e-12)


@pytest.mark.parametrize("quarters", [-1, 0, 1, 2, 3, 5])
def test_quarter_turns_are_those_of_numpy(quarters):
    square = X[:, :, :6]
    turned = warp(RandomRotation((quarters / 4, quarters / 4), fill_mode="nearest"), square)
    np.testing.assert_allclose(turned, np.rot90(square, quarters, axes=(1, 2)), atol=1e-12)


def test_shifts_by_whole_pixels():
    down = warp(RandomTranslation((0.5, 0.5), 0.0, "constant", fill_value=-1.0))
    np.testing.assert_allclose(down[:, 3:], X[:, :3], atol=1e-12)
    np.testing.assert_allclose(down[:, :3], -1)
    right = warp(RandomTranslation(0.0, (1 / 3, 1 / 3), "wrap"))
    np.testing.assert_allclose(right, np.roll(X, 3, axis=2), atol=1e-12)
    up = warp(RandomTranslation((-0.5, -0.5), 0.0, "reflect"))
    np.testing.assert_allclose(up, np.concatenate([X[:, 3:], X[:, :2:-1]], axis=1), atol=1e-12)


def test_zooming_out_shows_more():
    out = warp(RandomZoom((2.0, 2.0), fill_mode="constant"), np.ones((1, 9, 9, 1)))
    assert out.sum() == pytest.approx(9)
    zoomed_in = warp(RandomZoom((-0.5, -0.5)), X)
    np.testing.assert_allclose(zoomed_in.mean(), X[:, 1:5, 2:7].mean(), atol=0.05)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_backward_is_the_transpose(kind, mode, dtype):
    layer = KINDS[kind](fill_mode=mode)
    x, da = X.astype(dtype), RNG.normal(size=X.shape).astype(dtype)
    out = warp(layer, x)
    dx = layer.backward(da)
    assert out.dtype == dx.dtype == dtype
    np.testing.assert_allclose((dx * x).sum(), (da * out).sum(), rtol=1e-4 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_each_image_is_moved_in_its_own_way_and_the_seed_decides(kind):
    layer = KINDS[kind]()
    same = np.repeat(X[:1], 3, axis=0)
    out = warp(layer, same)
    assert (out[0] != out[1]).any()
    assert (out == warp(KINDS[kind](), same)).all()
    assert (out != warp(layer, same, seed=2)).any()


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_nothing_but_while_training(kind):
    assert KINDS[kind]().forward(X) is X


def test_it_only_looks_at_the_image_itself():
    x = X.copy()
    x[1] = np.nan
    for kind in KINDS.values():
        assert np.isfinite(warp(kind(), x)[[0, 2]]).all()


def model():
    stack = [layers.RandomTranslation(0.2, 0.2), layers.RandomRotation(0.1, "nearest"), layers.RandomZoom(0.1)]
    made = nnlab.Sequential([layers.Input((6, 9, 2)), *stack, layers.Flatten(), layers.Dense(1)], seed=2)
    made.compile("adam", "mse")
    return made


def test_in_a_model_with_the_models_own_stream_and_in_its_file(tmp_path):
    x, y = RNG.random((20, 6, 9, 2)), RNG.random(20)
    a, b = model(), model()
    for one in (a, b):
        one.fit(x, y, epochs=2, verbose=0)
    assert a.parameters.tobytes() == b.parameters.tobytes()
    assert "RandomTranslation" in a.why_formulas()
    a.save(tmp_path / "m.nnlab")
    loaded = nnlab.load_model(tmp_path / "m.nnlab")
    for one in (loaded, b):
        one.fit(x, y, epochs=2, verbose=0)
    assert loaded.parameters.tobytes() == b.parameters.tobytes()
    assert (loaded.predict(x) == b.predict(x)).all()


def test_behind_a_layer_that_learns():
    stack = [layers.Conv2D(2, 1), layers.RandomRotation(0.1), layers.Flatten(), layers.Dense(1)]
    made = nnlab.Sequential([layers.Input((6, 9, 2)), *stack], seed=0)
    made.compile("sgd", "mse")
    assert nnlab.gradcheck(made, X, np.ones(3)).ok


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomTranslation(2.0, 0.1), "height_factor: expected -1 <= lowest <= highest"),
        (lambda: RandomTranslation(0.1, (0.3, 0.1)), "width_factor: expected -1 <= lowest <= highest"),
        (lambda: RandomTranslation("a", 0.1), "height_factor is a number f"),
        (lambda: RandomTranslation(0.1, (0.1, 0.2, 0.3)), "width_factor is a number f"),
        (lambda: RandomTranslation(0.1, 0.1, "mirror"), "fill_mode is 'reflect', 'nearest', 'constant' or 'wrap'"),
        (lambda: RandomTranslation(0.1, 0.1, fill_value="x"), "fill_value is a number"),
        (lambda: RandomRotation(None), "factor is a number f"),
        (lambda: RandomRotation(float("nan")), "factor: expected"),
        (lambda: RandomRotation(True), "factor is a number f"),
        (lambda: RandomZoom(-0.1), "height_factor: expected"),
        (lambda: RandomZoom((-1.5, 0.0)), "height_factor: expected -1 <= lowest"),
        (lambda: RandomZoom(0.1, "b"), "width_factor is a number f"),
        (lambda: RandomZoom(0.1).output_shape((28, 28)), "put Reshape((28, 28, 1)) before it"),
        (lambda: RandomZoom(0.1).output_shape((784,)), "expected images of shape (H, W, C), got (784,)"),
        (lambda: layers.RandomWarp().forward(X, training=True), "has to define places"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((TypeError, ValueError, NotImplementedError), match=re.escape(message)):
        make()
