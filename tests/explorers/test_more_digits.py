"""Chapter 12's learning curve: what it trains, what it draws, and what it says of it."""

import threading

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_12 import more as module
from nnlab.explorers.chapter_12._more_figure import AHEAD, LOW, SIZES
from nnlab.explorers.letters import Labels


@pytest.fixture(scope="module")
def curve(compiled):
    """One explorer, with the compiled runner, for all tests that only look or that set what they need."""
    return explorers.more_digits(units=16, steps=250)


def moved(curve, **values):
    curve.set(**{"units": 16, "steps": 250, **values})
    curve.settle()
    return curve.data


def test_more_digits_make_fewer_mistakes_and_bring_the_curves_together(curve):
    data = moved(curve)
    test, training = np.median(data["test"], axis=0), np.median(data["training"], axis=0)
    assert data["test"].shape == data["training"].shape == (module.SEEDS, len(SIZES))
    assert test[-1] < 0.6 * test[0]
    assert training[0] < 0.03
    assert test[-1] - training[-1] < 0.2 * (test[0] - training[0])
    assert "to less than half" in curve.alt or "wrong test digits falls" in curve.alt


def test_a_network_that_is_too_small_gains_little(curve):
    small, large = moved(curve, units=2), moved(curve, units=32)
    assert np.median(small["test"][:, -1]) > 4 * np.median(large["test"][:, -1])
    assert np.median(small["training"][:, -1]) > 0.3


def test_the_dotted_line_continues_the_largest_heaps(curve):
    data = moved(curve)
    middle = np.median(data["test"], axis=0)[-module.FITTED :]
    sizes = np.array(SIZES[-module.FITTED :], dtype=float)
    slope, start = np.polyfit(np.log(sizes), np.log(middle), 1)
    np.testing.assert_allclose(data["ahead"], np.exp(start + slope * np.log([SIZES[-1], AHEAD])))


def test_the_run_before_stays_as_a_ghost_and_nothing_is_trained_twice(curve, monkeypatch):
    before = moved(curve, units=8)
    moved(curve, units=16)
    np.testing.assert_array_equal(curve.data["previous"], np.median(before["test"], axis=0))
    monkeypatch.setattr(module, "build", None)
    again = moved(curve, units=8)
    np.testing.assert_array_equal(again["test"], before["test"])


def test_what_is_drawn_is_the_data(curve):
    data = moved(curve)
    picture = curve._picture
    np.testing.assert_array_equal(picture._test.get_ydata(), np.median(data["test"], axis=0))
    np.testing.assert_array_equal(picture._training.get_ydata(), np.median(data["training"].clip(LOW), axis=0))
    assert picture._big.get_text() == f"{100 * np.median(data['test'][:, -1]):.1f} %"


@pytest.mark.parametrize("values", [{"units": 2}, {"units": 128}, {"units": 16}])
def test_names_lie_inside_and_apart(curve, values):
    moved(curve, **values)
    low, high = sorted(label.y for label in curve._picture._names.texts)
    assert high / low > 1.4
    width, height = curve._stage.figure.bbox.size
    for labels in (curve._picture._names, curve._picture._words):
        for _text, left, bottom, right, top in labels.extents():
            assert 0 <= left < right <= width
            assert 0 <= bottom < top <= height


class Stopped:
    """A task that is given up after so many pictures."""

    eagerly = False

    def __init__(self, pictures):
        self.stop, self.shown, self._pictures = threading.Event(), [], pictures

    def show(self, arrays):
        self.shown.append(arrays)
        if len(self.shown) == self._pictures:
            self.stop.set()


def test_the_first_picture_comes_after_the_first_steps_and_a_stop_is_heard(compiled):
    fresh = explorers.more_digits(units=2, steps=250)
    task = Stopped(3)
    arrays = fresh.compute(core.Values(units=32, steps=1000), task)
    known = [int(np.isfinite(shown["test"]).sum()) for shown in task.shown]
    assert known == [1, 1, 2]
    assert np.isfinite(arrays["test"]).sum() < 4
    assert fresh._finished[0] == core.Values(units=2, steps=250)


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_fewer():
    explorer = explorers.more_digits(units=2)
    assert np.isfinite(explorer.data["test"]).sum() == module.FEW
    assert explorer.alt.endswith("3 seeds each.")


def test_epochs_are_whole_and_at_least_one():
    assert [module.epochs_of(500, size) for size in (125, 8000)] == [128, 2]
    assert module.epochs_of(75, 8000) == 1


@pytest.mark.parametrize("values", [{"units": 3}, {"steps": 100}, {"depth": 2}])
def test_what_the_controls_do_not_offer_is_refused(curve, values):
    with pytest.raises(ValueError, match="more_digits"):
        curve.set(**values)


def test_code_reproduces_the_state(curve):
    moved(curve, units=4)
    assert curve.code() == "explorers.more_digits(units=4, steps=250)"
    again = eval(curve.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["test"], curve.data["test"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated(compiled):
    explorer = explorers.more_digits(units=2, steps=250)
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status]
    drawn = [text.get_text() for text in explorer._stage.figure.findobj(Text)]
    labels = [label.text for artist in explorer._picture.moving if isinstance(artist, Labels) for label in artist.texts]
    texts += [text for text in drawn + labels if any(letter.isalpha() for letter in text)]
    assert len(texts) > 5
    for text in texts:
        assert "⟦" in text, text
