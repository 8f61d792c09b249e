"""Points of many seeds in rows: what is drawn, said and refused."""

import pytest

from nnlab import plots


def test_each_setting_is_a_row_with_all_its_seeds():
    picture = plots.seed_bands({"a": [0.8, 0.82, 0.84], "b": [0.83, 0.85, 0.81]})
    ax = picture.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [sorted(line.get_xdata()) for line in points] == [[0.8, 0.82, 0.84], [0.81, 0.83, 0.85]]
    medians = [line.get_xdata()[0] for line in ax.lines if line.get_marker() != "o"]
    assert medians == pytest.approx([0.82, 0.83])
    assert picture.alt.endswith("overlap.")


def test_ranges_that_do_not_meet_are_told():
    assert "Not all ranges overlap" in plots.seed_bands({"a": [0.1, 0.2], "b": [0.8, 0.9]}).alt


@pytest.mark.parametrize("results", [{}, {"a": [0.5]}, {"a": [0.5, 1.5]}])
def test_what_cannot_be_drawn_is_refused(results):
    with pytest.raises(ValueError, match="seed_bands"):
        plots.seed_bands(results)
