"""Initializers: moments and bounds by the formulas of Keras, fans of any kernel, names, seeds, mistakes."""

import copy
import math
import pickle

import numpy as np
import pytest

from nnlab import initializers, layers
from nnlab.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    Initializer,
    LecunNormal,
    LecunUniform,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)

CUT = 0.87962566103423978  # spread of a standard normal cut at two standard deviations
SHAPES = [(300, 200), (3, 3, 60, 100), (5, 40, 300), (50000,)]


def fans(shape):
    if len(shape) == 1:
        return shape[0], shape[0]
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def check_spread(values, mean, deviation, limit=None):
    """Compare the moments of many numbers with what they were drawn from, and the extremes with the limit."""
    assert abs(values.mean() - mean) <= 5 * deviation / math.sqrt(values.size)
    assert values.std() == pytest.approx(deviation, rel=5 / math.sqrt(values.size))
    if limit is not None:
        assert 0.99 * limit < abs(values - mean).max() <= limit


SCALED = {
    GlorotUniform: lambda n_in, n_out: 2 / (n_in + n_out),
    GlorotNormal: lambda n_in, n_out: 2 / (n_in + n_out),
    HeUniform: lambda n_in, n_out: 2 / n_in,
    HeNormal: lambda n_in, n_out: 2 / n_in,
    LecunUniform: lambda n_in, n_out: 1 / n_in,
    LecunNormal: lambda n_in, n_out: 1 / n_in,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", SCALED)
def test_spread_by_the_fans(kind, shape):
    deviation = math.sqrt(SCALED[kind](*fans(shape)))
    limit = deviation * (math.sqrt(3) if "Uniform" in kind.__name__ else 2 / CUT)
    check_spread(kind(seed=1)(shape), 0, deviation, limit)


@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_variance_scaling(mode, distribution):
    shape = (3, 3, 40, 100)
    n_in, n_out = fans(shape)
    assert (n_in, n_out) == (360, 900)
    n = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}[mode]
    values = VarianceScaling(3.0, mode, distribution, seed=2)(shape)
    check_spread(values, 0, math.sqrt(3 / n))
    longest = abs(values).max() / math.sqrt(3 / n)
    assert longest > 3.5 if distribution == "untruncated_normal" else longest <= 2 / CUT


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_spread_as_told(shape):
    check_spread(RandomUniform(seed=0)(shape), 0, 0.1 / math.sqrt(12), 0.05)
    check_spread(RandomUniform(1, 3, seed=0)(shape), 2, 2 / math.sqrt(12), 1)
    check_spread(RandomNormal(seed=0)(shape), 0, 0.05)
    check_spread(RandomNormal(-4, 2, seed=0)(shape), -4, 2)
    check_spread(TruncatedNormal(seed=0)(shape), 0, 0.05 * CUT, 0.1)
    check_spread(TruncatedNormal(1, 3, seed=0)(shape), 1, 3 * CUT, 6)


def test_normals_are_normal():
    values = RandomNormal(stddev=1, seed=3)((100000,))
    for z, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        assert np.mean(abs(values) < z) == pytest.approx(share, abs=0.005)
    cut = TruncatedNormal(stddev=1, seed=3)((100000,))
    assert np.mean(abs(cut) < 1) == pytest.approx(0.6827 / 0.9545, abs=0.005)


def test_numbers_that_are_not_drawn():
    assert (Constant(0.25)((2, 3)) == 0.25).all()
    assert not Constant()((2, 3)).any()
    np.testing.assert_array_equal(Identity()((3, 2)), np.eye(3, 2))
    np.testing.assert_array_equal(Identity(gain=0.5)((2, 2)), np.eye(2) / 2)
    assert RandomUniform(2, 2)((3,)).tolist() == [2, 2, 2]
    assert RandomNormal(2, 0)((3,)).tolist() == [2, 2, 2]
    for name in initializers._KNOWN:
        values = initializers.get(name)((4, 3), np.random.default_rng(0))
        assert (values.shape, values.dtype) == ((4, 3), np.float64)


NAMES = {
    "zero": initializers.Zeros,
    "one": initializers.Ones,
    "constant": Constant,
    "identity": Identity,
    "uniform": RandomUniform,
    "random_uniform": RandomUniform,
    "RandomNormal": RandomNormal,
    "normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "LecunNormal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "he_normal": HeNormal,
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    found = initializers.get(name)
    assert type(found) is NAMES[name]
    assert initializers.get(found) is found
    layers.Dense(2, kernel_initializer=name if name != "identity" else found)


@pytest.mark.parametrize("kind", [RandomUniform, RandomNormal, TruncatedNormal, *SCALED])
def test_seeds(kind):
    np.testing.assert_array_equal(kind(seed=5)((4, 3)), kind(seed=5)((4, 3)))
    assert (kind(seed=5)((4, 3)) != kind(seed=6)((4, 3))).any()
    own = [kind()((4, 3), np.random.default_rng(1)) for _ in range(2)]
    np.testing.assert_array_equal(*own)
    rng = np.random.default_rng(1)
    assert (kind()((4, 3), rng) != kind()((4, 3), rng)).any()
    for other in (copy.deepcopy(kind(seed=5)), pickle.loads(pickle.dumps(kind(seed=5)))):
        np.testing.assert_array_equal(other((4, 3)), kind(seed=5)((4, 3)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomUniform(1, -1), "minval has to be at most maxval, got minval=1 and maxval=-1"),
        (lambda: RandomUniform("low"), "minval is a number"),
        (lambda: RandomUniform(maxval=np.inf), "maxval has to be finite"),
        (lambda: RandomNormal(stddev=-1), "stddev has to be at least 0"),
        (lambda: RandomNormal(mean=np.nan), "mean has to be finite"),
        (lambda: TruncatedNormal(stddev=None), "stddev is a number"),
        (lambda: TruncatedNormal(seed=-3), "seed is a whole number"),
        (lambda: Constant("zero"), "value is a number"),
        (lambda: Constant([1, 2]), "value is a number"),
        (lambda: Identity("one"), "gain is a number"),
        (lambda: Identity()((3,)), r"needs a shape of two numbers, got \(3,\)"),
        (lambda: Identity()((3, 3, 2, 2)), "needs a shape of two numbers"),
        (lambda: VarianceScaling(distribution="normal"), "'truncated_normal', 'untruncated_normal' or 'uniform'"),
        (lambda: VarianceScaling(mode="fan"), "fan_in"),
        (lambda: initializers.get("lecun_norm"), "did you mean 'lecun_normal'"),
        (lambda: initializers.get(RandomNormal), r"write RandomNormal\(\), with brackets"),
        (lambda: initializers.get(0.5), "an initializer is a name"),
        (lambda: Initializer()((2,)), "define draw"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError, NotImplementedError), match=message):
        make()
