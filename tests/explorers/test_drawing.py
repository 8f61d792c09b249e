"""A drawing becomes what MNIST's digits were."""

import numpy as np
import pytest

from nnlab.datasets import digits
from nnlab.explorers.drawing import center_digit, draw_strokes, sample


def test_result_is_a_28_by_28_image_in_a_20_by_20_box_with_its_mass_in_the_middle():
    image = center_digit(sample())
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    at = np.arange(28)
    for axis in (0, 1):
        mass = image.sum(axis=axis)
        assert abs(mass @ at / mass.sum() - 14) <= 0.51


def test_shift_does_not_matter():
    image = draw_strokes([s * 0.5 + 0.1 for s in sample()])
    shifted = np.roll(image, (23, 31), axis=(0, 1))
    np.testing.assert_allclose(center_digit(shifted), center_digit(image), atol=1e-6)


def test_scale_does_not_matter():
    small = draw_strokes([s * 0.5 + 0.2 for s in sample()], side=112, pen=5)
    large = draw_strokes([s * 0.5 + 0.2 for s in sample()], side=280, pen=12.5)
    assert np.abs(center_digit(small) - center_digit(large)).mean() < 0.03  # the soft edge of the pen is not scaled
    np.testing.assert_allclose(center_digit(np.kron(small, np.ones((3, 3)))), center_digit(small), atol=1e-6)


def test_mnist_digits_enlarged_come_back():
    _, (x, _) = digits.load_data()
    back = np.array([center_digit(np.kron(image, np.ones((4, 4), np.uint8))) for image in x[:300]])
    same = np.abs(back - x[:300] / np.float32(255)).max(axis=(1, 2)) < 0.01
    assert same.mean() > 0.98


def test_proportions_are_kept():
    wide = np.zeros((112, 112))
    wide[50:60, 10:110] = 1
    image = center_digit(wide)
    assert image.any(axis=0).sum() == 20
    assert image.any(axis=1).sum() == 2


def test_an_empty_drawing_gives_nothing():
    assert center_digit(np.zeros((280, 280))) is None
    assert center_digit([]) is None


def test_a_single_point_is_a_dot():
    assert center_digit([[(0.5, 0.5)]]).sum() > 100


@pytest.mark.parametrize("bad", [np.zeros((2, 3, 4)), "seven", [[1, 2, 3], [1]], np.array([[np.nan, 1.0]])])
def test_what_is_no_drawing_is_refused(bad):
    with pytest.raises(ValueError, match=r"drawing|inhomogeneous"):
        center_digit(bad)
