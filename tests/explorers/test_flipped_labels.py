"""Chapter 11's islands: wrong labels are learned late, and at the price of fresh points."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_11.flipped_labels import EAGER, FlippedLabels, labels


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.flipped_labels()


def moved(explorer, preset="islands", **values):
    explorer.set(**{**FlippedLabels.presets[preset], **values})
    explorer.settle()
    return explorer.data


def test_so_many_labels_are_wrong_and_more_percent_flip_more_of_the_same():
    x, true, none = labels(40, 0)
    assert not none.any()
    before = none
    for percent in (5, 20, 35, 50):
        same, y, wrong = labels(40, percent)
        np.testing.assert_array_equal(x, same)
        np.testing.assert_array_equal(y != true, wrong)
        assert wrong.sum() == round(40 * percent / 100)
        assert wrong[before].all()
        before = wrong


def test_wrong_labels_are_learned_last_and_fresh_points_pay(explorer):
    data = moved(explorer)
    early = list(data["epoch"]).index(30)
    assert data["learned"][early] < 0.7
    assert data["right_new"][early] > data["right"][early] + 0.02
    assert data["learned"][-1] > 0.8
    assert data["right"][-1] > 0.93
    assert data["right_new"][-1] < data["right_new"][early] - 0.04
    assert "learned by heart" in explorer.alt


def test_neighbors_outvote_wrong_labels(explorer):
    data = moved(explorer, "many points")
    assert data["learned"][-1] < 0.3
    assert data["right_new"][-1] > 0.92
    assert "not learned" in explorer.alt


def test_a_narrow_network_remembers_less(explorer):
    assert moved(explorer, "a narrow network")["learned"][-1] < moved(explorer)["learned"][-1] - 0.2


def test_without_wrong_labels_all_is_right(explorer):
    data = moved(explorer, flipped=0, rows=100)
    assert data["right"][-1] == 1
    assert data["right_new"][-1] > 0.95
    assert np.isnan(data["learned"]).all()
    assert "No label is wrong" in explorer.alt
    assert not explorer._picture._shares._names[2].get_visible()


def test_going_back_in_time_and_on_again_gives_the_same(explorer):
    late = moved(explorer)
    early = moved(explorer, epochs=100)
    np.testing.assert_array_equal(early["right"], late["right"][: len(early["right"])])
    np.testing.assert_array_equal(moved(explorer)["surface"], late["surface"])


def test_a_run_that_was_broken_off_is_begun_anew(explorer):
    whole = moved(explorer, epochs=300)
    moved(explorer, epochs=10)
    explorer._run.whole = False
    np.testing.assert_array_equal(moved(explorer, epochs=300)["right"], whole["right"])


def test_what_is_drawn_is_the_data(explorer):
    data = moved(explorer, flipped=30)
    picture = explorer._picture
    np.testing.assert_array_equal(picture._surface._field.values, data["surface"])
    np.testing.assert_array_equal(picture._rings.get_xydata(), data["x"][data["wrong"]])
    np.testing.assert_array_equal(picture._shares._given.get_ydata(), data["right"])
    np.testing.assert_array_equal(picture._shares._fresh.get_ydata(), data["right_new"])


def test_names_never_touch(explorer):
    for preset in FlippedLabels.presets:
        moved(explorer, preset)
        boxes = [name.get_window_extent() for name in explorer._picture._shares._names if name.get_visible()]
        centers = sorted((box.y0 + box.y1) / 2 for box in boxes)
        assert min(np.diff(centers)) > 0.8 * max(box.height for box in boxes)
        assert max(box.x1 for box in boxes) <= explorer._stage.figure.bbox.width


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_a_little():
    assert explorers.flipped_labels(width=2, rows=20).data["epoch"][-1] == EAGER


@pytest.mark.parametrize(
    ("values", "words"), [({"flipped": 7}, "0, 5, 10"), ({"rows": 50}, "20, 40, 60"), ({"epochs": 1}, "one of")]
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.flipped_labels(width=2, rows=20)
    values, arrays = explorer._values(), explorer._arrays
    texts = [explorer.alt, explorer.status(values, arrays)]
    for learned in (0.0, 0.5, 1.0, np.nan):
        made = {**arrays, "learned": np.array([learned]), "right_new": np.array([0.95])}
        texts.append(explorer.describe(values, made))
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - {"", "x₁", "x₂"}
    texts += [text for text in drawn if not text.replace(" %", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
