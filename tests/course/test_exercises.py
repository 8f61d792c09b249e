"""All exercises of all chapters: references pass, every known mistake is recognized, and no two look the same."""

import importlib
import itertools

import numpy as np
import pytest

import nnlab
from nnlab import activations
from nnlab.course.comparing import attempt, same, size
from nnlab.course.diagnosis import diagnose
from nnlab.course.exercise import VALUE, exercises
from nnlab.course.mistakes import FAMILIES, common, known
from nnlab.language import _

from .made_up import MADE_UP

ALL = list(exercises().values())


@pytest.fixture(params=[*ALL, *MADE_UP], ids=lambda exercise: exercise.number)
def exercise(request):
    return request.param


def outcomes(exercise, function):
    return [attempt(function, arguments) for arguments in exercise.probes]


def equal(exercise, one, other):
    return all(same(a, b, exercise.parts) for a, b in zip(one, other, strict=True))


def with_families(exercise):
    """Name, message and wrong function of all mistakes, samples of the families too."""
    for mistake in known(exercise):
        message = _(mistake.message).format(**{key: _(word) for key, word in mistake.fields.items()})
        yield mistake.name, message, mistake.wrong
    if exercise.parts or exercise.form is VALUE:
        return  # a single number fits every factor
    for family in FAMILIES:
        message = family.message.format(what="your result", number=7)
        yield (
            family.name,
            message,
            lambda *arguments, family=family: family.sample(np.asarray(exercise.function(*arguments))),
        )


def test_the_exercises_of_chapter_03_are_there():
    assert [exercise.number for exercise in ALL if exercise.number.startswith("3.")] == [
        "3.1", "3.2", "3.3", "3.4", "3.5", "3.6",
    ]  # fmt: skip


def test_an_exercise_is_complete(exercise):
    assert len(exercise.hints) == 3
    assert all(text.strip() for text in (exercise.task, exercise.why, *exercise.hints))
    assert len(known(exercise)) >= 4
    names = [mistake.name for mistake in known(exercise)]
    assert len(set(names)) == len(names)
    sizes = [size(arguments) for arguments in exercise.probes]
    assert sizes[0] == min(sizes)


def test_no_hint_before_the_third_gives_the_solution_away(exercise):
    lines = [line.strip().removeprefix("return ") for line in exercise.solution().splitlines()]
    for line in lines:
        if line and not line.startswith(("def ", '"""')):
            assert not any(line in hint for hint in exercise.hints)


def test_the_reference_passes(exercise):
    reply = diagnose(exercise, exercise.reference)
    assert reply.passed
    assert reply.status == "passed"


def test_the_solution_that_is_shown_runs_and_passes(exercise):
    scope = {"np": np, "nnlab": nnlab}
    exec(exercise.solution(), scope)
    assert diagnose(exercise, scope[exercise.name]).passed


def test_the_stub_is_not_attempted_yet(exercise):
    replies = []
    scope = {"np": np, "nnlab": nnlab, "check": lambda _number, answer: replies.append(diagnose(exercise, answer))}
    exec(exercise.stub(), scope)
    assert [reply.status for reply in replies] == ["untouched"]
    assert replies[0].text == f"Exercise {exercise.number}: not attempted yet."


def test_every_mistake_draws_its_own_message(exercise):
    messages = set()
    for name, message, wrong in with_families(exercise):
        reply = diagnose(exercise, exercise.form.answer(wrong))
        assert (name, reply.status, reply.mistake) == (name, "failed", name)
        assert reply.lines[0] == message
        assert message not in messages
        messages.add(message)


def test_the_probes_tell_all_mistakes_apart(exercise):
    seen = {"": outcomes(exercise, exercise.function)}
    seen |= {name: outcomes(exercise, wrong) for name, _message, wrong in with_families(exercise)}
    for one, other in itertools.combinations(seen, 2):
        assert not equal(exercise, seen[one], seen[other]), f"{one!r} looks like {other!r}"


def test_what_is_left_out_coincides_indeed(exercise):
    left_out = {mistake.name: mistake for mistake in common(exercise)}
    kept = {mistake.name: mistake for mistake in known(exercise)}
    for name, by in exercise.covered.items():
        wrong = [outcomes(exercise, mistake.wrong) for mistake in (left_out[name], kept[by])]
        assert equal(exercise, *wrong), f"{name!r} is not covered by {by!r}"


def test_an_answer_that_changes_its_input_is_told_so(exercise):
    if exercise.form is VALUE:
        pytest.skip("a value is not called")

    def in_place(*arguments):
        result = exercise.function(*arguments)
        arguments[0][...] = 0 if arguments[0].any() else 1
        return result

    reply = diagnose(exercise, exercise.form.answer(in_place))
    assert reply.mistake == "changes input"
    assert f" {exercise.argument_names[0]} in place" in reply.text


def test_single_precision_is_told_so(exercise):
    if exercise.form is VALUE:
        pytest.skip("a value is not called")

    def coarse(*arguments):
        result = exercise.function(*arguments)
        return tuple(map(np.float32, result)) if exercise.parts else np.float32(result)

    reply = diagnose(exercise, exercise.form.answer(coarse))
    assert reply.mistake == "precision"
    assert "float32" in reply.text


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (lambda *_: None, "nothing"),
        (lambda *_: "text", "type"),
        (lambda *_: 1 / 0, "error"),
        (lambda *_: [np.nan], "type"),
        (lambda *_: np.full((7, 7, 7), 1.0), "shape"),
    ],
)
def test_every_exercise_survives_nonsense(exercise, what, name):
    if exercise.form is VALUE:
        pytest.skip("a value is not called")
    number = len(exercise.parts)

    def nonsense(*arguments):
        word = what(*arguments)  # a call, so that it is no untouched stub
        return (word,) * number if number else word

    reply = diagnose(exercise, exercise.form.answer(nonsense))
    assert (reply.status, reply.mistake) == ("failed", name)


def test_no_number_is_used_twice():
    numbers = [exercise.number for name in ("chapter_03_functions", "chapter_03_layers") for exercise in listed(name)]
    assert sorted(numbers) == [exercise.number for exercise in ALL if exercise.number.startswith("3.")]


def listed(name):
    return importlib.import_module(f"nnlab.course.{name}").EXERCISES


def test_references_of_chapter_03_agree_with_the_package():
    z = np.linspace(-4, 4, 20).reshape(4, 5)
    by_number = exercises()
    assert np.array_equal(by_number["3.1"].reference(z, 0.3), activations.LeakyReLU(0.3)(z))
    assert np.allclose(
        by_number["3.2"].reference(activations.sigmoid(z)), activations.sigmoid.derivative(z), atol=1e-15
    )
    assert np.allclose(by_number["3.5"].reference(100 * z), activations.softmax(100 * z), atol=1e-15)
    kernels = [np.cos(np.arange(10)).reshape(5, 2), np.ones(2), np.sin(np.arange(6)).reshape(2, 3), np.arange(3.0)]
    W, b = by_number["3.3"].reference(*kernels)
    assert np.allclose(z @ W + b, (z @ kernels[0] + kernels[1]) @ kernels[2] + kernels[3])
    softsign, h = by_number["3.6"].reference, 6e-6
    assert np.allclose((softsign(z + h) - softsign(z - h)) / (2 * h), softsign.derivative(z), atol=1e-8)
