"""Chapter 5's prediction: losses and slopes at a point, what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_05._prediction_drag_figure import HEIGHTS, LOSSES, signed
from nnlab.explorers.chapter_05.prediction_drag import KINDS, PredictionDrag


@pytest.fixture(scope="module")
def explorer():
    return explorers.prediction_drag()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


def by_hand(task, z, y, delta):
    if task == "regression":
        e = z - y
        far = np.abs(e)
        huber = np.where(far <= delta, e**2 / 2, delta * far - delta**2 / 2)
        return np.array([e**2, far, huber])
    a = 1 / (1 + np.exp(-z))
    return np.array([(a - y) ** 2, -y * np.log(a) - (1 - y) * np.log(1 - a)])


@pytest.mark.parametrize("task", list(KINDS))
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_losses_are_the_formulas_and_slopes_their_derivatives(explorer, task, target):
    data = moved(explorer, task=task, z=-2.35, target=target, delta=0.7)
    np.testing.assert_allclose(data["loss"], by_hand(task, data["z"], target, 0.7), atol=1e-12)
    h = 1e-6
    up, down = (by_hand(task, data["z"] + step, target, 0.7) for step in (h, -h))
    corner = np.abs(data["z"] - target) < 1e-3  # there |e| has no slope
    np.testing.assert_allclose(data["slope"][:, ~corner], ((up - down) / (2 * h))[:, ~corner], atol=1e-5)
    np.testing.assert_allclose(data["point"][:, 0], by_hand(task, -2.35, target, 0.7), atol=1e-12)


def test_confidently_wrong_the_squared_error_is_flat_and_the_banner_says_so(explorer):
    data = moved(explorer, **PredictionDrag.presets["confidently wrong"])
    squared, entropy = np.abs(data["point"][:, 1])
    assert entropy / squared > 200
    assert "squared error is flat" in explorer.figure.banner
    assert "goes through a sigmoid" in explorer.alt
    moved(explorer, z=6.0)  # confidently right: flat as well, but nothing to complain about
    assert explorer.figure.banner == ""


def test_with_a_target_between_the_classes_the_lowest_loss_is_the_entropy(explorer):
    data = moved(explorer, **PredictionDrag.presets["three cases in ten"])
    entropy = -0.3 * np.log(0.3) - 0.7 * np.log(0.7)
    assert data["loss"][1].min() == pytest.approx(entropy, abs=1e-4)
    assert data["point"][1, 0] == pytest.approx(entropy, abs=1e-4)


def test_dragging_in_either_panel_moves_z(explorer):
    moved(explorer, **PredictionDrag.presets["far off"])
    for axes, place in (("loss", -3.02), ("slope", 9.0)):
        explorer.pointed(axes, place, 0.0)
        explorer.settle()
        assert float(explorer.data["at"]) == pytest.approx(np.clip(place, -3.0, 6.0))


@pytest.mark.parametrize("preset", list(PredictionDrag.presets))
def test_what_is_drawn_is_the_data_and_fits(explorer, preset):
    data = moved(explorer, **PredictionDrag.presets[preset])
    task = explorer._values().task
    picture = explorer._picture
    assert [name for name in LOSSES if picture._rows[name]._text.get_visible()] == KINDS[task]
    for k, name in enumerate(KINDS[task]):
        row = picture._rows[name]
        np.testing.assert_array_equal(row._loss.get_ydata(), data["loss"][k])
        assert signed(data["point"][k, 1]) in row._text.get_text()
        for mark, (low, high), value in zip(row._points, HEIGHTS, data["point"][k], strict=True):
            assert mark.get_ydata()[0] == np.clip(value, low, high)
            assert (mark.get_marker() == "o") == (low <= value <= high)
        assert row._text.get_window_extent().x1 <= explorer._stage.figure.bbox.width


def test_the_tangent_touches_the_curve_with_its_slope(explorer):
    data = moved(explorer, task="classification", z=1.0, target=0.0)
    x, y = explorer._picture._rows["cross-entropy"]._tangent.get_data()
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(data["point"][1, 1])
    assert np.mean(y) == pytest.approx(data["point"][1, 0])


@pytest.mark.parametrize(
    ("values", "words"),
    [({"task": "clustering"}, "'regression', 'classification'"), ({"z": 7.0}, "between -6 and 6")],
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


def test_code_reproduces_the_state(explorer):
    moved(explorer, task="classification", z=-2.5, target=0.3, delta=1.0)
    assert explorer.code() == 'explorers.prediction_drag(task="classification", z=-2.5, target=0.3, delta=1)'
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["loss"], explorer.data["loss"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.prediction_drag(task="classification", z=-6.0)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    moved(explorer, task="regression")
    texts += [explorer.alt, explorer.figure.status]
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn - {""} if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
