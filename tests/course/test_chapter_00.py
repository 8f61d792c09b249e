"""Chapter 00's exercises and self-test, against sources of their own: NumPy's arithmetic and finite differences."""

import re

import numpy as np
import pytest

from nnlab.course import check, question, recall
from nnlab.course.chapter_00_first_steps import SLOPES, STANDARDIZE
from nnlab.course.question import Draw, banks
from nnlab.course.recalling import choose

BANK = {one.key: one for one in banks()["00"]}
SEEDS = range(40)


def asked(key):
    for seed in SEEDS:
        yield BANK[key].ask(Draw(f"{seed} {key}"))


def numbers(text):
    return [float(number) for number in re.findall(r"\d+", text)]


def test_standardized_columns_have_mean_0_and_deviation_1():
    x = np.random.default_rng(5).normal(7, 3, (40, 3)) * [1, 100, 0.01]
    z = STANDARDIZE.reference(x)
    assert np.allclose(z.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(z.std(axis=0), 1)
    assert np.allclose(np.corrcoef(z.T), np.corrcoef(x.T))


def test_slopes_of_a_parabola_are_exact_and_of_a_sine_nearly():
    x = np.linspace(-1, 2, 31)
    assert np.allclose(SLOPES.reference(x**2, 0.1), 2 * x[1:-1])
    errors = []
    for h in (0.1, 0.05):
        x = np.arange(0, 3, h)
        errors.append(np.abs(SLOPES.reference(np.sin(x), h) - np.cos(x[1:-1])).max())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)  # half the step, a quarter of the error


@pytest.mark.parametrize("number", ["0.1", "0.2", "00.1"])
def test_exercises_of_chapter_00_are_found(number):
    assert check(number, ...).text.endswith(": not attempted yet.")


def test_the_mistake_that_the_chapter_makes_on_purpose_is_recognized():
    reply = check("0.1", lambda x: x - x.mean(axis=0) / x.std(axis=0))
    assert reply.mistake == "brackets"


def test_the_self_test_asks_all_five_and_nothing_else():
    for seed in SEEDS:
        assert {one.key for one, _asked in choose("00", seed)} == set(BANK)
    assert len(recall("00").questions) == len(BANK) == 5


def test_every_reason_says_where_to_refresh():
    for key in BANK:
        for one in asked(key):
            assert re.search(r"To refresh: .*(OpenStax, .*section \d\.\d|NumPy).*\.$", one.feedback(one.answer))


def test_sizes_of_products_and_sums_are_those_of_numpy():
    for one in asked("00.matrix product"):
        n, d, same, h = map(int, numbers(one.text))
        assert d == same
        assert (np.ones((n, d)) @ np.ones((d, h))).size == one.answer
    for one in asked("00.broadcasting"):
        n, _one, d = map(int, numbers(one.text))
        assert (np.ones((n, 1)) + np.ones(d)).size == one.answer


def test_sums_along_an_axis_are_those_of_numpy():
    for one in asked("00.axis of a sum"):
        x, axis = np.array(one.fields["x"]), one.fields["axis"]
        assert question.written(one.fields["x"]) in one.text
        assert x.sum(axis=axis)[1] == one.answer


def test_derivatives_agree_with_nudges():
    def f(a, b, x):
        return a * x**2 + b * x

    def y(a, b, x):
        return (a * x + b) ** 2

    h = 1e-6
    for key, curve in (("00.derivative", f), ("00.chain rule", y)):
        for one in asked(key):
            a, b, x = numbers(one.text.replace("²", ""))
            assert (curve(a, b, x + h) - curve(a, b, x - h)) / (2 * h) == pytest.approx(one.answer)


def test_no_slip_is_taken_for_right_too_often():
    """A slip that equals the right answer says nothing: each must differ for most learners."""
    for key in BANK:
        kept = [sum(not one.is_right(slip) for slip in one.slips) for one in asked(key)]
        assert np.mean(kept) > 2.5, key
