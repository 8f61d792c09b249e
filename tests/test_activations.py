"""Activations: the textbook formulas, their slopes, the ends of the number line, and what makes two of them equal."""

import copy
import pickle

import numpy as np
import pytest
from scipy.special import erf

from nnlab import activations
from nnlab.activations import ELU, Activation, LeakyReLU

# As in a textbook, for complex numbers too, with no thought for large ones.
TEXTBOOK = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "leaky_relu": lambda z: np.where(z.real > 0, z, 0.2 * z),
    "elu": lambda z: np.where(z.real > 0, z, np.exp(z) - 1),
    "selu": lambda z: 1.0507009873554805 * np.where(z.real > 0, z, 1.6732632423543772 * (np.exp(z) - 1)),
    "gelu": lambda z: z * (1 + erf(z / np.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
}
SETTINGS = [
    (LeakyReLU(0.0), lambda z: np.where(z.real > 0, z, 0 * z)),
    (LeakyReLU(0.3), lambda z: np.where(z.real > 0, z, 0.3 * z)),
    (ELU(0.5), lambda z: np.where(z.real > 0, z, 0.5 * (np.exp(z) - 1))),
    (ELU(0.0), lambda z: np.where(z.real > 0, z, 0 * z)),
]
CASES = [(activations.get(name), formula) for name, formula in TEXTBOOK.items()] + SETTINGS
FUNCTIONS = [f for f, _ in CASES]
Z = np.concatenate([np.linspace(-8, 8, 96), [-1e-3, 1e-3]])  # not 0, where some have a kink


@pytest.mark.parametrize(("f", "formula"), CASES, ids=[str(f) for f in FUNCTIONS])
def test_formula_and_slope(f, formula):
    np.testing.assert_allclose(f(Z), formula(Z), rtol=1e-11, atol=1e-14)
    slope = formula(Z + 1e-30j).imag / 1e-30  # complex step: exact to rounding
    np.testing.assert_allclose(f.derivative(Z), slope, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(f.backward(Z, f(Z), 2 * Z), 2 * Z * slope, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("f", FUNCTIONS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out_nothing_overflows_and_nan_stays_nan(f, dtype):
    z = np.array([-1e4, -800.0, -90.0, 0.0, 90.0, 800.0, 1e4], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(f(z)).all()
        assert np.isfinite(f.derivative(z)).all()
    assert np.isnan(f(np.array([np.nan], dtype))).all()


@pytest.mark.parametrize("f", [*FUNCTIONS, activations.softmax, activations.step], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(3, 2), (0, 2), (2, 3, 4)])
def test_dtype_and_shape_are_kept(f, dtype, shape):
    z = np.linspace(-2, 2, int(np.prod(shape)), dtype=dtype).reshape(shape)
    before = z.copy()
    results = [f(z)]
    if f is not activations.step:
        results.append(f.backward(z, f(z), np.ones_like(z)))
    for result in results:
        assert result.dtype == dtype
        assert result.shape == shape
    assert (z == before).all()


@pytest.mark.parametrize(
    ("name", "slope"), [("relu", 0), ("leaky_relu", 0.2), ("elu", 1), ("selu", 1.7580993408473766), ("softplus", 0.5)]
)
def test_slope_at_zero(name, slope):
    assert activations.get(name).derivative(np.zeros(1)) == pytest.approx(slope)


def test_step_fires_at_zero():
    z = np.array([-1e4, -1e-300, -0.0, 0.0, 1e-300, 1e4, np.nan])
    np.testing.assert_array_equal(activations.step(z), [0, 0, 1, 1, 1, 1, np.nan])


@pytest.mark.parametrize("use", [lambda f, z: f.derivative(z), lambda f, z: f.backward(z, z, z)])
def test_step_has_no_slope_to_train_by(use):
    with pytest.raises(ValueError, match=r"slope is 0 everywhere.*Use its smooth relative 'sigmoid'"):
        use(activations.step, np.zeros(2))


def test_selu_carries_mean_and_variance_of_normal_numbers():
    x = np.linspace(-10, 10, 200_001)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    a = activations.selu(x)
    assert np.sum(density * a) == pytest.approx(0, abs=1e-8)
    assert np.sum(density * a**2) == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize("f", [*FUNCTIONS, activations.softmax, activations.step], ids=str)
def test_a_copy_is_equal_and_works(f):
    for other in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f), copy.copy(f)):
        assert other == f
        assert hash(other) == hash(f)
        np.testing.assert_array_equal(other(Z), f(Z))


def test_what_makes_two_activations_equal():
    assert LeakyReLU(0.3) == LeakyReLU(negative_slope=0.3)
    assert LeakyReLU() == activations.leaky_relu == activations.get("LeakyReLU")
    assert LeakyReLU(0.3) != LeakyReLU(0.2)
    assert ELU() == activations.elu
    assert ELU(2) == ELU(2.0) != activations.elu
    assert LeakyReLU(1.0) != ELU(1.0)
    assert LeakyReLU(0.0) != activations.relu
    assert activations.get("swish") == activations.silu
    sigmoid = activations.sigmoid
    assert Activation("sigmoid", lambda z: z, sigmoid.derivative) != sigmoid
    assert Activation("sigmoid", sigmoid.function, sigmoid.derivative) == sigmoid
    assert len({*FUNCTIONS, *map(copy.deepcopy, FUNCTIONS)}) == len(FUNCTIONS)


def test_settings_are_kept_and_shown():
    assert LeakyReLU(0.3).negative_slope == 0.3
    assert ELU(np.float32(0.5)).alpha == 0.5
    assert repr(ELU(2)) == "ELU(alpha=2.0)"
    assert repr(activations.leaky_relu) == "LeakyReLU(negative_slope=0.2)"
    assert (LeakyReLU().name, ELU().name) == ("leaky_relu", "elu")
    with pytest.raises(AttributeError):
        activations.elu.alpha = 2.0  # shared by all who ask for "elu"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LeakyReLU(-0.1), "negative_slope has to be at least 0 and finite, got -0.1"),
        (lambda: LeakyReLU(np.nan), "negative_slope has to be at least 0 and finite, got nan"),
        (lambda: LeakyReLU(np.inf), "negative_slope has to be at least 0 and finite, got inf"),
        (lambda: LeakyReLU("0.1"), r"negative_slope is a number \(at least 0 and finite\), got '0.1'"),
        (lambda: LeakyReLU(None), "negative_slope is a number"),
        (lambda: LeakyReLU([0.1]), "negative_slope is a number"),
        (lambda: ELU(np.inf), "alpha has to be finite, got inf"),
        (lambda: ELU(-np.inf), "alpha has to be finite, got -inf"),
        (lambda: ELU(True), r"alpha is a number \(finite\), got True"),
        (lambda: ELU(1j), "alpha is a number"),
        (lambda: activations.get("leaky"), "unknown activation 'leaky'"),
        (lambda: activations.get("geluu"), "did you mean 'gelu'"),
        (lambda: activations.get(LeakyReLU), r"write LeakyReLU\(\), with brackets"),
        (lambda: activations.get(np.sin), "give its derivative too"),
        (lambda: activations.get(3), "an activation is a name such as 'relu'"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
