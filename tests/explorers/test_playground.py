"""Chapter 9's playground: what it trains, what it draws, what it takes and refuses, and the program that it writes."""

import inspect
import itertools
import sys
from io import BytesIO

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

import nnlab
from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.chapter_09 import _playground_edits as edits
from nnlab.explorers.chapter_09 import _playground_run as runs
from nnlab.explorers.chapter_09._playground_board import PAINTING
from nnlab.explorers.chapter_09._playground_figure import at_epoch, epoch_under
from nnlab.explorers.chapter_09._playground_network import Tiles, number, wires_of
from nnlab.explorers.chapter_09._playground_places import HEIGHT, LOSSES, NETWORK, SIZE, TOP, places
from nnlab.explorers.chapter_09._playground_program import numpy_formula
from nnlab.explorers.chapter_09.playground import DEFAULTS, PLAIN, Playground

module = sys.modules["nnlab.explorers.chapter_09.playground"]
ALL = tuple(data_sets.FEATURES)
DRAWN = [(-1.0, -1.0, 0), (-1.2, 0.5, 0), (1.0, 1.0, 1), (1.5, -0.5, 1), (0.9, 0.2, 1), (-0.7, 0.1, 0)]


@pytest.fixture(scope="module")
def shared(compiled):
    return explorers.playground()


@pytest.fixture
def play(shared):
    """One explorer for all tests, as it is without arguments."""
    shared.set(**DEFAULTS)
    shared.settle()
    return shared


def moved(play, **values):
    play.set(**{**DEFAULTS, **values})
    play.settle()
    return play.data


def texts(play):
    """What stands in the picture, with its boxes, in pixels of the canvas."""
    picture = play._picture
    parts = (picture.field, picture.network, picture.losses, picture.score)
    return list(itertools.chain(*(part._text.extents() for part in parts)))


# What is trained.


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


# Typed values.


def test_a_typed_value_takes_the_place_of_a_trained_one(play):
    before = play.weights()
    play.set(typed={"x2->1.3": 4.5, "bias output": -7})
    play.settle()
    after = play.weights()
    assert after[0][1, 2] == 4.5
    assert after[-1][0] == -7
    assert sum(np.sum(a != b) for a, b in zip(before, after, strict=True)) == 2
    assert "2 typed by you" in play.figure.status
    assert play.data["loss"][0] > play.data["training_loss"][-1]
    play.controls["typed"].clear.click()
    play.settle()
    np.testing.assert_array_equal(play.weights()[0], before[0])


def test_typing_in_the_page(play):
    play.set(look="2.1")
    play.settle()
    typed = play.controls["typed"]
    assert [value for _label, value in typed.weight.options] == [*(f"1.{k}->2.1" for k in (1, 2, 3, 4)), "bias 2.1"]
    typed.weight.value = "1.3->2.1"
    typed.number.value = "−2.5"
    play.settle()
    assert play.weights()[2][2, 0] == -2.5
    assert typed.number.value == ""
    typed.number.value = "much"
    assert "much is no number" in play.figure.banner
    assert typed.value == {"1.3->2.1": -2.5}


def test_places_of_weights():
    values = core.Values(hidden=(3, 2), features=("x2", "x1*x2"))
    assert edits.place("x1*x2->1.3", values) == (0, 1, 2)
    assert edits.place("1.2->2.1", values) == (2, 1, 0)
    assert edits.place("2.2->output", values) == (4, 1, 0)
    assert edits.place("bias 2.2", values) == (3, 1)
    assert edits.place("bias output", values) == (5, 0)
    for name in ("x1->1.1", "1.1->2.3", "1.4->2.1", "2.1->1.1", "bias 3.1", "bias", "nonsense", "1.1->output"):
        assert edits.place(name, values) == ()
    alone = core.Values(hidden=(), features=("x1",))
    assert edits.place("x1->output", alone) == (0, 0, 0)


# Points of one's own.


def press(play, x, y, pressed=True):
    """Press in the picture, at pixels of it."""
    content = {"pointer": [x / SIZE[0], y / SIZE[1]], **({"pressed": True} if pressed else {})}
    play.figure._on_page(play.figure, content, [])


def at_data(play, x, y):
    """Where data coordinates of the large field stand in the picture."""
    axes = next(axes for axes in play._stage.figure.axes if axes.get_label() == "field")
    with play._drawing:
        scale = play._stage.figure.dpi / 100
        place = axes.transData.transform((x, y))
    return place[0] / scale, SIZE[1] - place[1] / scale


def test_pressing_paints_and_dragging_paints_several(play):
    play.set(data="own", points=())
    play.settle()
    assert "No points yet" in play.figure.banner
    assert "nothing to train on" in play.alt
    brush = play._board.painting.brush
    brush.value = 1
    press(play, *at_data(play, 1, 1))
    for x in (1.05, 1.5, 2.0):
        press(play, *at_data(play, x, 1), pressed=False)  # the first is too near to be a point
    brush.value = 0
    press(play, *at_data(play, -1, 0))
    play.settle()
    points = play.controls["points"].value
    assert [point[2] for point in points] == [1, 1, 1, 0]
    np.testing.assert_allclose([point[:2] for point in points], [(1, 1), (1.5, 1), (2, 1), (-1, 0)], atol=0.03)
    assert play.figure.banner != ""  # so few: those of class 0 may all be for the test
    brush.value = -1
    press(play, *at_data(play, 1.2, 1))
    play.settle()
    assert len(play.controls["points"].value) == 3
    buttons = {b.description: b for b in play._board.painting.panel.children[1].children if hasattr(b, "click")}
    for expected in (4, 3, 0):
        buttons["Undo"].click()
        assert len(play.controls["points"].value) == expected


def test_points_shown_can_be_copied_and_painted_on(play):
    moved(play, data="moons", noise=10)
    board = play._board
    buttons = {b.description: b for b in board.painting.panel.children[1].children if hasattr(b, "click")}
    buttons["Copy the points shown"].click()
    play.settle()
    assert play.controls["data"].value == "own"
    assert len(play.data["x"]) == 200
    buttons["Clear all"].click()
    buttons["Undo"].click()
    assert len(play.controls["points"].value) == 200
    board.painting.brush.value = 1
    buttons["Paint here"].click()
    play.settle()
    assert play.controls["points"].value[-1] == (0.0, 0.0, 1)


def test_the_tab_for_painting_is_enough(play):
    press(play, *at_data(play, 1, 1))
    assert play.controls["data"].value == "circles"
    play._board.tabs.selected_index = PAINTING
    assert play._board.tabs.titles[PAINTING] == "your own points"
    press(play, *at_data(play, 1, 1))
    play._board.tabs.selected_index = 0
    assert play.controls["data"].value == "own"
    assert len(play.controls["points"].value) == 1


def test_presets_and_reset_keep_what_is_painted(play):
    play.set(points=DRAWN)
    rows = play._board.tabs.children[0].children[0]
    buttons = {button.description: button for button in rows.children[1:]}
    for name in ("xor", "spiral", "Reset"):
        if name in buttons:
            buttons[name].click()
    play.settle()
    assert play.controls["points"].value == tuple(DRAWN)
    assert play.controls["data"].value == "circles"


def test_a_painted_point_stays_on_its_side_while_others_come(play):
    few = moved(play, data="own", points=DRAWN[:4])["training"]
    many = moved(play, data="own", points=DRAWN)["training"]
    np.testing.assert_array_equal(many[:4], few)
    share = moved(play, data="own", points=[(0.1, 0.1, k % 2) for k in range(500)], training=30)["training"].mean()
    assert share == pytest.approx(0.3, abs=0.01)


def test_load_takes_arrays(play):
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (60, 2))
    play.load(x, np.where(x[:, 0] > 0, 1, -1))
    play.settle()
    np.testing.assert_allclose(play.data["x"], x, atol=6e-4)
    np.testing.assert_array_equal(play.data["y"], x[:, 0] > 0)
    play.load(x.tolist(), (x[:, 1] > 0)[:, None])
    play.settle()
    np.testing.assert_array_equal(play.data["y"], x[:, 1] > 0)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (np.zeros((3, 3)), [0, 1, 0], r"two columns, x1 and x2: shape \(N, 2\); yours has shape \(3, 3\)"),
        (np.zeros(4), [0, 1, 0, 1], r"yours has shape \(4,\)"),
        (np.zeros((3, 2)), [0, 1], r"one class for each of the 3 points: shape \(3,\); yours has shape \(2,\)"),
        ([[0, np.nan]], [1], "x holds NaN or infinity"),
        ([[0, 1]], [np.inf], "y holds NaN or infinity"),
        ([[0, 30]], [1], "square from -3 to 3, but x goes from 0 to 30. Scale it first"),
        (np.zeros((3, 2)), [0, 1, 2], "y holds two classes.* yours holds 0, 1, 2"),
        (np.zeros((501, 2)), np.zeros(501), "501 points are too many"),
        ([["a", "b"]], [1], "x has to be an array of numbers"),
        ([[1, 2], [3]], [1, 0], "x has to be an array of numbers"),
    ],
)
def test_load_refuses_with_reasons_and_changes_nothing(play, x, y, words):
    before = play.code()
    with pytest.raises(ValueError, match=words):
        play.load(x, y)
    assert play.code() == before


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("sin(2*x1", "This bracket is never closed. It is at the mark ▸ in: sin▸(2*x1"),
        ("2x", "Between 2 and x1 an operation is missing"),
        ("x1^2", "Python writes **, as in x1**2"),
        ("relu(x)", "did you mean max(x1, 0)?"),
        ("", "write a formula in x1"),
        ("x2 - x1", "Type only f, a formula in x1"),
        ("y > x1", "Type only f, a formula in x1"),
    ],
)
def test_a_wrong_formula_is_explained_and_the_picture_stays(play, formula, words):
    moved(play, data="formula")
    png = play.png
    play.set(formula=formula)
    play.settle()
    assert words in play.figure.banner
    assert play.png == png
    with pytest.raises(ValueError, match="x1"):
        play.as_python()
    play.set(formula="x1")
    play.settle()
    assert play.figure.banner == ""


def test_numpy_writes_each_function_as_the_reader_computes_it():
    text = "exp(-x1) + log(abs(x)+1) - sqrt(x1**2) * tanh(x1) / (1 + sigmoid(x))"
    text += " + cos(x1)*min(x1, 1, e) - where(x1<0, -1, 2)"
    x1 = np.linspace(-2, 2, 41, dtype=np.float32)
    mine = eval(numpy_formula(text), {"np": np, "nnlab": nnlab, "x1": x1})
    np.testing.assert_allclose(mine, data_sets.read_formula(text).value(x1), rtol=1e-6)


# The picture.


def test_pressing_a_feature_or_a_unit(play):
    where = places((4, 2))
    press(play, *where.features["x1*x2"])
    play.settle()
    assert play.controls["features"].value == ("x1", "x2", "x1*x2")
    press(play, *where.features["x1*x2"], pressed=False)  # dragged: nothing
    assert play.controls["features"].value == ("x1", "x2", "x1*x2")
    for name in ("x1*x2", "x1", "x2", "x2"):
        press(play, *where.features[name])
    assert play.controls["features"].value == ("x2",)  # the last one stays
    press(play, *where.units["2.2"])
    play.settle()
    assert play.controls["look"].value == "2.2"
    assert "unit 2.2" in play.alt
    press(play, *where.units["2.2"])
    assert play.controls["look"].value == "output"
    press(play, *where.units["1.1"])
    press(play, *at_data(play, 0, 0))
    assert play.controls["look"].value == "output"
    press(play, NETWORK / 2, TOP - 20)  # nothing there
    assert play.controls["look"].value == "output"


def test_pressing_the_losses_goes_to_their_epoch(play):
    left, top, width, height = LOSSES
    for epoch in (0, 5, 100, 3000):
        press(play, left + width * at_epoch(epoch) / at_epoch(3000), top + height / 2, pressed=epoch == 0)
        assert play.controls["epoch"].value == epoch
    assert epoch_under(0) == 0
    play.set(epoch=0)


def test_places_do_not_overlap_and_stay_inside():
    for hidden in [(), (1,), (8,), (4, 2), (8, 1, 8), (8, 8, 8, 8), (1, 1, 1, 1), (3, 5, 7)]:
        where = places(hidden)
        boxes = [(x, y, where.half(name)) for name, (x, y) in {**where.features, **where.units}.items()]
        for x, y, half in boxes:
            assert half <= x <= NETWORK - half
            assert y - half >= TOP - 1
            assert y + half <= TOP + HEIGHT + 1
        for (x, y, half), (u, v, other) in itertools.combinations(boxes, 2):
            assert abs(x - u) > half + other or abs(y - v) > half + other
        for name, (x, y) in {**where.features, **where.units}.items():
            assert where.under(x, y) == name
        wires = wires_of(("x1", "x2"), hidden)
        sizes = (2, *hidden, 1)
        assert len(wires.curves) == sum(a * b for a, b in itertools.pairwise(sizes)) == len(wires.into)
        assert len(wires.bars) == sum(sizes[1:])


def test_lines_stand_where_their_weights_do(play):
    moved(play, hidden=(3,), features=("x1", "x2"), epoch=0)
    kernel = play.weights()[0]
    where, wires = places((3,)), wires_of(("x1", "x2"), (3,))
    for i, j in itertools.product(range(2), range(3)):
        line = wires.curves[3 * i + j]
        assert line[0][1] == pytest.approx(where.features[("x1", "x2")[i]][1])
        assert line[-1][1] == pytest.approx(where.units[f"1.{j + 1}"][1])
    positive, negative = play._picture.network._lines
    weights = np.concatenate([part.ravel() for part in play.weights()[::2]])
    assert len(positive.get_segments()) == (weights >= 0).sum()
    assert len(negative.get_segments()) == (weights < 0).sum()
    widths = positive.get_linewidths()
    largest = np.argmax(weights[weights >= 0])
    assert np.argmax(widths) == largest
    assert kernel.shape == (2, 3)


def test_training_points_are_filled_and_test_points_outlined(play):
    data = moved(play, training=30)
    marks = play._picture.field._marks
    for (kind, trained), mark in marks.items():
        expected = data["x"][(data["y"] == kind) & (data["training"] == trained)]
        np.testing.assert_allclose(np.stack(mark.get_data(), axis=1), expected)
        assert (mark.get_markerfacecolor() == "white") is not trained
    play.set(show_test=False)
    play.settle()
    assert len(marks[0, False].get_xdata()) == 0
    assert len(marks[0, True].get_xdata()) > 0


def test_discretize_leaves_two_colors(play):
    def share_of_two_colors():
        x, y = (round(2 * part) for part in at_data(play, -2.9, 2.9))
        far, low = (round(2 * part) for part in at_data(play, 2.9, -2.9))
        field = np.asarray(Image.open(BytesIO(play.png)).convert("RGB"))[y:low, x:far].reshape(-1, 3)
        return np.sort(np.unique(field, axis=0, return_counts=True)[1])[-2:].sum() / len(field)

    play.set(points=DRAWN[:2], data="own", epoch=0)
    play.settle()
    assert share_of_two_colors() < 0.3
    play.set(discretize=True)
    play.settle()
    assert share_of_two_colors() > 0.9


EXTREMES = [
    {},
    {"hidden": (8, 8, 8, 8), "features": ALL, "look": "4.8", "epoch": 300},
    {"hidden": (), "features": ALL, "initialization": "large"},
    {"hidden": (1, 1, 1, 1), "look": "3.1"},
    {"data": "hills", "initialization": "large", "epoch": 1000},
    dict(Playground.presets["diverges"]),
    {"data": "own"},
    {"hidden": (8, 8), "look": "2.3", "typed": {"bias 2.3": -123456.0, "1.1->2.3": -99.5}},
]


@pytest.mark.parametrize("values", EXTREMES)
def test_no_text_is_cut_or_covered(play, values):
    moved(play, **values)
    box = play._stage.figure.bbox
    found = texts(play)
    assert len(found) > 5
    for text, left, bottom, right, top in found:
        assert left >= 0, text
        assert bottom >= 0, text
        assert right <= box.width + 1, text
        assert top <= box.height, text
    for (a, *one), (b, *other) in itertools.combinations(found, 2):
        apart = one[2] <= other[0] + 2 or other[2] <= one[0] + 2 or one[3] <= other[1] + 3 or other[3] <= one[1] + 3
        assert apart, (a, b)


def test_numbers_are_short():
    assert number(-1.234) == "−1.23"
    assert number(123456.0) == "1e05"
    assert number(float("nan")) == "–"


def test_small_pictures_of_nan_and_of_small_answers(play):
    tiles = Tiles(play._picture.network._axes)
    pixels = tiles._pixels(np.full((1, 20, 20), np.nan), np.ones(1), 30)
    assert pixels.shape == (1, 30, 30, 4)
    assert (pixels[0, 5:-5, 5:-5, :3] > 245).all()
    pale, full = (tiles._pixels(np.full((1, 20, 20), size), np.ones(1), 30)[0, 15, 15, :3] for size in (0.1, 9.0))
    assert pale.min() > full.min()


# The explorer as such.


def test_code_reproduces_the_state(play):
    assert play.code() == "explorers.playground()"
    moved(play, data="xor", hidden=(3,), features=("x1*x2",), typed={"bias 1.2": 0.25}, learning_rate=0.1, look="1.2")
    again = eval(play.code(), {"explorers": explorers})
    assert vars(again._values()) == vars(play._values())
    np.testing.assert_array_equal(again.data["field"], play.data["field"])
    play.set(points=DRAWN)
    assert "points" not in play.code()
    play.set(data="own")
    assert eval(play.code(), {"explorers": explorers}).controls["points"].value == tuple(DRAWN)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data": "digits"}, "'circles'"),
        ({"noise": 51}, "one of 0, 5, 10"),
        ({"batch": 31}, "one of 1, 2, 3"),
        ({"hidden": (9,)}, "from 1 to 8, for 0 to 4 layers"),
        ({"hidden": (1, 1, 1, 1, 1)}, "for 0 to 4 layers"),
        ({"hidden": 4}, r"such as \(4, 2\)"),
        ({"features": ()}, "one feature or more"),
        ({"features": ("x3",)}, "'x1', 'x2'"),
        ({"look": "3.1"}, "1.1, 1.2, 1.3, 1.4, 2.1, 2.2; got '3.1'"),
        ({"look": "1.2", "hidden": ()}, "none"),
        ({"typed": {"x9->1.1": 1}}, "no weight 'x9->1.1'; into its output go '2.1->output'"),
        ({"typed": {"bias 1.1": "a"}}, "typed is a dict"),
        ({"typed": [1]}, "typed is a dict"),
        ({"points": [(0, 0)]}, "points is a list of"),
        ({"points": "ab"}, "points is a list of"),
        ({"points": [(0, 0, 3)]}, "two classes"),
        ({"discretize": 1}, "False, True"),
        ({"epoch": 11}, "one of 0, 1, 2"),
        ({"momentum": 0.9}, "no control 'momentum'"),
    ],
)
def test_what_the_controls_do_not_offer_is_refused(play, values, words):
    before = play.code()
    with pytest.raises(ValueError, match=words):
        play.set(**values)
    assert play.code() == before


def test_fewer_layers_take_the_look_and_the_weights_with_them(play):
    moved(play, look="2.2", typed={"1.1->2.2": 3})
    play.controls["hidden"].layers.value = 1
    play.settle()
    assert play.controls["hidden"].value == (4,)
    assert play.controls["look"].value == "output"
    assert "typed by you" not in play.figure.status
    assert play.figure.banner == ""
    play.controls["hidden"].layers.value = 3
    play.controls["hidden"].units[2].value = 7
    play.settle()
    assert len(play.controls["hidden"].value) == 3
    assert play.controls["hidden"].value[2] == 7
    assert [box.layout.display for box in play.controls["hidden"].units] == [None, None, None, "none"]


def test_the_last_feature_cannot_be_unticked(play):
    boxes = play.controls["features"]._boxes
    boxes["x1"].value = boxes["x2"].value = False
    assert play.controls["features"].value == ("x2",)
    assert boxes["x2"].value


def test_a_step_and_the_player_go_from_kept_epoch_to_kept_epoch(play):
    play.controls["epoch"].step.click()
    play.settle()
    assert play.controls["epoch"].value == 120
    assert play.data["epochs"][-1] == 120
    moved(play, epoch=3000)
    play.controls["epoch"].step.click()
    assert play.controls["epoch"].value == 3000
    assert play.controls["epoch"].play.max == len(runs.EPOCHS) - 1


def test_the_first_picture_comes_before_a_long_training_ends(play, monkeypatch):
    shown = []
    show = play._show

    def spy(values, arrays, final):
        shown.append((int(arrays["epochs"][-1]), final))
        show(values, arrays, final)

    monkeypatch.setattr(play, "_show", spy)
    play.set(epoch=2000, hidden=(8, 8, 8, 8), batch=1)
    play.settle()
    assert shown[0][0] < 2000
    assert shown[-1] == (2000, True)


def test_it_stops_soon_and_goes_on_where_it_was(play, monkeypatch, given_up):
    values = core.Values(**{**DEFAULTS, "epoch": 3000, "hidden": (8, 8, 8), "batch": 1})
    play.compute(values, given_up)
    assert len(given_up.shown) == 1
    assert play._run[1].epochs[-1] < 3000
    early = core.Values(**{**vars(values), "epoch": 30})
    given_up.stop.clear()
    monkeypatch.setattr(given_up, "show", given_up.shown.append)
    stopped = play.compute(early, given_up)
    run = runs.Run(early, False)
    for _epoch in run.train(30):
        pass
    for mine, theirs in zip(stopped["_weights"], run.weights(30), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_without_compiled_code_the_formulas_train_the_same(play, request):
    compiled = moved(play, epoch=12)
    request.getfixturevalue("formulas")
    explorer = explorers.playground(epoch=12)
    np.testing.assert_allclose(explorer.data["training_loss"], compiled["training_loss"], rtol=1e-3)


def test_the_program_is_in_the_page(play):
    assert play._board._program.text == play.as_python()
    play.set(data="own")
    play.settle()
    assert "no training points yet" in play._board._program.text
    with pytest.raises(ValueError, match="no training points yet"):
        play.as_python()


def test_defaults_are_those_of_the_function():
    signature = inspect.signature(explorers.playground)
    assert {name: part.default for name, part in signature.parameters.items()} == {**DEFAULTS, "typed": None}
    assert set(PLAIN) == set(DEFAULTS) - {"points"}


def test_every_control_is_named():
    explorer = explorers.playground(hidden=(1, 1, 1, 1), epoch=0)
    found = list(walk(explorer))
    assert len(found) > 60
    for part in found:
        named = isinstance(
            part, (widgets.Checkbox, widgets.Dropdown, widgets.ToggleButtons, widgets.Button, widgets.Text)
        )
        if named or hasattr(part, "readout") or isinstance(part, (widgets.BoundedIntText, widgets.BoundedFloatText)):
            assert part.description, part


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


SYMBOLS = {
    "",
    "x₁",
    "x₂",
    "x₁²",
    "x₂²",
    "x₁x₂",
    "sin x₁",
    "sin x₂",
    "tanh",
    "relu",
    "L1",
    "L2",
    "SGD",
    "RMSprop",
    "Adam",
}
CODE = {*SYMBOLS, *runs.ACTIVATIONS, *runs.INITIALIZERS, "AdamW", "2.", "3.", "4.", "  tanh, "}


@pytest.mark.usefixtures("pseudo", "formulas")
def test_every_text_is_translated():
    explorer = explorers.playground(epoch=1)
    said = [explorer.alt, explorer.figure.status, explorer._board._program.words["label"]]
    for values in ({"data": "own"}, {"initialization": "zeros", "data": "xor"}, {"data": "hills", "look": "1.1"}):
        explorer.set(**values)
        explorer.settle()
        said += [explorer.alt, explorer.figure.status]
        said += [text for text, *_box in texts(explorer)]
        said += [explorer.figure.banner] if values.get("data") != "hills" else []
    for part in walk(explorer):
        said += [getattr(part, "description", ""), *getattr(part, "titles", ())]
        options = getattr(part, "options", ())
        said += [option[0] for option in options if isinstance(option, tuple)]
    said += [text.get_text() for text in explorer._stage.figure.findobj(Text)]
    for text in said:
        if text not in CODE and not is_number(text):
            assert "⟦" in text, text
            assert "⟧" in text, text


def is_number(text):
    return text.translate(str.maketrans("", "", "., −–%<e")).isdigit() or "mathdefault" in text or text in ("–", "−")
