"""Chapter 13's training: what it trains, how its pictures come, and what it says of a failure."""

import threading

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_13._cnn_training_figure import EPOCHS, SIZE, places
from nnlab.explorers.chapter_13.cnn_training import BATCH, FILTERS, PART, TRAINED, CnnTraining
from nnlab.explorers.core import Values


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.cnn_training()


def moved(explorer, **values):
    explorer.set(**{**CnnTraining.presets["default"], **values})
    explorer.settle()
    return explorer.data


def test_it_learns_and_the_filters_change(explorer):
    data = moved(explorer)
    assert data["right"][0] < 0.3
    assert data["right"][-1] > 0.84
    assert data["loss"][-1] < 0.2 * data["loss"][0]
    assert data["kernels"].shape == (3, 3, 8)
    assert data["test_epoch"].tolist() == list(range(EPOCHS + 1))
    assert len(data["loss"]) == EPOCHS * TRAINED // PART
    assert PART % BATCH == 0


def test_one_filter_knows_less_than_sixteen(explorer):
    one = moved(explorer, filters=1)["right"][-1]
    many = moved(explorer, filters=16, kernel_size=7)["right"][-1]
    assert many > one + 0.03


def test_the_same_state_gives_the_same_arrays(explorer):
    first = moved(explorer, filters=2)
    moved(explorer, filters=1)
    again = moved(explorer, filters=2)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_a_rate_of_one_only_guesses_and_the_banner_says_so(explorer):
    data = moved(explorer, **CnnTraining.presets["too fast"])
    assert data["right"][-1] < 0.3
    assert "Lower the learning rate" in explorer.figure.banner
    assert "no better than guessing" in explorer.alt
    moved(explorer)
    assert explorer.figure.banner == ""


def test_the_run_before_stays_as_a_pale_curve(explorer):
    before = moved(explorer, filters=4)
    moved(explorer, filters=2)
    np.testing.assert_array_equal(explorer._picture._before.get_ydata(), before["test_loss"])
    assert "pale, before" in explorer._picture._quiet.texts[0]


class Task:
    """A task that counts its pictures, and stops after some."""

    eagerly = False

    def __init__(self, most):
        self.stop, self.shown, self._most = threading.Event(), [], most

    def show(self, arrays):
        self.shown.append((len(arrays["loss"]), len(arrays["test_loss"])))
        if len(self.shown) >= self._most:
            self.stop.set()


def test_there_is_a_picture_before_training_and_then_twice_an_epoch(explorer):
    task = Task(most=99)
    explorer.compute(Values(**CnnTraining.presets["default"]), task)
    assert task.shown[0] == (0, 1)
    assert task.shown == sorted(task.shown)
    assert len(task.shown) == 2 * EPOCHS


def test_it_stops_soon_after_it_is_told_to(explorer):
    task = Task(most=3)
    explorer.compute(Values(**CnnTraining.presets["default"]), task)
    assert len(task.shown) == 3


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_shows_one_epoch():
    explorer = explorers.cnn_training(filters=1)
    assert explorer.data["test_epoch"].tolist() == [0, 1]
    assert explorer.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("filters", FILTERS)
def test_the_places_of_the_filters_never_touch(filters):
    boxes = np.array(places(filters))
    assert len(boxes) == filters
    assert (boxes[:, :2] + boxes[:, 2:]).max(axis=0)[0] < 300
    assert (boxes[:, 1] + boxes[:, 3]).max() < SIZE[1]
    for k, (left, top, wide, high) in enumerate(boxes):
        others = np.delete(boxes, k, axis=0)
        apart = (others[:, 0] >= left + wide) | (others[:, 0] + others[:, 2] <= left)
        apart |= (others[:, 1] >= top + high) | (others[:, 1] + others[:, 3] <= top)
        assert apart.all()


def test_what_the_controls_do_not_offer_is_refused(explorer):
    with pytest.raises(ValueError, match="1, 3, 5, 7"):
        explorer.set(kernel_size=2)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.cnn_training(filters=1)
    explorer.settle()
    values, arrays = explorer._values(), explorer._arrays
    failed = {**arrays, "test_loss": np.array([2.3, 2.4]), "right": np.array([0.1, 0.1])}
    texts = [explorer.alt, explorer.status(values, arrays), explorer.warn(values, failed)]
    texts += [explorer.describe(values, failed), *explorer._picture._small.texts]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn if any(letter.isalpha() for letter in text) and "mathdefault" not in text]
    for text in texts:
        assert "⟦" in text, text


def test_a_run_keeps_only_the_one_before_it(explorer):
    for filters in (1, 2, 4):
        explorer.set(filters=filters)
        explorer.settle()
    assert "_before" not in explorer._arrays["_before"]
