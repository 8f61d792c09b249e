"""What `check`, `hint` and `solution` reply, in words; and that no answer can hurt them."""

import dataclasses
import math
import re
import threading
import time

import numpy as np
import pytest

import nnlab
from nnlab.activations import Activation
from nnlab.course import calling, check, hint, solution, state
from nnlab.course.calling import is_empty
from nnlab.course.comparing import size
from nnlab.course.diagnosis import diagnose
from nnlab.course.exercise import Exercise, exercises, find

from .made_up import KERNEL, NUMBER


def leaky_relu(z, slope):
    return np.where(z > 0, z, slope * z)


def test_an_answer_of_booleans_counts_as_zeros_and_ones():
    assert check("1.1", lambda x, k: x.sum(axis=1) >= k).passed
    reply = check("1.1", lambda x, k: x.sum(axis=1) < k)
    assert not reply.passed
    assert "Error" not in reply.text


def test_a_wrong_slope_is_measured_with_all_arguments():
    """A function of more than one argument: its slope is that for the first."""
    exercise = Exercise(
        number="99.9", name="huber", task="Write huber(e, delta).",
        reference=lambda e, delta: (delta * e**2, 2 * delta * e), parts=("the loss", "the slope"), slope=True,
        probes=((np.array([1.0]), 0.5), (np.array([-2.0]), 3.0)), hints=("a", "b", "c"), why="So.",
    )  # fmt: skip
    text = diagnose(exercise, lambda e, delta: (delta * e**2, 2.3 * delta * e + 0.1)).text
    assert "At e = 1, the slope is not the slope of the loss: it gives 1.25." in text
    assert "the loss changes by 1 times that step" in text
    assert "as the loss; it should be" in diagnose(exercise, lambda e, delta: (e**3 + 1, 2 * delta * e)).text


def test_untouched_answers_of_every_kind():
    def dots(z, slope):
        """Give something."""
        ...

    def passes(z, slope):
        pass

    def raises(z, slope):
        raise NotImplementedError

    def returns_dots(z, slope):
        z = z + slope
        return ...

    for answer in (..., None, dots, passes, raises, returns_dots):
        reply = check("3.1", answer)
        assert (reply.status, reply.passed) == ("untouched", False)
        assert reply.text == repr(reply) == "Exercise 3.1: not attempted yet."
    assert check("3.6", Activation("softsign", ..., ...)).status == "untouched"
    assert state.read()["exercises"] == {}


def test_a_stub_is_told_from_a_forgotten_return():
    def forgets(z, slope):
        np.where(z > 0, z, slope * z)

    reply = check("3.1", forgets)
    assert reply.mistake == "nothing"
    assert "return" in reply.text
    assert is_empty(lambda: None)
    assert not is_empty(forgets)
    assert not is_empty(np.sin)


def test_one_of_two_results_is_missing():
    half_done = Activation("softsign", find("3.6").reference.function, lambda z: ...)
    reply = diagnose(find("3.6"), Activation("softsign", half_done.function, lambda z: print(end="")))
    assert (reply.mistake, "the derivative" in reply.text) == ("nothing", True)


def test_the_reply_shows_itself_and_prints_nothing(capsys):
    reply = check("3.1", lambda z, slope: np.maximum(z, 0))
    assert capsys.readouterr() == ("", "")
    assert reply.text == (
        "Exercise 3.1: not yet.\n"
        "Below 0 you give 0: that is the plain ReLU. There the result should be slope times z.\n"
        "For z = [-2], slope = 0.1 your leaky_relu gives [0]; it should be [-0.2]."
    )
    data = reply._repr_mimebundle_()
    assert data["text/plain"] == reply.text
    assert "✗" in data["text/html"]
    assert "not yet" in data["text/html"]
    assert "✓" in check("3.1", leaky_relu)._repr_html_()
    assert "&lt;" in check("3.1", lambda z, slope: 1 < "<")._repr_html_()


def test_large_right_results_are_not_shown():
    reply = check("3.5", lambda z: z * 0 + np.linspace(0, 1, z.size).reshape(z.shape) if z.size > 4 else
                  find("3.5").reference(z))  # fmt: skip
    assert "6 numbers" in reply.text or "of its" in reply.text
    assert "should be" not in reply.text
    assert 'hint("3.5")' in reply.text


def test_an_error_names_the_line_of_the_learner():
    def dead_units(a):
        dead = (a == 0).all(axis=0)
        return dead.mean() / missing  # noqa: F821

    reply = check("3.4", dead_units)
    assert reply.mistake == "error"
    assert "NameError: name 'missing' is not defined" in reply.text
    assert "in line 3 of your function: return dead.mean() / missing" in reply.text
    assert __file__ not in reply.text


def test_the_line_is_the_learners_also_when_numpy_raises():
    def collapse(W1, b1, W2, b2):
        W = np.linalg.inv(W1) @ W2
        return W, b2

    reply = check("3.3", collapse)
    assert "LinAlgError" in reply.text
    assert "in line 2 of your function" in reply.text


@pytest.mark.parametrize(
    ("number", "answer", "advice"),
    [
        ("3.1", lambda z, slope: z if z > 0 else slope * z, "np.where"),
        ("3.2", lambda a: math.exp(a) * a, "those of np"),
        ("3.3", lambda W1, b1, W2, b2: (W1 @ W2.T, b1), ".shape"),
    ],
)
def test_common_errors_get_advice(number, answer, advice):
    reply = check(number, answer)
    assert reply.mistake == "error"
    assert advice in reply.text


def test_exit_and_recursion_do_no_harm():
    def again(a):
        return again(a)

    assert "calls itself" in check("3.2", again).text
    assert "SystemExit" in check("3.2", lambda a: exit(1)).text
    assert "KeyboardInterrupt" in check("3.2", lambda a: (_ for _ in ()).throw(KeyboardInterrupt)).text


def spins(a):
    while True:
        a = a + 1


def spins_in_a_try(a):
    while True:
        try:  # noqa: SIM105
            a = a + 1
        except Exception:
            pass


def spins_in_a_bare_try(a):
    while True:
        try:  # noqa: SIM105
            a = a + 1
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("answer", [spins, spins_in_a_try, spins_in_a_bare_try])
def test_an_endless_loop_is_ended_and_leaves_no_thread(answer, monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.2)
    reply = check("3.2", answer)
    assert reply.mistake == "no end"
    assert "a = [0.5]" in reply.text
    assert not [thread for thread in threading.enumerate() if thread.name == "nnlab-check"]


def test_the_limit_is_two_seconds_and_named():
    assert "within 2 seconds" in check("3.2", spins).text


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="this system does not tell a thread's time")
def test_who_waits_for_a_processor_is_not_ended(monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.2)

    def slow(a):
        time.sleep(0.3)  # as on a server that many share
        return a * (1 - a)

    assert check("3.2", slow).passed
    monkeypatch.setattr(calling, "PATIENCE", 0.2)
    assert check("3.2", slow).mistake == "no end"


def test_what_is_compiled_at_the_first_use_is_no_fault_of_the_answer(monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.2)
    uses = []

    def put_to_use(_answer):
        uses.append(time.process_time())
        while len(uses) == 1 and time.process_time() < uses[0] + 1:
            pass
        return ""

    exercise = dataclasses.replace(find("3.6"), last_test=put_to_use)
    assert diagnose(exercise, exercise.reference).passed


def test_a_loop_that_ends_on_small_inputs_only(monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.2)
    reply = check("3.2", lambda a: a * (1 - a) if a.size == 1 else spins(a))
    assert "a = [0.125, 0.75]" in reply.text


def test_check_works_in_any_thread(monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.3)
    replies = {}
    answers = {"right": lambda a: a * (1 - a), "endless": spins, "wrong": lambda a: a * (a - 1)}
    threads = [
        threading.Thread(target=lambda name=name: replies.update({name: check("3.2", answers[name])}))
        for name in answers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: reply.mistake for name, reply in replies.items()} == {
        "right": "", "endless": "no end", "wrong": "sign",
    }  # fmt: skip


def test_wrong_kinds_of_answers():
    assert "without calling it" in check("3.1", np.zeros(3)).text
    assert 'check("3.1", leaky_relu)' in check("3.1", 3.0).text
    reply = check("3.1", lambda z: z)
    assert "z, slope" in reply.text
    assert reply.text.endswith("another number of them: 1.")
    assert "Activation" in check("3.6", lambda z: z).text
    assert "call it" in diagnose(NUMBER, lambda: 5).text


def test_default_arguments_and_callable_objects_are_welcome():
    class Relu:
        def __call__(self, z, slope=0.2):
            return leaky_relu(z, slope)

    assert check("3.1", Relu()).passed
    assert check("3.1", lambda *arguments: leaky_relu(*arguments)).passed


def test_wrong_counts_types_and_shapes():
    assert "W, b" in check("3.3", lambda W1, b1, W2, b2: W1 @ W2).text
    assert "a list of 1" in check("3.1", lambda z, slope: [1.0]).text
    assert "type object" in check("3.1", lambda z, slope: z.astype(object)).text
    assert "(1, 1)" in check("3.1", lambda z, slope: np.array([[1.0, 2.0]])[:, :1]).text
    assert check("3.2", lambda a: a * (1 - a) + 0j).mistake == "precision"


def test_numpy_and_python_numbers_are_both_a_number():
    right = find("3.4").reference
    for kind in (float, np.float64, np.array):
        assert check("3.4", lambda a, kind=kind: kind(right(a))).passed


def test_infinity_and_nan_are_named():
    reply = check("3.2", lambda a: np.where(a > 0.8, np.nan, a * (1 - a)))
    assert reply.mistake == "not finite"
    assert "a = [0.9]" in reply.text


def test_factors_and_offsets_are_measured():
    assert "3 times what it should be" in check("3.2", lambda a: 3 * a * (1 - a)).text
    assert "off by -0.1" in check("3.2", lambda a: a * (1 - a) - 0.1).text
    assert check("3.2", lambda a: 0 * a + 0.2).mistake == "numbers"


def test_a_slope_that_is_none_is_shown_where_it_disagrees():
    softsign = find("3.6").reference
    steep = Activation("softsign", softsign.function, lambda z: 1 / (1 + np.abs(z)) ** 3)
    reply = check("3.6", steep)
    assert reply.mistake == "slope"
    assert "At z = 1, the derivative is not the slope of f(z): it gives 0.125." in reply.text
    assert "changes by 0.25 times that step" in reply.text


def test_an_activation_that_does_not_train():
    shapes = ()

    def f(z):
        if z.shape == (16, 8) and shapes == ():
            return np.zeros_like(z)
        if z.dtype == np.float32 and shapes is None:
            raise ValueError("I know only large numbers")
        return z / (1 + np.abs(z))

    derivative = find("3.6").reference.derivative
    reply = check("3.6", Activation("softsign", f, derivative))
    assert (reply.mistake, "does not learn" in reply.text) == ("last test", True)
    shapes = None
    reply = check("3.6", Activation("softsign", f, derivative))
    assert (reply.mistake, "stops with an error" in reply.text) == ("last test", True)


def test_the_training_of_an_activation_takes_milliseconds():
    check("3.6", find("3.6").reference)
    start = time.perf_counter()
    assert check("3.6", find("3.6").reference).passed
    assert time.perf_counter() - start < 1


def test_a_result_that_is_one_array_again_and_again():
    shared = {}

    def reuses(a):
        out = shared.setdefault(a.shape, np.empty(a.shape))
        out[...] = a * (1 - a)
        return out

    assert check("3.2", reuses).passed


def test_an_input_changed_in_place_is_named_before_what_comes_of_it():
    def in_place(z, slope):
        z[z < 0] *= slope  # which stops with an error where z holds whole numbers
        return z

    assert check("3.1", in_place).mistake == "changes input"


def test_lists_of_arrays_are_arguments_like_others():
    right = find("4.2").reference

    def pops(X, weights):
        result = right(X, weights)
        weights.pop()
        return result

    def overwrites(X, weights):
        result = right(X, weights)
        weights[-1][0][...] = 0
        return result

    def replaces(X, weights):
        result = right(X, weights)
        weights[0] = (None, weights[0][1])
        return result

    for changes in (pops, overwrites, replaces):
        reply = check("4.2", changes)
        assert reply.mistake == "changes input"
        assert "its input weights in place" in reply.text
    assert "weights = [([[2, 1]], [0, 0.5])]" in check("4.2", lambda X, weights: 7 * right(X, weights)).text
    assert size(([np.ones(2), (np.ones(3), 1)], 4)) == 7


def test_views_of_the_input_and_read_only_results_are_fine():
    def frozen(z, slope):
        result = leaky_relu(z, slope)
        result.flags.writeable = False
        return result

    assert check("3.1", frozen).passed


def test_a_value():
    assert diagnose(NUMBER, 784 * 32 + 32).text.endswith("parameters is what it should be.")
    assert diagnose(NUMBER, 784 * 32).mistake == "no biases"
    reply = diagnose(NUMBER, 5)
    assert (reply.status, reply.mistake) == ("failed", "numbers")
    assert "25120" not in reply.text
    assert NUMBER.stub() == 'parameters = ...\n\ncheck("99.4", parameters)'


def test_a_division_by_the_batch_that_is_missing():
    reply = diagnose(KERNEL, lambda x, dz: x.T @ dz)
    assert "N times too large, N being the number of samples" in reply.text


def test_unknown_exercises_say_which_there_are():
    for ask in (lambda number: check(number, ...), hint, solution):
        with pytest.raises(ValueError, match=r"There is no exercise '3.9'.*There are: 3.1, 3.2"):
            ask("3.9")
        with pytest.raises(ValueError, match=r"Did you mean '3.2'"):
            ask("3,2")
        with pytest.raises(TypeError, match=r'in quotes, "3\.2"'):
            ask(3.2)
    assert find("03.2") is find("3.2")
    assert list(exercises()) == sorted(exercises(), key=lambda number: [int(part) for part in number.split(".")])


def test_hints_come_one_at_a_time_and_are_counted():
    texts = [hint("3.2").text for _ in range(4)]
    assert [text.splitlines()[0] for text in texts] == [
        f"Exercise 3.2, hint {k} of 3" for k in (1, 2, 3, 3)
    ]  # fmt: skip
    assert all(shown in text for shown, text in zip(find("3.2").hints, texts, strict=False))
    assert 'solution("3.2")' in texts[2]
    assert "solution" not in texts[1]
    assert state.read()["exercises"]["3.2"] == {"attempts": 0, "hints": 3, "solution": False, "solved": None}


def test_the_solution_is_code_and_remembered():
    reply = solution("3.2")
    assert reply.code.splitlines() == [
        "def sigmoid_derivative(a):",
        '    """Give the slope of the sigmoid, from its output a."""',
        "    return a * (1 - a)",
    ]
    assert "<pre" in reply._repr_html_()
    assert state.read()["exercises"]["3.2"]["solution"] is True


def test_what_is_solved_stays_so_with_the_help_that_was_used():
    check("3.1", lambda z, slope: z)
    hint("3.1")
    assert check("3.1", leaky_relu).passed
    hint("3.1")
    check("3.1", lambda z, slope: z)
    assert state.read()["exercises"]["3.1"] == {
        "attempts": 2, "hints": 2, "solution": False, "solved": {"hints": 1, "solution": False},
    }  # fmt: skip


def test_the_names_are_loaded_lazily():
    assert nnlab.course.check is check
    with pytest.raises(AttributeError, match="it has: check"):
        nnlab.course.nonsense  # noqa: B018


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_masked_numbers_are_refused(share):
    """What a mask hides compares equal to anything."""

    def masked(z, slope):
        mask = np.arange(z.size).reshape(z.shape) < share * z.size
        return np.ma.MaskedArray(leaky_relu(z, slope), mask)

    reply = check("3.1", masked)
    assert (reply.passed, reply.mistake) == (False, "type")
    assert "is a masked array, which hides numbers; an array of numbers is asked for" in reply.text
    assert not check("3.4", lambda a: np.ma.masked).passed


def test_functions_that_cannot_be_called_are_told_how_to_begin():
    line = "def leaky_relu(z, slope):"
    reply = check("3.1", lambda: 0)
    assert "Yours takes none" in reply.text
    assert line in reply.text
    for function in (lambda *, z, slope: z, lambda z, *, slope: z):
        reply = check("3.1", function)
        assert "leave the * out" in reply.text
        assert line in reply.text
    assert "Yours takes another number of them: 1." in check("3.1", lambda z: z).text
    assert check("3.1", lambda z, slope, *, unused=1: leaky_relu(z, slope)).passed


def test_an_overflow_does_not_give_the_last_hint_away():
    reply = check("3.5", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    assert reply.mistake == "overflow"
    assert not re.search(r"\bmax|largest|subtract", reply.text, re.IGNORECASE)
