"""The explorer core: controls, states that replace each other, pointer, words, and what a page does not answer."""

import threading

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers import controls, core
from nnlab.explorers.core import Explorer
from nnlab.explorers.curve_pad import CurvePad
from nnlab.language import N_, _


class Line(Explorer):
    """A straight line: the smallest explorer."""

    name = "line"
    size = (400, 300)
    rows = (("slope", "offset"), ("kind", "step"))
    presets = {N_("flat"): {"slope": 0.0}}
    pointer = {"line": (("offset", "slope"),)}
    computed = None  # called in the middle of a computation

    def make_controls(self):
        return {
            "slope": controls.slider(_("slope"), 1.0, -2.0, 2.0, 0.1),
            "offset": controls.log_slider(_("offset"), 1.0, 0.01, 100.0),
            "kind": controls.choice(_("kind"), "plain", ("plain", "steep")),
            "step": controls.time(_("step"), 0, 10),
        }

    def compute(self, values, task):
        x = np.linspace(0, 1, 5)
        task.show({"x": x, "y": x})
        if self.computed:
            self.computed(values, task)
        if values.slope == 2.0:
            raise ValueError("two is too steep")
        if values.slope == -2.0:
            raise ZeroDivisionError("no way")
        return {"x": x, "y": values.slope * x + values.offset, "_hidden": object()}

    def draw(self, figure):
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.7), label="line")
        axes.set(title=_("A line"), xlabel=_("x"), ylabel=_("y"), xlim=(0, 10), ylim=(-2, 2))
        (self._line,) = axes.plot([], [])
        return [self._line]

    def update(self, values, arrays):
        self._line.set_data(arrays["x"], arrays["y"])

    def describe(self, values, arrays):
        return _("A line of slope {slope}.").format(slope=f"{values.slope:g}")

    def warn(self, values, arrays):
        return _("It falls.") if values.slope < 0 else ""

    def status(self, values, arrays):
        return _("Drawn.")


@pytest.fixture
def line():
    return Line(slope=0.5)


def test_the_public_face(line):
    assert list(line.controls) == ["slope", "offset", "kind", "step"]
    np.testing.assert_allclose(line.data["y"], 0.5 * line.data["x"] + 1)
    assert set(line.data) == {"x", "y"}
    assert line.alt == "A line of slope 0.5."
    assert line.png.startswith(b"\x89PNG")
    assert line.code() == 'explorers.line(slope=0.5, offset=1, kind="plain", step=0)'
    line.settle()


def test_data_is_a_copy(line):
    line.data["y"][:] = 7
    assert line.data["y"][0] == 1


def test_a_moved_slider_computes_anew_and_the_sharp_picture_comes_at_rest(line):
    before = line.png
    line.controls["slope"].value = -1.0
    line.settle()
    assert line.alt == "A line of slope -1."
    assert line.figure.banner == "It falls."
    assert line.figure.status == "Drawn."
    assert line.figure.code == line.code()
    assert line.png != before
    width = np.frombuffer(line.png[16:20], ">u4")[0]
    assert width == 2 * line.size[0]


def test_set_moves_all_or_none(line):
    line.set(slope=1.5, kind="steep", step=3)
    line.settle()
    assert "slope=1.5" in line.code()
    assert 'kind="steep", step=3' in line.code()
    for wrong, words in (
        ({"slope": 0.1, "width": 2}, "no control 'width'; it has: slope, offset, kind, step"),
        ({"slope": 3.0}, "line: slope must be a number between -2 and 2; got 3.0"),
        ({"offset": 0.0}, "one of 0.01, 0.012, 0.015, … 100"),
        ({"offset": "1"}, "one of 0.01"),
        ({"kind": "bent"}, "one of 'plain', 'steep'; got 'bent'"),
        ({"step": 1.5}, "a whole number between 0 and 10"),
        ({"step": True}, "a whole number"),
    ):
        with pytest.raises(ValueError, match=words):
            line.set(**wrong)
    assert "slope=1.5" in line.code()
    with pytest.raises(ValueError, match="slope must be"):
        Line(slope=9.0)


@pytest.mark.parametrize(("slope", "banner"), [(2.0, "two is too steep"), (-2.0, "ZeroDivisionError: no way")])
def test_errors_are_shown_in_place_and_go_again(line, slope, banner):
    line.set(slope=slope)
    line.settle()
    assert line.figure.banner == banner
    assert banner in line.alt
    line.set(slope=1.0)
    line.settle()
    assert line.figure.banner == ""


def test_presets_and_reset(line):
    row = line.children[-2]
    buttons = {button.description: button for button in row.children[1:]}
    buttons["flat"].click()
    line.settle()
    assert line.alt == "A line of slope 0."
    buttons["Reset"].click()
    line.settle()
    assert line.alt == "A line of slope 0.5."


def test_the_pointer_moves_the_controls_that_follow_it(line):
    assert line.figure.points
    # The axes reach from 0.2 to 0.9 of the figure: the middle is x = 5, y = 0.
    line.figure._on_page(line.figure, {"pointer": [0.55, 0.45], "pressed": True}, [])
    line.settle()
    assert line.code().startswith("explorers.line(slope=0, offset=5,")
    line.figure._on_page(line.figure, {"pointer": [0.01, 0.01], "pressed": True}, [])  # beside the axes
    line.figure._on_page(line.figure, {"pointer": [0.5, 0.5]}, [])  # dragged from there: nothing is held
    assert line.code().startswith("explorers.line(slope=0, offset=5,")
    line.figure._on_page(line.figure, {"pointer": "nowhere"}, [])
    assert "pointer" not in line.figure.banner


class Two(Line):
    """Two points that can be dragged; the second one only sideways."""

    name = "two"
    rows = (("slope",),)
    pointer = {"line": (("offset", "slope"), ("x", None))}

    def make_controls(self):
        return {**super().make_controls(), "x": controls.count("x", 9, 0, 10)}


def test_the_pointer_takes_the_nearest_handle_and_holds_it():
    two = Two(offset=1.0, slope=0.0)
    assert len(two.children[0].children) == 1  # the others are not seen, and part of the state
    page = two.figure
    page._on_page(page, {"pointer": [0.8, 0.7], "pressed": True}, [])  # far below, and nearest to x = 9 all the same
    assert two.controls["x"].value == 9
    page._on_page(page, {"pointer": [0.3, 0.45]}, [])  # over the other handle
    assert two.controls["x"].value == 1
    page._on_page(page, {"pointer": [0.02, 0.45]}, [])  # outside
    assert two.controls["x"].value == 0
    page._on_page(page, {"pointer": [0.3, 0.5], "pressed": True}, [])
    two.settle()
    assert (two.controls["x"].value, two.controls["offset"].value) == (0, 1.5)


class Redrawing:
    """A lock that one gets only after another thread has drawn at another scale."""

    def __init__(self, figure):
        self._figure = figure

    def __enter__(self):
        self._figure.set_dpi(300 - self._figure.dpi)  # from 100 to 200, or back

    def __exit__(self, *error):
        pass


def test_a_picture_under_way_does_not_move_what_is_dragged(line):
    line._live.request = lambda state: None
    line._stage.figure.set_dpi(100)
    line._drawing = Redrawing(line._stage.figure)
    for _press in range(2):
        line.figure._on_page(line.figure, {"pointer": [0.55, 0.45], "pressed": True}, [])
        assert line.code().startswith("explorers.line(slope=0, offset=5,")
    sent = []
    line.figure.send = sent.append
    line.figure._on_page(line.figure, {"step": [0, 5]}, [])
    np.testing.assert_allclose(sent[-1]["ring"], [0.55, 0.45 - 0.7 * 0.5 / 4], atol=0.01)


def test_the_buttons_of_a_player_have_words_for_the_page(line):
    assert {"play", "pause", "stop", "retweet"} <= set(line.figure.words)


def test_arrow_keys_move_a_handle_and_space_takes_the_next():
    two, sent = Two(offset=1.0, slope=0.0), []
    two.figure.send = sent.append
    assert "Arrow keys" in two.figure.words["keys"]
    for step in ([1, 0], [0, 1], [0, 5], [0, 0], [-1, 0], [0, 1]):
        two.figure._on_page(two.figure, {"step": step}, [])
    two.settle()
    values = [two.controls[name].value for name in ("offset", "slope", "x")]
    assert values == pytest.approx([1.2, 0.6, 8])
    np.testing.assert_allclose(sent[-1]["ring"], [0.2 + 0.7 * 0.8, 0.45])  # where the second one is
    two.figure._on_page(two.figure, {"step": ["a", 1]}, [])
    assert two.figure.banner == ""


class Pad(Line):
    """Nothing can be dragged, but places can be pressed."""

    name = "pad"
    pointer = {"line": ((None, None),)}


def test_where_nothing_can_be_dragged_keys_move_the_pointer_itself(line):
    pad = Pad()
    assert "Space presses" in pad.figure.words["pen"]
    assert "keys" not in pad.figure.words
    np.testing.assert_allclose(pad.figure.begin, [0.55, 0.45])  # the middle of the axes
    assert "pen" not in line.figure.words


@pytest.mark.parametrize("value", [0.03, 0.001, 1, 0.25, 8.0])
def test_a_logarithmic_slider_stands_exactly_where_it_is_put(value):
    slider = controls.log_slider("rate", 1.0, 0.001, 10.0)
    controls.check(slider, "rate", value)
    slider.value = value
    assert controls.read(slider) == value
    assert slider.label == f"{value:g}"


def test_a_logarithmic_slider_names_the_numbers_that_are_near():
    slider = controls.log_slider("rate", 1.0, 0.001, 10.0)
    with pytest.raises(ValueError, match=r"0.001, 0.0012, 0.0015, … 10 \(near yours are 0.03 and 0.04\); got 0.033"):
        controls.check(slider, "rate", 0.033)
    assert controls.moved(slider, 1) == 1.2
    assert controls.moved(slider, 100) == 10
    assert controls.nearest(slider, -3) == 0.001


def test_an_answer_of_the_page_does_not_move_a_slider_back():
    slider = controls.slider("z", 0.0, -6.0, 6.0, 0.05)
    for value in (1.0, 1.05, 1.1):  # dragged in the picture
        slider.value = value
    slider.set_state({"value": 1.0500000000000003})  # the page's answer to the second
    assert slider.value == 1.1
    slider.set_state({"value": 2.0})  # moved by hand,
    slider.set_state({"value": 1.05})  # and back
    assert slider.value == 1.05


def test_many_moves_give_few_runs_and_the_last_wins(line):
    begun, go, seen = threading.Event(), threading.Event(), []

    def wait(values, task):
        seen.append(values.slope)
        begun.set()
        assert go.wait(10)

    line.computed = wait
    line.set(slope=0.0)
    assert begun.wait(10)
    for slope in np.linspace(-1, 1, 21):
        line.set(slope=float(slope))
    go.set()
    line.settle()
    assert seen == [0.0, 1.0]


def test_a_page_that_no_longer_answers_stops_the_run(line, monkeypatch):
    monkeypatch.setattr(core, "GONE", 0.0)
    line.figure._on_page(line.figure, {"shown": line.figure.frame}, [])  # a page is there,
    stopped = []

    def twice(values, task):
        task.show({"x": np.zeros(1), "y": np.zeros(1)})
        stopped.append(task.stop.is_set())

    line.computed = twice
    line.set(slope=0.7)  # and says nothing to the first picture of this run
    line.settle()
    assert stopped == [True]


def test_time_is_played_by_the_page(line):
    step = line.controls["step"]
    assert step.play.max == 10
    step.slider.value = 4
    line.settle()
    assert line.code().endswith("step=4)")


def texts(line):
    yield from (line.alt, line.figure.status, *line.figure.words.values())
    for row in line.children[:-1]:
        yield from (getattr(child, "description", "") or getattr(child, "value", "") for child in row.children)
    for axes in line._stage.figure.axes:
        yield from (axes.get_title("left") or axes.get_title(), axes.get_xlabel(), axes.get_ylabel())


@pytest.mark.usefixtures("pseudo")
def test_every_text_goes_through_the_catalogue():
    line = Line()
    for text in texts(line):
        if isinstance(text, str) and text:
            assert text.startswith("⟦"), text
    line.set(slope=-1.0)
    line.settle()
    assert line.figure.banner == "⟦IIt faalls.⟧"
    assert line.alt == "⟦AA liinee oof sloopee -1.⟧"
    for wrong in ({"nothing": 1}, {"slope": 9.0}, {"kind": "bent"}, {"step": 0.5}):
        with pytest.raises(ValueError, match="⟦"):
            line.set(**wrong)


def test_the_bundle_has_view_picture_and_text(line):
    data, metadata = line._repr_mimebundle_()
    assert data["text/plain"] == "line: A line of slope 0.5."
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["width"] == 400


def test_a_curve_is_drawn_by_sliders_and_by_the_pointer():
    pad = CurvePad(np.array([0.0, 1.0, 2.0]), (0.0, 1.0), ("layer", "size"))
    np.testing.assert_array_equal(pad.curve(), [0.5, 0.5, 0.5])
    pad.pointed("curve", 1.1, 0.9)
    pad.pointed("curve", 7.0, -3.0)
    np.testing.assert_allclose(pad.curve(), [0.5, 0.9, 0.0])
    pad.reveal(np.array([1.0, 0.5, 0.25]))
    pad.settle()
    np.testing.assert_array_equal(pad.data["answer"], [1.0, 0.5, 0.25])
    assert "0.9" in pad.alt


@pytest.mark.parametrize("name", ["step", "sigmoid", "relu", "leaky_relu", "elu", "gelu"])
def test_activation_curve_draws_the_tangent(name):
    explorer = explorers.activation_curve(activation=name, z=-1.5, parameter=0.3)
    data = explorer.data
    z, value, slope = data["point"]
    assert z == -1.5
    k = np.searchsorted(data["z"], z)
    np.testing.assert_allclose([value, slope], [data["f"][k], data["slope"][k]], atol=1e-9)
    np.testing.assert_allclose(np.diff(data["tangent"]) / np.diff(data["tangent_z"]), slope, atol=1e-9)
    assert f"z = {z:.2f}" in explorer.alt


def test_activation_curve_follows_the_pointer():
    explorer = explorers.activation_curve()
    explorer.pointed("value", 2.02, 3.0)
    explorer.settle()
    assert explorer.controls["z"].value == pytest.approx(2.0)
    explorer.set(activation="relu", z=-2.0)
    explorer.settle()
    assert "flat there" in explorer.alt


def test_a_page_that_comes_back_gets_what_it_missed(line, monkeypatch):
    line.figure._on_page(line.figure, {"shown": line.figure.frame}, [])
    line.set(slope=0.1)
    line.settle()  # its picture was sent, and not acknowledged
    monkeypatch.setattr(core, "GONE", -1.0)
    line.set(slope=0.7)
    line.settle()
    monkeypatch.undo()
    line.figure._on_page(line.figure, {"shown": line.figure.frame}, [])
    line.settle()
    assert line.alt == "A line of slope 0.7."


def test_the_stored_picture_is_of_the_state_that_the_cell_has_set(line):
    line.set(slope=-1.5)
    data, _ = line._repr_mimebundle_()
    assert data["text/plain"] == "line: A line of slope -1.5."


def test_the_line_of_python_restores_every_digit(line):
    line.set(slope=0.12345678)
    assert "slope=0.12345678," in line.code()


def test_numbers_of_numpy_are_numbers(line):
    line.set(slope=np.float64(0.25), step=np.int64(3))
    assert line.code().startswith("explorers.line(slope=0.25,")


def test_nothing_ends_the_worker_for_good(line):
    def leave(values, task):
        raise SystemExit

    line.computed = leave
    line.set(slope=0.3)
    line.settle()
    line.computed = None
    line.set(slope=0.4)
    line.settle()
    assert line.alt == "A line of slope 0.4."


def test_pointer_messages_of_another_kind_are_ignored(line):
    for place in (["a", 1], [None, None], [1], "x"):
        line.figure._on_page(line.figure, {"pointer": place}, [])
    assert line.figure.banner == ""
