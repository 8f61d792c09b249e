"""Regularizers: penalties by hand, gradients by differences, and how a layer keeps them."""

import copy
import pickle

import numpy as np
import pytest

from nnlab import initializers, layers, regularizers
from nnlab.regularizers import L1, L1L2, L2, Regularizer

W = np.array([[0.5, -2.0], [1.5, -0.25]])
KINDS = [L1(), L2(), L1L2(), L1(0.5), L2(0.25), L1L2(0.5, 0.25), regularizers.get("l1_l2")]


@pytest.mark.parametrize("regularizer", KINDS, ids=repr)
def test_penalty_by_hand_and_gradient_by_differences(regularizer):
    by_hand = sum(regularizer.l1 * abs(w) + regularizer.l2 * w * w for w in W.flat)
    assert regularizer(W) == pytest.approx(by_hand, rel=1e-14)
    assert type(regularizer(W)) is float
    gradient = regularizer.gradient(W)
    for index in np.ndindex(W.shape):
        change = np.zeros_like(W)
        change[index] = 6e-6
        difference = (regularizer(W + change) - regularizer(W - change)) / 12e-6
        assert gradient[index] == pytest.approx(difference, abs=1e-8)


@pytest.mark.parametrize("regularizer", KINDS, ids=repr)
def test_dtype_zero_and_nan(regularizer):
    gradient = regularizer.gradient(W.astype(np.float32))
    assert gradient.dtype == np.float32
    assert gradient.shape == W.shape
    assert regularizer(0 * W) == 0
    assert not regularizer.gradient(0 * W).any()
    assert np.isnan(regularizer(np.array([np.nan, 1.0])))
    assert np.isnan(regularizer.gradient(np.array([np.nan]))).all()
    assert regularizer(np.float32([1e30])) >= 0  # its square is no float32


def test_defaults_and_names():
    assert [(r.l1, r.l2) for r in (L1(), L2(), L1L2())] == [(0.01, 0), (0, 0.01), (0, 0)]
    assert [type(regularizers.get(name)) for name in ("l1", "L2", "l1_l2")] == [L1, L2, L1L2]
    both = regularizers.get("l1_l2")
    assert (both.l1, both.l2) == (0.01, 0.01)
    assert regularizers.get(None) is None
    assert regularizers.get(both) is both
    assert [repr(r) for r in (L1(0.5), L2(), L1L2(1, 2))] == ["L1(0.5)", "L2(0.01)", "L1L2(l1=1, l2=2)"]


@pytest.mark.parametrize("regularizer", KINDS, ids=repr)
def test_copies_work(regularizer):
    for other in (pickle.loads(pickle.dumps(regularizer)), copy.deepcopy(regularizer)):
        assert other(W) == regularizer(W)


def test_dense_keeps_its_regularizers_by_parameter():
    layer = layers.Dense(3, kernel_regularizer="l2", bias_regularizer=L1(0.5))
    assert layer.regularizers == {"kernel": layer.kernel_regularizer, "bias": layer.bias_regularizer}
    assert isinstance(layer.kernel_regularizer, L2)
    assert layers.Dense(3).regularizers == {}
    assert layers.Dense(3).kernel_regularizer is None
    assert layers.Dense(3, kernel_regularizer="l1").regularizers.keys() == {"kernel"}
    assert layers.Dense(3, use_bias=False, bias_regularizer="l1").regularizers == {}


def test_layers_do_not_share_their_regularizers():
    first, second = layers.Layer(), layers.Flatten()
    first.regularizers["kernel"] = L2()
    assert second.regularizers == {}
    assert layers.Flatten().regularizers == {}


def test_a_regularizer_of_the_learners_own():
    class PullToOne(Regularizer):
        def __call__(self, w):
            return float(np.sum((w - 1) ** 2))

        def gradient(self, w):
            return 2 * (w - 1)

    own = PullToOne()
    assert layers.Dense(2, kernel_regularizer=own).regularizers["kernel"] is own


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: L1(-0.1), "l1 has to be at least 0 and finite, got -0.1"),
        (lambda: L2(np.nan), "l2 has to be at least 0 and finite, got nan"),
        (lambda: L2(np.inf), "l2 has to be at least 0 and finite, got inf"),
        (lambda: L1L2(l2=-1), "l2 has to be at least 0"),
        (lambda: L1L2("l1"), r"l1 is a number \(at least 0 and finite\), got 'l1'"),
        (lambda: L1(None), "l1 is a number"),
        (lambda: L2(True), "l2 is a number"),
        (lambda: L2([0.1]), "l2 is a number"),
        (lambda: regularizers.get("l3"), "unknown regularizer 'l3'"),
        (lambda: regularizers.get("l1 l2"), "did you mean 'l1_l2'"),
        (lambda: regularizers.get(0.01), r"write regularizers.L2\(0.01\)"),
        (lambda: regularizers.get(L2), r"write L2\(\), with brackets"),
        (lambda: layers.Dense(2, kernel_regularizer=np.sum), "a regularizer is a name such as 'l2'"),
        (lambda: layers.Dense(2, bias_regularizer="l"), "unknown regularizer 'l'"),
        (lambda: Regularizer()(W), r"define __call__\(w\)"),
        (lambda: Regularizer().gradient(W), r"define gradient\(w\)"),
        (lambda: initializers.VarianceScaling(scale=0), "scale has to be above 0 and finite, got 0"),
        (lambda: initializers.VarianceScaling(scale=-2.0), "scale has to be above 0"),
        (lambda: initializers.VarianceScaling(scale=np.inf), "scale has to be above 0 and finite, got inf"),
        (lambda: initializers.VarianceScaling("2"), "scale is a number"),
        (lambda: initializers.HeNormal(seed=-1), "seed is a whole number from 0 up, or None .* got -1"),
        (lambda: initializers.GlorotUniform(1.5), "seed is a whole number .* got 1.5"),
        (lambda: initializers.Zeros(seed=True), "seed is a whole number"),
        (lambda: initializers.HeUniform(seed="7"), "seed is a whole number"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError, NotImplementedError), match=message):
        make()


def test_a_seed_may_be_any_whole_number():
    for seed in (0, np.int64(3), 2**70):
        assert initializers.GlorotNormal(seed).seed == seed
    assert initializers.Ones().seed is None
