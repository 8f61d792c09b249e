"""Formulas that a learner types: what they compute, what is refused, and in which words."""

import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlab import activations
from nnlab.explorers.formula import DEEPEST, LONGEST, FormulaError, parse

Z = np.linspace(-4, 4, 33)

KNOWN = [
    ("z", Z, 1 + 0 * Z),
    ("3", 3 + 0 * Z, 0 * Z),
    ("-z + 2*z", Z, 1 + 0 * Z),
    ("z**2 / 4 - 1", Z**2 / 4 - 1, Z / 2),
    ("2**z", 2**Z, np.log(2) * 2**Z),
    ("exp(-z*z)", np.exp(-(Z**2)), -2 * Z * np.exp(-(Z**2))),
    ("sqrt(z*z + 1)", np.sqrt(Z**2 + 1), Z / np.sqrt(Z**2 + 1)),
    ("log(1 + exp(z))", np.log1p(np.exp(Z)), 1 / (1 + np.exp(-Z))),
    ("sin(pi * z)", np.sin(np.pi * Z), np.pi * np.cos(np.pi * Z)),
    ("cos(z / e)", np.cos(Z / np.e), -np.sin(Z / np.e) / np.e),
    ("z / (1 + abs(z))", Z / (1 + np.abs(Z)), 1 / (1 + np.abs(Z)) ** 2),
    ("where(-1 <= z < 1, z, 7)", np.where((Z >= -1) & (Z < 1), Z, 7), ((Z >= -1) & (Z < 1)).astype(float)),
    ("1e1 * .5 + 2.", 7 + 0 * Z, 0 * Z),
    (" max( z ,\n0 ) ", np.maximum(Z, 0), (Z > 0).astype(float)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "slope"), KNOWN)
def test_value_and_slope_of_formulas_worked_out_by_hand(text, value, slope):
    got = parse(text)(Z)
    np.testing.assert_allclose(got[0], value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got[1], slope, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("max(z, 0)", activations.relu),
        ("max(0, z)", activations.relu),
        ("sigmoid(z)", activations.sigmoid),
        ("tanh(z)", activations.tanh),
        ("where(z > 0, z, exp(z) - 1)", activations.elu),
        ("z * sigmoid(z)", activations.silu),
        ("z", activations.linear),
    ],
)
def test_it_gives_the_activations_of_nnlab(text, same, dtype):
    z = np.linspace(-5, 5, 41).astype(dtype).reshape(1, -1)
    mine = parse(text).activation()
    assert mine.name == text
    assert isinstance(mine, activations.Activation)
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    for got, expected in ((mine(z), same(z)), (mine.derivative(z), same.derivative(z))):
        assert got.dtype == dtype
        assert got.shape == z.shape
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


def test_the_result_is_never_z_itself():
    z = np.ones(3)
    value, _slope = parse("z")(z)
    value[:] = 5
    assert (z == 1).all()
    assert parse("z")(2.0)[0] == 2.0
    assert parse("z**2")([1, 2])[1].tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("abs(z)", 0), ("max(z, 0)", 0), ("max(0, z)", 0), ("min(z, 0)", 0), ("max(z, 2*z)", 1), ("max(-3*z, 2*z)", 2),
        ("sqrt(abs(z))", 0), ("z**0", 0), ("z**1", 1), ("abs(z)**2", 0), ("0 * log(z)", np.nan),
        ("where(z > 0, z, 0)", 0), ("where(z >= 0, z, 0)", 1), ("where(z != 0, sin(z) / z, 1)", 0),
        ("max(z, 0, -1)", 0),
    ],
)  # fmt: skip
def test_the_slope_at_a_kink_is_the_one_that_is_stated(text, slope):
    np.testing.assert_equal(float(parse(text).derivative(0.0)), float(slope))


def test_a_side_that_is_not_taken_leaves_no_trace():
    value, slope = parse("where(z > 0, log(z), z)")(np.array([-2.0, 2.0]))
    np.testing.assert_allclose(value, [-2, np.log(2)])
    np.testing.assert_allclose(slope, [1, 0.5])


def test_what_is_not_defined_or_too_large_is_not_finite_and_warns_of_nothing():
    for text in ("log(z)", "1 / z", "sqrt(z)", "z**0.5", "9**9**9**9", "exp(exp(exp(9*z)))", "1e999 * z", "0/0"):
        value, _slope = parse(text)(Z)
        assert not np.isfinite(value).all()
        assert value.shape == Z.shape


smaller = st.one_of(
    st.just("z"),
    st.just("z"),
    st.sampled_from(["pi", "e", "0.5", "2", "3", ".7", "1.5e0"]),
)


FUNCTIONS = ["exp", "log", "sqrt", "abs", "tanh", "sigmoid", "sin", "cos"]
COMPARISONS = ["<", "<=", ">", ">="]


def larger(parts):
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from(["+", "-", "*", "/"]), parts),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), parts),
        st.builds("({})**{}".format, parts, st.sampled_from(["2", "3", "0.5", "(-1)", "z"])),
        st.builds("-{}".format, parts),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min"]), parts, parts),
        st.builds("where({} {} {}, {}, {})".format, parts, st.sampled_from(COMPARISONS), parts, parts, parts),
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(smaller, larger, max_leaves=7), st.floats(-3, 3))
def test_the_slope_agrees_with_central_differences(text, z):
    assume(len(text) <= LONGEST)
    formula = parse(text)
    steps = np.array([1e-5, 2e-5, 4e-5])
    value, slope = formula(np.array([z]))
    around = np.array([formula.value(z + steps), formula.value(z - steps)])
    assume(np.isfinite(around).all() and np.isfinite(value[0]) and np.abs(around).max() < 1e4)
    differences = (around[0] - around[1]) / (2 * steps)
    # Steps of three lengths and from both sides agree only where the function is smooth and well conditioned.
    sides = np.array([around[0] - value[0], value[0] - around[1]]) / steps
    scale = 1 + np.abs(differences).max()
    assume(np.ptp(differences) < 1e-5 * scale and np.ptp(sides) < 1e-2 * scale)
    assert slope[0] == pytest.approx(differences[0], rel=1e-3, abs=1e-3)


WRONG = [
    ("", 0, "Nothing is typed"),
    ("   ", 0, "Nothing is typed"),
    ("z +", 3, "ends too early: after +"),
    ("z * / 2", 4, "missing before /"),
    ("* z", 0, "missing before *"),
    ("(z", 0, "never closed"),
    ("z / (1 + abs(z)", 4, "never closed"),
    ("z)", 1, "never opened"),
    ("()", 1, "missing before )"),
    ("sin()", 4, "missing before )"),
    ("2z", 1, "Between 2 and z an operation is missing"),
    ("z(2)", 1, "Between z and ( an operation is missing"),
    ("(z)(z)", 3, "Between ) and ("),
    ("sin z", 4, "sin is a function and needs brackets"),
    ("exp", 3, "exp is a function and needs brackets"),
    ("z^2", 1, "^ means power in mathematics; Python writes **"),
    ("1 + sigmod(z)", 4, "did you mean sigmoid?"),
    ("x", 0, "did you mean z?"),
    ("ln(z)", 0, "did you mean log?"),
    ("relu(z)", 0, "did you mean max(z, 0)?"),
    ("qqqq(z)", 0, "known are z, pi, e, exp"),
    ("0,5*z", 1, "decimals have a point"),
    ("(z, 0)", 2, "A comma stands only between arguments"),
    ("max(z)", 0, "max compares two numbers"),
    ("exp(z, 2)", 0, "exp takes one number"),
    ("where(z, 1, 2)", 0, "where takes a comparison"),
    ("where(z > 0, 1)", 0, "where takes a comparison"),
    ("1 + (z > 0)", 5, "A comparison stands only first in where"),
    ("f(z) = z", 0, "There is no f here"),
    ("z = 2", 2, "no equals sign"),
    ("|z|", 0, "abs(z)"),
    ("z − 1", 2, "minus sign"),
    ("z²", 1, "**2"),
    ("exp.real", 3, "inside a number"),
    ("z é", 2, "é has no place"),
    ("007", 0, "Python cannot read"),
    ("-" * 100 + "z", DEEPEST, "stand inside each other"),
]


@pytest.mark.parametrize(("text", "place", "words"), WRONG)
def test_an_error_says_what_is_wrong_and_where(text, place, words):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert caught.value.place == place
    if text.strip():
        assert str(caught.value).endswith(f"{text[:place]}▸{text[place:]}")


HOSTILE = [
    "__import__('os')", "__import__", "z.__class__", "().__class__", "(z).__class__", "z.real", "1 .real",
    "lambda: z", "lambda z: z", "[z for z in z]", "(z for z in z)", "{z}", "{}", "[z]", "z[0]", "z[:]", "(z := 1)",
    "z := 1", "f'{z}'", "'z'", '"z"', "b'z'", "`z`", "z if z else z", "z and z", "not z", "z or 1", "z in z",
    "z is z", "~z", "z @ z", "z // z", "z % 2", "z << 9", "z >> 1", "z & z", "z | z", "...", "None", "True",
    "await z", "yield z", "*z", "**z", "exp(*z)", "exp(**z)", "exp(z=z)", "exp(z)(z)", "exp(exp)(z)", "exp",
    "eval(z)", "open(z)", "print(z)", "abs.__call__(z)", "exp(z).__class__", "import os", "z; z", "z\\\nz", "#",
    "z # z", "\x00", "z\x00", "\ud800", "0x10", "1_000", "1j", "0o7", "1if z else 2", "max(z, key=abs)", "_", "__",
    "z__", "𝓏", "ｚ", "exp（z）", "$z", "!z", "?", "z!", "z'", "@z", "z:z", "(" * 10_000, "(" * 190, ")" * 190,
    "-" * 10_000 + "z", "abs(" * 40 + "z", "z" * 10_000, "9" * 10_000, "z" + "**z" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_refused_at_once(text):
    begin = time.perf_counter()
    with pytest.raises(FormulaError):
        parse(text)
    assert time.perf_counter() - begin < 2


def test_towers_of_powers_cost_nothing():
    begin = time.perf_counter()
    for text in ("9**9**9**9", "9" * 190, "z**9**9**9**9", "e**e**e**e**e**z", "-".join("z" * 50)):
        parse(text)(np.ones(1000))
    assert time.perf_counter() - begin < 2


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("z0123456789.+-*/()<>=!, absinexpmaxwhere'\"[]{}:_^\\\n"), max_size=40))
def test_any_text_is_a_formula_or_refused_with_a_sentence(text):
    error = None
    try:
        value, slope = parse(text)(Z)
    except FormulaError as refused:
        error = refused
    if error is None:
        assert value.shape == slope.shape == Z.shape
    else:
        assert 0 <= error.place <= len(text)
        assert len(str(error)) > 20


@pytest.mark.usefixtures("pseudo")
def test_every_error_is_translated():
    for text, *_rest in WRONG:
        with pytest.raises(FormulaError) as caught:
            parse(text)
        assert str(caught.value).startswith("⟦")
        assert str(caught.value).endswith("⟧")
