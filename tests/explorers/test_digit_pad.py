"""The drawing pad: what the model sees, what it says, and how errors show."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.drawing import SIDE, draw_strokes, sample


class Model:
    """Takes the column with the most ink for the digit, and remembers what it saw."""

    input_shape = (None, 784)

    def predict(self, x):
        self.seen = x
        columns = x.reshape(28, 28).sum(axis=0)[4:24].reshape(10, 2).sum(axis=1)
        return (columns / columns.sum())[None]


BAR = [[(0.5, 0.1), (0.5, 0.9)]]


def test_the_first_screen_is_not_blank():
    model = Model()
    pad = explorers.digit_pad(model)
    assert pad.image.shape == (28, 28)
    np.testing.assert_array_equal(model.seen, pad.image.reshape(1, 784))
    assert pad.probabilities.sum() == pytest.approx(1)
    assert pad.alt.startswith("Most likely")
    assert pad.png.startswith(b"\x89PNG")


def test_drawing_changes_picture_probabilities_and_text():
    pad = explorers.digit_pad(Model())
    alt, p, png = pad.alt, pad.probabilities, pad.png
    pad.draw(BAR)
    assert not np.array_equal(pad.probabilities, p)
    assert pad.alt != alt
    assert pad.png != png
    assert pad.bars == pytest.approx(pad.probabilities.tolist())


def test_any_size_of_image_may_be_drawn():
    pad = explorers.digit_pad(Model())
    for side in (28, 112, 224, 300):
        pad.draw(draw_strokes(BAR, side=side, pen=side / 12))
        assert pad.image.sum() > 20


def test_clear_leaves_nothing():
    pad = explorers.digit_pad(Model())
    pad.clear()
    assert pad.image is None
    assert pad.probabilities is None
    assert pad.alt == "Nothing is drawn yet."
    assert pad._repr_mimebundle_()[0]["image/png"]


def test_the_page_sends_a_drawing_and_gets_an_answer():
    pad = explorers.digit_pad(Model())
    ink = np.round(255 * draw_strokes(BAR)).astype(np.uint8)
    number = pad.ink_number
    pad._on_page(pad, {"drawing": 7}, [memoryview(ink.tobytes())])
    assert pad.answered == 7
    assert pad.ink_number == number  # the page is not told to draw what it has drawn
    assert pad.get_state("ink")["ink"] == ink.tobytes()  # but a page that is loaded anew gets it
    other = explorers.digit_pad(Model())
    other.draw(BAR)
    np.testing.assert_allclose(pad.image, other.image, atol=1e-6)


def test_a_broken_message_is_answered_with_an_error():
    pad = explorers.digit_pad(Model())
    pad._on_page(pad, {"drawing": 3}, [b"too short"])
    assert pad.answered == 3
    assert pad.error.startswith("ValueError")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda x: np.zeros((1, 7)), "10 numbers"),
        (lambda x: np.full((1, 10), np.nan), "NaN"),
        (lambda x: np.arange(10)[None], "softmax"),
    ],
)
def test_errors_of_the_model_are_shown(answer, words):
    model = Model()
    pad = explorers.digit_pad(model)
    model.predict = answer
    pad.draw(BAR)
    assert words in pad.error
    assert words in pad.alt
    assert pad.probabilities is None
    assert pad._repr_mimebundle_()[0]["image/png"]
    del model.predict
    pad.draw(BAR)
    assert pad.error == ""


def test_a_model_of_images_gets_images():
    class Images(Model):
        input_shape = (None, 28, 28, 1)

    model = Images()
    explorers.digit_pad(model)
    assert model.seen.shape == (1, 28, 28, 1)


def test_what_is_no_model_of_digits_is_refused():
    with pytest.raises(TypeError, match="predict"):
        explorers.digit_pad("model")

    class Small(Model):
        input_shape = (None, 4)

    with pytest.raises(ValueError, match="784 pixels"):
        explorers.digit_pad(Small())


def test_the_stored_text_holds_no_percentage():
    data, _ = explorers.digit_pad(Model())._repr_mimebundle_()
    assert data["text/plain"].startswith("digit_pad: ")
    assert "percent" not in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_sample_looks_like_the_digits_of_mnist():
    from nnlab.datasets import digits

    (x, y), _ = digits.load_data()
    image = explorers.digit_pad(Model()).image
    threes = x[y == 3] / 255
    low, high = np.quantile(threes.mean(axis=(1, 2)), [0.02, 0.98])
    assert low < image.mean() < high
    assert len(sample()) == 2
    assert SIDE == 112
