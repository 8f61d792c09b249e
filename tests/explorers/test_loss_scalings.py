"""Chapter 5's scalings: the steps, the limits of the learning rate, what is drawn, and what is said."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_05._loss_scalings_figure import HIGHEST, SCALINGS, STEPS
from nnlab.explorers.chapter_05.loss_scalings import ONE, OWN, LossScalings, data, descend


@pytest.fixture(scope="module")
def explorer():
    return explorers.loss_scalings()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


def test_the_third_scaling_is_document_c_s_program(explorer):
    found = moved(explorer, **LossScalings.presets["as document C"])
    x, y = (a[:, None] for a in data(100))
    W = b = 0.0
    for _ in range(STEPS):
        y_pred = np.dot(x, W) + b
        dW, db = np.dot(x.T, (y_pred - y)) / x.shape[0], np.mean(y_pred - y)
        W, b = W - 0.01 * dW, b - 0.01 * db
    np.testing.assert_allclose(found["line"][2], [np.ravel(W)[0], b], rtol=1e-10)


def test_the_first_two_follow_the_gradients_of_their_losses():
    x, y = data(20)
    losses = [lambda line: np.sum((line[0] * x + line[1] - y) ** 2) / 2]
    losses.append(lambda line: np.mean((line[0] * x + line[1] - y) ** 2))
    rate, h = 1e-3, 1e-6
    _error, line = descend(x, y, np.array([1.0, 2 / 20]), np.full(2, rate))
    for k, loss in enumerate(losses):
        at = np.zeros(2)
        for _ in range(STEPS):
            at = at - rate * np.array([(loss(at + h * d) - loss(at - h * d)) / (2 * h) for d in np.eye(2)])
        np.testing.assert_allclose(line[k], at, rtol=1e-6)


@pytest.mark.parametrize("points", [10, 100, 500])
def test_each_converges_below_its_limit_and_diverges_above(points):
    x, y = data(points)
    factor = np.array([1.0, 2.0 / points, 1.0 / points])
    limit = explorers.loss_scalings(points=points).data["limit"]
    below, _line = descend(x, y, factor, 0.97 * limit)
    above, _line = descend(x, y, factor, 1.03 * limit)
    assert (below[:, -1] < below[:, 0]).all()
    assert (above[:, -1] > 10 * above[:, 0]).all()


def test_only_the_limit_of_the_sum_depends_on_the_number_of_points(explorer):
    few, many = (moved(explorer, points=points)["limit"] for points in (50, 500))
    assert few[0] / many[0] > 8
    np.testing.assert_allclose(few[1:], many[1:], rtol=0.1)
    np.testing.assert_allclose([few[2] / few[1], many[1] / many[0]], [2, 250])


def test_with_a_rate_of_its_own_each_takes_the_same_steps(explorer):
    found = moved(explorer, **LossScalings.presets["the same steps"])
    for other in (0, 2):
        np.testing.assert_allclose(found["error"][other], found["error"][1], rtol=1e-9)
    assert "three curves are the same" in explorer.alt
    apart = moved(explorer, rates=ONE, learning_rate=0.001)["error"][:, 50]
    assert apart[0] < 0.5 * apart[1] < 0.5 * apart[2]


def test_the_banner_names_what_diverges(explorer):
    moved(explorer, **LossScalings.presets["as document C"])
    assert explorer.figure.banner == ""
    assert "None diverges" in explorer.alt
    moved(explorer, **LossScalings.presets["½ of the sum diverges"])
    assert explorer.figure.banner.startswith("Diverges: ½ of the sum.")
    found = moved(explorer, learning_rate=10.0)
    assert not (found["error"][:, -1] < 1e6).any()
    assert "C 4.3's gradient" in explorer.figure.banner


@pytest.mark.parametrize("preset", list(LossScalings.presets))
def test_no_preset_stands_near_a_limit(explorer, preset):
    found = moved(explorer, **LossScalings.presets[preset])
    assert np.abs(np.log(found["rate"] / found["limit"])).min() > 0.05


def test_what_is_drawn_is_the_data_and_names_never_touch(explorer):
    for rate, rates in itertools.product((1e-4, 0.01, 0.5, 10.0), (ONE, OWN)):
        found = moved(explorer, learning_rate=rate, rates=rates, points=100)
        race = explorer._picture._race
        boxes = sorted((name.get_window_extent() for name in race._names), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 4 for low, high in itertools.pairwise(boxes))
        for k, line in enumerate(race._lines):
            drawn = line.get_ydata()
            assert len(drawn) == STEPS + 1 or drawn[-1] == HIGHEST
            np.testing.assert_array_equal(drawn[:-1], np.maximum(found["error"][k, : len(drawn) - 1], 0.05))


def test_code_reproduces_the_state_and_bad_values_are_refused(explorer):
    moved(explorer, learning_rate=0.02, points=50, rates=OWN)
    assert explorer.code() == 'explorers.loss_scalings(learning_rate=0.02, points=50, rates="each its own")'
    with pytest.raises(ValueError, match="points must be one of 10, 20"):
        explorer.set(points=30)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.loss_scalings(learning_rate=0.02)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn - {"", "x", "y"} if not text.replace(".", "").isdigit()]
    assert len(SCALINGS) == 3
    for text in texts:
        assert text.startswith("⟦"), text
