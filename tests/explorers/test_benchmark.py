"""The benchmark of the explorers still fits them: each control moves, in the explorer and in the usual way."""

import sys
from pathlib import Path

import pytest

from nnlab.explorers import catalogue

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
benchmark = pytest.importorskip("explorers")


@pytest.mark.parametrize("name", [name for name, make in catalogue().items() if make.chapter != "12"])
def test_both_ways_draw(name):
    ours, usual = benchmark.Ours(name), benchmark.Usual(name)
    values = {key: benchmark.values_of(control) for key, control in ours.explorer.controls.items()}
    key, value = next((key, through[0]) for key, through in values.items() if through)  # a text has no range
    first, sharp = ours.move(key, value)
    assert 0 < first <= sharp
    assert usual.move(key, value, 1) > 0
