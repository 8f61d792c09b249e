"""Chapter 06's batches: what each path sees, how large the balls are, what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_06._batch_noise_figure import KINDS, SIZES
from nnlab.explorers.chapter_06.batch_noise import MEAN, NOISE, POINTS, BatchNoise, ball, drawn
from nnlab.explorers.line_fit import BEST, points


@pytest.fixture(scope="module")
def explorer():
    return explorers.batch_noise()


def moved(explorer, **values):
    explorer.set(**{**BatchNoise.presets["default"], **values})
    explorer.settle()
    return explorer.data


def test_each_sees_the_same_number_of_samples(explorer):
    found = moved(explorer, batch=20, epochs=7)
    assert [len(found[f"path_{name}"]) - 1 for name in ("all", "batch", "one")] == [7, 70, 1400]
    assert (
        "Each has seen 1400 samples. Steps on all 200: 7; on batches of 20: 70; on one: 1400." in explorer.figure.status
    )


def test_all_begin_at_the_same_place(explorer):
    found = moved(explorer)
    starts = [found[f"path_{name}"][0] for name in KINDS]
    assert (np.ptp(starts, axis=0) == 0).all()


def test_batches_are_drawn_anew_and_the_estimates_have_no_bias():
    found = points(POINTS, MEAN, NOISE)
    w, b = 0.2, 1.0
    e = w * found.x + b - found.y
    rows = drawn(10, 20_000, 3)
    slopes = 2 * (e[rows] * found.x[rows]).mean(axis=1)
    full = 2 * (e * found.x).mean()
    assert abs(slopes.mean() - full) < 4 * slopes.std() / np.sqrt(len(slopes))
    np.testing.assert_array_equal(drawn(POINTS, 2, 3), [np.arange(POINTS)] * 2)


@pytest.mark.parametrize("rate", [0.01, 0.02, 0.04])
def test_the_ball_grows_with_the_rate_and_shrinks_with_the_batch_as_theory_says(rate):
    for size in (5, 10, 20, 50):
        measured = np.mean([ball(size, rate, seed) for seed in range(8)])
        np.testing.assert_allclose(measured, NOISE * np.sqrt(2 * rate / size), rtol=0.2)


def test_a_batch_four_times_as_large_halves_the_ball():
    small, large = (np.mean([ball(size, 0.02, seed) for seed in range(8)]) for size in (5, 20))
    assert 1.7 < small / large < 2.4


def test_ten_a_step_end_lowest_at_first(explorer):
    for seed in range(10):
        found = moved(explorer, seed=seed)
        ends = {name: found[f"loss_{name}"][-len(found[f"loss_{name}"]) // 4 :].mean() for name in KINDS}
        assert ends["batch"] < 0.7 * ends["one"] < 0.7 * ends["all"]


def test_what_is_drawn_is_the_data(explorer):
    found = moved(explorer, batch=5)
    picture = explorer._picture
    for name, line in picture._plane._lines.items():
        np.testing.assert_array_equal(np.transpose(line.get_data()), found[f"path_{name}"])
    np.testing.assert_array_equal(picture._balls._dots.get_ydata(), found["balls"])
    assert picture._balls._chosen["batch"].get_xdata() == [5]
    assert picture._race._names["batch"].get_text() == "batches of 5"


def test_the_banner_names_what_is_thrown_higher_than_it_began(explorer):
    moved(explorer, **BatchNoise.presets["too much for one sample"])
    assert "Thrown higher than it began: one sample." in explorer.figure.banner
    found = moved(explorer, learning_rate=0.5)
    assert "all samples" in explorer.figure.banner
    assert np.isinf(found["balls"][0])
    for name in ("default", "a large ball", "a small ball"):
        moved(explorer, **BatchNoise.presets[name])
        assert explorer.figure.banner == ""


def test_a_descent_at_its_minimum_with_all_samples_stays_there():
    assert ball(POINTS, 0.1, 0) < 1e-12
    assert BEST == (1.0, 0.5)


def test_names_never_touch_nor_leave_the_figure(explorer):
    for values in (*BatchNoise.presets.values(), {"learning_rate": 0.5, "batch": 50, "epochs": 30}):
        moved(explorer, **values)
        boxes = [name.get_window_extent() for name in explorer._picture._race._names.values()]
        centers = sorted((box.y0 + box.y1) / 2 for box in boxes)
        assert min(np.diff(centers)) > 0.8 * max(box.height for box in boxes)
        assert max(box.x1 for box in boxes) <= explorer._stage.figure.bbox.width


@pytest.mark.parametrize("preset", BatchNoise.presets)
def test_what_is_said_stands_far_from_its_edges(explorer, preset):
    found = moved(explorer, **BatchNoise.presets[preset])
    for name in KINDS:
        loss = found[f"loss_{name}"]
        share = loss[-(len(loss) // 4 + 1) :].mean() / loss[0]
        assert all(abs(np.log(share / edge)) > 0.05 for edge in (0.1, 1.0))


def test_code_reproduces_the_state(explorer):
    moved(explorer, seed=3, batch=50)
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["path_batch"], explorer.data["path_batch"])
    assert len(SIZES) == len(again.data["balls"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.batch_noise(learning_rate=0.2)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    drawn_texts = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    symbols = {"", "σ √(2η/B)"}
    texts += [text for text in drawn_texts - symbols if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
