"""Chapter 02's game: what is right, how wide the margin is, and what is said of it."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_02._margin import distances, widest
from nnlab.explorers.chapter_02.neuron_by_hand import TASKS, samples

BEST = {"AND": (1.0, 1.0, -1.5), "OR": (1.0, 1.0, -0.5), "NAND": (-1.0, -1.0, 1.5)}


@pytest.fixture(scope="module")
def game():
    return explorers.neuron_by_hand()


def moved(game, task, w1, w2, b):
    game.set(task=task, w1=w1, w2=w2, b=b)
    game.settle()
    return game.data


@pytest.mark.parametrize("task", BEST)
def test_the_best_line_has_the_whole_margin(game, task):
    data = moved(game, task, *BEST[task])
    assert data["right"] == 4
    assert data["margin"] == pytest.approx(np.sqrt(2) / 4)
    assert data["share"] == 1
    assert "100 % of the largest" in game.alt
    assert "widest margin there is" in game.figure.status


def test_a_narrower_line_has_its_share(game):
    data = moved(game, "AND", 1.0, 1.0, -1.75)
    assert data["margin"] == pytest.approx(0.25 / np.sqrt(2))
    assert data["share"] == pytest.approx(0.5)
    assert "50 %" in game.alt
    assert "wider" in game.figure.status


def test_twice_as_long_weights_have_the_same_margin(game):
    one = moved(game, "AND", 1.0, 0.8, -1.3)
    two = moved(game, "AND", 2.0, 1.6, -2.6)
    assert one["share"] == pytest.approx(two["share"])
    assert 0 < one["share"] < 1


def test_what_is_wrong_is_named(game):
    data = moved(game, "AND", 1.0, 0.3, -0.5)
    assert data["right"] == 3
    assert data["wrong"].tolist() == [False, False, True, False]
    assert data["share"] == 0
    assert data["margin"] < 0
    assert "(1, 0) should be 0" in game.figure.status
    assert "more" not in game.figure.status
    moved(game, "OR", 1.0, 1.0, -3.0)
    assert "2 more are wrong" in game.figure.status
    moved(game, "AND", 1.0, 1.0, 0.0)
    assert "(0, 0) should be 0. It lies on the line" in game.figure.status


def test_no_line_gets_xor(game):
    most = 0
    for w1, w2, b in itertools.product(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9), np.linspace(-3, 3, 13)):
        x, y, _largest = samples("XOR")
        most = max(most, int(((x @ [w1, w2] + b >= 0) == (y == 1)).sum()))
    assert most == 3
    data = moved(game, "XOR", 1.0, 1.0, -0.5)
    assert data["largest"] == 0
    assert "No line gets all" in game.alt
    assert "No line gets all" in game.figure.status


def test_the_best_so_far_is_kept_for_each_task(game):
    moved(game, "clouds", 1.0, -1.0, 0.2)
    assert "Best so far: 15 %" in game.figure.status
    moved(game, "clouds", -1.0, 1.0, 0.0)
    assert "Best so far: 15 %" in game.figure.status
    moved(game, "AND", 1.0, 1.0, -1.5)
    assert "Best so far: 100 %" in game.figure.status


def test_the_clouds_can_be_won_with_the_sliders():
    x, y, largest = samples("clouds")
    _margin, w, b = widest(x, y)
    reached = [distances(x, y, np.round(20 * k * w) / 20, round(20 * k * b) / 20).min() for k in (1.5, 1.75, 2.0)]
    assert max(reached) > 0.95 * largest


def test_without_weights_there_is_no_margin(game):
    data = moved(game, "OR", 0.0, 0.0, 1.0)
    assert np.isnan(data["margin"])
    assert data["share"] == 0
    assert "no line" in game.figure.status


@pytest.mark.parametrize("seed", range(6))
def test_the_widest_margin_agrees_with_a_search(seed):
    rng = np.random.default_rng(seed)
    y = np.array([0, 0, 0, 0, 1, 1, 1])
    x = rng.normal(0, 0.7, (7, 2)) + 1.3 * y[:, None]
    margin, w, b = widest(x, y)
    angles = np.linspace(0, 2 * np.pi, 7201)
    directions = np.array([np.cos(angles), np.sin(angles)])
    along = x @ directions  # (7, angles)
    gap = (along[y == 1].min(axis=0) - along[y == 0].max(axis=0)).max() / 2
    assert margin == pytest.approx(max(gap, 0.0), abs=1e-3)
    if margin:
        assert distances(x, y, w, b).min() == pytest.approx(margin)


def test_the_arrow_can_be_dragged(game):
    moved(game, "AND", 1.0, 1.0, -1.5)
    game.pointed("plane", -0.52, 5.0)
    assert (game.controls["w1"].value, game.controls["w2"].value) == (pytest.approx(-0.5), pytest.approx(2.0))


def test_words_fit_into_the_picture(game):
    for task in TASKS:
        moved(game, task, *BEST.get(task, (0.05, 0.0, -3.0)))
        width = game._stage.figure.bbox.width
        score = game._picture._score._words.get_window_extent()
        assert score.x1 <= width
        names = [name.get_window_extent() for name in game._picture._distances._names if name.get_text()]
        plane = game._stage.figure.axes[0].get_window_extent()
        assert all(name.x0 > plane.x1 for name in names)


@pytest.mark.parametrize(("values", "words"), [({"task": "NOR"}, "'AND', 'OR'"), ({"w1": 2.5}, "between -2 and 2")])
def test_what_the_controls_do_not_offer_is_refused(game, values, words):
    with pytest.raises(ValueError, match=words):
        game.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.neuron_by_hand(task="XOR")
    texts = [explorer.alt, explorer.figure.status]
    states = ({"task": "AND", "w1": 1.0, "w2": 1.0, "b": -1.5}, {"b": -1.55}, {"b": -1.7}, {"w1": 0.0, "w2": 0.0})
    for values in states:
        explorer.set(**values)
        explorer.settle()
        texts += [explorer.alt, explorer.figure.status]
        drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
        texts += [text for text in drawn if len(text) > 7 and "mathdefault" not in text]
    texts += [control.description for control in explorer.controls.values()]
    texts += [button.description for button in explorer.children[2].children[1:]]
    for text in texts:
        assert text.startswith("⟦"), text
        assert text.endswith("⟧"), text
