"""Chapter 11's hook: the document's program, its answers beside its targets, and the floor of its loss."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_11._perceptron import GUESS, build, entropy, random_rows
from nnlab.explorers.chapter_11._point_by_point_figure import EPOCHS, HIGHEST, LOWEST
from nnlab.explorers.chapter_11.point_by_point import EAGER, PointByPoint


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.point_by_point()


def moved(explorer, **values):
    explorer.set(**{**PointByPoint.presets["the document's program"], **values})
    explorer.settle()
    return explorer.data


def test_it_trains_what_the_document_trains(explorer):
    data = moved(explorer)
    model = build(10, 64, 0.001, 0, run_eagerly=False)
    assert model.count_params() == 769
    x, y = random_rows(100, 0)
    model.fit(x, y, batch_size=32, epochs=100, verbose=0)
    np.testing.assert_allclose(data["loss"][-1], model.evaluate(x, y, verbose=0), rtol=1e-4)
    assert "400 updates" in explorer.figure.status


def test_the_document_stops_long_before_it_knows_its_targets(explorer):
    data = moved(explorer)
    assert 0.6 < data["loss"][-1] < GUESS
    assert "hardly follow" in explorer.alt


def test_it_learns_by_heart_down_to_the_floor_and_gets_worse_on_fresh_rows(explorer):
    data = moved(explorer, **PointByPoint.presets["learned by heart"])
    assert 0 <= data["loss"][-1] - data["floor"] < 0.01
    assert np.abs(data["answer"] - data["target"]).mean() < 0.03
    assert data["loss_new"][-1] > GUESS + 0.2
    assert "lie on the targets" in explorer.alt
    assert "much worse" in explorer.alt


@pytest.mark.parametrize("preset", list(PointByPoint.presets))
def test_no_loss_lies_below_the_floor(explorer, preset):
    data = moved(explorer, **PointByPoint.presets[preset])
    assert (data["loss"] >= data["floor"] - 1e-9).all()
    assert data["floor"] == pytest.approx(entropy(data["target"]))


def test_few_units_remember_less(explorer):
    few = moved(explorer, **PointByPoint.presets["too few units"])["loss"][-1]
    many = moved(explorer, **PointByPoint.presets["learned by heart"])["loss"][-1]
    assert few > many + 0.05


def test_going_back_in_time_and_on_again_gives_the_same(explorer):
    late = moved(explorer, epochs=500)
    early = moved(explorer, epochs=20)
    assert early["epoch"][-1] == 20
    np.testing.assert_array_equal(early["loss"], late["loss"][: len(early["loss"])])
    np.testing.assert_array_equal(moved(explorer, epochs=500)["answer"], late["answer"])


def test_a_run_that_was_broken_off_is_begun_anew(explorer):
    whole = moved(explorer, epochs=200, width=32)
    moved(explorer, epochs=10, width=32)
    explorer._run.whole = False
    np.testing.assert_array_equal(moved(explorer, epochs=200, width=32)["loss"], whole["loss"])


def test_what_is_drawn_is_the_data(explorer):
    data = moved(explorer, epochs=50)
    picture = explorer._picture
    np.testing.assert_array_equal(picture._seen._answers.get_ydata(), data["answer"])
    np.testing.assert_array_equal(picture._seen._targets.get_ydata(), data["target"])
    np.testing.assert_array_equal(picture._fresh._answers.get_ydata(), data["answer_new"])
    np.testing.assert_array_equal(picture._losses._loss.get_ydata(), data["loss"].clip(LOWEST, HIGHEST))
    assert [EPOCHS[k] for k in picture._losses._loss.get_xdata()] == list(data["epoch"])
    assert (np.diff(data["target"]) >= 0).all()


def test_names_never_touch(explorer):
    for values in (*PointByPoint.presets.values(), {"epochs": 0}, {"epochs": 2000, "learning_rate": 0.1}):
        moved(explorer, **values)
        boxes = [name.get_window_extent() for name in explorer._picture._losses._names]
        centers = sorted((box.y0 + box.y1) / 2 for box in boxes)
        assert min(np.diff(centers)) > 0.8 * max(box.height for box in boxes)
        assert max(box.x1 for box in boxes) <= explorer._stage.figure.bbox.width


def test_the_entropy_of_targets():
    assert entropy(np.array([0.0, 1.0])) == 0
    assert entropy(np.array([0.5])) == pytest.approx(np.log(2))
    assert entropy((np.arange(10_000) + 0.5) / 10_000) == pytest.approx(0.5, abs=1e-6)


def test_the_same_rows_are_never_in_both_sets():
    seen, fresh = random_rows(100, 0), random_rows(100, 1)
    assert not np.isin(seen[0], fresh[0]).any()
    assert ((seen[1] >= 0) & (seen[1] < 1)).all()


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_a_little():
    explorer = explorers.point_by_point(epochs=100, width=4, rows=20)
    assert explorer.data["epoch"][-1] == EAGER


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epochs": 3}, "one of"),
        ({"width": 65}, "one of"),
        ({"rows": 1000}, "20, 50, 100, 200"),
        ({"seed": 1}, "no control"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.point_by_point(epochs=1, width=2, rows=20)
    arrays = explorer._arrays
    values = core.Values(**PointByPoint.presets["learned by heart"])
    texts = [explorer.status(values, arrays), explorer.alt]
    for away, new in ((0.0, 0.5), (0.4, 1.0), (1.0, 0.7)):
        floor = float(arrays["floor"])
        loss = floor + 0.2 * np.array([1.0, away])
        texts.append(explorer.describe(values, {**arrays, "loss": loss, "loss_new": np.array([0.7, new])}))
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn if text and not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
