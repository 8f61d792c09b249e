"""The cost of a gradient, drawn: what the words say, and what is refused."""

import pytest

from nnlab import plots


def test_the_words_name_the_ends():
    picture = plots.costs([10, 100], {"forward": [20, 200], "backward": [40, 400], "nudges": [400, 40_000]})
    assert picture.alt.endswith("nudges 40,000; backward 400; forward 200.")
    (axes,) = picture.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert len(axes.lines) == 3


@pytest.mark.parametrize(
    ("operations", "words"), [({}, "of nothing"), ({"forward": [1.0]}, r"\(1,\)"), ({"forward": [0, 1]}, "above 0")]
)
def test_what_cannot_be_drawn_is_refused(operations, words):
    with pytest.raises(ValueError, match=words):
        plots.costs([10, 100], operations)


@pytest.mark.parametrize("parameters", [[10], [10, 10], [100, 10]])
def test_networks_that_do_not_grow_are_refused(parameters):
    with pytest.raises(ValueError, match="each with more parameters"):
        plots.costs(parameters, {"forward": parameters})
