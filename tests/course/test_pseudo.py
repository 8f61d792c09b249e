"""With the pseudo-language, no text of the course bypasses translation."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest

import nnlab
from nnlab import engine, explorers, language
from nnlab.activations import Activation
from nnlab.course import calling, check, hint, overview, predict, recall, solution, state
from nnlab.course.diagnosis import diagnose
from nnlab.course.exercise import VALUE, exercises, find
from nnlab.course.mistakes import known
from nnlab.course.question import Draw, banks
from nnlab.explorers._live import Compiler

from .made_up import MADE_UP

ALL = [*exercises().values(), *MADE_UP]


@pytest.fixture(autouse=True)
def pseudo():
    nnlab.set_language("pseudo")


def bare(text):
    """What stands outside of the brackets, which nest."""
    depth, out = 0, []
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        out.append(letter if depth == 0 and letter != "⟧" else "")
    assert depth == 0
    return "".join(out)


def assert_wrapped(text):
    assert "⟦" in text
    assert not re.search("[A-Za-z]", bare(text)), text
    assert "{" not in text


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.number)
def test_replies_to_mistakes(exercise):
    assert_wrapped(diagnose(exercise, exercise.reference).text)
    assert_wrapped(diagnose(exercise, ...).text)
    for mistake in known(exercise):
        reply = diagnose(exercise, exercise.form.answer(mistake.wrong))
        assert reply.mistake == mistake.name
        assert_wrapped(reply.text)


def changes(a):
    a += 1
    return a


def spins(a):
    while True:
        pass


@pytest.mark.parametrize(
    ("number", "answer", "mistake"),
    [
        ("3.1", 3, "kind"),
        ("3.1", lambda z: z, "kind"),
        ("3.1", lambda: 0, "kind"),
        ("3.1", lambda *, z, slope: z, "kind"),
        ("3.2", lambda a: np.ma.masked_all_like(a), "type"),
        ("3.6", "relu", "kind"),
        ("3.2", lambda a: 1 / 0, "error"),
        ("3.2", lambda a: print(end=""), "nothing"),
        ("3.2", changes, "changes input"),
        ("3.2", spins, "no end"),
        ("3.2", lambda a: 3 * a * (1 - a), "factor"),
        ("3.2", lambda a: a * (1 - a) + 3, "offset"),
        ("3.2", lambda a: a**7, "numbers"),
        ("3.2", lambda a: a * np.nan, "not finite"),
        ("3.2", lambda a: np.ones((2, 2)), "shape"),
        ("3.2", lambda a: [a], "type"),
        ("3.2", lambda a: check, "type"),
        ("3.2", lambda a: "a", "type"),
        ("3.2", lambda a: {a.size}, "type"),
        ("3.2", lambda a: a.astype(object), "type"),
        ("3.4", lambda a: "a", "type"),
        ("3.4", lambda a: 0.3, "numbers"),
        ("3.2", lambda a: (a * (1 - a)).astype("f4"), "precision"),
        ("3.3", lambda *arguments: arguments[0], "count"),
        ("3.6", Activation("softsign", find("3.6").reference.function, lambda z: z**2), "slope"),
    ],
)
def test_replies_to_everything_else(number, answer, mistake, monkeypatch):
    monkeypatch.setattr(calling, "LIMIT", 0.2)
    reply = check(number, answer)
    assert reply.mistake == mistake
    assert_wrapped(reply.text)


def test_a_value_that_is_not_right():
    number = next(exercise for exercise in MADE_UP if exercise.form is VALUE)
    assert_wrapped(diagnose(number, 3).text)
    assert_wrapped(diagnose(number, len).text)


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.number)
def test_hints_and_solutions(exercise):
    for _ in range(4):
        assert_wrapped(hint(exercise.number).text)
    reply = solution(exercise.number)
    assert_wrapped(reply.text.removesuffix(reply.code))
    assert_wrapped(language._(exercise.task))


@pytest.mark.usefixtures("only_03")
def test_questions_and_feedback():
    for bank in banks().values():
        for question in bank:
            for seed in range(10):
                asked = question.ask(Draw(str(seed)))
                assert_wrapped(asked.text)
                assert_wrapped(asked.feedback(asked.answer))
                for slip in asked.slips:
                    assert_wrapped(asked.feedback(slip))
    widget = recall("03")
    assert_wrapped(widget.text)
    for box in widget.children[: len(widget.questions)]:
        assert_wrapped(box.control.description)
        for option in getattr(box.control, "options", ()):
            assert_wrapped(option[0])
    choice = next(k for k, asked in enumerate(widget.questions) if asked.options)
    assert_wrapped(widget.answer(choice, "⟦?⟧"))
    number = next(k for k, asked in enumerate(widget.questions) if not asked.options)
    assert_wrapped(widget.answer(number, "⟦?⟧"))
    assert_wrapped(widget.children[number].button.description)
    assert_wrapped(widget.children[number].button.tooltip)
    assert_wrapped(widget.children[number].control.placeholder)


def test_progress():
    check("3.1", lambda z, slope: z)
    check("3.2", find("3.2").reference)
    hint("3.3")
    check("3.3", find("3.3").reference)
    solution("3.4")
    check("3.4", find("3.4").reference)
    for kind in state.ANSWERED:
        state.record(kind, "03.a", False)
        state.record(kind, "07.a", True)
    assert_wrapped(overview.text())
    picture = overview.progress()
    for text in (*(text.get_text() for text in picture.axes[0].texts), picture.axes[0].get_title(loc="left")):
        assert not re.search("[A-Za-z]", bare(text)), text


def test_what_is_said_about_the_file(home):
    home.write_text("", encoding="utf-8")
    hint("3.1")
    state._said.clear()
    hint("3.1")
    home.unlink()
    home.mkdir()
    for content in ("{", '{"version": 9}'):
        (home / "progress.json").write_text(content, encoding="utf-8")
        state.read()
    for note in state.notes():
        assert_wrapped(note)


def test_errors():
    for ask in (lambda: check("9.9", 1), lambda: check("3,2", 1), lambda: check(3.2, 1), lambda: recall("99")):
        with pytest.raises((ValueError, TypeError)) as error:
            ask()
        assert "⟦" in str(error.value)


PACKAGES = (nnlab.course, nnlab.explorers)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_no_error_bypasses_translation(package):
    """But those that only an author of ours can meet."""
    ours = {"NotImplementedError", "AttributeError", "AssertionError"}
    for path in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            if isinstance(node.exc.func, ast.Name) and node.exc.func.id not in ours:
                for text in node.exc.args:
                    bare_text = isinstance(text, ast.Constant) and isinstance(text.value, str)
                    assert not bare_text, (path.name, node.lineno)
                    assert not isinstance(text, ast.JoinedStr | ast.BinOp), (path.name, node.lineno)


@pytest.mark.parametrize(
    "answer",
    [lambda x: np.ones((1, 3)), lambda x: np.full((1, 10), np.nan), lambda x: np.ones((1, 10))],
    ids=["shape", "NaN", "no softmax"],
)
def test_what_the_pad_says_of_a_model(answer):
    pad = explorers.digit_pad(SimpleNamespace(predict=answer))
    assert_wrapped(pad.error.removeprefix("ValueError: "))
    assert_wrapped(pad.alt.replace("ValueError: ", ""))


def test_what_the_pad_refuses():
    pad = explorers.digit_pad(SimpleNamespace(predict=lambda x: np.full((1, 10), 0.1)))
    for ask in (
        lambda: explorers.digit_pad(3),
        lambda: explorers.digit_pad(SimpleNamespace(predict=len, input_shape=(None, 3))),
        lambda: pad.draw("no"),
        lambda: pad.draw([[np.nan, 0], [0, 0]]),
        lambda: pad.set(ink=1),
    ):
        with pytest.raises((ValueError, TypeError)) as error:
            ask()
        assert_wrapped(str(error.value))


def test_what_a_prediction_refuses():
    hidden = widgets.Label()
    common = {"because": "", "reveals": hidden}
    with pytest.raises(ValueError, match=r"^⟦"):
        predict("3.a", "?", answer=0, **common)
    with pytest.raises(ValueError, match=r"^⟦"):
        predict("3.a", "?", ["a", "b"], answer=2, **common)
    with pytest.raises(ValueError, match=r"^⟦"):
        predict("3.a", "?", between=(0, 1), curve=[1, 2], answer=[1], **common)
    for prediction in (
        predict("3.a", "?", ["a", "b"], answer=0, **common),
        predict("3.a", "?", between=(0, 1), answer=0.5, **common),
        predict("3.a", "?", between=(0, 1), curve=[1, 2], answer=[0, 1], **common),
    ):
        with pytest.raises(ValueError, match=r"^⟦") as error:
            prediction.commit(np.array([np.nan]))
        assert_wrapped(str(error.value))


def test_why_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(engine, "available", lambda: False)
    compiler = Compiler()
    compiler.start()
    assert not compiler.ready(10)
    assert_wrapped(str(compiler.error))


def test_an_unknown_language_says_which_there_are():
    with pytest.raises(ValueError, match="en, pseudo"):
        nnlab.set_language("klingon")


def test_texts_are_marked_with_literal_strings():
    """So that a catalogue's makers find them."""
    folder = Path(nnlab.course.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                assert isinstance(node.args[0], ast.Constant), (path.name, node.lineno)


def test_nothing_is_translated_at_import():
    folder = Path(nnlab.course.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {
            id(node)
            for outer in ast.walk(tree)
            if isinstance(outer, ast.FunctionDef | ast.Lambda)
            for node in ast.walk(outer)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert id(node) in inside, (path.name, node.lineno)
