"""Chapter 10's program: whether it is document C's, what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import Sequential, explorers, layers, optimizers
from nnlab.explorers.chapter_10._line_training_figure import _some
from nnlab.explorers.chapter_10._program import TEST, above, curvature, draw, loss_on, train
from nnlab.explorers.chapter_10.line_training import LineTraining
from nnlab.explorers.letters import Labels

FIRST = {"learning_rate": 0.01, "steps": 1000, "noise": 1.0, "points": 100, "seed": 0}


@pytest.fixture(scope="module")
def explorer():
    return explorers.line_training()


def moved(explorer, **values):
    explorer.set(**{**FIRST, **values})
    explorer.settle()
    return explorer.data


def program_of_c(seed, rate, steps):
    """Follow document C 4.1 to 4.3 literally: two-dimensional arrays, the old generator, half of the gradient."""
    rng = np.random.RandomState(seed)
    x = rng.rand(100, 1)
    y = 2 * x + 1 + rng.rand(100, 1)
    W, b = rng.rand(1, 1), rng.rand(1, 1)
    for _ in range(steps):
        error = x @ W + b - y
        W, b = W - rate * (x.T @ error / 100), b - rate * error.mean()
    return x.ravel(), y.ravel(), [W.item(), b.item()]


@pytest.mark.parametrize(("seed", "rate", "steps"), [(0, 0.01, 1000), (3, 0.8, 40), (7, 1.4, 5)])
def test_it_is_the_program_of_the_document(explorer, seed, rate, steps):
    x, y, line = program_of_c(seed, rate, steps)
    data = draw(seed)
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(data.y, y)
    np.testing.assert_allclose(train(data, rate, steps)[-1], line, rtol=1e-10)


def test_the_numbers_of_the_document(explorer):
    found = moved(explorer)
    assert found["path"][-1].round(2).tolist() == [1.45, 1.80]
    assert found["best"].round(2).tolist() == [1.94, 1.56]
    for name, value in (("training", 0.096), ("test", 1.608)):
        assert found[name][-1].round(3) == value
    assert found["floor"].round(3) == 0.076
    assert found["best_test"].round(3) == 0.118


def test_losses_are_those_of_the_points():
    data = draw(2, 30, 1.5)
    lines = np.array([[0.0, 1.0], [2.5, 1.2]])
    expected = [np.mean((w * data.x + b - data.y) ** 2) for w, b in lines]
    np.testing.assert_allclose(data.floor + above(lines, data.hessian, data.best), expected)
    expected = [np.mean((w * TEST + b - (2 * TEST + 1)) ** 2) for w, b in lines]
    np.testing.assert_allclose(loss_on(lines), expected)
    np.testing.assert_allclose(above(lines, curvature(TEST), np.array([2.0, 1.0])), expected)
    np.testing.assert_allclose(data.best, np.polyfit(data.x, data.y, 1))


def test_fit_takes_the_same_steps_at_half_the_rate(explorer):
    found = moved(explorer, learning_rate=0.5, steps=60)
    model = Sequential([layers.Dense(1, input_shape=(1,))], seed=0, dtype="float64")
    model.compile(optimizers.SGD(learning_rate=0.25), loss="mse")
    w, b = found["path"][0]
    model.set_weights([np.array([[w]]), np.array([b])])
    model.fit(found["x"][:, None], found["y"], batch_size=100, epochs=60, verbose=0)
    np.testing.assert_allclose(np.concatenate([part.ravel() for part in model.get_weights()]), found["path"][-1])


def test_presets_say_what_they_are_called(explorer):
    said = {}
    for name, values in LineTraining.presets.items():
        explorer.set(**values)
        explorer.settle()
        said[name] = explorer.alt, explorer.figure.banner, explorer.data
    assert "but the line is not the best one yet" in said["as written"][0]
    assert "not there yet" not in said["ten times the steps"][0]
    for name in ("a good rate", "no noise", "ten points"):
        assert "arrives at the best line" in said[name][0]
    assert "1.61" in said["diverges"][1]
    assert all(said[name][1] == "" for name in said if name != "diverges")
    dip = said["a good rate"][2]["test"]
    assert dip.min() < 0.05 < 0.1 < dip[-1]  # the path crosses the valley of the test loss
    assert said["no noise"][2]["test"][-1] < 1e-12


def test_it_diverges_above_the_limit_it_names(explorer):
    limit = float(moved(explorer)["limit"])
    for rate, grows in ((0.98 * limit, False), (1.02 * limit, True)):
        path = train(draw(0), rate, 2000)
        assert (np.abs(path[-1]).max() > 100) == grows


def test_the_steps_that_are_drawn_hold_the_first_ones_and_the_last():
    for count in (11, 61, 62, 1001, 10_001):
        shown = _some(count)
        assert shown[0] == 0
        assert shown[-1] == count - 1
        np.testing.assert_array_equal(shown[: min(count, 60)], np.arange(min(count, 60)))
        assert (np.diff(shown) > 0).all()


def test_the_pictures_are_of_the_data(explorer):
    found = moved(explorer, learning_rate=0.5, steps=40)
    picture = explorer._picture
    np.testing.assert_array_equal(np.transpose(picture._surface._path.get_data()), found["path"])
    np.testing.assert_allclose(picture._losses._test.get_ydata(), found["test"].clip(1e-3, 300))
    w, b = found["path"][-1]
    np.testing.assert_allclose(picture._plane._line.get_ydata(), [b, 5.4 * w + b])
    np.testing.assert_allclose(picture._surface._best.get_data(), found["best"][:, None])


def test_a_path_that_leaves_the_picture_is_no_error(explorer):
    moved(explorer, learning_rate=2.0, steps=10_000, points=10, noise=2.0)
    assert explorer.png.startswith(b"\x89PNG")
    assert "beyond all bounds" in explorer.figure.status
    assert len(explorer._picture._surface._now.get_xdata()) == 0


@pytest.mark.parametrize(
    ("values", "words"), [({"steps": 7}, "one of 10"), ({"seed": 10}, "between 0 and 9"), ({"noise": 3.0}, "0 and 2")]
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


def test_code_reproduces_the_state(explorer):
    moved(explorer, learning_rate=0.2, points=20, seed=4)
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["path"], explorer.data["path"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.line_training()
    texts = [explorer.alt, explorer.figure.status]
    explorer.set(learning_rate=2.0)
    explorer.settle()
    texts += [explorer.alt, explorer.figure.banner]
    texts += [control.description for control in explorer.controls.values()]
    figure = explorer._stage.figure
    texts += [label.text for labels in figure.findobj(Labels) for label in labels.texts]
    drawn = {text.get_text() for text in figure.findobj(Text)} - {"", "x", "y"}
    texts += [text for text in drawn if not text.replace(".", "").replace(",", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
