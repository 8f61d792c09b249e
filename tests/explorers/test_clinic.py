"""Chapter 9's clinic: each case shows its sign in its own test, its own cure heals it, and no other does."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_09 import _clinic_cases as cases
from nnlab.explorers.chapter_09._clinic_tests import RIGHT_TEST, TESTS, measure

NAMES = list(cases.ILLNESSES)


@pytest.fixture(scope="module")
def sick():
    return {name: cases.train(case) for name, case in cases.ILLNESSES.items()}


@pytest.fixture(scope="module")
def clinic():
    return explorers.clinic()


def shown(clinic, **values):
    clinic.set(**values)
    clinic.settle()
    return clinic


def test_there_are_ten_cases_each_with_its_own_cure():
    assert len(NAMES) == 10
    assert set(cases.RIGHT_CURE) == set(RIGHT_TEST) == set(cases.SIGNS) == set(NAMES)
    assert set(cases.RIGHT_CURE.values()) == set(cases.CURES)


@pytest.mark.parametrize("name", NAMES)
def test_every_case_is_clearly_ill(sick, name):
    run = sick[name]
    assert not run.healthy
    _training, validation, fresh = run.accuracies
    few = fresh < run.case.floor - 0.05
    assert few or abs(validation - fresh) > cases.HONEST + 0.02


@pytest.mark.parametrize("name", NAMES)
def test_the_right_cure_heals_with_a_margin(name):
    run = cases.train(cases.CURES[cases.RIGHT_CURE[name]](cases.ILLNESSES[name]))
    assert run.healthy
    _training, validation, fresh = run.accuracies
    assert fresh > run.case.floor + 0.02
    assert abs(validation - fresh) < cases.HONEST - 0.02


@pytest.mark.parametrize("name", NAMES)
def test_no_other_cure_heals(name):
    case = cases.ILLNESSES[name]
    for cure, change in cases.CURES.items():
        if cure != cases.RIGHT_CURE[name] and change(case) != case:
            assert not cases.train(change(case)).healthy, cure


def signs(run):
    """What each illness shows in its own test, as a truth value."""
    one = {test: measure(test, run) for test in TESTS[1:] if test not in ("other learning rates", "gradients")}
    outputs, units = one["outputs of the units"], one["weights of the units"]
    count = units["weights"].shape[1]
    inputs, sides, nudges = one["inputs"], one["training and validation"], one["nudges"]
    return {
        "copies in the validation data": sides["twins"] > 0.5 * sides["count"],
        "dead ReLUs": int(outputs["off"]) == count,
        "all units alike": count > 1 and int(units["distinct"]) == 1,
        "inputs of very different size": np.max(inputs["deviation"]) > 1e4 * np.min(inputs["deviation"]),
        "wrong labels": one["labels"]["odd"].mean() > 0.2 and not sides["twins"],
        "too few units": count == 1,
        "saturated sigmoids": run.case.activation == "sigmoid" and outputs["flat"] > 0.85,
        "a sign error in the derivative": not np.allclose(nudges["hidden"], nudges["hidden_nudged"], atol=1e-4),
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_sign_shows_in_its_own_case_and_in_no_other(sick, name):
    for illness, seen in signs(sick[name]).items():
        assert bool(seen) == (illness == name), illness


def test_of_other_learning_rates_only_the_two_rates_profit_much(sick):
    for name, run in sick.items():
        if run.case.sign < 0:
            continue
        found = measure("other learning rates", run)
        here = found["loss"][np.argmin(np.abs(found["rate"] - found["here"]))]
        profits = found["loss"].min() < 0.3 * here
        if name in ("learning rate too small", "learning rate too large"):
            assert profits
            best = found["rate"][np.argmin(found["loss"])]
            assert (best > found["here"]) == (name == "learning rate too small")
        elif name != "copies in the validation data":
            assert not profits or name == "saturated sigmoids", name


def test_a_sign_error_turns_the_gradient_around(sick):
    nudges = measure("nudges", sick["a sign error in the derivative"])
    np.testing.assert_allclose(nudges["hidden"], -nudges["hidden_nudged"], atol=1e-6)
    np.testing.assert_allclose(nudges["output"], nudges["output_nudged"], atol=1e-6)


def test_gradients_of_dead_units_are_nothing(sick):
    assert measure("gradients", sick["dead ReLUs"])["size"][0] == 0
    assert measure("gradients", sick["learning rate too small"])["size"].min() > 1e-3


def test_a_case_is_the_same_each_time(sick):
    name = "learning rate too large"
    np.testing.assert_array_equal(cases.train(cases.ILLNESSES[name]).loss, sick[name].loss)


def test_copies_stay_together_after_the_cure():
    case = cases.ILLNESSES["copies in the validation data"]
    assert cases.data_of(case).twins > 200
    assert cases.data_of(replace(case, together=True)).twins == 0


def test_a_right_name_and_a_right_cure_are_praised(clinic):
    for number, name in enumerate(NAMES[:2], 1):
        cure = cases.RIGHT_CURE[name]
        explorer = shown(clinic, case=number, test=RIGHT_TEST[name], illness=name, cure=cure)
        assert explorer.figure.status.startswith("Right, it is")
        assert "The cure helps" in explorer.figure.status
        assert explorer.figure.banner == ""
        assert "Named rightly" in explorer.alt
        assert "it is healthy" in explorer.alt


SIGNS_IN_WORDS = {
    "learning rate too small": "gives 0.078",
    "copies in the validation data": "training: 348 of 400",
    "dead ReLUs": "16 of 16 units",
    "all units alike": "after the training: 16; different ones: 1.",
    "inputs of very different size": "392 and 0.0023",
    "wrong labels": "have another label than most of their neighbors",
    "too few units": "after the training: 1; different ones: 1.",
    "learning rate too large": "the patient's rate, 30,",
    "saturated sigmoids": "93 % of the outputs are nearly flat",
    "a sign error in the derivative": "in hidden layer 1 the signs are opposite, at the output they agree",
}


@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES, 1)))
def test_who_does_not_see_the_pictures_can_find_the_illness_too(clinic, number, name):
    alt = shown(clinic, case=number, test=RIGHT_TEST[name], illness="?", cure="none").alt
    assert "Training loss from" in alt
    assert "guessing has 0.69" in alt
    assert SIGNS_IN_WORDS[name] in alt
    assert name not in alt  # that would solve the case


def test_a_wrong_name_and_a_wrong_cure_are_told(clinic):
    explorer = shown(clinic, case=3, test="none", illness="wrong labels", cure="more units")
    assert "It is not that" in explorer.figure.banner
    assert "“labels”" in explorer.figure.banner
    assert "does not help: only 50 %" in explorer.figure.banner
    assert "Named wrongly" in explorer.alt
    assert "still ill" in explorer.alt


@pytest.mark.parametrize("test", TESTS)
def test_every_test_is_drawn_without_a_warning(clinic, test, recwarn):
    for number in (1, 2, 8, 9):
        assert shown(clinic, case=number, test=test, illness="?", cure="none").png
    assert not recwarn.list


def test_a_run_that_was_broken_off_is_not_measured_for_good(clinic, given_up):
    shown(clinic, case=1, test="none", illness="?", cure="none")
    values = core.Values(case=7, test="weights of the units", illness="?", cure="none")
    given_up.stop.set()
    clinic.compute(values, given_up)
    explorer = shown(clinic, case=7, test="weights of the units", illness="?", cure="none")
    whole = cases.train(cases.ILLNESSES[NAMES[6]]).model.get_weights()[0]
    np.testing.assert_array_equal(explorer.data["weights"], whole)


def test_the_patient_is_seen_before_the_test_and_the_cure(compiled, given_up):
    given_up.stop = SimpleNamespace(is_set=lambda: False, set=lambda: None)  # goes on after its pictures
    values = core.Values(case=5, test="labels", illness="?", cure="standardize the inputs")
    whole = explorers.clinic().compute(values, given_up)
    assert [arrays["_test"] for arrays in given_up.shown] == ["measuring", "labels"]
    assert not any(arrays["_cured"] for arrays in given_up.shown)
    assert whole["_cured"].healthy
