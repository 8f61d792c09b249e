"""Jupyter's kernel and server, killed: the course opens again, and nothing that was saved is lost.

Kernel and server take seconds to start, so they are killed a third as often as other processes. The thorough run:

    python -m pytest tests/reliability/test_jupyter.py -n 0 -s --kills 100
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPException
from types import SimpleNamespace

import nbformat
import psutil
from jupyter_client.manager import KernelManager
from jupyter_server.services.contents.filemanager import FileContentsManager
from nbformat.sign import MemorySignatureStore, NotebookNotary

from nnlab import server
from nnlab.course import state
from tests.browser.conftest import free_port, wait_for

from .killing import ROOT, WITH_FORK, Victim
from .test_kills import is_new

pytestmark = WITH_FORK
# Jupyter's own would write into the folders of who runs the tests, and never close its database.
NOTARY = NotebookNotary(store_factory=MemorySignatureStore, secret=b"a test")
TRAINING = """
import os, threading
from nnlab import explorers
from nnlab.course import state

explorer = explorers.train_digits()

def move():
    while True:
        for rate in (0.001, 0.002):
            explorer.set(learning_rate=rate)
            explorer.settle()

threading.Thread(target=move, daemon=True).start()
while True:
    state.record("recalled", "03.a", True)
    with open("recorded", "a") as file:
        file.write(".")
"""


def a_notebook(text):
    output = nbformat.v4.new_output(
        "display_data",
        {server.WIDGET_VIEW: {"model_id": "1"}, "image/png": "aGVsbG8=", "text/plain": "a: b"},
        metadata={"image/png": {"alt": "a: b"}},
    )
    cells = [nbformat.v4.new_code_cell("explorer", outputs=[output], id="a")]
    cells += [nbformat.v4.new_markdown_cell(text, id=f"b{k}", metadata={"filler": "." * 5000}) for k in range(20)]
    return nbformat.v4.new_notebook(cells=cells)


def texts(notebook):
    """Return what a learner wrote, which is the same in all cells after the first."""
    (text,) = {cell["source"] for cell in notebook["cells"][1:]}
    return text


def contents_of(folder):
    manager = FileContentsManager(root_dir=str(folder), notary=NOTARY)
    server._load_jupyter_server_extension(SimpleNamespace(contents_manager=manager))
    return manager


def saving_in_jupyter(folder):
    manager = contents_of(folder)
    with tempfile.TemporaryDirectory() as other:  # imports what it needs
        contents_of(other).save({"type": "notebook", "format": "json", "content": a_notebook("new")}, "a.ipynb")
    yield
    manager.save({"type": "notebook", "format": "json", "content": a_notebook("new")}, "a.ipynb")


def test_a_notebook_with_explorers_whose_saving_is_killed_opens(tmp_path, kills):
    """Jupyter puts the old file aside, writes, and opens the old one where the new one is not whole."""
    manager, seen = contents_of(tmp_path), set()
    with Victim(saving_in_jupyter, tmp_path) as victim:
        for attempt in victim.moments(kills):
            for path in tmp_path.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            nbformat.write(a_notebook("old"), tmp_path / "a.ipynb")
            killed = attempt()
            if killed and not is_new(seen, tmp_path):
                continue
            found = manager.get("a.ipynb")["content"]
            assert texts(found) == "new" or (killed and texts(found) == "old")
            assert len(found["cells"]) == 21


@contextmanager
def serving(folder):
    port = free_port()
    options = [f"--ServerApp.port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--allow-root", "--ServerApp.disable_check_xsrf=True", "--ServerApp.jpserver_extensions=nnlab.server=1"]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ip=127.0.0.1", *options]
    log = folder.parent / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status", process, log)
        yield process, f"http://127.0.0.1:{port}/api/contents/a.ipynb"
    finally:
        process.kill()
        process.wait()


def put(url, text):
    body = json.dumps({"type": "notebook", "format": "json", "content": a_notebook(text)}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, method="PUT"), timeout=30) as reply:
        reply.read()


def test_a_server_that_is_killed_while_it_saves_opens_the_notebook_again(tmp_path, kills):
    folder, chance = tmp_path / "notebooks", random.Random(0)
    folder.mkdir()
    saved = -1
    for _ in range(max(1, kills // 3)):
        with serving(folder) as (process, url):
            if saved >= 0:
                with urllib.request.urlopen(url, timeout=30) as reply:
                    assert int(texts(json.load(reply)["content"])) in (saved, saved + 1)
            saved += 1
            put(url, str(saved))
            timer = threading.Timer(chance.uniform(0.0, 1.0), process.kill)
            timer.start()
            with suppress(OSError, HTTPException):
                while True:
                    put(url, str(saved + 1))
                    saved += 1
            timer.join()
    with serving(folder) as (_, url), urllib.request.urlopen(url, timeout=30) as reply:
        assert int(texts(json.load(reply)["content"])) in (saved, saved + 1)


def test_a_kernel_that_is_killed_while_it_trains_and_records_progress(tmp_path, kills, monkeypatch):
    monkeypatch.setenv("NNLAB_STATE", str(tmp_path / "state"))
    recorded, chance = tmp_path / "recorded", random.Random(0)
    for _ in range(max(1, kills // 3)):
        recorded.unlink(missing_ok=True)
        before = state.read()["recalled"].get("03.a", {"right": 0})["right"]
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(tmp_path), env={**os.environ, "PYTHONPATH": str(ROOT)})
        client = manager.blocking_client()
        try:
            client.start_channels()
            client.wait_for_ready(60)
            client.execute(TRAINING)
            while not recorded.exists() or not recorded.read_text():
                assert manager.is_alive()
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.5))
            process = psutil.Process(manager.provisioner.pid)
            family = process.children(recursive=True)
            process.kill()
            psutil.wait_procs([*family, process], 10)
            assert not [child for child in family if child.is_running()]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
        found = state.read()["recalled"]["03.a"]["right"] - before
        assert found - len(recorded.read_text()) in (0, 1)
        assert state.notes() == []
