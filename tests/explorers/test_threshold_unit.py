"""Chapter 1's unit by hand: what it computes, draws and says."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_01._plane import HIGH, LOW, step_field
from nnlab.explorers.chapter_01.threshold_unit import PATTERNS, ThresholdUnit
from nnlab.explorers.decision import along_line


@pytest.fixture(scope="module")
def unit():
    return explorers.threshold_unit()


def moved(unit, **values):
    unit.set(**values)
    unit.settle()
    return unit.data


@pytest.mark.parametrize(
    ("pattern", "w1", "w2", "b"),
    [("AND", 1.0, 1.0, -1.5), ("OR", 1.0, 1.0, -0.5), ("NOT x₁", -1.0, 0.0, 0.5)],
)
def test_patterns_that_a_line_parts_can_be_set_by_hand(unit, pattern, w1, w2, b):
    data = moved(unit, pattern=pattern, w1=w1, w2=w2, b=b)
    assert data["right"].all()
    np.testing.assert_array_equal(data["says"], PATTERNS[pattern])
    assert "All four inputs are right" in unit.alt
    assert pattern in unit.figure.status
    assert len(unit._plane._rings.get_xdata()) == 0


def test_no_position_of_the_sliders_computes_xor(unit):
    steps = np.round(np.linspace(-2, 2, 21), 1)
    best = 0
    for w1, w2, b in itertools.product(steps, steps, np.round(np.linspace(-3, 3, 31), 1)):
        best = max(best, sum(int(w1 * p + w2 * q + b >= -1e-9) == (p ^ q) for p in (0, 1) for q in (0, 1)))
    assert best == 3
    assert moved(unit, **ThresholdUnit.presets["three of XOR's four"])["right"].sum() == 3
    assert "3 of 4" in unit.figure.status
    assert "wrong are: (1, 1)" in unit.alt


def test_what_is_0_but_for_rounding_is_0(unit):
    data = moved(unit, pattern="AND", w1=0.3, w2=0.6, b=-0.9)
    assert 0.3 + 0.6 - 0.9 != 0
    assert data["z"][3] == 0
    assert data["says"][3] == 1


def test_the_field_changes_where_the_line_runs():
    rng = np.random.default_rng(0)
    for _ in range(20):
        w, b = rng.normal(size=2), 0.3 * rng.normal()
        ends = along_line(w, b)
        np.testing.assert_allclose(ends @ w + b, 0, atol=1e-9)
        field = step_field(w, b)
        corner = np.array([HIGH, LOW]) @ w + b
        assert (field[0, 1] > 0.5) == (corner > 0)
    assert np.isnan(along_line(np.zeros(2), 1.0)).all()
    assert (step_field(np.zeros(2), -1.0) == 0).all()
    assert (step_field(np.zeros(2), 0.0) == 1).all()


def test_wrong_points_are_ringed(unit):
    data = moved(unit, pattern="XOR", w1=0.0, w2=0.0, b=-1.0)
    rings = np.column_stack(unit._plane._rings.get_data())
    np.testing.assert_array_equal(rings, data["x"][~data["right"]])


@pytest.mark.parametrize(
    ("values", "words"),
    [({"pattern": "NAND"}, "'AND', 'OR'"), ({"w1": 3.0}, "between -2 and 2"), ({"b": 4}, "between -3 and 3")],
)
def test_what_the_controls_do_not_offer_is_refused(unit, values, words):
    with pytest.raises(ValueError, match=words):
        unit.set(**values)


def test_code_reproduces_the_state(unit):
    moved(unit, pattern="OR", w1=-1.5, w2=0.4, b=1.0)
    again = eval(unit.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["z"], unit.data["z"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.threshold_unit()
    arrays = {**explorer._arrays, "right": np.ones(4, dtype=bool)}
    texts = [explorer.alt, explorer.figure.status, explorer.status(explorer._values(), arrays)]
    texts += [explorer.describe(explorer._values(), arrays)]
    texts += [control.description for control in explorer.controls.values()]
    texts += [button.description for button in explorer.children[2].children[1:]]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    symbols = {"", "x₁", "x₂", "z = w₁x₁ + w₂x₂ + b", "(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"}
    texts += [text for text in drawn - symbols if not text.replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert "⟧" in text, text
