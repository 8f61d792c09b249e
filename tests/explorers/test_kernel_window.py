"""Chapter 13's kernel: products, sum and output, what is dragged, and the code that reproduces a state."""

import numpy as np
import pytest
from matplotlib.text import Text
from scipy.signal import correlate2d

from nnlab import explorers
from nnlab.explorers.chapter_13._kernel_window_figure import STOPS
from nnlab.explorers.chapter_13.kernel_window import KernelWindow


@pytest.fixture(scope="module")
def explorer():
    return explorers.kernel_window()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


@pytest.mark.parametrize("preset", KernelWindow.presets)
def test_the_output_is_scipys_cross_correlation(explorer, preset):
    values = KernelWindow.presets[preset]
    data = moved(explorer, **values)
    expected = correlate2d(data["image"], data["kernel"], mode="valid") / values["divide"]
    np.testing.assert_allclose(data["output"], expected, atol=1e-12)


def test_the_nine_products_sum_to_the_number_under_the_window(explorer):
    data = moved(explorer, row=15, column=14, divide=4, digit=7)
    np.testing.assert_allclose(data["window"], data["image"][15:18, 14:17])
    np.testing.assert_allclose(data["products"], data["window"] * data["kernel"])
    assert data["products"].sum() / 4 == pytest.approx(data["output"][15, 14])
    assert data["products"].any()


def test_identity_copies_shift_moves_and_plain_ground_gives_nothing_to_sobel(explorer):
    data = moved(explorer, **KernelWindow.presets["identity"])
    np.testing.assert_allclose(data["output"], data["image"][1:-1, 1:-1])
    data = moved(explorer, **KernelWindow.presets["shift"])
    np.testing.assert_allclose(data["output"], data["image"][1:-1, :-2])
    data = moved(explorer, **KernelWindow.presets["Sobel, left to right"], row=0, column=0)
    assert data["output"][0, 0] == 0
    assert explorer.alt.endswith("the output there is 0.")


@pytest.mark.parametrize("label", ["image", "output"])
def test_a_drag_brings_the_middle_of_the_window_under_the_pointer(explorer, label):
    axes = next(axes for axes in explorer._stage.figure.axes if axes.get_label() == label)
    share = 20 / (28 if label == "image" else STOPS)
    box = axes.get_position()
    explorer._pointed(box.x0 + share * box.width, 1 - box.y1 + share * box.height, True)
    explorer.settle()
    values = explorer._values()
    expected = 20 - 1.5 if label == "image" else 20 - 0.5
    assert abs(values.row - expected) <= 0.51
    assert abs(values.column - expected) <= 0.51


def test_what_is_written_is_what_was_computed(explorer):
    data = moved(explorer, **KernelWindow.presets["blur"], row=15, column=14, digit=7)
    total = explorer._picture._sum.texts[0]
    assert f"{data['products'].sum():.2f} / 9 = {data['output'][15, 14]:.2f}" in total
    assert len(explorer._picture._dark.texts) + len(explorer._picture._light.texts) == 27
    assert explorer._picture._light.texts  # white on dark pixels


def test_code_reproduces_the_state(explorer):
    moved(explorer, **KernelWindow.presets["sharpen"], row=3, column=25, digit=5)
    again = eval(explorer.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["output"], explorer.data["output"])
    assert again.code() == explorer.code()


@pytest.mark.parametrize(
    ("values", "words"),
    [({"kernel": ((1, 2), (3, 4))}, "3 rows"), ({"divide": 3}, "divide"), ({"digit": 10}, "between 0 and 9")],
)
def test_what_cannot_be_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        explorers.kernel_window(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.kernel_window(divide=2)
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status, *explorer._picture._sum.texts]
    texts += [text.get_text() for text in explorer._stage.figure.findobj(Text) if text.get_text()]
    for text in texts:
        assert "⟦" in text, text
