"""Points of one's own: painted, loaded, and labeled by a formula."""

import numpy as np
import pytest

import nnlab
from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.chapter_09._playground_board import PAINTING
from nnlab.explorers.chapter_09._playground_program import numpy_formula

from .hands import DRAWN, at_data, moved, press


def test_pressing_paints_and_dragging_paints_several(play):
    play.set(data="own", points=())
    play.settle()
    assert "No points yet" in play.figure.banner
    assert "nothing to train on" in play.alt
    brush = play._board.painting.brush
    brush.value = 1
    press(play, *at_data(play, 1, 1))
    for x in (1.05, 1.5, 2.0):
        press(play, *at_data(play, x, 1), pressed=False)  # the first is too near to be a point
    brush.value = 0
    press(play, *at_data(play, -1, 0))
    play.settle()
    points = play.controls["points"].value
    assert [point[2] for point in points] == [1, 1, 1, 0]
    np.testing.assert_allclose([point[:2] for point in points], [(1, 1), (1.5, 1), (2, 1), (-1, 0)], atol=0.03)
    assert play.figure.banner != ""  # so few: those of class 0 may all be for the test
    brush.value = -1
    press(play, *at_data(play, 1.2, 1))
    play.settle()
    assert len(play.controls["points"].value) == 3
    buttons = {b.description: b for b in play._board.painting.panel.children[1].children if hasattr(b, "click")}
    for expected in (4, 3, 0):
        buttons["Undo"].click()
        assert len(play.controls["points"].value) == expected


def test_points_shown_can_be_copied_and_painted_on(play):
    moved(play, data="moons", noise=10)
    board = play._board
    buttons = {b.description: b for b in board.painting.panel.children[1].children if hasattr(b, "click")}
    buttons["Copy the points shown"].click()
    play.settle()
    assert play.controls["data"].value == "own"
    assert len(play.data["x"]) == 200
    buttons["Clear all"].click()
    buttons["Undo"].click()
    assert len(play.controls["points"].value) == 200
    board.painting.brush.value = 1
    buttons["Paint here"].click()
    play.settle()
    assert play.controls["points"].value[-1] == (0.0, 0.0, 1)


def test_the_tab_for_painting_is_enough(play):
    press(play, *at_data(play, 1, 1))
    assert play.controls["data"].value == "circles"
    play._board.tabs.selected_index = PAINTING
    assert play._board.tabs.titles[PAINTING] == "your own points"
    press(play, *at_data(play, 1, 1))
    play._board.tabs.selected_index = 0
    assert play.controls["data"].value == "own"
    assert len(play.controls["points"].value) == 1


def test_presets_and_reset_keep_what_is_painted(play):
    play.set(points=DRAWN)
    rows = play._board.tabs.children[0].children[0]
    buttons = {button.description: button for button in rows.children[1:]}
    for name in ("xor", "spiral", "Reset"):
        if name in buttons:
            buttons[name].click()
    play.settle()
    assert play.controls["points"].value == tuple(DRAWN)
    assert play.controls["data"].value == "circles"


def test_a_painted_point_stays_on_its_side_while_others_come(play):
    few = moved(play, data="own", points=DRAWN[:4])["training"]
    many = moved(play, data="own", points=DRAWN)["training"]
    np.testing.assert_array_equal(many[:4], few)
    share = moved(play, data="own", points=[(0.1, 0.1, k % 2) for k in range(500)], training=30)["training"].mean()
    assert share == pytest.approx(0.3, abs=0.01)


def test_load_takes_arrays(play):
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (60, 2))
    play.load(x, np.where(x[:, 0] > 0, 1, -1))
    play.settle()
    np.testing.assert_allclose(play.data["x"], x, atol=6e-4)
    np.testing.assert_array_equal(play.data["y"], x[:, 0] > 0)
    play.load(x.tolist(), (x[:, 1] > 0)[:, None])
    play.settle()
    np.testing.assert_array_equal(play.data["y"], x[:, 1] > 0)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (np.zeros((3, 3)), [0, 1, 0], r"two columns, x1 and x2: shape \(N, 2\); yours has shape \(3, 3\)"),
        (np.zeros(4), [0, 1, 0, 1], r"yours has shape \(4,\)"),
        (np.zeros((3, 2)), [0, 1], r"one class for each of the 3 points: shape \(3,\); yours has shape \(2,\)"),
        ([[0, np.nan]], [1], "x holds NaN or infinity"),
        ([[0, 1]], [np.inf], "y holds NaN or infinity"),
        ([[0, 30]], [1], "square from -3 to 3, but x goes from 0 to 30. Scale it first"),
        (np.zeros((3, 2)), [0, 1, 2], "y holds two classes.* yours holds 0, 1, 2"),
        (np.zeros((501, 2)), np.zeros(501), "501 points are too many"),
        ([["a", "b"]], [1], "x has to be an array of numbers"),
        ([[1, 2], [3]], [1, 0], "x has to be an array of numbers"),
    ],
)
def test_load_refuses_with_reasons_and_changes_nothing(play, x, y, words):
    before = play.code()
    with pytest.raises(ValueError, match=words):
        play.load(x, y)
    assert play.code() == before


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("sin(2*x1", "This bracket is never closed. It is at the mark ▸ in: sin▸(2*x1"),
        ("2x", "Between 2 and x1 an operation is missing"),
        ("x1^2", "Python writes **, as in x1**2"),
        ("relu(x)", "did you mean max(x1, 0)?"),
        ("", "write a formula in x1"),
        ("x2 - x1", "Type only f, a formula in x1"),
        ("y > x1", "Type only f, a formula in x1"),
    ],
)
def test_a_wrong_formula_is_explained_and_the_picture_stays(play, formula, words):
    moved(play, data="formula")
    png = play.png
    play.set(formula=formula)
    play.settle()
    assert words in play.figure.banner
    assert play.png == png
    with pytest.raises(ValueError, match="x1"):
        play.as_python()
    play.set(formula="x1")
    play.settle()
    assert play.figure.banner == ""


def test_numpy_writes_each_function_as_the_reader_computes_it():
    text = "exp(-x1) + log(abs(x)+1) - sqrt(x1**2) * tanh(x1) / (1 + sigmoid(x))"
    text += " + cos(x1)*min(x1, 1, e) - where(x1<0, -1, 2)"
    x1 = np.linspace(-2, 2, 41, dtype=np.float32)
    mine = eval(numpy_formula(text), {"np": np, "nnlab": nnlab, "x1": x1})
    np.testing.assert_allclose(mine, data_sets.read_formula(text).value(x1), rtol=1e-6)
