"""Chapter 1's perceptron: the rule, the theorem, the cycle, and what is drawn."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_01._perceptron_figure import EPOCHS, ROWS
from nnlab.explorers.chapter_01.perceptron_steps import LAST, RATES, PerceptronSteps, _samples, learn, period


@pytest.fixture(scope="module")
def steps():
    return explorers.perceptron_steps()


def moved(steps, **values):
    steps.set(**{**PerceptronSteps.presets["AND"], **values})
    steps.settle()
    return steps.data


def naive(x, y, epochs):
    """The rule, loop by loop: all weights after each correction."""
    w1 = w2 = b = 0.0
    out, counts = [(w1, w2, b)], []
    for _ in range(epochs):
        count = 0
        for (p, q), label in zip(x.tolist(), y.tolist(), strict=True):
            says = 1 if w1 * p + w2 * q + b >= 0 else 0
            if says != label:
                sign = 1 if label == 1 else -1
                w1, w2, b = w1 + sign * p, w2 + sign * q, b + sign
                out.append((w1, w2, b))
                count += 1
        counts.append(count)
        if count == 0:
            break
    return np.array(out), counts


@pytest.mark.parametrize("data", ["AND", "OR", "XOR", "clouds", "overlap"])
def test_it_follows_the_rule(data):
    x, y = _samples(data)
    run = learn(x, y, 1.0)
    weights, counts = naive(x, y, EPOCHS)
    np.testing.assert_allclose(run["weights"], weights, atol=1e-12)
    np.testing.assert_array_equal(run["mistakes"][: len(counts)], counts)


def test_and_takes_eleven_corrections_by_hand(steps):
    data = moved(steps)
    assert data["mistakes"][:6].tolist() == [2, 3, 3, 2, 1, 0]
    assert data["weights"][-1].tolist() == [2, 1, -3]
    assert data["weights"][:4].tolist() == [[0, 0, 0], [0, 0, -1], [1, 1, 0], [1, 1, -1]]
    assert "After 11 corrections, in epoch 6" in steps.alt


@pytest.mark.parametrize("order", [0, 1, 7, 20])
@pytest.mark.parametrize("data", ["AND", "OR", "clouds"])
def test_what_a_line_can_part_is_learned_in_every_order_within_the_window(steps, data, order):
    arrays = moved(steps, data=data, order=order)
    assert arrays["done"]
    w = arrays["weights"][-1]
    assert ((arrays["x"] @ w[:2] + w[2] >= 0) == (arrays["y"] == 1)).all()
    assert len(arrays["fault"]) <= LAST


def test_what_no_line_can_part_never_ends(steps):
    assert not moved(steps, data="overlap")["done"]
    assert "still mistakes" in steps.alt
    for order in range(21):
        assert not moved(steps, data="XOR", order=order)["done"]
        assert int(steps.data["period"]) >= 1
    moved(steps, data="XOR")
    assert "It never ends: after every epoch all weights are again what they were." in steps.alt


def test_a_period_is_found_only_where_the_weights_come_back():
    x, y = _samples("XOR")
    assert period(learn(x, y, 1.0)) == 1
    assert period(learn(*_samples("AND"), 1.0)) == 0
    assert period(learn(*_samples("overlap"), 1.0)) == 0


@pytest.mark.parametrize("data", ["AND", "XOR", "clouds", "overlap"])
def test_the_learning_rate_scales_the_weights_and_changes_no_mistake(steps, data):
    one = moved(steps, data=data)
    for rate in RATES:
        other = moved(steps, data=data, learning_rate=rate)
        np.testing.assert_array_equal(other["fault"], one["fault"])
        np.testing.assert_array_equal(other["weights"], rate * one["weights"])


def test_another_order_ends_at_another_line(steps):
    assert moved(steps, order=2)["weights"][-1].tolist() != moved(steps)["weights"][-1].tolist()


def test_the_sample_at_fault_is_ringed_and_was_wrong_before(steps):
    for step in (1, 5, 11):
        data = moved(steps, step=step)
        ring = np.array(steps._picture._plane._rings.get_data()).T[0]
        n = data["fault"][step - 1]
        np.testing.assert_array_equal(ring, data["x"][n])
        w = data["weights"][step - 1]
        assert (ring @ w[:2] + w[2] >= 0) != (data["y"][n] == 1)
    moved(steps, step=0)
    assert len(steps._picture._plane._rings.get_xdata()) == 0
    assert "all weights are 0" in steps.figure.status


def test_a_step_beyond_the_last_correction_shows_the_end(steps):
    assert moved(steps, step=LAST)["step"] == 11
    assert "Correction 11 (of 11)" in steps.figure.status


def test_the_table_holds_the_last_corrections(steps):
    data = moved(steps, step=9)
    now = steps._picture._now.get_text().split()
    n = data["fault"][8]
    w = data["weights"][9]
    expected = [9, *data["x"][n], data["y"][n], 1 - data["y"][n], *w]
    assert [float(word.replace("−", "-")) for word in now] == expected
    assert len(steps._picture._past.get_text().splitlines()) == ROWS


def test_the_present_epoch_stands_out_and_learned_is_said_once(steps):
    moved(steps, step=3)
    colors = steps._picture._bars.get_color()
    assert len({tuple(color) for color in colors}) == 2
    assert steps._picture._none_word.get_visible()
    moved(steps, data="XOR")
    assert not steps._picture._none_word.get_visible()


def test_the_table_fits_the_figure(steps):
    for values in (
        {"data": "clouds", "learning_rate": 0.125, "step": 9},
        {"data": "overlap", "learning_rate": 8.0, "step": 40},
    ):
        moved(steps, **values)
        for text in (steps._picture._now, steps._picture._past):
            assert text.get_window_extent().x1 <= steps._stage.figure.bbox.width


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data": "NAND"}, "'AND', 'OR'"),
        ({"learning_rate": 0.3}, "0.125, 0.25"),
        ({"order": 21}, "between 0 and 20"),
        ({"step": -1}, "between 0 and 40"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(steps, values, words):
    with pytest.raises(ValueError, match=words):
        steps.set(**values)


def test_code_reproduces_the_state(steps):
    moved(steps, data="clouds", order=3, learning_rate=0.5, step=4)
    again = eval(steps.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["weights"], steps.data["weights"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    texts = []
    explorer = explorers.perceptron_steps()
    for values in ({"data": "AND", "step": 2}, {"data": "XOR", "step": 0}, {"data": "overlap", "step": 1}):
        explorer.set(**values)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.status]
    texts += [control.description for name, control in explorer.controls.items() if name != "step"]
    texts += [explorer.controls["step"].slider.description]
    picture = explorer._picture
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    known = {picture._past.get_text(), picture._now.get_text(), "", "x₁", "x₂"}
    texts += [text for text in drawn - known if not text.startswith("  ") and not text.strip(" %").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
        assert "⟧" in text, text
