"""Chapter 13's windows: the stops, which pixels are seen how often, and what does not fit."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers, layers
from nnlab.explorers.chapter_13.window_sizes import KERNELS, STRIDES, WindowSizes, arithmetic


@pytest.fixture(scope="module")
def explorer():
    return explorers.window_sizes()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


def counted(size, kernel, stride, before, after):
    """How many windows see each place along one axis, by sliding one."""
    seen = np.zeros(before + size + after, dtype=int)
    start = stops = 0
    while start + kernel <= len(seen):
        seen[start : start + kernel] += 1
        start, stops = start + stride, stops + 1
    return seen, stops


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [3, 8, 11])
def test_stops_and_counts_are_those_of_a_window_that_slides(explorer, size, padding):
    for kernel in range(1, KERNELS + 1):
        for stride in range(1, STRIDES + 1):
            data = moved(explorer, size=size, kernel=kernel, stride=stride, padding=padding)
            seen, stops = counted(size, kernel, stride, data["before"], data["after"])
            assert data["stops"] == stops
            np.testing.assert_array_equal(data["seen"], np.outer(seen, seen))
            if stops:
                shape = layers.Conv2D(1, kernel, strides=stride, padding=padding).output_shape((size, size, 1))
                assert shape == (stops, stops, 1)
                assert arithmetic(data).endswith(f"= {stops}")


def test_the_window_that_is_drawn_is_one_of_the_stops(explorer):
    data = moved(explorer, **WindowSizes.presets["valid"], row=11, column=2)
    assert (data["row"], data["column"]) == (4, 2)
    window = explorer._picture._window.get_segments()[0]
    assert np.ptp(window[:, 0]) == pytest.approx(3 * np.ptp(explorer._picture._window.get_segments()[1][:, 0]))


def test_a_kernel_that_does_not_fit_brings_the_packages_message(explorer):
    data = moved(explorer, **WindowSizes.presets["does not fit"])
    assert data["stops"] == 0
    assert "5 x 5 kernel does not fit on an image of 4 x 4" in explorer.figure.banner
    assert "no output" in explorer.alt
    moved(explorer, **WindowSizes.presets["valid"])
    assert explorer.figure.banner == ""


def test_lost_columns_and_gaps_are_counted(explorer):
    moved(explorer, **WindowSizes.presets["a column is lost"])
    assert "no window sees: 1 of 8" in explorer.alt
    data = moved(explorer, **WindowSizes.presets["gaps between windows"])
    assert (data["seen"].diagonal()[1:-1] == 0).any()
    moved(explorer, **WindowSizes.presets["pooling"])
    assert "seen equally often" in explorer.alt


def test_a_drag_takes_the_stop_under_the_pointer(explorer):
    moved(explorer, size=9, kernel=3, stride=2, padding="valid", row=0, column=0)
    axes = next(axes for axes in explorer._stage.figure.axes if axes.get_label() == "image")
    x, y = axes.transData.transform((2, 3)) / explorer._stage.figure.bbox.size
    explorer._pointed(x, 1 - y, True)
    explorer.settle()
    assert (explorer.data["column"], explorer.data["row"]) == (2, 3)


def test_nothing_leaves_the_picture_at_any_size(explorer):
    width, height = WindowSizes.size
    for values in (
        {"size": 12, "kernel": 7, "stride": 1, "padding": "same"},
        {"size": 3, "kernel": 7, "padding": "valid"},
    ):
        moved(explorer, **values)
        corners = np.concatenate([path.vertices for path in explorer._picture._cells.get_paths()])
        corners = np.concatenate([corners, *explorer._picture._window.get_segments()])
        assert corners.min() > 0
        assert corners[:, 0].max() < width
        assert corners[:, 1].max() < height - 40


def test_code_reproduces_the_state(explorer):
    moved(explorer, size=10, kernel=4, stride=3, padding="same", row=1, column=2)
    again = eval(explorer.code(), {"explorers": explorers})
    again.settle()
    assert again.code() == explorer.code()
    assert again.alt == explorer.alt


def test_what_the_controls_do_not_offer_is_refused(explorer):
    with pytest.raises(ValueError, match="'valid', 'same'"):
        explorer.set(padding="causal")


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.window_sizes()
    texts = []
    for preset in WindowSizes.presets.values():
        moved(explorer, **preset)
        texts += [explorer.alt, explorer.figure.status, *explorer._picture._lost.texts]
        texts += [text for text in explorer._picture._note.texts if text]
    texts += [text.get_text() for text in explorer._stage.figure.findobj(Text) if text.get_text()]
    for text in texts:
        assert "⟦" in text, text
