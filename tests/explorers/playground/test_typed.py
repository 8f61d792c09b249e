"""Weights typed into the playground in place of trained ones."""

import numpy as np

from nnlab.explorers import core
from nnlab.explorers.chapter_09 import _playground_edits as edits


def test_a_typed_value_takes_the_place_of_a_trained_one(play):
    before = play.weights()
    play.set(typed={"x2->1.3": 4.5, "bias output": -7})
    play.settle()
    after = play.weights()
    assert after[0][1, 2] == 4.5
    assert after[-1][0] == -7
    assert sum(np.sum(a != b) for a, b in zip(before, after, strict=True)) == 2
    assert "2 typed by you" in play.figure.status
    assert play.data["loss"][0] > play.data["training_loss"][-1]
    play.controls["typed"].clear.click()
    play.settle()
    np.testing.assert_array_equal(play.weights()[0], before[0])


def test_typing_in_the_page(play):
    play.set(look="2.1")
    play.settle()
    typed = play.controls["typed"]
    assert [value for _label, value in typed.weight.options] == [*(f"1.{k}->2.1" for k in (1, 2, 3, 4)), "bias 2.1"]
    typed.weight.value = "1.3->2.1"
    typed.number.value = "−2.5"
    play.settle()
    assert play.weights()[2][2, 0] == -2.5
    assert typed.number.value == ""
    typed.number.value = "much"
    assert "much is no number" in play.figure.banner
    assert typed.value == {"1.3->2.1": -2.5}


def test_places_of_weights():
    values = core.Values(hidden=(3, 2), features=("x2", "x1*x2"))
    assert edits.place("x1*x2->1.3", values) == (0, 1, 2)
    assert edits.place("1.2->2.1", values) == (2, 1, 0)
    assert edits.place("2.2->output", values) == (4, 1, 0)
    assert edits.place("bias 2.2", values) == (3, 1)
    assert edits.place("bias output", values) == (5, 0)
    for name in ("x1->1.1", "1.1->2.3", "1.4->2.1", "2.1->1.1", "bias 3.1", "bias", "nonsense", "1.1->output"):
        assert edits.place(name, values) == ()
    alone = core.Values(hidden=(), features=("x1",))
    assert edits.place("x1->output", alone) == (0, 0, 0)
