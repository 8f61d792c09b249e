"""Chapter 7's layer backward: its arrays, its faults, and what finds them."""

import itertools

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_07._backward_figure import MOST, SIZE
from nnlab.explorers.chapter_07.backward_matrices import (
    FAULTS,
    TERMS,
    BackwardMatrices,
    _given,
    letters,
    nudged,
    passes,
)

RIGHT = {"N": 5, "D": 3, "H": 4, "term": "dW", "fault": "none"}


@pytest.fixture(scope="module")
def explorer():
    return explorers.backward_matrices()


def moved(explorer, **values):
    explorer.set(**{**RIGHT, **values})
    explorer.settle()
    return explorer.data


@pytest.mark.parametrize("sizes", [(5, 3, 4), (1, 1, 1), (8, 8, 8), (2, 7, 3)])
def test_gradients_are_those_that_nudges_measure(sizes):
    values = core.Values(**dict(zip("NDH", sizes, strict=True)), fault="none", term="X")
    arrays, errors = passes(values)
    assert not errors
    for name in ("X", "W", "b"):
        np.testing.assert_allclose(arrays[f"d{name}"], nudged(values, name), atol=1e-7)
        assert arrays[f"d{name}"].shape == arrays[name].shape


def test_no_sum_lies_on_the_corner_of_the_relu():
    X, W, b, _Y = _given(core.Values(N=MOST, D=MOST, H=MOST))
    assert np.abs(X @ W + b).min() > 1e-3


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("sizes", [(5, 3, 4), (4, 4, 3), (5, 4, 4), (1, 1, 1), (6, 6, 6)])
def test_the_letters_are_the_shapes(fault, sizes):
    values = core.Values(**dict(zip("NDH", sizes, strict=True)), fault=fault, term="X")
    lengths = dict(zip("NDH", sizes, strict=True))
    for name, array in passes(values)[0].items():
        assert tuple(lengths[letter] for letter in letters(values)[name]) == array.shape


def test_a_missing_transpose_stops_with_the_message_of_numpy(explorer):
    data = moved(explorer, fault="X not transposed")
    assert "dW" not in data
    assert "NumPy stops at dW" in explorer.figure.banner
    assert "mismatch" in explorer.figure.banner
    assert "cannot multiply for dW" in explorer.alt


@pytest.mark.parametrize("preset", ["the same, N = D", "W not transposed, D = H", "mean for the sum"])
def test_what_numpy_lets_pass_nudges_find(explorer, preset):
    moved(explorer, **BackwardMatrices.presets[preset])
    assert "NumPy says nothing" in explorer.figure.banner
    assert "is not what nudges measure" in explorer.alt


def test_nothing_is_said_where_nothing_is_wrong(explorer):
    moved(explorer)
    assert explorer.figure.banner == ""
    moved(explorer, N=1, fault="mean for the sum")  # one sample: the mean is the sum
    assert explorer.figure.banner == ""


@pytest.mark.parametrize("term", TERMS)
def test_every_array_can_be_clicked_and_is_shown(explorer, term):
    moved(explorer, term="X" if term != "X" else "b")
    slots = explorer._picture._slots
    x, y = next(place for (_row, _k, name), place in slots.items() if name == term)
    explorer._pointed(x / SIZE[0], y / SIZE[1], True)
    explorer.settle()
    assert explorer.controls["term"].value == term
    assert f"shows {term}." in explorer.alt


def test_a_transposed_block_shows_its_array(explorer):
    moved(explorer)
    x, y = next(place for (_row, _k, name), place in explorer._picture._slots.items() if name == "Wᵀ")
    explorer._pointed(x / SIZE[0], y / SIZE[1], True)
    assert explorer.controls["term"].value == "W"


@pytest.mark.parametrize("size", [1, MOST])
def test_blocks_stay_in_their_places(explorer, size):
    moved(explorer, N=size, D=size, H=size)
    places = sorted((row, x) for (row, _k, _name), (x, _y) in explorer._picture._slots.items())
    half = 48 / 2
    for (row, x), (other, right) in itertools.pairwise(places):
        assert row != other or x + half < right - half - 11
    assert max(x for _row, x in places) + half < 552


def test_a_missing_transpose_changes_the_name_of_the_block(explorer):
    moved(explorer, fault="X not transposed")
    assert explorer._picture._names["Xᵀ"].get_text() == "X"
    moved(explorer)
    assert explorer._picture._names["Xᵀ"].get_text() == "Xᵀ"


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.backward_matrices()
    texts = [explorer.figure.status]
    for preset in BackwardMatrices.presets.values():
        explorer.set(**preset)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    for text in filter(None, texts):
        assert text.startswith("⟦"), text
