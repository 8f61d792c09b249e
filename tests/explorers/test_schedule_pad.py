"""Chapter 8's pad: drawing, training by what was drawn, and the comparison with the best constant rate."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_08._digits import build, digits
from nnlab.explorers.chapter_08._schedule_pad_figure import EPOCHS, FASTEST, HIGHEST, LOWEST, SLOWEST
from nnlab.explorers.chapter_08.schedule_pad import BATCH, GRID, SEEDS, STEPS, SchedulePad, _make, best
from nnlab.optimizers import SGD, Adam


@pytest.fixture(scope="module")
def pad(compiled):
    return explorers.schedule_pad()


def moved(pad, **values):
    pad.set(**{**pad._first, **values})
    pad.settle()
    return pad.data


def preset(pad, name):
    return moved(pad, **SchedulePad.presets[name])


def test_the_schedule_changes_exactly_between_the_epochs():
    rates = np.geomspace(1e-3, 1.0, EPOCHS)
    schedule = _make("Adam", rates).schedule
    steps = np.arange(EPOCHS * STEPS)
    np.testing.assert_allclose(schedule.rates(steps), np.repeat(rates, STEPS))
    assert STEPS == -(-1000 // BATCH)
    assert isinstance(_make("SGD", rates), SGD)
    assert isinstance(_make("Adam", rates), Adam)


def test_it_trains_as_rates_set_by_hand_before_each_epoch(pad):
    data = preset(pad, "cosine")
    x, y, _x_new, _y_new = digits()
    runs = []
    for seed in range(SEEDS):
        model = build(Adam(0.01), seed, False)
        losses = []
        for epoch, rate in enumerate(data["rate"]):
            model.optimizer.learning_rate = float(rate)
            history = model.fit(x, y, batch_size=BATCH, epochs=epoch + 1, initial_epoch=epoch, verbose=0)
            losses += history.history["loss"]
        runs.append(losses)
    np.testing.assert_allclose(data["loss"][:4], np.median(runs, axis=0)[:4], rtol=0.02)


def test_the_gray_line_is_the_best_of_its_grid(pad):
    data = moved(pad)
    assert float(data["best_rate"]) in GRID["Adam"]
    losses = []
    for rate in GRID["Adam"]:
        found = moved(pad, **{f"r{k + 1}": rate for k in range(EPOCHS)})
        losses.append(found["loss"][-1])
    assert float(data["best_loss"][-1]) == min(losses)
    assert GRID["Adam"][int(np.argmin(losses))] == float(data["best_rate"])
    assert best().known("Adam")[0] == float(data["best_rate"])


def test_a_warm_up_and_a_fall_beat_the_constant_rate_and_cycles_end_badly(pad):
    data = preset(pad, "warm-up and cosine")
    assert data["loss"][-1] < data["best_loss"][-1] / 1.5
    assert "clearly lower loss" in pad.alt
    data = preset(pad, "cycles")
    assert data["loss"][-1] > 2 * data["best_loss"][-1]
    assert "clearly higher loss" in pad.alt
    moved(pad)
    assert "not clearly another" in pad.alt


def test_sgd_has_a_best_rate_of_its_own(pad):
    data = preset(pad, "SGD, cosine")
    assert float(data["best_rate"]) in GRID["SGD"]
    assert np.median(data["share"]) > 0.8


def test_a_rate_beyond_all_bounds_gets_a_banner_and_no_error(pad):
    data = moved(pad, **{f"r{k + 1}": 3.0 for k in range(EPOCHS)})
    assert pad.figure.banner.startswith("The network is lost")
    assert np.isfinite(data["loss"]).all()
    assert "The training fails." in pad.alt


def at(pad, epoch, rate):
    """Say where a point is, as shares of the figure from its upper left corner."""
    axes = pad.handles._axes()["schedule"]
    x, y = axes.transData.transform((epoch, rate))
    box = pad._stage.figure.bbox
    return x / box.width, 1 - y / box.height


def test_a_stroke_of_the_pointer_draws_every_epoch_it_passes(pad):
    moved(pad)
    pad._pointed(*at(pad, 2, 0.1), True)
    pad._pointed(*at(pad, 6, 0.001), False)
    pad.settle()
    rate = pad.data["rate"]
    np.testing.assert_allclose(rate[1:6], [0.1, 0.03, 0.01, 0.003, 0.001], rtol=0.1)
    assert rate[0] == rate[6] == 0.01
    pad._pointed(*at(pad, 12, 0.5), True)  # pressed anew: nothing is drawn between
    pad.settle()
    assert (pad.data["rate"][6:11] == 0.01).all()
    assert pad.data["rate"][11] == 0.5
    pad._pointed(*at(pad, 30, 100.0), False)
    pad.settle()
    assert pad.data["rate"][-1] == FASTEST


def test_keys_move_the_epoch_that_was_held_last(pad):
    moved(pad)
    pad._pointed(*at(pad, 5, 0.01), True)
    pad._stepped(0, 1)
    assert pad.controls["r5"].value == 0.012
    pad._stepped(0, 0)
    pad._stepped(0, -1)
    assert pad.controls["r6"].value == 0.008


def test_what_is_drawn_is_the_data_and_texts_never_touch(pad):
    for name in SchedulePad.presets:
        data = preset(pad, name)
        rates, losses = pad._picture._rates, pad._picture._losses
        np.testing.assert_array_equal(rates._drawn.get_ydata(), data["rate"])
        np.testing.assert_array_equal(losses._drawn.get_ydata(), data["loss"].clip(LOWEST, HIGHEST))
        for part in (rates, losses):
            one, other = (text.get_window_extent() for text in (part._name, part._best_name))
            assert one.y0 >= other.y1 - 3 or other.y0 >= one.y1 - 3
            assert max(one.x1, other.x1) <= pad._stage.figure.bbox.width


def test_code_reproduces_the_state_and_bad_values_are_refused(pad):
    preset(pad, "stairs")
    again = eval(pad.code(), {"explorers": explorers})
    again.settle()
    np.testing.assert_array_equal(again.data["loss"], pad.data["loss"])
    with pytest.raises(ValueError, match="needs 16 learning rates"):
        explorers.schedule_pad(rates=[0.1])
    with pytest.raises(ValueError, match="r1 must be one of"):
        explorers.schedule_pad(rates=[SLOWEST / 2] * EPOCHS)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    pad = explorers.schedule_pad(rates=[3.0] * EPOCHS)
    pad.settle()
    texts = [pad.alt, pad.figure.status, pad.figure.banner]
    texts += [control.description for control in pad.controls.values()]
    texts += [text.get_text() for text in pad._stage.figure.findobj(Text)]
    for text in texts:
        if text and not text.replace(".", "").isdigit():
            assert text.startswith("⟦"), text


def test_formulas_that_train_a_part_of_the_epochs_warn_of_nothing(formulas):
    assert explorers.schedule_pad().figure.banner == ""
