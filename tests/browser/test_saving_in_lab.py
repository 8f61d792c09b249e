"""A notebook saved with live explorers shows their pictures tomorrow; and saving leaves the live ones alone."""

import nbformat

from .conftest import CHAPTERS
from .slider import move

VIEW = "application/vnd.jupyter.widget-view+json"
NAME = "saved.ipynb"


# What a reader of the chapter sees as pictures: those of its explorers, and the others.
PICTURES = sum(
    "image/png" in output.get("data", {})
    for cell in nbformat.read(CHAPTERS / "00_start_here.ipynb", as_version=4).cells
    for output in cell.get("outputs", [])
)


def outputs(lab):
    return lab.page.evaluate(
        """async name => (await jupyterapp.serviceManager.contents.get(name)).content.cells
            .flatMap(cell => cell.outputs ?? []).map(output => Object.keys(output.data ?? {}))""",
        NAME,
    )


def test_pictures_stay_when_kernel_and_page_are_gone(lab):
    lab.open(NAME)
    assert lab.run_all() == []
    explorer = lab.page.locator(".nnlab-explorer").first
    move(explorer)
    lab.page.evaluate("() => { jupyterapp.commands.execute('docmanager:save') }")  # while the slider moves, as autosave
    move(explorer)
    lab.command("docmanager:save")
    assert lab.page.evaluate("() => document.activeElement.getAttribute('role')") == "slider"
    move(explorer, "ArrowLeft")  # the page keeps its live explorer
    assert lab.page.evaluate("() => jupyterapp.shell.currentWidget.content.model.dirty") is False
    stored = outputs(lab)
    assert sum("image/png" in data for data in stored) == PICTURES >= 2
    assert not any(VIEW in data for data in stored)

    lab.shut_down()
    lab.load(f"/lab/tree/{NAME}?reset")
    lab.wait()
    pictures = lab.page.locator(".jp-OutputArea-output img")
    pictures.first.wait_for()
    assert pictures.count() == PICTURES
    assert all(pictures.nth(k).evaluate("node => node.naturalWidth > 300") for k in range(PICTURES))
    assert lab.page.get_by_text("model not found").count() == 0
    assert lab.page.locator(".nnlab-explorer").count() == 0
