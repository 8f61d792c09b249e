"""Chapter 7's graph, step by step: what is known when, what stands on the lines, and how far the steps go."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.autodiff import Steps
from nnlab.explorers.chapter_07._expressions import EXPRESSIONS
from nnlab.explorers.chapter_07.graph_scrubber import LAST, GraphScrubber, scene


@pytest.fixture(scope="module")
def scrubber():
    return explorers.graph_scrubber()


def known(explorer, name):
    return dict(zip(explorer._arrays["_labels"], explorer.data[name], strict=True))


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer


@pytest.mark.parametrize("graph", EXPRESSIONS)
@pytest.mark.parametrize(("w", "x"), [(2.0, -3.0), (-0.7, 1.3), (0.0, 0.0)])
def test_gradients_are_those_that_nudges_measure(scrubber, graph, w, x):
    explorer = moved(scrubber, graph=graph, w=w, x=x, step=len(Steps(EXPRESSIONS[graph].build(w, x))))
    gradient, h = known(explorer, "gradient"), 1e-5
    name = "w₁" if graph == "two units" else "w"
    build = EXPRESSIONS[graph].build
    assert gradient[name] == pytest.approx((build(w + h, x).data - build(w - h, x).data) / (2 * h), abs=1e-6)
    assert gradient["x"] == pytest.approx((build(w, x + h).data - build(w, x - h).data) / (2 * h), abs=1e-6)
    assert gradient["L"] == 1


def test_nothing_is_known_before_its_time(scrubber):
    explorer = moved(scrubber, graph="a square", step=2, w=2.0, x=-3.0)
    data, gradient = known(explorer, "data"), known(explorer, "gradient")
    assert (data["y"], data["z"]) == (-6, -2)
    assert np.isnan(data["L"])
    assert all(map(np.isnan, gradient.values()))
    assert "No gradient is known yet." in explorer.alt


def test_what_comes_back_to_a_fork_is_added(scrubber):
    explorer = moved(scrubber, graph="used twice", step=6, w=2.0, x=-3.0)
    assert known(explorer, "gradient")["p"] == -10
    assert known(moved(scrubber, step=5), "gradient")["p"] == -4


def test_lines_carry_slopes_forward_and_flows_backward():
    root = EXPRESSIONS["a square"].build(2.0, -3.0)
    steps = Steps(root)

    def written(k):
        return {
            (e.parent, e.child): (e.text, e.state) for e in scene(EXPRESSIONS["a square"], steps, steps.at(k)).edges
        }

    assert written(0)["w", "y"] == ("", "slope")
    assert written(1)["w", "y"] == ("−3", "forward")
    assert written(6)["z", "L"] == ("−4", "passed")
    assert written(7)["w", "y"] == ("12", "backward")
    assert scene(EXPRESSIONS["a square"], steps, steps.at(7)).active == "y"


def test_the_steps_end_where_the_graph_ends(scrubber):
    for graph, expression in EXPRESSIONS.items():
        moved(scrubber, graph=graph, step=0)
        assert scrubber.controls["step"].slider.max == len(Steps(expression.build(1.0, 1.0)))
        assert scrubber.controls["step"].play.max == scrubber.controls["step"].slider.max
    with pytest.raises(ValueError, match="between 0 and 7"):
        scrubber.set(graph="a square", step=LAST)
    moved(scrubber, graph="two units", step=LAST)
    scrubber.controls["graph"].value = "a square"
    scrubber.settle()
    assert scrubber.controls["step"].value == 7
    assert "after 7 of 7 steps" in scrubber.alt


def test_an_explorer_may_begin_at_the_last_step_of_a_long_graph():
    explorer = explorers.graph_scrubber(graph="two units", step=LAST)
    explorer.settle()
    assert explorer.code() == 'explorers.graph_scrubber(graph="two units", step=19, w=2, x=-3)'


@pytest.mark.parametrize("graph", EXPRESSIONS)
def test_boxes_do_not_overlap_and_stay_in_the_picture(graph):
    from nnlab.explorers.chapter_07._graph_figure import SAID, SIZE, _box, _middles

    root = EXPRESSIONS[graph].build(-2.3, 2.9)
    steps = Steps(root)
    drawn = scene(EXPRESSIONS[graph], steps, steps.at(len(steps)))
    boxes = [_box(drawn, at) for at in _middles(drawn.places).values()]
    assert set(drawn.places) == {node.label for node in steps.nodes}
    for k, (x, y, w, h) in enumerate(boxes):
        assert 0 < x < x + w < SIZE[0]
        assert 36 < y < y + h < SAID - 8
        for other in boxes[:k]:
            assert abs(x - other[0]) > w + 8 or abs(y - other[1]) > h + 8


@pytest.mark.parametrize("preset", GraphScrubber.presets.values())
def test_presets_show_what_they_promise(scrubber, preset):
    moved(scrubber, **preset)
    assert scrubber.controls["step"].value == preset["step"]
    assert scrubber.figure.banner == ""


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.graph_scrubber(step=5)
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status]
    texts += [control.description for name, control in explorer.controls.items() if name != "step"]
    for text in texts:
        assert text.startswith("⟦"), text
