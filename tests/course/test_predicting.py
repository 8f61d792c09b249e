"""Predictions: a commitment unlocks the explorer, and both stand side by side with a sentence about the difference."""

import json

import numpy as np
import pytest

from nnlab import explorers
from nnlab.course import predict, state

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def hidden():
    return explorers.activation_curve()


def choice(hidden, **options):
    return predict(
        "3.a", "Where is it steepest?", ["at 0", "at 3"], answer=0, because="It is.", reveals=hidden, **options
    )


def recorded():
    return json.loads((state.folder() / "progress.json").read_text())["predicted"]


def test_a_choice_has_to_be_made_before_it_unlocks(hidden):
    prediction = choice(hidden)
    assert hidden not in prediction.children
    assert "Choose first" in prediction.commit()
    assert not prediction.unlocked
    text = prediction.commit(1)
    assert prediction.unlocked
    assert prediction.children[-1] is hidden
    assert text == "You said “at 3”; it is “at 0”. It is."
    assert recorded()["03.a"]["wrong"] == 1


def test_a_right_choice_says_so(hidden):
    assert choice(hidden).commit(0) == "You said “at 0”, and so it is. It is."
    assert recorded()["03.a"]["right"] == 1


def test_a_lecturer_unlocks_without_predicting(hidden):
    prediction = choice(hidden)
    prediction.unlock()
    prediction.unlock()
    assert prediction.children.count(hidden) == 1
    assert prediction.text == ""


def test_a_number(hidden):
    prediction = predict("3.b", "How large?", between=(0, 1), answer=0.25, because="B.", reveals=hidden)
    assert prediction.commit(0.5) == "You said 0.5; it is 0.25. B."
    near = predict("3.b", "How large?", between=(0, 1), answer=0.25, because="B.", reveals=hidden)
    near.commit(0.3)
    assert recorded()["03.b"] == {"right": 1, "wrong": 1, "last": True}


def test_a_curve_is_shown_beside_the_true_one(hidden):
    x = np.array([1.0, 5.0, 20.0])
    prediction = predict(
        "3.c",
        "Draw it.",
        between=(0, 1),
        curve=x,
        answer=[1.0, 0.5, 0.1],
        because="C.",
        reveals=hidden,
        labels=("n", "g"),
    )
    text = prediction.commit([1.0, 0.5, 0.7])
    assert (
        text == "Your curve lies 0.2 from the true one on average; farthest at 20, where you drew 0.7 and it is 0.1. C."
    )
    pad = prediction.children[1]
    pad.settle()
    np.testing.assert_array_equal(pad.data["answer"], [1.0, 0.5, 0.1])
    np.testing.assert_allclose(pad.data["drawn"], [1.0, 0.5, 0.7])


def test_what_is_stored_is_the_question_and_no_answer(hidden):
    data, metadata = choice(hidden)._repr_mimebundle_()
    assert data["text/plain"] == "Predict 3.a: Where is it steepest?\n( ) at 0\n( ) at 3"
    assert metadata == {"text/plain": {"alt": data["text/plain"]}}
    assert "image/png" not in data
    assert VIEW in data


def number(hidden):
    return predict("3.b", "How large?", between=(0, 1), answer=0.25, because="B.", reveals=hidden)


def curve(hidden):
    return predict("3.c", "Draw it.", between=(0, 1), curve=[1, 2, 3], answer=[1, 0.5, 0], because="C.", reveals=hidden)


@pytest.mark.parametrize(
    ("make", "value", "words"),
    [
        (choice, 2, "from 0 to 1; got 2"),
        (choice, -1, "from 0 to 1; got -1"),
        (choice, 0.0, "from 0 to 1; got 0"),
        (choice, True, "from 0 to 1; got True"),
        (choice, "at 3", "from 0 to 1; got a text"),
        (choice, np.nan, "from 0 to 1; got nan"),
        (number, 1.5, "A number between 0 and 1 .* got 1.5"),
        (number, np.nan, "A number between 0 and 1 .* got nan"),
        (number, np.inf, "A number between 0 and 1 .* got inf"),
        (number, [0.1, 0.2], r"A number between 0 and 1 .* got \[0.1, 0.2\]"),
        (number, "0.5", "A number between 0 and 1 .* got a text"),
        (curve, [0.1, 0.2], r"3 numbers between 0 and 1, one for each x; got \[0.1, 0.2\]"),
        (curve, [0.1, np.nan, 0.2], r"3 numbers .* got \[0.1, nan, 0.2\]"),
        (curve, [0.1, 7, 0.2], r"3 numbers .* got \[0.1, 7, 0.2\]"),
        (curve, [[0.1], [0.2, 0.3], 0], "3 numbers"),
        (curve, ["a", "b", "c"], "3 numbers .* got a list of 3"),
        (curve, 0.5, "3 numbers .* got 0.5"),
    ],
)
def test_a_prediction_that_cannot_be_made_is_refused_and_nothing_happens(hidden, make, value, words):
    prediction = make(hidden)
    with pytest.raises(ValueError, match=words):
        prediction.commit(value)
    assert not prediction.unlocked
    assert prediction.text == ""
    assert hidden not in prediction.children
    assert not (state.folder() / "progress.json").exists()
    prediction.commit({"3.a": 1, "3.b": np.float32(0.5), "3.c": np.zeros(3)}[prediction.number])
    assert prediction.unlocked


def test_what_was_said_about_the_progress_is_said_here_as_well(hidden, home):
    home.mkdir()
    (home / "progress.json").write_text("{", encoding="utf-8")
    text = choice(hidden).commit(0)
    assert "progress" in text


def test_it_has_to_be_clear_what_is_asked_for(hidden):
    for options in ({"between": (0, 1)}, {"choices": ()}, {"curve": [0, 1]}):
        with pytest.raises(ValueError, match="predict asks for one thing"):
            predict("3.d", "?", **{"choices": ["a", "b"], **options}, answer=0, because="", reveals=hidden)


@pytest.mark.usefixtures("pseudo")
def test_every_text_goes_through_the_catalogue(hidden):
    prediction = choice(hidden)
    texts = [prediction.commit(), prediction.commit(1), prediction.children[1].description]
    texts += [button.description for button in prediction.children[2].children]
    assert all(text.startswith("⟦") for text in texts)


def test_a_second_answer_does_not_count(hidden):
    prediction = choice(hidden)
    prediction.commit(1)
    prediction.commit(0)
    assert recorded()["03.a"] == {"right": 0, "wrong": 1, "last": False}


def test_signs_of_mathematics_are_no_markup(hidden):
    prediction = predict("3.e", "Is w<b?", ["a<b", "b"], answer=0, because="<", reveals=hidden)
    prediction.commit(0)
    shown = prediction.children[0].value + prediction.children[3].value
    assert "w&lt;b" in shown
    assert "a&lt;b" in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"choices": ["a", "b"], "answer": 5}, "from 0 to 1; got 5"),
        ({"between": (0, 1), "curve": [1, 2, 3], "answer": [1, 2]}, "a y for each x"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused(hidden, options, words):
    with pytest.raises(ValueError, match=words):
        predict("3.f", "?", **options, because="", reveals=hidden)


def test_a_curve_of_too_many_points_and_labels_that_do_not_fit_are_named_as_such(hidden):
    x = np.linspace(0, 1, 101)
    with pytest.raises(ValueError, match="curve holds the x of 2 to 100 points"):
        predict("3.f", "?", curve=x, between=(0, 1), labels=["x", "y"], answer=x, because="", reveals=hidden)
    with pytest.raises(TypeError, match="labels is a list of 2 texts"):
        predict("3.f", "?", curve=x[:3], between=(0, 1), labels=["x"], answer=x[:3], because="", reveals=hidden)
