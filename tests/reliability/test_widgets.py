"""A cell that runs again closes what it showed before: otherwise a kernel keeps every explorer for ever."""

import pytest

from tests.reliability.kernel import kernel

COUNT = """
import gc
from ipywidgets.widgets import widget
from nnlab.explorers._figure import Stage
gc.collect()
print(len(widget._instances), sum(isinstance(thing, Stage) for thing in gc.get_objects()))
"""


@pytest.fixture(scope="module")
def run():
    with kernel() as run:
        run("from nnlab import explorers\nfrom nnlab.course import predict, recall", "import")
        yield run


def count(run):
    widgets, stages = run(COUNT, "count").split()
    return int(widgets), int(stages)


@pytest.mark.parametrize(
    "code",
    [
        "explorers.activation_curve()",
        "explorers.playground()",
        "explorers.graph_scrubber()",
        "explorers.digit_pad()",
        "e = explorers.activation_curve()\ndisplay(e)",
        "predict('99.a', 'What?', choices=['a', 'b'], answer=0, because='So.', reveals=explorers.neuron_by_hand())",
        "recall('03')",
    ],
)
def test_a_cell_that_runs_again_closes_what_it_showed(run, code):
    run(code, code)
    before = count(run)
    for _ in range(2):
        run(code, code)
    assert count(run) == before
    run("pass", code)
    run("e = None", "name")
    run("pass", code)
    after = count(run)
    assert after[0] < before[0], "the cell shows nothing any more"
    assert after[1] <= before[1]


def test_what_another_cell_shows_stays(run):
    run("e = explorers.activation_curve()\ne", "x")
    run("e", "y")
    shown = count(run)
    run("e = None", "x")
    assert count(run) == shown
    run("1", "y")
    assert count(run)[0] < shown[0]


def test_what_has_a_name_can_be_shown_again(run):
    run("e = explorers.activation_curve()", "x")
    for _ in range(2):
        run("e", "y")
        assert run("print(e.comm is not None and e.figure.comm is not None)", "z") == "True\n"
        run("pass", "y")
    run("predict('99.a', 'What?', choices=['a', 'b'], answer=0, because='So.', reveals=e)", "p")
    run("predict('99.a', 'What?', choices=['a', 'b'], answer=0, because='So.', reveals=e)", "p")
    assert run("print(e.comm is not None and e.controls['z'].comm is not None)", "z") == "True\n"


@pytest.mark.parametrize("holder", ["held = [{}]", "held = {{0: {}}}", "_mine = {}"])
def test_what_a_list_holds_stays(run, holder):
    run(holder.format("explorers.activation_curve()"), "w")
    name = "_mine" if "_mine" in holder else "held[0]"
    run(name, "x")
    run("pass", "x")
    assert run(f"print({name}.comm is not None)", "y") == "True\n"
    run("held = _mine = None", "w")


def test_a_run_under_way_ends_with_its_explorer(run):
    run("e = explorers.train_digits()\ne", "x")
    run("import threading, time\ne.set(width=256)\nrun = e._live\ntime.sleep(0.2)", "y")
    run("e = None", "x")
    run("run.settle(20)", "y")
    assert "nnlab explorer" not in run("print([thread.name for thread in threading.enumerate()])", "y")
