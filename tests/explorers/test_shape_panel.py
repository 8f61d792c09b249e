"""Chapter 4's shapes: what NumPy makes of them, and what the panel shows and says."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import activations, explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_04._shape_panel_figure import MOST, SIZE
from nnlab.explorers.chapter_04.shape_panel import FAULTS, TERMS, ShapePanel, forward, letters

RIGHT = {"N": 5, "D": 4, "H": 6, "K": 3, "term": "Z1", "fault": "none"}


@pytest.fixture(scope="module")
def panel():
    return explorers.shape_panel()


def moved(panel, **values):
    panel.set(**{**RIGHT, **values})
    panel.settle()
    return panel.data


def test_the_arrays_are_those_of_the_equations(panel):
    data = moved(panel)
    np.testing.assert_allclose(data["Z1"], data["X"] @ data["W1"] + data["b1"])
    np.testing.assert_array_equal(data["A1"], np.maximum(data["Z1"], 0))
    np.testing.assert_allclose(data["A2"], activations.softmax(data["A1"] @ data["W2"] + data["b2"]))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (10, 10, 10, 10), (3, 7, 2, 9)])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_letters_are_the_shapes(sizes, fault):
    values = core.Values(**dict(zip("NDHK", sizes, strict=True)), fault=fault, term="X")
    lengths = {**dict(zip("NDHK", sizes, strict=True)), "1": 1}
    arrays, _error = forward(values)
    for name, array in arrays.items():
        if name in ("X", "W1", "b1", "Z1", "A1", "Z2", "A2"):
            assert tuple(lengths[letter] for letter in letters(values)[name]) == array.shape


def test_a_transposed_matrix_stops_with_the_message_of_numpy(panel):
    data = moved(panel, fault="W1.T", term="Z1")
    assert "Z1" not in data
    with pytest.raises(ValueError, match="mismatch") as caught:
        data["X"] @ data["W1"]
    assert str(caught.value) in panel.figure.banner
    assert "W1 is transposed" in panel.figure.banner
    assert "stops with an error" in panel.alt
    assert panel._picture._panel._never.get_visible()
    assert panel._picture._panel._shape.texts == []


def test_a_square_matrix_is_transposed_silently(panel):
    data = moved(panel, fault="W1.T", D=6)
    assert data["A2"].shape == (5, 3)
    assert "NumPy says nothing" in panel.figure.banner
    assert not np.allclose(data["Z1"], moved(panel, D=6)["Z1"])


def test_a_bias_as_a_column_is_silent_only_where_it_fits(panel):
    moved(panel, fault="b1 as a column")
    assert "should have the shape (H,)" in panel.figure.banner
    data = moved(panel, **ShapePanel.presets["a column, and N = H"])
    assert "because N = H" in panel.figure.banner
    np.testing.assert_allclose(data["Z1"][2] - data["X"][2] @ data["W1"], data["b1"][2, 0])
    assert moved(panel, fault="b1 as a column", N=1)["Z1"].shape == (6, 6)
    assert "suddenly there are H samples" in panel.figure.banner


def test_nothing_is_said_where_nothing_is_wrong(panel):
    moved(panel)
    assert panel.figure.banner == ""
    for values in ({"fault": "W1.T", "D": 1, "H": 1}, {"fault": "b1 as a column", "H": 1}):
        for n in (1, 5):
            moved(panel, N=n, **values)
            assert panel.figure.banner == ""
            assert "wrong" not in panel.alt


def test_the_panel_says_how_an_array_is_wrong(panel):
    moved(panel, fault="W1.T", term="W1")
    assert panel._picture._panel._code.texts == ["W1 = W1.T"]
    assert panel._picture._panel._meaning.get_text() == "transposed: a row for each unit"
    moved(panel, fault="b1 as a column", term="b1")
    assert panel._picture._panel._code.texts == ["b1 = b1[:, None]"]
    moved(panel, term="b1")
    assert panel._picture._panel._code.texts == ["b1 = model.get_weights()[1]"]


def test_no_zero_has_a_sign(panel):
    moved(panel, fault="W1.T", term="W1")
    assert "0.0" in panel._picture._panel._dark.texts
    assert "−0.0" not in panel._picture._panel._dark.texts


def test_a_slider_adds_rows_and_leaves_the_others():
    small, large = (forward(core.Values(**{**RIGHT, "N": n}))[0] for n in (3, 9))
    np.testing.assert_allclose(large["A2"][:3], small["A2"])


@pytest.mark.parametrize("term", TERMS)
def test_every_term_can_be_clicked_and_is_shown(panel, term):
    moved(panel, term="X" if term != "X" else "b2")
    slots = panel._picture._blocks._slots
    x, y = next(place for (_row, name), place in slots.items() if name == term)
    panel._pointed(x / SIZE[0], y / SIZE[1], True)
    panel.settle()
    assert panel.controls["term"].value == term
    assert f"shows {term}." in panel.alt
    assert str(panel.data[term].shape) in panel._picture._panel._shape.texts[0]
    assert not panel._picture._panel._never.get_visible()


def test_a_click_beside_the_blocks_changes_nothing(panel):
    moved(panel)
    panel._pointed(0.3, 0.99, True)
    panel.settle()
    assert panel.controls["term"].value == "Z1"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("size", [1, MOST])
def test_blocks_stay_in_their_places(panel, fault, size):
    moved(panel, N=size, D=size, H=size, K=size, fault=fault)
    boxes = panel._picture._blocks._boxes
    for row in (0, 1):
        ends = sorted((left, left + width) for (r, _n), (left, _t, width, _h) in boxes.items() if r == row)
        assert all(one[1] + 14 < other[0] for one, other in itertools.pairwise(ends))
        assert ends[0][0] > 14
        assert ends[-1][1] < 552


def test_blocks_have_the_proportions_of_their_arrays(panel):
    moved(panel, N=3, D=9)
    _left, _top, width, height = panel._picture._blocks._boxes[0, "X"]
    assert width / height == pytest.approx(3)


@pytest.mark.parametrize(("values", "words"), [({"N": 0}, "between 1 and 10"), ({"term": "Y"}, "'X', 'W1'")])
def test_what_the_controls_do_not_offer_is_refused(panel, values, words):
    with pytest.raises(ValueError, match=words):
        panel.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.shape_panel()
    texts = [explorer.alt, explorer.figure.status, explorer._picture._panel._meaning.get_text()]
    for preset in ShapePanel.presets.values():
        explorer.set(**preset)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    explorer.set(**{**RIGHT, "fault": "W1.T"})
    explorer.settle()
    texts += [text.get_text() for text in (explorer._picture._panel._never, explorer._picture._panel._meaning)]
    for text in filter(None, texts):
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
    assert explorer._stage.figure.findobj(Text)
