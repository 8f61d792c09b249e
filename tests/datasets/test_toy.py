from __future__ import annotations

import inspect
import math
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import datasets
from nnlab.datasets import circles, gaussians, moons, spiral, xor

ALL = [xor, circles, moons, gaussians, spiral]
MANY_CLASSES = [gaussians, spiral]


@pytest.mark.parametrize("make", ALL)
@given(n_samples=st.integers(2, 60), seed=st.integers(0, 2**64))
@settings(max_examples=15, deadline=None)
def test_shapes_and_balance(make: Callable, n_samples: int, seed: int) -> None:
    x, y = make(n_samples, seed=seed)
    assert x.shape == (n_samples, 2)
    assert x.dtype == np.float32
    assert x.flags.c_contiguous
    assert y.shape == (n_samples,)
    assert y.dtype == np.int64
    assert np.isfinite(x).all()
    counts = np.bincount(y, minlength=2)
    assert len(counts) == 2
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("make", MANY_CLASSES)
@pytest.mark.parametrize("n_classes", range(2, 11))
@pytest.mark.parametrize("extra", [0, 1, 37])
def test_many_classes(make: Callable, n_classes: int, extra: int) -> None:
    x, y = make(n_classes + extra, seed=1, n_classes=n_classes)
    assert x.shape == (n_classes + extra, 2)
    counts = np.bincount(y)
    assert len(counts) == n_classes
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("make", ALL)
def test_one_call_for_all(make: Callable) -> None:
    parameters = inspect.signature(make).parameters
    assert list(parameters)[:3] == ["n_samples", "noise", "seed"]
    assert parameters["n_samples"].default == 200
    assert parameters["seed"].default is None


@pytest.mark.parametrize("make", ALL)
def test_about_unit_spread(make: Callable) -> None:
    x, _ = make(1000, seed=0)
    assert 0.8 < math.sqrt(np.mean(np.var(x, axis=0))) < 1.25
    assert np.abs(x.mean(axis=0)).max() < 0.05
    assert np.mean(np.abs(x) < 3) > 0.998


@pytest.mark.parametrize("make", ALL)
def test_same_seed_same_bits(make: Callable) -> None:
    (x1, y1), (x2, y2) = make(50, seed=3), make(50, seed=3)
    assert x1.tobytes() == x2.tobytes()
    assert y1.tobytes() == y2.tobytes()
    x3, y3 = make(50, seed=4)
    assert x1.tobytes() != x3.tobytes()
    assert y1.tobytes() != y3.tobytes()


@pytest.mark.parametrize("make", ALL)
def test_no_seed_differs(make: Callable) -> None:
    assert make(50)[0].tobytes() != make(50)[0].tobytes()


@pytest.mark.parametrize("make", ALL)
def test_generator_as_seed(make: Callable) -> None:
    rng = np.random.default_rng(3)
    first, second = make(50, seed=rng), make(50, seed=rng)
    assert first[0].tobytes() == make(50, seed=3)[0].tobytes()
    assert first[0].tobytes() != second[0].tobytes()


@pytest.mark.parametrize("make", ALL)
def test_global_random_numbers_are_left_alone(make: Callable) -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002  # what must not be touched
    make(20)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("make", ALL)
def test_noise_moves_points_along_lines(make: Callable) -> None:
    (x0, y0), (x1, y1), (x2, y2) = (make(40, noise=noise, seed=5) for noise in (0, 0.5, 1))
    assert np.array_equal(y0, y1)
    assert np.array_equal(y0, y2)
    np.testing.assert_allclose(x2 - x0, 2 * (x1 - x0), atol=1e-6)


@pytest.mark.parametrize("make", ALL)
def test_noise_is_a_standard_deviation(make: Callable) -> None:
    (x0, _), (x1, _) = (make(20_000, noise=noise, seed=6) for noise in (0, 0.3))
    assert np.std(x1 - x0, axis=0) == pytest.approx([0.3, 0.3], rel=0.03)
    assert np.mean(x1 - x0, axis=0) == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize("make", ALL)
def test_rows_are_shuffled(make: Callable) -> None:
    x, y = make(1000, noise=0, seed=7)
    assert 400 < np.count_nonzero(np.diff(y)) < 600
    steps = np.linalg.norm(np.diff(x, axis=0), axis=1)
    assert np.median(steps) > 0.5 or make is gaussians  # where noise 0 leaves only two places


@pytest.mark.parametrize("make", ALL)
def test_arrays_are_fresh(make: Callable) -> None:
    x, y = make(10, seed=0)
    x[:], y[:] = 9, 9
    assert not (make(10, seed=0)[0] == 9).any()
    assert x.base is None


# Without noise: the shapes themselves.


def test_xor_geometry() -> None:
    x, y = xor(400, noise=0, seed=0)
    assert np.array_equal(y == 1, x[:, 0] * x[:, 1] < 0)
    assert np.abs(x).min() >= np.float32(0.1)
    assert np.abs(x).max() <= np.float32(1.6)
    quadrant = (x[:, 0] > 0) * 2 + (x[:, 1] > 0)
    assert np.bincount(quadrant).tolist() == [100] * 4


@pytest.mark.parametrize("n_samples", [2, 3, 9, 100])
def test_circles_geometry(n_samples: int) -> None:
    x, y = circles(n_samples, noise=0, seed=0)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 1.5, 0.75), rtol=1e-6)
    for circle in (0, 1):
        angles = np.sort(np.arctan2(x[y == circle, 1], x[y == circle, 0]))
        gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
        np.testing.assert_allclose(gaps, 2 * np.pi / len(angles), atol=1e-5)


@pytest.mark.parametrize("n_samples", [2, 3, 9, 100])
def test_moons_geometry(n_samples: int) -> None:
    x, y = moons(n_samples, noise=0, seed=0)
    upper, lower = x[y == 0] - (-0.75, -0.375), x[y == 1] - (0.75, 0.375)
    for half in (upper, lower):
        np.testing.assert_allclose(np.linalg.norm(half, axis=1), 1.5, rtol=1e-6)
    assert (upper[:, 1] > -1e-6).all()
    assert (lower[:, 1] < 1e-6).all()


def test_moons_reach_from_end_to_end() -> None:
    x, y = moons(101, noise=0, seed=0)
    assert x[y == 0, 0].min() == pytest.approx(-2.25)
    assert x[y == 0, 0].max() == pytest.approx(0.75)
    assert x[y == 1, 0].min() == pytest.approx(-0.75)
    assert x[y == 1, 0].max() == pytest.approx(2.25)


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_gaussians_geometry(n_classes: int) -> None:
    x, y = gaussians(50, noise=0, seed=0, n_classes=n_classes)
    centers = np.stack([x[y == c][0] for c in range(n_classes)])
    assert np.array_equal(x, centers[y])
    np.testing.assert_allclose(np.linalg.norm(centers, axis=1), 1.5, rtol=1e-6)
    np.testing.assert_allclose(centers.sum(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(centers[0], 1.5 / math.sqrt(2), rtol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_spiral_geometry(n_classes: int) -> None:
    x, y = spiral(40 * n_classes, noise=0, seed=0, n_classes=n_classes)
    radius = np.linalg.norm(x, axis=1)
    assert radius.min() == pytest.approx(0.2)
    assert radius.max() == pytest.approx(2.4)
    for arm in range(n_classes):
        np.testing.assert_allclose(np.sort(radius[y == arm]), np.linspace(0.2, 2.4, 40), rtol=1e-5)
    # Turned back by what the radius says, each arm lies on one ray.
    angle = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * (1.5 * (radius - 0.2) / 2.2 + y / n_classes)
    np.testing.assert_allclose(np.cos(angle), 1, atol=1e-5)


@pytest.mark.parametrize("make", [circles, moons, spiral])
def test_classes_do_not_meet_without_noise(make: Callable) -> None:
    x, y = make(400, noise=0, seed=0)
    distance = np.linalg.norm(x[y == 0][:, None] - x[y == 1][None], axis=2)
    assert distance.min() > 0.35


# Bad input.

BAD = [
    ({"n_samples": 1}, ValueError, "n_samples of at least 2, one for each class, got 1"),
    ({"n_samples": 0}, ValueError, "got 0"),
    ({"n_samples": -200}, ValueError, "got -200"),
    ({"n_samples": 200.0}, TypeError, "n_samples as a whole number, got 200.0 of type float"),
    ({"n_samples": "200"}, TypeError, "got '200' of type str"),
    ({"n_samples": None}, TypeError, "of type NoneType"),
    ({"n_samples": True}, TypeError, "of type bool"),
    ({"n_samples": np.True_}, TypeError, "of type bool"),
    ({"n_samples": [200]}, TypeError, "of type list"),
    ({"n_samples": np.array(200)}, TypeError, "of type ndarray"),
    ({"noise": -0.1}, ValueError, "noise from 0 to 1e+30, got -0.1"),
    ({"noise": math.nan}, ValueError, "got nan"),
    ({"noise": math.inf}, ValueError, "got inf"),
    ({"noise": "0.1"}, TypeError, "noise as a number, got '0.1' of type str"),
    ({"noise": None}, TypeError, "of type NoneType"),
    ({"noise": True}, TypeError, "of type bool"),
    ({"noise": 1j}, TypeError, "of type complex"),
    ({"noise": [0.1, 0.2]}, TypeError, "of type list"),
    ({"noise": np.array([0.1, 0.2])}, TypeError, "of type ndarray"),
    ({"seed": -1}, ValueError, "seed of 0 or more, got -1"),
    ({"seed": 1.0}, TypeError, "seed as a whole number, a Generator or None, got 1.0 of type float"),
    ({"seed": "0"}, TypeError, "of type str"),
    ({"seed": True}, TypeError, "of type bool"),
    ({"seed": [1, 2]}, TypeError, "of type list"),
]
BAD_CLASSES = [
    ({"n_classes": 1}, ValueError, "n_classes from 2 to 10, got 1"),
    ({"n_classes": 11}, ValueError, "got 11"),
    ({"n_classes": -2}, ValueError, "got -2"),
    ({"n_classes": 2.0}, TypeError, "n_classes as a whole number, got 2.0 of type float"),
    ({"n_classes": None}, TypeError, "of type NoneType"),
    ({"n_classes": True}, TypeError, "of type bool"),
    ({"n_classes": 5, "n_samples": 4}, ValueError, "n_samples of at least 5, one for each class, got 4"),
]


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize(("arguments", "error", "message"), BAD)
def test_bad_input(make: Callable, arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make(**arguments)
    text = str(caught.value)
    assert text.startswith(f"{make.__name__}() expected ")
    assert message in text
    assert "e.g. " in text  # what to do


@pytest.mark.parametrize("make", MANY_CLASSES)
@pytest.mark.parametrize(("arguments", "error", "message"), BAD_CLASSES)
def test_bad_classes(make: Callable, arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make(**arguments)
    assert str(caught.value).startswith(f"{make.__name__}() expected ")
    assert message in str(caught.value)


@pytest.mark.parametrize("make", ALL)
def test_numbers_of_other_types(make: Callable) -> None:
    expected = make(10, noise=0.5, seed=1)[0].tobytes()
    assert make(np.int32(10), noise=np.float32(0.5), seed=np.int64(1))[0].tobytes() == expected
    assert make(10, noise=np.int8(0), seed=1)[0].tobytes() == make(10, noise=0, seed=1)[0].tobytes()


# The package.


def test_public_names() -> None:
    assert set(datasets.__all__) == {
        "digits",
        "fashion_mnist",
        "mnist",
        "names",
        "poems",
        *(make.__name__ for make in ALL),
    }
    assert all(hasattr(datasets, name) for name in datasets.__all__)


def test_import_is_light() -> None:
    code = "import sys, nnlab.datasets; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pooch", "requests", "tqdm", "platformdirs", "numba", "scipy", "matplotlib"}
    assert not heavy & set(done.stdout.split())
