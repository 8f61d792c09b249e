"""Chapter 11's switch: what real targets teach, and what shuffled ones leave: memory."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_11._perceptron import FRESH, GUESS, bands
from nnlab.explorers.chapter_11.memory_or_rule import EARLY, EPOCHS, POINTS, SEEDS, MemoryOrRule, data


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.memory_or_rule()


def moved(explorer, preset="a rule", **values):
    explorer.set(**{**MemoryOrRule.presets[preset], **values})
    explorer.settle()
    return explorer.data


def test_shuffling_keeps_rows_and_the_shares_of_the_classes_and_nothing_else():
    x, y, x_new, y_new = data(200, "real")
    same, mixed, same_new, mixed_new = data(200, "shuffled")
    np.testing.assert_array_equal(x, same)
    np.testing.assert_array_equal(x_new, same_new)
    assert mixed.sum() == y.sum()
    assert mixed_new.sum() == y_new.sum()
    assert 0.35 < (mixed == y).mean() < 0.65
    assert len(x_new) == FRESH


def test_rows_are_ten_bands_of_ink_standardized():
    x, y, _x_new, y_new = bands()
    assert x.shape == (8000, 10)
    np.testing.assert_allclose(x[:1000].mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(x[:1000].std(axis=0), 1)
    assert set(y) == set(y_new) == {0, 1}


def test_real_targets_have_a_rule(explorer):
    found = moved(explorer)
    assert found["right"][0] > 0.93
    assert found["right"][1] > 0.77
    assert found["loss"][1].min() < 0.6 * GUESS


def test_shuffled_targets_leave_memory_alone(explorer):
    found = moved(explorer, "nothing but memory")
    assert found["right"][0] > 0.9
    assert abs(found["right"][1] - 0.5) < 0.06
    assert found["loss"][0, -1] < 0.5 * GUESS
    assert found["loss"][1, -1] > 1.5 * GUESS
    assert found["loss"][1].min() > 0.97 * GUESS
    assert "as good as tossing a coin" in explorer.alt


def test_a_small_network_cannot_remember_many_rows(explorer):
    found = moved(explorer, "too small to remember")
    assert found["right"].max() < 0.65
    assert found["loss"][0, -1] > 0.85 * GUESS


def test_more_rows_bring_training_and_fresh_rows_together(explorer):
    few, many = moved(explorer)["right"], moved(explorer, "more rows, better rule")["right"]
    assert many[1] > few[1]
    assert many[0] - many[1] < few[0] - few[1]


def test_arrays_and_picture_agree(explorer):
    found = moved(explorer, epochs=30, width=16)
    assert found["losses"].shape == (2, SEEDS, 31)
    np.testing.assert_array_equal(found["loss"], np.median(found["losses"], axis=1))
    picture = explorer._picture
    np.testing.assert_array_equal(picture._training.get_ydata(), found["loss"][0])
    np.testing.assert_array_equal(picture._validation.get_ydata(), found["loss"][1])
    assert [bar.get_width() for bar in picture._shares._bars] == list(found["right"])
    assert picture._axes.get_xlim() == (0, 30)


def test_the_same_state_gives_the_same_arrays(explorer):
    first = moved(explorer, rows=50, batch=16)
    moved(explorer, rows=100)
    again = moved(explorer, rows=50, batch=16)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_the_first_picture_comes_before_the_first_seed_is_done(explorer, monkeypatch):
    pictures, show = [], explorer._show

    def spy(values, arrays, final):
        pictures.append((arrays["losses"].shape[1], len(arrays["epoch"]), final))
        show(values, arrays, final)

    monkeypatch.setattr(explorer, "_show", spy)
    moved(explorer, width=8)
    assert pictures[0] == (1, EARLY, False)
    assert pictures[-1] == (SEEDS, POINTS + 1, True)


def test_it_stops_soon_after_it_is_told_to(explorer, given_up):
    explorer.compute(core.Values(**MemoryOrRule.presets["a rule"]), given_up)
    assert len(given_up.shown) == 1


def test_names_never_touch(explorer):
    for preset in MemoryOrRule.presets:
        moved(explorer, preset)
        boxes = [name.get_window_extent() for name in explorer._picture._names]
        centers = sorted((box.y0 + box.y1) / 2 for box in boxes)
        assert min(np.diff(centers)) > 0.8 * max(box.height for box in boxes)


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_trains_one_seed_for_a_few_epochs():
    explorer = explorers.memory_or_rule(rows=50, width=2)
    assert explorer.data["epoch"][-1] == EPOCHS[0]
    assert explorer.data["losses"].shape[1] == 1


@pytest.mark.parametrize(
    ("values", "words"), [({"targets": "random"}, "'real', 'shuffled'"), ({"rows": 10}, "50"), ({"batch": 1}, "16")]
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.usefixtures("formulas")
def test_every_text_is_translated():
    explorer = explorers.memory_or_rule(rows=50, width=2)
    values, arrays = explorer._values(), explorer._arrays
    texts = [explorer.alt, explorer.status(values, arrays)]
    for share in (0.99, 0.8, 0.65, 0.5):
        made = {**arrays, "right": np.array([share, share]), "loss": np.array([[0.7, 0.1], [0.7, 2.0]])}
        texts.append(explorer.describe(values, made))
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    texts += [text for text in drawn if text and not text.replace(".", "").replace(" %", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
