"""The colors of a decision surface stand where its border and its points stand."""

import io

import numpy as np
from PIL import Image

from nnlab.explorers._figure import Stage
from nnlab.explorers.decision import DecisionSurface, along_line, grid
from nnlab.plots.style import FIELD, applied, axes_at, new_figure


def drawn(answers):
    with applied():
        figure = new_figure(200, 200, layout=None)
        surface = DecisionSurface(axes_at(figure, 20, 20, 160, 160), 1.0, 9, 4.0)
    surface.update(answers(*grid(1.0, 9).T).reshape(9, 9), np.zeros((0, 2)), np.zeros(0))
    return np.asarray(Image.open(io.BytesIO(Stage(figure, surface.moving).png(1))))


def color(value):
    return (np.array(FIELD(value))[:3] * 255).round()


def test_what_is_above_is_drawn_above():
    picture = drawn(lambda x, y: (y > 0.5).astype(float))
    np.testing.assert_allclose(picture[30, 100], color(1.0), atol=1)
    np.testing.assert_allclose(picture[170, 100], color(0.0), atol=1)


def test_what_is_right_is_drawn_right_and_nan_is_white():
    picture = drawn(lambda x, y: np.where(y > 0.5, np.nan, (x > 0).astype(float)))
    np.testing.assert_allclose(picture[150, 170], color(1.0), atol=1)
    np.testing.assert_allclose(picture[150, 30], color(0.0), atol=1)
    assert (picture[25, 100] == 255).all()


def test_between_two_points_the_color_is_between():
    picture = drawn(lambda x, y: (x + 1) / 2)
    np.testing.assert_allclose(picture[60, 60], color(0.25), atol=6)
    np.testing.assert_allclose(picture[60, 140], color(0.75), atol=6)


def test_the_line_and_its_parallels():
    w, b = np.array([3.0, 4.0]), -10.0
    np.testing.assert_allclose(along_line(w, b) @ w + b, 0, atol=1e-9)
    np.testing.assert_allclose((along_line(w, b, 0.5) @ w + b) / 5, 0.5)
    assert np.isnan(along_line(np.zeros(2), 1.0)).all()
