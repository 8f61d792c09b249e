"""Chapter 7's quiz: what counts as right, and what is said to the usual mistakes."""

import pytest

from nnlab import explorers
from nnlab.explorers.chapter_07._expressions import QUIZ
from nnlab.explorers.chapter_07.gradient_quiz import ROUNDS, given_numbers, numbers


@pytest.fixture(scope="module")
def quiz():
    return explorers.gradient_quiz()


def moved(quiz, **values):
    quiz.set(**values)
    quiz.settle()
    return quiz


def right_answers(quiz):
    return [quiz._arrays["_grad"][node] for node in quiz._arrays["_asked"]]


@pytest.mark.parametrize("graph", QUIZ)
def test_rounds_differ_and_some_gradient_flows_in_each(graph):
    pairs = [given_numbers(QUIZ[graph], turn) for turn in range(1, ROUNDS + 1)]
    assert len(set(pairs)) == ROUNDS
    assert all(w != x and float(w).is_integer() and float(x).is_integer() for w, x in pairs)


@pytest.mark.parametrize("graph", QUIZ)
@pytest.mark.parametrize("turn", [1, 7])
def test_right_answers_are_right_and_whole(quiz, graph, turn):
    moved(quiz, graph=graph, round=turn, answers="")
    answers = right_answers(quiz)
    assert all(float(answer).is_integer() and answer for answer in answers)
    moved(quiz, answers=" ".join(f"{answer:g}" for answer in answers))
    assert quiz.data["right"].all()
    assert quiz.figure.banner == ""
    assert "All" in quiz.figure.status


def test_the_first_round_is_the_one_of_the_chapter(quiz):
    moved(quiz, graph="used twice", round=1, answers="")
    assert right_answers(quiz) == [6, 15, 45, 36]


@pytest.mark.parametrize(
    ("graph", "answers", "words"),
    [
        ("used twice", "6 6", "only one of them"),
        ("used twice", "6 9", "only one of them"),
        ("used twice", "6 10", "the slope alone"),
        ("used twice", "6 15 15", "as it is"),
        ("used twice", "-6", "its sign is not"),
        ("used twice", "6 15 30", "other factor"),
        ("used twice", "9", "other factor"),
        ("used twice", "6 15 45 37", "is not 37"),
        ("used twice", "6 15 45 x", "not a number"),
        ("used twice", "6 15 2", "That is the number of x"),
    ],
)
def test_the_usual_mistakes_are_named(quiz, graph, answers, words):
    moved(quiz, graph=graph, round=1, answers=answers)
    assert words in quiz.figure.banner, quiz.figure.banner


def test_half_of_a_square_is_named(quiz):
    moved(quiz, graph="a square", round=1, answers="")
    moved(quiz, answers=f"{right_answers(quiz)[0] / 2:g}")
    assert any(words in quiz.figure.banner for words in ("2 times the number", "That is the number"))


def test_the_first_mistake_is_worked_at(quiz):
    moved(quiz, graph="used twice", round=1, answers="6 9 45")
    assert quiz._focus(quiz._arrays).label == "p"
    assert quiz.data["right"].tolist() == [True, False, True]


def test_too_many_answers_are_left_out(quiz):
    moved(quiz, graph="used twice", round=1, answers="6 15 45 36 1 2 3")
    assert quiz.data["right"].tolist() == [True] * 4


def test_answers_are_read_kindly():
    assert numbers(" 1,-2; −3.5  ") == [1.0, -2.0, -3.5]
    assert numbers("nan inf ?") == [None, None, None]


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.gradient_quiz(graph="used twice", answers="6 6")
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    for text in texts:
        assert text.startswith("⟦"), text
