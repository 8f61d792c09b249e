"""Recall questions: drawn from the learner's seed, answered with reasons, and kept."""

import html

import numpy as np
import pytest
from ipywidgets import VBox

from nnlab.course import question, recall, recalling, state
from nnlab.course.question import Asked, Draw, Question, banks, written
from nnlab.course.recalling import choose

SEEDS = range(60)


def all_asked():
    for bank in banks().values():
        for one in bank:
            for seed in SEEDS:
                yield one, one.ask(Draw(f"{seed} {one.key}"))


def test_the_bank_of_chapter_03_is_large_enough():
    assert len(banks()["03"]) >= 8
    keys = [one.key for bank in banks().values() for one in bank]
    assert len(set(keys)) == len(keys)
    assert all(one.key.startswith(f"{chapter}.") for chapter, bank in banks().items() for one in bank)


def test_every_question_can_be_answered_rightly_and_wrongly_with_a_reason():
    for one, asked in all_asked():
        assert asked.text.endswith(("?", "."))
        assert "{" not in asked.text, one.key
        right = asked.feedback(asked.answer)
        assert right.startswith("Right: ")
        assert right.endswith(".")
        assert "{" not in right
        slips = [slip for slip in asked.slips if not asked.is_right(slip)]
        for slip in slips:
            said = asked.feedback(slip)
            assert said.startswith("Not quite: ")
            assert asked._filled(asked.slips[slip]) in said or len(slips) > 1
        if asked.options:
            assert asked.answer in asked.options
            assert set(asked.slips) <= set(asked.options)
        assert len(asked.text) < 160


def test_numbers_differ_from_learner_to_learner():
    for one in banks()["03"]:
        assert len({one.ask(Draw(f"{seed} {one.key}")).text for seed in SEEDS}) >= 3, one.key
    assert len({tuple(chosen.key for chosen, _ in choose("03", seed)) for seed in SEEDS}) > 20


def test_the_same_learner_gets_the_same(monkeypatch):
    assert recall("03").text == recall("3").text == recall(" 03 ").text
    monkeypatch.setenv("NNLAB_LEARNER_SEED", "1")
    assert recall("03").text != recalling.Recall(choose("03", 0)).text


@pytest.mark.usefixtures("only_03")
def test_the_questions_of_the_tests_seed_never_change():
    assert [one.key for one, _asked in choose("03", 0)] == [
        "03.product of slopes",
        "03.slope from output",
        "03.output layer",
        "03.shifted scores",
        "03.sigmoid at 0",
    ]
    assert Draw("0").some_of(range(5), 9) == [1, 4, 2, 3, 0]


def test_two_questions_come_from_earlier_chapters(monkeypatch):
    old = tuple(Question(f"01.{k}", lambda draw: Asked("How many?", 1.0, "One.")) for k in range(4))
    bank = banks()["03"]
    monkeypatch.setattr(recalling, "banks", lambda: {"01": old, "03": bank})
    keys = [one.key for one, _asked in choose("03", 0)]
    assert len(keys) == len(set(keys)) == 5
    assert [key[:2] for key in keys] == ["03", "03", "03", "01", "01"]
    assert [one.key[:2] for one, _asked in choose("01", 0)] == ["01"] * 4


def test_the_widget_shows_each_question_with_a_labelled_control():
    widget = recall("03")
    assert isinstance(widget, VBox)
    assert len(widget.questions) == len(widget.children) - 1 == 5
    for k, (box, asked) in enumerate(zip(widget.children[:-1], widget.questions, strict=True)):
        assert asked.text.replace("'", "&#x27;") in box.children[0].value
        assert box.control.description == f"Your answer to question {k + 1}:"
        assert box.control.tooltip is None or box.control.tooltip


def test_answers_get_feedback_below_them_and_the_first_is_kept():
    widget = recall("03")
    for k, asked in enumerate(widget.questions):
        wrong = next(iter(asked.slips))
        said = widget.answer(k, wrong)
        assert said.startswith("Not quite")
        assert "✗" in widget.children[k].children[-1].value
        assert widget.answer(k, asked.answer).startswith("Right")
        assert "✓" in widget.children[k].children[-1].value
    assert len(state.read()["recalled"]) == 5
    assert all(entry == {"right": 0, "wrong": 1, "last": False} for entry in state.read()["recalled"].values())
    again = recall("03")
    again.answer(0, again.questions[0].answer)
    key = again._keys[0]
    assert state.read()["recalled"][key] == {"right": 1, "wrong": 1, "last": True}


@pytest.mark.usefixtures("only_03")
def test_the_controls_answer(monkeypatch):
    widget = recall("03")
    kinds = [bool(asked.options) for asked in widget.questions]
    choice, number = kinds.index(True), kinds.index(False)
    widget.children[choice].control.value = widget.questions[choice].answer
    assert "Right" in widget.children[choice].children[-1].value
    box = widget.children[number]
    box.control.value = "1000000"
    assert "Not quite" in box.children[-1].value
    box.control.value = str(widget.questions[number].answer)
    assert "Right" in box.children[-1].value
    box.control.value = ""
    box.button.click()
    assert "is not a number" in box.children[-1].value
    assert len(state.read()["recalled"]) == 2


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0.25", 0.25), ("0,25", 0.25), (" 1 / 4 ", 0.25), ("−2", -2.0), ("2e-3", 0.002), (3, 3.0), ("1/0", None),
     ("", None), ("two", None), ("1,000.5", None), ("nan", None), ("inf", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed, number):
    assert recalling._number(typed) == number


def test_what_is_no_number_is_not_counted():
    widget = recall("03")
    number = next(k for k, asked in enumerate(widget.questions) if not asked.options)
    assert widget.answer(number, "<b>").startswith("<b> is not a number")
    assert "&lt;b&gt;" in widget.children[number].children[-1].value
    assert state.read()["recalled"] == {}


@pytest.mark.parametrize("value", [None, np.nan, np.inf, -np.inf, "", "magic", [1], np.zeros(3), 2j, print], ids=str)
def test_what_is_no_answer_gets_a_clear_reply_and_is_not_counted(value):
    widget = recall("03")
    for k, asked in enumerate(widget.questions):
        text = widget.answer(k, value)
        assert ("is none of the options. They are: " if asked.options else " is not a number. Write it as 0.25") in text
        assert text in html.unescape(widget.children[k].children[-1].value)
    assert state.read()["recalled"] == {}


def test_a_stored_notebook_lists_the_questions():
    widget = recall("03")
    text = widget._repr_mimebundle_()[0]["text/plain"]
    assert text == widget.text
    assert text.splitlines()[0] == "Questions to recall:"
    assert len(text.splitlines()) == 6
    assert all(asked.text in text for asked in widget.questions)


def test_an_unknown_chapter_says_which_there_are():
    with pytest.raises(ValueError, match=r"no questions to chapter '99'.*: 00, .*03"):
        recall("99")


def test_numbers_are_written_as_in_the_text():
    assert written(-0.5) == "−0.5"
    assert written(0.25**6) == "0.000244"
    assert question.written("sigmoid") == "sigmoid"
