"""The pictures of chapter 4: the bent plane and a batch on its way."""

import itertools

import matplotlib
import numpy as np
import pytest

from nnlab import plots
from nnlab.plots.passages import Passage

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(40, 2))
CLASSES = (POINTS[:, 0] > 0).astype(int)
#: z is 4 tanh(x₁): right for every point.
WEIGHTS = [np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2), np.array([[4.0], [0.0]]), np.zeros(1)]
IMAGES = RNG.integers(0, 256, (3, 28, 28)).astype(np.uint8)
ARRAYS = {"X": IMAGES.reshape(3, 784) / 255, "A₁": RNG.normal(size=(3, 20)), "A₂": np.full((3, 10), 0.1)}


def random_weights(*sizes):
    rng = np.random.default_rng(1)
    pairs = itertools.pairwise(sizes)
    return [array for d, h in pairs for array in (rng.normal(size=(d, h)), rng.normal(size=h))]


def all_pictures():
    yield plots.bent_plane(POINTS, CLASSES, WEIGHTS)
    yield plots.bent_plane(POINTS, CLASSES, random_weights(2, 3, 1), "relu")
    yield plots.batch(IMAGES, ARRAYS)
    yield plots.batch(IMAGES[:1], {"A₂": ARRAYS["A₂"][:1]})


@pytest.mark.parametrize("figure", list(all_pictures()), ids=lambda figure: figure.alt[:30])
def test_nothing_is_clipped_or_small_and_there_are_words(figure):
    assert figure.png(scale=1).startswith(b"\x89PNG")
    assert figure.alt.endswith(".")
    assert len(figure.alt.split()) >= 8
    assert figure.size()[0] <= 860
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth() + 0.02
    assert box.y1 <= figure.get_figheight() + 0.02
    for text in figure.findobj(matplotlib.text.Text):
        assert text.get_fontsize() >= 10 or not text.get_text()


def test_the_bent_plane_says_whether_a_line_parts_the_classes():
    assert "a level line parts the classes" in plots.bent_plane(POINTS, CLASSES, WEIGHTS).alt
    assert "No line parts the classes" in plots.bent_plane(POINTS, 1 - CLASSES, WEIGHTS).alt


@pytest.mark.parametrize("sizes", [(2, 4, 1), (3, 2, 1), (2, 2, 2), (2, 2, 2, 1)])
def test_the_bent_plane_refuses_other_networks(sizes):
    with pytest.raises(ValueError, match="2-2-1 or 2-3-1"):
        plots.bent_plane(POINTS, CLASSES, random_weights(*sizes))


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (2, 2, 2, 1), (2, 3, 3, 1)])
def test_a_passage_only_stretches_shifts_and_bends(sizes):
    weights = random_weights(*sizes)
    passage = Passage(weights, "tanh", POINTS)
    a = POINTS
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        a = np.tanh(a @ kernel + bias)
    np.testing.assert_allclose(passage.forward(POINTS), (a @ weights[-2] + weights[-1])[:, 0])
    np.testing.assert_allclose(passage.place(POINTS, 0)[:, :2], POINTS, atol=1e-12)
    # Distances do not depend on where one looks from; exchanging units changes none.
    end = passage.place(POINTS, len(passage.stages))
    distances = [np.linalg.norm(p[:, None] - p[None], axis=2) for p in (end, a)]
    np.testing.assert_allclose(*distances, atol=1e-9)


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (2, 3, 3, 1)])
def test_a_view_is_a_rotation_and_moves_without_a_jump(sizes):
    passage = Passage(random_weights(*sizes), "tanh", POINTS)
    positions = np.linspace(0, len(passage.stages), 200)
    views = [passage.view(position) for position in positions]
    for view in views:
        np.testing.assert_allclose(view.T @ view, np.eye(len(view)), atol=1e-9)
    assert max(np.abs(b - a).max() for a, b in itertools.pairwise(views)) < 0.15


def test_the_border_lies_level_at_the_end():
    weights = random_weights(2, 3, 1)
    weights[-1] = weights[-1] - np.median(Passage(weights, "tanh", POINTS).forward(POINTS))  # it runs among the points
    passage = Passage(weights, "tanh", POINTS)
    border = passage.border[np.isfinite(passage.border).all(axis=1)]
    heights = passage.place(border, 4.0)[:, 1]
    whole = np.ptp(passage.place(POINTS, 4.0)[:, 1])
    assert np.ptp(heights) < 0.02 * whole


def test_a_compass_names_what_grows():
    passage = Passage(random_weights(2, 2, 2, 1), "tanh", POINTS)
    names = [set(passage.compass(position)) for position in (0, 1.0, 2.5, 3.0, 3.5, 6.0, 7.0)]
    x, z, a = {"x₁", "x₂"}, {"z₁", "z₂"}, {"a₁", "a₂"}
    assert names == [x, z, a, a, z, a, a]


def test_a_batch_shows_each_array_with_its_shape():
    figure = plots.batch(IMAGES, ARRAYS)
    assert "X (3, 784), A₁ (3, 20), A₂ (3, 10)" in figure.alt
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["", "X  (3, 784)", "A₁  (3, 20)", "A₂  (3, 10)"]
    shown = figure.axes[2].images[0].get_array()
    np.testing.assert_allclose(shown, ARRAYS["A₁"] / np.abs(ARRAYS["A₁"]).max())


def test_a_batch_asks_for_what_fits():
    with pytest.raises(ValueError, match="at least one array"):
        plots.batch(IMAGES, {})
    with pytest.raises(ValueError, match="a row for each of 3 images"):
        plots.batch(IMAGES, {"X": np.zeros((2, 784))})
    with pytest.raises(ValueError, match="at most 12"):
        plots.batch(np.zeros((13, 28, 28)), {"X": np.zeros((13, 4))})
