"""Chapter 06's four pictures: the steps, the limit, what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import Sequential, explorers, layers, optimizers
from nnlab.explorers.chapter_06._gradient_descent_figure import REACH, STEPS
from nnlab.explorers.chapter_06.gradient_descent import GradientDescent
from nnlab.explorers.line_fit import BEST, FAR, batches, descend, ellipses, losses, points


@pytest.fixture(scope="module")
def explorer():
    return explorers.gradient_descent()


def moved(explorer, **values):
    explorer.set(
        **{"learning_rate": 0.05, "batch": "all 40", "mean_x": 1.0, "step": 4, "w0": -1.0, "b0": 1.5, **values}
    )
    explorer.settle()
    return explorer.data


def mean_squares(found, place):
    return np.mean((place[0] * found.x + place[1] - found.y) ** 2)


@pytest.mark.parametrize("mean", [0.0, 1.0, 3.0])
def test_the_best_line_is_always_the_same_and_the_x_are_exactly_standardized(mean):
    found = points(40, mean, 0.5)
    X = np.stack([found.x, np.ones(40)], axis=1)
    np.testing.assert_allclose(np.linalg.lstsq(X, found.y, rcond=None)[0], BEST, atol=1e-12)
    np.testing.assert_allclose([found.x.mean(), found.x.std()], [mean, 1.0], atol=1e-12)
    np.testing.assert_allclose(found.floor, 0.25, atol=1e-12)


def test_steps_go_down_the_measured_gradient_of_each_batch():
    found = points(40, 1.0, 0.5)
    chosen = batches(40, 10, 6)
    path = descend(found, chosen, 0.03, (-1.0, 1.5))
    h = 1e-6
    for rows, place, after in zip(chosen, path[:-1], path[1:], strict=True):
        some = found._replace(x=found.x[rows], y=found.y[rows])
        slopes = [(mean_squares(some, place + d) - mean_squares(some, place - d)) / (2 * h) for d in h * np.eye(2)]
        np.testing.assert_allclose(after, place - 0.03 * np.array(slopes), atol=1e-8)


def test_it_takes_the_steps_that_fit_takes(explorer):
    found = moved(explorer, learning_rate=0.1)
    model = Sequential([layers.Dense(1, input_shape=(1,))], seed=0, dtype="float64")
    model.compile(optimizers.SGD(learning_rate=0.1), loss="mse")
    model.set_weights([np.array([[-1.0]]), np.array([1.5])])
    model.fit(found["x"][:, None], found["y"], batch_size=40, epochs=STEPS, verbose=0)
    np.testing.assert_allclose(
        np.concatenate([w.ravel() for w in model.get_weights()]), found["path"][STEPS], atol=1e-9
    )


def test_loss_and_gradient_are_those_of_all_points():
    found = points(40, 2.0, 0.5)
    path = np.array([[-1.0, 1.5], [0.3, 2.0]])
    above, norm = losses(found, path)
    np.testing.assert_allclose(above + found.floor, [mean_squares(found, place) for place in path])
    h = 1e-6
    slopes = [
        [(mean_squares(found, p + d) - mean_squares(found, p - d)) / (2 * h) for d in h * np.eye(2)] for p in path
    ]
    np.testing.assert_allclose(norm, np.hypot(*np.transpose(slopes)), rtol=1e-6)


@pytest.mark.parametrize("mean", [0.0, 1.0, 2.5])
def test_it_converges_below_the_limit_and_diverges_above(mean):
    found = points(40, mean, 0.5)
    limit = 2 / np.linalg.eigvalsh(found.hessian)[-1]
    for factor, grows in ((0.97, False), (1.03, True)):
        path = descend(found, batches(40, 40, 400), factor * limit, (-1.0, 1.5))
        above, _norm = losses(found, path)
        assert (above[-1] > above[0]) == grows


def test_a_path_beyond_all_bounds_stays_where_it_is():
    path = descend(points(40, 3.0, 0.5), batches(40, 1, 3000), 2.0, (-1.0, 1.5))
    assert np.isfinite(path).all()
    assert np.abs(path[-1]).max() >= FAR
    np.testing.assert_array_equal(path[-1], path[-2])


@pytest.mark.parametrize(("size", "steps"), [(40, 7), (10, 9), (1, 61)])
def test_within_an_epoch_each_sample_comes_once(size, steps):
    chosen = batches(40, size, steps)
    assert chosen.shape == (steps, size)
    whole = chosen[: steps * size // 40 * 40 // size].reshape(-1, 40)
    assert (np.sort(whole, axis=1) == np.arange(40)).all()
    if size < 40 and len(whole) > 1:
        assert (whole[0] != whole[1]).any()


def test_contours_stand_where_the_loss_has_their_height():
    found = points(40, 1.0, 0.5)
    places = ellipses(found.hessian, np.array([0.5, 2.0]))
    above = [mean_squares(found, place) - found.floor for place in places if np.isfinite(place).all()]
    np.testing.assert_allclose(np.unique(np.round(above, 6)), [0.5, 2.0])


def test_the_pictures_are_of_the_data(explorer):
    found = moved(explorer, learning_rate=0.1, step=7)
    picture = explorer._picture
    np.testing.assert_array_equal(np.transpose(picture._surface._path.get_data()), found["path"][:8])
    np.testing.assert_array_equal(np.transpose(picture._surface._next.get_data()), found["path"][7:9])
    np.testing.assert_allclose(picture._loss._line.get_ydata(), found["loss"][:8])
    np.testing.assert_allclose(picture._norm._line.get_ydata(), found["norm"][:8])
    w, b = found["path"][7]
    np.testing.assert_allclose(picture._fit._line.get_ydata(), [b - 3 * w, b + 6 * w])
    assert len(picture._fit._taken.get_xdata()) == 0
    found = moved(explorer, batch="10", step=7)
    np.testing.assert_array_equal(picture._fit._taken.get_xdata(), found["x"][batches(40, 10, STEPS + 1)[7]])


def test_the_start_is_dragged(explorer):
    moved(explorer)
    explorer.pointed("surface", 2.02, -0.48)
    explorer.settle()
    np.testing.assert_allclose(explorer.data["path"][0], [2.0, -0.5])
    explorer.pointed("surface", 99, -99)
    explorer.settle()
    np.testing.assert_allclose(explorer.data["path"][0], [BEST[0] + REACH, BEST[1] - REACH])
    assert "w0=3.5, b0=-2)" in explorer.code()


def test_presets_say_what_they_are_called(explorer):
    said = {}
    for name, values in GradientDescent.presets.items():
        moved(explorer, **values)
        said[name] = explorer.alt, explorer.figure.banner
    assert "not there yet" in said["crawls"][0]
    for name in ("a little too large", "diverges"):
        assert "diverges" in said[name][0]
        assert "2 / λ_max = 0.382" in said[name][1]
    for name in ("zigzags", "round bowl", "one sample a step"):
        assert "arrives" in said[name][0]
        assert said[name][1] == ""
    found = moved(explorer, **GradientDescent.presets["zigzags"])
    across = (found["path"] - BEST) @ np.linalg.eigh(found["hessian"])[1][:, 1]
    assert (across[:10] * across[1:11] < 0).all()


def test_what_is_said_stands_far_from_its_edges(explorer):
    for values in GradientDescent.presets.values():
        found = moved(explorer, **values)
        left = (found["loss"][STEPS] - found["floor"]) / (found["loss"][0] - found["floor"])
        assert left < 0.008 or left > 0.012


def test_batches_that_diverge_are_told_apart(explorer):
    moved(explorer, batch="1", learning_rate=1.0)
    assert "single batches" in explorer.figure.banner
    assert explorer.png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("values", "words"),
    [({"learning_rate": 3.0}, "one of 0.001"), ({"batch": "7"}, "'all 40'"), ({"step": 61}, "between 0 and 60")],
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


def test_code_reproduces_the_state(explorer):
    moved(explorer, learning_rate=0.2, mean_x=1.5, w0=0.35)
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["path"], explorer.data["path"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.gradient_descent(learning_rate=0.4)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    explorer.set(batch="1", learning_rate=2.0, step=60)
    explorer.settle()
    texts += [explorer.alt, explorer.figure.banner]
    hidden = {"w0", "b0"}  # dragged, and never shown
    shown = [control for name, control in explorer.controls.items() if name not in hidden]
    texts += [getattr(control, "slider", control).description for control in shown]
    symbols = {"", "x", "y"}
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - symbols
    texts += [text for text in drawn if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
