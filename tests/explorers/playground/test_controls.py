"""The playground as an explorer: its controls, its code, its player, its words."""

import inspect

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_09 import _playground_run as runs
from nnlab.explorers.chapter_09.playground import DEFAULTS, PLAIN

from .hands import DRAWN, moved, texts


def test_code_reproduces_the_state(play):
    assert play.code() == "explorers.playground()"
    moved(play, data="xor", hidden=(3,), features=("x1*x2",), typed={"bias 1.2": 0.25}, learning_rate=0.1, look="1.2")
    again = eval(play.code(), {"explorers": explorers})
    assert vars(again._values()) == vars(play._values())
    np.testing.assert_array_equal(again.data["field"], play.data["field"])
    play.set(points=DRAWN)
    assert "points" not in play.code()
    play.set(data="own")
    assert eval(play.code(), {"explorers": explorers}).controls["points"].value == tuple(DRAWN)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data": "digits"}, "'circles'"),
        ({"noise": 51}, "one of 0, 5, 10"),
        ({"batch": 31}, "one of 1, 2, 3"),
        ({"hidden": (9,)}, "from 1 to 8, for 0 to 4 layers"),
        ({"hidden": (1, 1, 1, 1, 1)}, "for 0 to 4 layers"),
        ({"hidden": 4}, r"such as \(4, 2\)"),
        ({"features": ()}, "one feature or more"),
        ({"features": ("x3",)}, "'x1', 'x2'"),
        ({"look": "3.1"}, "1.1, 1.2, 1.3, 1.4, 2.1, 2.2; got '3.1'"),
        ({"look": "1.2", "hidden": ()}, "none"),
        ({"typed": {"x9->1.1": 1}}, "no weight 'x9->1.1'; into its output go '2.1->output'"),
        ({"typed": {"bias 1.1": "a"}}, "typed is a dict"),
        ({"typed": [1]}, "typed is a dict"),
        ({"points": [(0, 0)]}, "points is a list of"),
        ({"points": "ab"}, "points is a list of"),
        ({"points": [(1j, 0, 0)]}, "points is a list of"),
        ({"points": np.broadcast_to(0.0, (10**12, 3))}, "too many to be drawn"),
        ({"features": [["x1"]]}, "holds one feature or more"),
        ({"points": [(0, 0, 3)]}, "two classes"),
        ({"discretize": 1}, "False, True"),
        ({"epoch": 11}, "one of 0, 1, 2"),
        ({"momentum": 0.9}, "no control 'momentum'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(play, values, words):
    before = play.code()
    with pytest.raises(ValueError, match=words):
        play.set(**values)
    assert play.code() == before


def test_fewer_layers_take_the_look_and_the_weights_with_them(play):
    moved(play, look="2.2", typed={"1.1->2.2": 3})
    play.controls["hidden"].layers.value = 1
    play.settle()
    assert play.controls["hidden"].value == (4,)
    assert play.controls["look"].value == "output"
    assert "typed by you" not in play.figure.status
    assert play.figure.banner == ""
    play.controls["hidden"].layers.value = 3
    play.controls["hidden"].units[2].value = 7
    play.settle()
    assert len(play.controls["hidden"].value) == 3
    assert play.controls["hidden"].value[2] == 7
    assert [box.layout.display for box in play.controls["hidden"].units] == [None, None, None, "none"]


def test_the_last_feature_cannot_be_unticked(play):
    boxes = play.controls["features"]._boxes
    boxes["x1"].value = boxes["x2"].value = False
    assert play.controls["features"].value == ("x2",)
    assert boxes["x2"].value


def test_a_step_and_the_player_go_from_kept_epoch_to_kept_epoch(play):
    play.controls["epoch"].step.click()
    play.settle()
    assert play.controls["epoch"].value == 120
    assert play.data["epochs"][-1] == 120
    moved(play, epoch=3000)
    play.controls["epoch"].step.click()
    assert play.controls["epoch"].value == 3000
    assert play.controls["epoch"].play.max == len(runs.EPOCHS) - 1


def test_the_first_picture_comes_before_a_long_training_ends(play, monkeypatch):
    shown = []
    show = play._show

    def spy(values, arrays, final):
        shown.append((int(arrays["epochs"][-1]), final))
        show(values, arrays, final)

    monkeypatch.setattr(play, "_show", spy)
    play.set(epoch=2000, hidden=(8, 8, 8, 8), batch=1)
    play.settle()
    assert shown[0][0] < 2000
    assert shown[-1] == (2000, True)


def test_it_stops_soon_and_goes_on_where_it_was(play, monkeypatch, given_up):
    values = core.Values(**{**DEFAULTS, "epoch": 3000, "hidden": (8, 8, 8), "batch": 1})
    play.compute(values, given_up)
    assert len(given_up.shown) == 1
    assert play._run[1].epochs[-1] < 3000
    early = core.Values(**{**vars(values), "epoch": 30})
    given_up.stop.clear()
    monkeypatch.setattr(given_up, "show", given_up.shown.append)
    stopped = play.compute(early, given_up)
    run = runs.Run(early, False)
    for _epoch in run.train(30):
        pass
    for mine, theirs in zip(stopped["_weights"], run.weights(30), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_without_compiled_code_the_formulas_train_the_same(play, request):
    compiled = moved(play, epoch=12)
    request.getfixturevalue("formulas")
    explorer = explorers.playground(epoch=12)
    np.testing.assert_allclose(explorer.data["training_loss"], compiled["training_loss"], rtol=1e-3)


def test_the_program_is_in_the_page(play):
    assert play._board._program.text == play.as_python()
    play.set(data="own")
    play.settle()
    assert "no training points yet" in play._board._program.text
    with pytest.raises(ValueError, match="no training points yet"):
        play.as_python()


def test_defaults_are_those_of_the_function():
    signature = inspect.signature(explorers.playground)
    assert {name: part.default for name, part in signature.parameters.items()} == {**DEFAULTS, "typed": None}
    assert set(PLAIN) == set(DEFAULTS) - {"points"}


def test_every_control_is_named():
    explorer = explorers.playground(hidden=(1, 1, 1, 1), epoch=0)
    found = list(walk(explorer))
    assert len(found) > 60
    for part in found:
        named = isinstance(
            part, (widgets.Checkbox, widgets.Dropdown, widgets.ToggleButtons, widgets.Button, widgets.Text)
        )
        if named or hasattr(part, "readout") or isinstance(part, (widgets.BoundedIntText, widgets.BoundedFloatText)):
            assert part.description, part


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


SYMBOLS = {
    "",
    "x₁",
    "x₂",
    "x₁²",
    "x₂²",
    "x₁x₂",
    "sin x₁",
    "sin x₂",
    "tanh",
    "relu",
    "L1",
    "L2",
    "SGD",
    "RMSprop",
    "Adam",
}
CODE = {*SYMBOLS, *runs.ACTIVATIONS, *runs.INITIALIZERS, "AdamW", "2.", "3.", "4.", "  tanh, "}


@pytest.mark.usefixtures("pseudo", "formulas")
def test_every_text_is_translated():
    explorer = explorers.playground(epoch=1)
    said = [explorer.alt, explorer.figure.status, explorer._board._program.words["label"]]
    for values in ({"data": "own"}, {"initialization": "zeros", "data": "xor"}, {"data": "hills", "look": "1.1"}):
        explorer.set(**values)
        explorer.settle()
        said += [explorer.alt, explorer.figure.status]
        said += [text for text, *_box in texts(explorer)]
        said += [explorer.figure.banner] if values.get("data") != "hills" else []
    for part in walk(explorer):
        said += [getattr(part, "description", ""), *getattr(part, "titles", ())]
        options = getattr(part, "options", ())
        said += [option[0] for option in options if isinstance(option, tuple)]
    said += [text.get_text() for text in explorer._stage.figure.findobj(Text)]
    for text in said:
        if text not in CODE and not is_number(text):
            assert "⟦" in text, text
            assert "⟧" in text, text


def is_number(text):
    return text.translate(str.maketrans("", "", "., −–%<e")).isdigit() or "mathdefault" in text or text in ("–", "−")
