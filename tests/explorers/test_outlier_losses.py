"""Chapter 5's outlier: whether the lines are the best ones, what is drawn, and what is said."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_05 import _lines
from nnlab.explorers.chapter_05._outlier_losses_figure import LOSSES, WIDE
from nnlab.explorers.chapter_05.outlier_losses import POINTS, OutlierLosses, points

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def explorer():
    return explorers.outlier_losses()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


def total(name, line, x, y, delta):
    e = np.asarray(line[0] * x + line[1] - y)
    far = np.abs(e)
    return {
        "squared": e**2,
        "absolute": far,
        "Huber": np.where(far <= delta, e**2 / 2, delta * far - delta**2 / 2),
        "capped": np.minimum(e**2, delta**2),
    }[name].sum()


@pytest.mark.parametrize("delta", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_line_has_a_smaller_loss(seed, delta):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 10, 10)
    y = 0.5 * x + rng.normal(0, 0.5, 10)
    y[0] += 8
    best = _lines.fit(x, y, delta)
    tried = itertools.product(np.linspace(-2, 3, 61), np.linspace(-8, 12, 81))
    near = [line + rng.normal(0, 0.01, 2) for line in best.values() for _ in range(50)]
    for other in [*tried, *near, *best.values()]:
        for name, line in best.items():
            assert total(name, line, x, y, delta) <= total(name, other, x, y, delta) + 1e-9


def test_at_the_best_line_the_slopes_of_smooth_losses_add_up_to_nothing():
    x, y = points()
    x, y = np.append(x, 5.0), np.append(y, 11.0)
    for name, line in _lines.fit(x, y, 1.0).items():
        if name != "absolute":
            pull = _lines.slopes(line[0] * x + line[1] - y, 1.0)[name]
            np.testing.assert_allclose([pull.sum(), pull @ x], 0, atol=1e-7)


def test_slopes_are_those_of_the_losses():
    e, h = np.array([-7.0, -0.4, 0.2, 0.9, 3.0]), 1e-6
    for name, slope in _lines.slopes(e, 1.0).items():
        for at, rise in zip(e, slope, strict=True):
            up, down = (total(name, (0.0, at + step), np.zeros(1), np.zeros(1), 1.0) for step in (h, -h))
            assert (up - down) / (2 * h) == pytest.approx(rise, abs=1e-6)


def test_in_line_all_agree_and_a_typing_error_drags_the_squares_along(explorer):
    data = moved(explorer, **OutlierLosses.presets["in line"])
    assert np.abs(data["lines"][:, 0] - data["without"][0]).max() < 0.1
    assert "nearly as they would" in explorer.alt
    data = moved(explorer, **OutlierLosses.presets["a typing error"])
    off = dict(zip(LOSSES, np.abs(data["lines"][:, 0] - data["without"][0]), strict=True))
    assert off["squared"] > 0.6
    assert max(off["absolute"], off["Huber"]) < 0.2
    assert off["capped"] < 1e-6
    assert explorer.alt.endswith("in: squared.")


def test_far_to_the_right_only_the_capped_line_stays(explorer):
    data = moved(explorer, **OutlierLosses.presets["far to the right"])
    slope = dict(zip(LOSSES, data["lines"][:, 0], strict=True))
    assert max(slope["squared"], slope["absolute"], slope["Huber"]) < 0
    assert slope["capped"] == pytest.approx(data["without"][0])
    assert data["error"][1] == 0  # the absolute line passes through the outlier
    assert "squared, absolute, Huber" in explorer.alt


def test_a_large_delta_makes_huber_behave_like_squares(explorer):
    data = moved(explorer, **OutlierLosses.presets["δ too large"])
    slope = dict(zip(LOSSES, data["lines"][:, 0], strict=True))
    assert abs(slope["Huber"] - slope["squared"]) < 0.1 < abs(slope["Huber"] - slope["absolute"])


def test_dragging_moves_the_outlier_to_the_nearest_place(explorer):
    moved(explorer, **OutlierLosses.presets["in line"])
    explorer.pointed("plane", 7.04, 99.0)
    explorer.settle()
    assert explorer.data["x"][-1] == 7.0
    assert explorer.data["y"][-1] == 12.0
    assert len(explorer.data["x"]) == POINTS + 1


def test_what_is_drawn_is_the_data_and_names_never_touch(explorer):
    for outlier_x, outlier_y in itertools.product((0.0, 5.0, 16.0), (-2.0, 3.6, 12.0)):
        data = moved(explorer, outlier_x=outlier_x, outlier_y=outlier_y, delta=1.0)
        plane, pull = explorer._picture._plane, explorer._picture._pull
        boxes = sorted((name.get_window_extent() for name in plane._names.values()), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 4 for low, high in itertools.pairwise(boxes))
        pixel = explorer._stage.figure.bbox.width / explorer.size[0]
        beside = (
            pull._curves["squared"].axes.get_window_extent().x0 - 48 * pixel
        )  # its numbers and its name stand there
        assert max(box.x1 for box in boxes) < beside
        for k, name in enumerate(LOSSES):
            slope, intercept = data["lines"][k]
            assert plane._lines[name].get_ydata()[-1] == pytest.approx(slope * WIDE + intercept)
            assert pull._values[name].get_text().split("\n")[0] == name


def test_code_reproduces_the_state_and_bad_values_are_refused(explorer):
    moved(explorer, outlier_x=3.3, outlier_y=-1.0, delta=0.5)
    assert explorer.code() == "explorers.outlier_losses(outlier_x=3.3, outlier_y=-1, delta=0.5)"
    with pytest.raises(ValueError, match=r"between 0\.3 and 5"):
        explorer.set(delta=0.0)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.outlier_losses()
    texts = [explorer.alt, explorer.figure.status]
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    names = {"", "x", "y", *LOSSES, *(f"{name} ↑" for name in LOSSES)}
    texts += [text for text in drawn - names if text.split("\n")[0] not in LOSSES and not is_number(text)]
    texts = [text for text in texts if text != explorer.alt] + [explorer.alt]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text


def is_number(text):
    return text.replace(".", "").replace("−", "").isdigit()
