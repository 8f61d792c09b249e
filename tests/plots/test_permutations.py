"""The picture of a permutation test: dots for what chance does, and a line for the real result."""

import numpy as np
import pytest

from nnlab import plots


def artists(picture):
    dots, line = picture.axes[0].lines
    return np.array(dots.get_xydata()), np.array(line.get_xydata())


def test_there_is_a_dot_for_each_shuffle_and_none_covers_another():
    shuffled = [0.5, 0.502, 0.509, 0.47, 0.61]
    dots, line = artists(plots.permutation_test(0.8, shuffled))
    assert len(dots) == 5
    assert len(np.unique(dots, axis=0)) == 5
    assert sorted(dots[np.isclose(dots[:, 0], 0.505), 1]) == [0.5, 1.5, 2.5]
    np.testing.assert_allclose(np.sort(dots[:, 0]), np.sort(shuffled), atol=0.0051)
    np.testing.assert_array_equal(line[:, 0], 0.8)


def test_the_text_says_whether_the_real_result_stands_out():
    assert "lies above all 3 with" in plots.permutation_test(0.8, [0.5, 0.4, 0.6]).alt
    assert "lies among those" in plots.permutation_test(0.5, [0.5, 0.4, 0.6]).alt


@pytest.mark.parametrize("real", [0.35, 0.5, 0.97, 1.0])
def test_names_stay_inside_the_picture_and_apart(real):
    picture = plots.permutation_test(real, np.random.default_rng(0).normal(0.5, 0.05, 60).clip(0, 1))
    picture.png()
    boxes = [text.get_window_extent() for text in picture.axes[0].texts]
    assert not boxes[0].overlaps(boxes[1])
    assert all(box.x0 > 0 and box.x1 < picture.bbox.width and box.y1 <= picture.bbox.height for box in boxes)


@pytest.mark.parametrize(
    ("real", "shuffled"), [(0.5, [0.4]), (1.2, [0.4, 0.5]), (0.5, [0.4, -0.1]), (0.5, [0.4, np.nan])]
)
def test_what_is_no_share_is_refused(real, shuffled):
    with pytest.raises(ValueError, match="two shuffled results"):
        plots.permutation_test(real, shuffled)
