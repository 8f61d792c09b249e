"""Figures of convolutions: what is drawn is what was given, and what cannot be drawn is refused in words."""

import numpy as np
import pytest

from nnlab import Sequential, layers, plots


def matrix(kernel):
    """The matrix of a convolution over four pixels in a row."""
    return np.array([[*np.zeros(i), *kernel, *np.zeros(2 - i)] for i in range(3)])


def test_every_number_of_the_matrix_is_written_and_shared_ones_share_a_color():
    M = matrix([2.0, -1.0])
    figure = plots.shared_matrix(M, [2.0, -1.0])
    ax = figure.axes[0]
    assert [text.get_text() for text in ax.texts] == [f"{v:g}".replace("-", "−") for v in M.ravel()]
    colors = np.array([patch.get_facecolor() for patch in ax.patches]).reshape(3, 4, 4)
    for value in (2.0, -1.0, 0.0):
        assert len(np.unique(colors[value == M], axis=0)) == 1
    assert len(np.unique(colors.reshape(-1, 4), axis=0)) == 3
    assert "50 percent" in figure.alt


@pytest.mark.parametrize(
    ("M", "kernel", "words"),
    [
        (np.zeros(3), [1.0], "got shape"),
        (np.zeros((0, 3)), [1.0], "got shape"),
        (np.zeros((41, 2)), [1.0], "at most 40"),
        (matrix([1.0, 1.0]), [1.0, 1.0], "differ"),
        (matrix([1.0, 2.0]), [1.0, 3.0], "not in the kernel"),
    ],
)
def test_what_is_no_such_matrix_is_refused(M, kernel, words):
    with pytest.raises(ValueError, match=words):
        plots.shared_matrix(M, kernel)


@pytest.fixture
def model():
    return Sequential(
        [
            layers.Conv2D(7, 3, activation="relu", input_shape=(12, 12, 1)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        seed=0,
    )


def test_an_image_goes_through_all_layers(model):
    image = np.random.default_rng(0).random((12, 12))
    figure = plots.through_network(model, image)
    digit = int(model.predict(image[None, :, :, None].astype(np.float32))[0].argmax())
    assert figure.alt.endswith(f"It says {digit}.")
    assert len(figure.axes) == 1 + 6 + 6 + 1
    shapes = [text.get_text() for text in figure.texts]
    assert {"12 × 12 × 1", "10 × 10 × 7", "5 × 5 × 7", "10"} <= set(shapes)
    np.testing.assert_allclose(figure.axes[0].images[0].get_array(), image, rtol=1e-6)


def test_pooled_maps_stand_in_the_order_of_their_maps(model):
    figure = plots.through_network(model, np.random.default_rng(1).random((12, 12)))
    maps = [np.asarray(ax.images[0].get_array()) for ax in figure.axes[1:7]]
    pooled = [np.asarray(ax.images[0].get_array()) for ax in figure.axes[7:13]]
    for one, other in zip(maps, pooled, strict=True):
        np.testing.assert_allclose(one.reshape(5, 2, 5, 2).max(axis=(1, 3)), other)
    assert len({one.tobytes() for one in maps}) == 6


def test_the_first_map_is_the_one_that_answers_most(model):
    image = np.random.default_rng(2).random((12, 12, 1)).astype(np.float32)
    figure = plots.through_network(model, image)
    sizes = np.linalg.norm(model.layers[0].forward(image[None])[0], axis=(0, 1))
    drawn = np.linalg.norm(np.asarray(figure.axes[1].images[0].get_array()))
    assert drawn == pytest.approx(sizes.max(), rel=1e-5)


def test_a_network_without_convolution_is_refused():
    dense = Sequential([layers.Flatten(input_shape=(4, 4, 1)), layers.Dense(2)], seed=0)
    with pytest.raises(ValueError, match="at least one convolution"):
        plots.through_network(dense, np.zeros((4, 4)))
