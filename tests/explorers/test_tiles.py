"""Small images in a picture: their colors, and that each pixel stands where it should."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nnlab.explorers.tiles import Tiles, frame, gray, page, signed
from nnlab.plots.style import new_figure


@pytest.mark.parametrize("scale", [1, 2])
def test_each_pixel_becomes_a_block_in_its_place(scale):
    figure = new_figure(60, 40, layout=None)
    axes = page(figure)
    tiles = Tiles(axes)
    axes.add_artist(tiles)
    ink = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.0]])
    tiles.shown = [(gray(ink), (10, 10, 30, 20))]
    figure.set_dpi(100 * scale)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::scale, ::scale, 0]
    expected = np.full((40, 60), 255)
    expected[10:30, 10:40] = np.kron(255 - np.round(255 * ink), np.ones((10, 10)))
    np.testing.assert_allclose(pixels, expected, atol=1)


def test_signed_colors_are_blue_below_white_at_and_orange_above_zero():
    colors = signed(np.array([[-2.0, 0.0, 1.0]])).astype(int)[0]
    assert colors[0, 2] > colors[0, 0]
    assert colors[1, :3].min() > 240
    assert colors[2, 0] > colors[2, 2]


def test_what_is_no_number_is_white_and_nothing_but_zeros_is_no_error():
    assert signed(np.array([[np.nan, 1.0]]))[0, 0, :3].min() > 240
    assert signed(np.zeros((2, 2)))[..., :3].min() > 240


def test_a_frame_is_closed():
    corners = frame((1, 2, 3, 4))
    np.testing.assert_array_equal(corners[0], corners[-1])
    assert np.ptp(corners, axis=0).tolist() == [3, 4]
