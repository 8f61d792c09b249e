"""What the playground trains, and the program that it writes."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.chapter_09 import _playground_run as runs
from nnlab.explorers.chapter_09.playground import Playground

from .hands import ALL, DRAWN, moved


def run_program(text):
    space = {}
    exec(compile(text, "<as_python>", "exec"), space)
    return space["model"]


PROGRAMS = [
    {},
    {"data": "xor", "optimizer": "sgd", "learning_rate": 0.1, "loss": "mse", "hidden": (3,), "features": ALL},
    {"data": "gauss", "noise": 50, "training": 10, "optimizer": "momentum", "hidden": (), "activation": "relu"},
    {"data": "spiral", "optimizer": "rmsprop", "hidden": (8, 8, 8, 8), "activation": "leaky_relu", "batch": 0},
    {"data": "moons", "optimizer": "adamw", "activation": "gelu", "regularization": "l1", "batch": 1, "epoch": 20},
    {"data": "plane", "initialization": "large", "noise": 0, "loss": "mae", "regularization": "l2", "rate": 0.1},
    {"data": "hills", "loss": "cross_entropy", "activation": "sigmoid", "initialization": "he_normal", "seed": 7},
    {"data": "formula", "formula": "max(sin(2*x), 0, x1/2) + where(x1 > 1, 1, 0) - pi/4", "draw": 3},
    {"data": "own", "points": DRAWN, "training": 60, "epoch": 5},
    {"epoch": 0, "initialization": "zeros"},
    {"epoch": 30, "features": ("x1*x2",), "typed": {"x1*x2->1.2": 0.5, "1.4->2.1": -1.25, "bias output": 2}},
    dict(Playground.presets["diverges"]),
]


@pytest.mark.parametrize("values", PROGRAMS, ids=lambda values: values.get("data", "circles"))
def test_the_program_makes_the_displayed_weights_to_the_last_bit(play, values, capsys):
    moved(play, **values)
    model = run_program(play.as_python())
    shown = play.weights()
    assert len(shown) == len(model.get_weights()) > 0
    for mine, theirs in zip(shown, model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert "training:" in capsys.readouterr().out


def test_the_pictures_are_the_answers_of_that_network(play, capsys):
    arrays = moved(play, data="hills", hidden=(3, 2), features=("x1", "sin(x2)"), epoch=60)
    model = run_program(play.as_python())
    capsys.readouterr()
    along = np.linspace(-3, 3, 50, dtype=np.float32)
    x1, x2 = (part.ravel() for part in np.meshgrid(along, along))
    answers = model.predict(np.stack([x1, np.sin(x2)], axis=1))[:, 0].reshape(50, 50)
    np.testing.assert_allclose(arrays["field"], (answers + 1) / 2, atol=1e-5)
    play.set(look="1.3")
    play.settle()
    kernel, bias = play.weights()[:2]
    unit = np.tanh(np.stack([x1, np.sin(x2)], axis=1) @ kernel + bias)[:, 2]
    np.testing.assert_allclose(play.data["field"], (unit.reshape(50, 50) + 1) / 2, atol=1e-5)
    assert play.data["tiles"].shape == (len(ALL) + 5, 20, 20)
    coarse = np.linspace(-3, 3, 20, dtype=np.float32)
    np.testing.assert_allclose(play.data["tiles"][0], np.tile(coarse, (20, 1)), atol=1e-6)  # x1 grows to the right
    np.testing.assert_allclose(play.data["tiles"][1], np.tile(coarse[:, None], 20), atol=1e-6)


def test_the_losses_and_the_scores_are_those_of_the_model(play, capsys):
    arrays = moved(play, data="moons", noise=30, training=30, epoch=50)
    space = {}
    exec(play.as_python(), space)
    capsys.readouterr()
    for k, (x, y) in enumerate(((space["x"], space["y"]), (space["x_test"], space["y_test"]))):
        measured = space["model"].evaluate(x, y, return_dict=True)
        assert measured["loss"] == pytest.approx(arrays["loss"][k], rel=1e-4)
        assert measured["accuracy"] == pytest.approx(arrays["right"][k, 0] / arrays["right"][k, 1])
        assert arrays["right"][k, 1] == len(y)
    said = space["model"].predict(space["x_test"])[:, 0] > 0.5
    expected = [[np.sum((space["y_test"] == true) & (said == answer)) for answer in (0, 1)] for true in (0, 1)]
    np.testing.assert_array_equal(arrays["confusion"], expected)
    assert arrays["confusion"].sum() == 140


def test_time_goes_on_with_the_training_and_back_in_it(play):
    straight = moved(play, epoch=50)
    run = play._run[1]
    moved(play, epoch=3)
    early = moved(play, epoch=14)
    assert play._run[1] is run
    again = moved(play, epoch=50)
    assert play._run[1] is run
    np.testing.assert_array_equal(straight["field"], again["field"])
    np.testing.assert_array_equal(early["training_loss"], again["training_loss"][: len(early["training_loss"])])
    fresh = explorers.playground(epoch=14)
    np.testing.assert_array_equal(fresh.data["field"], early["field"])
    assert early["epochs"].tolist() == [epoch for epoch in runs.EPOCHS if epoch <= 14]
    moved(play, epoch=60)
    assert play._run[1] is run
    moved(play, seed=1)
    assert play._run[1] is not run


def test_what_is_only_shown_trains_nothing(play):
    run = play._run[1]
    for values in ({"look": "2.1"}, {"discretize": True}, {"show_test": False}, {"typed": {"bias 1.1": 3}}):
        play.set(**values)
        play.settle()
        assert play._run[1] is run
    play.set(noise=20)
    play.settle()
    assert play._run[1] is not run


@pytest.mark.parametrize("name", data_sets.SETS[:-1])
def test_noise_and_share_of_each_set(play, name):
    quiet = moved(play, data=name, noise=0, training=20, epoch=0)
    noisy = moved(play, data=name, noise=50, training=20, epoch=0)
    assert quiet["training"].sum() == 40
    assert len(quiet["x"]) == 200
    other = "y" if name in data_sets.REGRESSION else "x"
    assert 0.2 < np.abs(noisy[other] - quiet[other]).mean() < 0.9
    assert np.abs(moved(play, data=name, noise=0, draw=1, epoch=0)["x"] - quiet["x"]).max() > 0.1
    if name not in data_sets.REGRESSION:
        assert set(quiet["y"]) == {0, 1}


def test_a_formula_labels_the_points(play):
    data = moved(play, data="formula", formula="x1**2 - 1", noise=0)
    x, y = data["x"], data["y"]
    np.testing.assert_array_equal(y == 1, x[:, 1] > x[:, 0] ** 2 - 1)
    assert "x2 > x1**2 - 1" in play.alt


def test_the_flat_parameters_lie_as_get_weights_gives_them(play):
    moved(play, hidden=(5, 3))
    model = runs.build(play._values(), False)
    network = runs.Network((2, 5, 3, 1), "tanh", "sigmoid")
    for mine, theirs in zip(network.weights(model.parameters), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    both = network.weights(np.stack([model.parameters, model.parameters + 1]))
    assert [part.shape for part in both[:2]] == [(2, 2, 5), (2, 1, 5)]


def test_what_went_wrong_is_said_in_the_banner(play):
    def banner(**values):
        moved(play, **values)
        return play.figure.banner

    assert banner() == ""
    assert "All units of layer 1 are alike" in banner(**Playground.presets["all alike"])
    assert "All units of layer 2 are dead" in banner(**Playground.presets["dead units"])
    assert play.data["right"][0, 0] < 0.6 * play.data["right"][0, 1]
    diverged = banner(**Playground.presets["diverges"])
    epoch = int(play.data["diverged"])
    assert 10 < epoch < 90
    assert diverged.startswith(f"Diverged in epoch {epoch}: ")
    assert "the training diverged" in play.alt
    assert banner(**{**Playground.presets["diverges"], "epoch": 5}) == ""  # before it happens
    assert "higher than that of a network that answers the same everywhere" in banner(
        learning_rate=10, optimizer="momentum", hidden=(4,)
    )
    assert "the penalty outweighs the points" in banner(regularization="l2", rate=1, epoch=200)
    assert "of class 0: there is nothing to tell apart" in banner(data="formula", formula="10")


def test_a_diverged_run_keeps_its_last_finite_weights(play):
    moved(play, **Playground.presets["diverges"])
    late = play.weights()
    moved(play, **{**Playground.presets["diverges"], "epoch": 3000})
    for mine, theirs in zip(late, play.weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert np.isfinite(mine).all()
    moved(play, **{**Playground.presets["diverges"], "epoch": 5})
    assert max(np.abs(part).max() for part in play.weights()) < 1e6


def test_overfitting_shows_and_a_penalty_helps(play):
    over = moved(play, **Playground.presets["overfitting"])
    mild = moved(play, **Playground.presets["with L2"])
    shares = [data["right"][:, 0] / data["right"][:, 1] for data in (over, mild)]
    assert shares[0][0] > 0.99
    assert shares[0][1] < 0.85
    assert over["loss"][1] > 20 * over["loss"][0]
    assert mild["loss"][1] < 0.6 * over["loss"][1]


def test_cross_entropy_gives_way_where_numbers_are_learned(play):
    data = moved(play, data="plane", loss="cross_entropy")
    same = moved(play, data="plane", loss="mse")
    np.testing.assert_array_equal(data["loss"], same["loss"])
    moved(play, data="plane", loss="cross_entropy")
    assert "Cross-entropy compares probabilities" in play.figure.status
    assert moved(play, data="plane", loss="mae")["loss"][0] != same["loss"][0]


@pytest.mark.parametrize("values", [{}, *Playground.presets.values()])
def test_the_words_for_screen_readers_hold_no_digit_that_may_turn(play, values):
    data = moved(play, **values)
    if "right" in data:
        for count, of in data["right"]:
            assert min(abs(count / of - level) for level in (0.6, 0.7, 0.9)) > 0.035
    else:
        assert min(abs(np.log(data["distance"][1] / bound)) for bound in (0.1, 0.2, 0.4)) > 0.2
    assert "0.0" not in play.alt.split(":", 1)[1]
