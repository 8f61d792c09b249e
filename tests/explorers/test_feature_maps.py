"""Chapter 13's feature maps: drawing, shifting, and what the trained network makes of it."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_13.feature_maps import DRAWN, THREE, network, read_strokes, shifted


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.feature_maps()


def moved(explorer, **values):
    explorer.set(**{"image": DRAWN, "drawing": THREE, "right": 0, "down": 0, **values})
    explorer.settle()
    return explorer.data


def press(explorer, x, y, pressed):
    axes = next(axes for axes in explorer._stage.figure.axes if axes.get_label() == "pad")
    at = axes.transData.transform((x, y)) / explorer._stage.figure.bbox.size
    explorer._pointed(at[0], 1 - at[1], pressed)
    explorer.settle()


def test_the_drawn_three_is_read(explorer):
    data = moved(explorer)
    assert data["probabilities"].argmax() == 3
    assert data["probabilities"].sum() == pytest.approx(1, abs=1e-5)
    assert "says 3" in explorer.alt


def test_maps_and_probabilities_are_those_of_the_whole_network(explorer):
    data = moved(explorer, image="5", down=2)
    model = network().model(False)
    np.testing.assert_allclose(model.predict(data["image"][None, :, :, None])[0], data["probabilities"], atol=1e-5)
    kernel, bias = model.layers[0].kernel[:, :, 0], model.layers[0].bias
    seen = np.lib.stride_tricks.sliding_window_view(data["image"], (3, 3))
    maps = np.maximum(np.einsum("ijuv,uvf->ijf", seen, kernel) + bias, 0)
    np.testing.assert_allclose(data["maps"], maps, atol=1e-5)
    np.testing.assert_allclose(data["pooled"], maps.reshape(13, 2, 13, 2, 8).max(axis=(1, 3)), atol=1e-5)


def test_a_shifted_image_shifts_its_maps(explorer):
    before = moved(explorer)["maps"]
    after = moved(explorer, right=3)["maps"]
    np.testing.assert_allclose(after[:, 3:], before[:, :-3], atol=1e-5)
    assert np.abs(after - before).max() > 0.1


def test_shifting_far_makes_the_network_wrong(explorer):
    assert moved(explorer, right=8)["probabilities"].argmax() != 3


def test_shifted_brings_paper_in_and_loses_what_leaves():
    image = np.arange(16).reshape(4, 4)
    for right in (-5, -2, 0, 1, 3):
        right = max(right, -3)
        for down in (-1, 0, 2):
            out = shifted(image, right, down)
            for (i, j), value in np.ndenumerate(out):
                inside = 0 <= i - down < 4 and 0 <= j - right < 4
                assert value == (image[i - down, j - right] if inside else 0)


def test_a_stroke_is_drawn_with_the_pointer(explorer):
    moved(explorer, drawing="")
    assert "Nothing is drawn" in explorer.alt
    assert explorer.figure.banner
    press(explorer, 50, 20, True)
    press(explorer, 50, 21, False)  # too near to count
    press(explorer, 50, 80, False)
    assert read_strokes(explorer._values().drawing) == [[(50, 20), (50, 80)]]
    assert explorer.data["image"].max() > 0.9
    press(explorer, 20, 30, True)
    assert len(read_strokes(explorer._values().drawing)) == 2
    assert explorer.figure.banner == ""


def test_a_stroke_over_a_digit_of_the_data_begins_a_new_drawing(explorer):
    moved(explorer, image="4")
    press(explorer, 30, 30, True)
    assert explorer._values().image == DRAWN
    assert read_strokes(explorer._values().drawing) == [[(30, 30)]]


@pytest.mark.parametrize("text", ["1,2,3", "a,b", "101,5", "5,-1", "7"])
def test_a_text_that_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match="A drawing is a text of points"):
        explorers.feature_maps(drawing=text)


def test_code_reproduces_the_state(explorer):
    moved(explorer, drawing="20,20 80,80;80,20 20,80", right=-2)
    again = eval(explorer.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["maps"], explorer.data["maps"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated(compiled):
    explorer = explorers.feature_maps()
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status]
    explorer.set(drawing="", image=DRAWN)
    explorer.settle()
    texts += [explorer.alt, explorer.figure.banner]
    drawn = [text.get_text() for text in explorer._stage.figure.findobj(Text)]
    texts += [text for text in drawn if text and not text.isdigit()]
    for text in texts:
        assert "⟦" in text, text
