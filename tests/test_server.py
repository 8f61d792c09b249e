"""What Jupyter saves of a notebook with explorers, and that nnlab's part in it is loaded unasked."""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import AsyncFileContentsManager, FileContentsManager
from nbformat.sign import MemorySignatureStore, NotebookNotary

from nnlab import explorers, server

VIEW = "application/vnd.jupyter.widget-view+json"
PNG = "aGVsbG8="
# Jupyter's own would write into the folders of who runs the tests, and never close its database.
NOTARY = NotebookNotary(store_factory=MemorySignatureStore, secret=b"a test")


def shown(text="activation: a curve", *, alt="activation: a curve", kind="display_data", **more):
    """An output with a widget, its text and its picture."""
    data = {VIEW: {"model_id": "1", "version_major": 2, "version_minor": 0}, "image/png": PNG, "text/plain": text}
    output = {"output_type": kind, "data": {**data, **more}, "metadata": {"image/png": {"alt": alt, "width": 840}}}
    return output | ({"execution_count": 1} if kind == "execute_result" else {})


def saved(*outputs, **metadata):
    """Outputs and metadata as `keep_pictures` leaves them."""
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(output) for output in outputs])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("y"), cell], metadata=metadata)
    model = {"type": "notebook", "content": json.loads(nbformat.writes(notebook))}
    server.keep_pictures(model=model, path="a.ipynb", contents_manager=None)
    return model["content"]["cells"][1]["outputs"], model["content"]["metadata"]


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
def test_the_picture_is_saved_without_the_widget(kind):
    (output,), _ = saved(shown(kind=kind))
    assert set(output["data"]) == {"image/png", "text/plain"}
    assert output["metadata"]["image/png"]["width"] == 840


def test_an_explorer_is_recognized():
    data, metadata = explorers.train_digits()._repr_mimebundle_()
    assert VIEW in data
    (output,), _ = saved({"output_type": "display_data", "data": data, "metadata": metadata})
    assert "image/png" in output["data"]
    assert VIEW not in output["data"]


@pytest.mark.parametrize(
    "output",
    [
        {**shown(), "metadata": {}},
        shown(alt="another text"),
        shown(text="", alt=""),
        {"output_type": "display_data", "data": {VIEW: {"model_id": "1"}, "text/plain": "IntSlider()"}, "metadata": {}},
    ],
    ids=["another's picture", "another's text", "no text", "a slider"],
)
def test_widgets_of_others_are_saved_as_they_are(output):
    outputs, metadata = saved(output, shown(), widgets={"state": {}})
    assert VIEW in outputs[0]["data"]
    assert VIEW not in outputs[1]["data"]
    assert metadata["widgets"]


def test_state_is_not_saved_for_widgets_that_are_not():
    assert "widgets" not in saved(shown(), widgets={"state": {}})[1]
    assert "widgets" in saved({"output_type": "stream", "name": "stdout", "text": "1"}, widgets={"state": {}})[1]


def test_files_are_left_alone():
    for model in ({"type": "file", "content": "x"}, {"type": "directory"}, {"type": "notebook", "content": None}):
        before = dict(model)
        server.keep_pictures(model=model, path="a", contents_manager=None)
        assert model == before


@pytest.mark.parametrize("manager", [FileContentsManager, AsyncFileContentsManager])
def test_jupyter_calls_it_beside_the_hook_of_the_user(manager, tmp_path):
    calls = []
    contents = manager(root_dir=str(tmp_path), notary=NOTARY)
    contents.pre_save_hook = lambda **_: calls.append("theirs")
    server._load_jupyter_server_extension(SimpleNamespace(contents_manager=contents))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(shown())])])
    saving = contents.save({"type": "notebook", "format": "json", "content": notebook}, "a.ipynb")
    if asyncio.iscoroutine(saving):
        with ThreadPoolExecutor() as pool:  # the browser's tests may have left a loop running in this thread
            pool.submit(asyncio.run, saving).result()
    assert calls == ["theirs"]
    assert VIEW not in (tmp_path / "a.ipynb").read_text(encoding="utf-8")
    assert PNG in (tmp_path / "a.ipynb").read_text(encoding="utf-8")


def test_an_error_is_logged_and_fails_no_save(tmp_path, monkeypatch, caplog):
    def broken(_notebook):
        raise ZeroDivisionError

    monkeypatch.setattr(server, "_drop_widgets", broken)
    contents = FileContentsManager(root_dir=str(tmp_path), notary=NOTARY, log=logging.getLogger("contents"))
    server._load_jupyter_server_extension(SimpleNamespace(contents_manager=contents))
    contents.save({"type": "notebook", "format": "json", "content": nbformat.v4.new_notebook()}, "a.ipynb")
    assert (tmp_path / "a.ipynb").exists()
    assert "keep_pictures failed on a.ipynb" in caplog.text


def test_the_installed_file_names_the_module():
    enabled = json.loads(resources.files("nnlab").joinpath("server.json").read_text(encoding="utf-8"))
    assert enabled == {"ServerApp": {"jpserver_extensions": {server.NAME: True}}}
    assert server._jupyter_server_extension_points() == [{"module": server.NAME}]
    assert server.__name__ == server.NAME


def test_questions_to_recall_are_kept_as_text(monkeypatch, tmp_path):
    from nnlab.course import recall
    from nnlab.server import WIDGET_VIEW, keep_pictures

    monkeypatch.setenv("NNLAB_STATE", str(tmp_path))
    data, metadata = recall("03")._repr_mimebundle_()
    output = {"output_type": "execute_result", "data": {WIDGET_VIEW: {}, **data}, "metadata": metadata}
    notebook = {"cells": [{"cell_type": "code", "outputs": [output]}], "metadata": {"widgets": {}}}
    keep_pictures({"type": "notebook", "content": notebook})
    assert WIDGET_VIEW not in output["data"]
    assert "Questions to recall" in output["data"]["text/plain"]
