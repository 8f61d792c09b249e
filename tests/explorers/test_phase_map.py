"""Chapter 06's phase map: pixels are trainings, a replay has their bits, the zoom follows the pixel; it stays rough."""

import sys

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers import core
from nnlab.explorers.chapter_06._phase_map_figure import PHASES, Pixels, verdict
from nnlab.explorers.chapter_06._phase_runs import COARSE, LOST, SIDE, STEPS, View, graded, replay, train
from nnlab.explorers.chapter_06.phase_map import MIDDLE, ZOOMS, PhaseMap

module = sys.modules["nnlab.explorers.chapter_06.phase_map"]


@pytest.fixture(scope="module")
def explorer(compiled):
    return explorers.phase_map()


def moved(explorer, **values):
    explorer.set(**{**PhaseMap.presets["the whole map"], **values})
    explorer.settle()
    return explorer.data


def border(diverged):
    here = diverged[:-1, :-1]
    return (here != diverged[1:, :-1]) | (here != diverged[:-1, 1:])


def dimension(diverged):
    edge, sides = border(diverged)[:48, :48], [2, 4, 8]
    counts = [edge.reshape(48 // s, s, 48 // s, s).any(axis=(1, 3)).sum() for s in sides]
    return -np.polyfit(np.log(sides), np.log(counts), 1)[0]


@pytest.mark.parametrize("preset", ["the whole map", "folds 64 ×", "16384 ×"])
def test_a_pixel_and_its_replay_have_the_same_bits(explorer, preset):
    from nnlab import sweep
    from nnlab.explorers.chapter_06 import _phase_runs

    found = moved(explorer, **PhaseMap.presets[preset])
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, SIDE, (2, 6))
    grid = {"scale": found["scales"].tolist(), "learning_rate": found["rates"].tolist()}
    runs = sweep(_phase_runs.build("tanh", 0.1), grid, _phase_runs.data(), epochs=STEPS, batch_size=8, shuffle=False)
    np.testing.assert_array_equal(graded(runs.history["loss"]), found["grade"])
    for row, column in zip(rows, columns, strict=True):
        data = moved(explorer, **{**PhaseMap.presets[preset], "row": int(row), "column": int(column)})
        own = runs.history["loss"][row, column]
        finite = np.isfinite(data["loss"])
        np.testing.assert_array_equal(data["loss"][finite], own[finite])
        assert graded(data["loss"]) == data["grade"][row, column]
        assert data["chosen"].tolist() == [found["rates"][column], found["scales"][row]]


def test_the_coarse_picture_is_made_of_pixels_of_the_sharp_one():
    view = View("tanh", -0.2, 0.4, 4)
    coarse, sharp = train(view, COARSE), train(view, SIDE)
    each = SIDE // COARSE
    np.testing.assert_array_equal(coarse, sharp[each // 2 :: each, each // 2 :: each])


def test_small_rates_train_and_large_ones_diverge(explorer):
    grade = moved(explorer)["grade"]
    assert grade.shape == (SIDE, SIDE)
    assert (grade[:, :5] <= 0).all()
    assert (grade[:, -5:] > 0).all()
    assert "a border runs between them" in explorer.alt
    assert grade[-1, 0] < -0.6 < grade[0, 0]


@pytest.mark.parametrize("preset", [name for name in PhaseMap.presets if "64" in name or "4 ×" in name])
def test_presets_stand_on_the_border(explorer, preset):
    share = (moved(explorer, **PhaseMap.presets[preset])["grade"] > 0).mean()
    assert 0.2 < share < 0.85


def test_the_border_stays_rough_however_deep(explorer):
    circle = np.hypot(*np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]) < 0.7
    assert 0.8 < dimension(circle) < 1.15
    for preset in ("folds 64 ×", "1024 ×", "16384 ×"):
        diverged = moved(explorer, **PhaseMap.presets[preset])["grade"] > 0
        assert dimension(diverged) > 1.3
        assert border(diverged).sum() > 4 * border(circle).sum()


def test_without_bends_the_border_is_smooth(explorer):
    diverged = moved(explorer, activation="linear")["grade"] > 0
    assert border(diverged).sum() < 2.2 * SIDE


def test_a_grade_tells_what_became_of_a_training():
    steps = np.arange(100)
    quick, slow, level = np.exp(-steps), np.exp(-steps / 100), np.ones(100)
    early, late = np.where(steps < 5, 1.0, np.inf), np.where(steps < 90, 1.0, 2 * LOST)
    back = np.where(steps == 50, 10 * LOST, 1.0)
    lost = np.where(steps < 20, 1.0, np.nan)
    grades = graded(7.0 * np.stack([quick, slow, level, early, late, back, lost]))
    assert -1 <= grades[0] < -0.95 < grades[1] < grades[2] == 0
    assert grades[3] > grades[6] > grades[4] > 0.2
    assert grades[5] == 0
    assert verdict(quick).startswith("trained: 0")
    assert verdict(level).startswith("got nowhere")
    assert verdict(early) == "diverged: lost at step 5"


def test_a_zoom_by_hand_makes_the_chosen_pixel_the_middle(explorer):
    before = moved(explorer, column=31, row=44)["chosen"]
    explorer.controls["zoom"].value = 16  # as the page does
    explorer.settle()
    values = explorer._values()
    assert (values.zoom, values.column, values.row) == (16, MIDDLE, MIDDLE)
    np.testing.assert_allclose(explorer.data["chosen"], before, rtol=1e-8)
    explorer.controls["zoom"].value = 1
    explorer.settle()
    values = explorer._values()
    assert (values.log_rate, values.log_scale, values.column, values.row) == (0, 0, 31, 44)


def test_a_zoom_by_set_or_preset_stays_where_it_is_told(explorer):
    moved(explorer, **PhaseMap.presets["fjords 64 ×"])
    assert explorer._values().log_rate == 0.04609375
    moved(explorer, zoom=4, log_rate=-0.2, log_scale=0.4, column=3, row=5)
    assert (explorer._values().column, explorer._values().log_scale) == (3, 0.4)


def test_neighbors_differ_at_the_deepest_zoom():
    rates, scales = View("tanh", -0.2, 0.4, ZOOMS[-1]).exponents(SIDE)
    assert len(np.unique(10.0**rates)) == len(np.unique(10.0**scales)) == SIDE
    assert len(np.unique((10.0**rates).astype(np.float32))) > SIDE / 2  # float32 is near its end here


def test_a_click_chooses_and_trains_no_map_anew(explorer, monkeypatch):
    moved(explorer)
    calls = []
    monkeypatch.setattr(module, "train", lambda *rest: calls.append(rest))
    explorer.pointed("map", 12.3, 7.8)
    explorer.settle()
    assert (explorer._values().column, explorer._values().row) == (12, 8)
    assert explorer.data["grade"].shape == (SIDE, SIDE)
    assert calls == []
    frame = explorer._picture._map._inner
    assert (frame.get_xdata(), frame.get_ydata()) == ([12], [8])


def test_the_banner_says_when_the_chosen_one_diverges(explorer):
    moved(explorer, column=SIDE - 1, row=10)
    assert "diverges" in explorer.figure.banner
    assert explorer._picture._loss._verdict.get_text().startswith("diverged")
    moved(explorer)
    assert explorer.figure.banner == ""


def test_the_first_picture_is_coarse(explorer, monkeypatch):
    pictures = []
    show = explorer._show

    def spy(values, arrays, final):
        pictures.append((len(arrays["grade"]), final))
        show(values, arrays, final)

    monkeypatch.setattr(explorer, "_show", spy)
    moved(explorer, log_scale=0.123)
    assert pictures[0] == (COARSE, False)
    assert pictures[-1] == (SIDE, True)


def test_it_stops_soon_and_keeps_no_map_that_is_not_whole(explorer, given_up):
    values = core.Values(**{**PhaseMap.presets["the whole map"], "log_rate": 0.0123})
    arrays = explorer.compute(values, given_up)
    assert len(given_up.shown) == 1
    assert len(arrays["grade"]) == COARSE
    assert not any(view.log_rate == 0.0123 for view in explorer._maps)


def test_the_pixels_are_drawn_as_plain_squares_the_lowest_row_first(explorer):
    data = moved(explorer)
    artist = explorer._picture._map._pixels
    assert isinstance(artist, Pixels)
    drawn = []
    renderer = type("R", (), {"new_gc": lambda _s: type("G", (), {"restore": lambda _g: None})()})()
    renderer._raster_depth, renderer._rasterizing = 0, False
    renderer.draw_image = lambda _gc, _x, _y, image: drawn.append(image)
    artist.draw(renderer)
    (image,) = drawn
    each = image.shape[0] // SIDE
    assert each >= 6
    for row, column in ((0, 0), (SIDE - 1, 0), (3, SIDE - 1)):
        square = image[row * each : (row + 1) * each, column * each : (column + 1) * each, :3].reshape(-1, 3)
        assert (square == square[0]).all()
    green, purple = image[-1, 0], image[0, -1]
    assert green[1] > green[0]
    assert purple[0] > purple[1]
    assert data["grade"][-1, 0] < 0 < data["grade"][0, -1]


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_it_shows_a_few_pixels():
    explorer = explorers.phase_map(column=3)
    assert len(explorer.data["grade"]) == module.FEW
    loss, _model = replay("tanh", *explorer.data["chosen"])
    np.testing.assert_allclose(explorer.data["loss"], loss, rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "words"), [({"zoom": 2}, "one of 1, 4"), ({"column": SIDE}, "between 0 and"), ({"log_rate": 3.0}, "-2")]
)
def test_what_the_controls_do_not_offer_is_refused(explorer, values, words):
    with pytest.raises(ValueError, match=words):
        explorer.set(**values)


def test_code_reproduces_the_state(explorer):
    moved(explorer, **PhaseMap.presets["1024 ×"])
    again = eval(explorer.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["grade"], explorer.data["grade"])


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.phase_map(column=SIDE - 1)
    texts = [explorer.alt, explorer.figure.status, explorer.figure.banner]
    texts += [explorer.controls[name].description for name in ("zoom", "activation")]
    texts += [verdict(np.ones(STEPS)), verdict(np.exp(-np.arange(STEPS)))]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)}
    symbols = {"", "x₁", "x₂"}
    texts += [text for text in drawn - symbols if not text.replace(".", "").isdigit() and "$" not in text]
    for text in texts:
        assert text.startswith("⟦"), text


def test_what_diverged_is_darker_than_all_that_trained():
    """For who does not tell green from purple, lightness has to tell them (ITU-R BT.709's luminance)."""
    luminance = PHASES(np.linspace(0, 1, 101))[:, :3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
    assert luminance[:50].min() > 1.5 * luminance[62:].max()
