"""Pictures of recurrent networks."""

import pytest
from matplotlib.text import Text

from nnlab import plots


def test_an_unrolled_network_has_a_copy_for_each_step():
    figure = plots.unrolled(list("ada"), [0.25, 0.5, 1.0])
    written = [text.get_text() for text in figure.findobj(Text)]
    assert [written.count(name) for name in ("a", "d", "W", "U", "step 3", "0.25", "$h_3$")] == [2, 1, 3, 3, 1, 1, 1]
    assert figure.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("lengths", "word"), [([0.1, 1.0], "gets shorter"), ([5.0, 1.0], "gets longer"), ([1.0, 1.0], "keeps its length")]
)
def test_the_words_say_what_becomes_of_the_gradient(lengths, word):
    assert word in plots.unrolled(["a", "b"], lengths).alt


def test_nothing_is_written_outside_of_the_picture():
    figure = plots.unrolled(list("abcdefgh"), [10.0**-k for k in range(8, 0, -1)])
    figure.png(1)
    boxes = [text.get_window_extent() for text in figure.findobj(Text) if text.get_text()]
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= figure.size()[0]


@pytest.mark.parametrize(("inputs", "lengths"), [(["a"], [1.0]), (list("abcdefghi"), [1.0] * 9), (["a", "b"], [1.0])])
def test_what_does_not_fit_is_refused(inputs, lengths):
    with pytest.raises(ValueError, match="two to 8 inputs"):
        plots.unrolled(inputs, lengths)
