"""A process that is killed at any moment leaves whole files, and nothing of the learner's is lost.

Each operation is killed at every call that touches the file system, before and after it, and at ``--kills`` random
moments besides. The thorough run, with its figures:

    python -m pytest tests/reliability/test_kills.py -n 0 -s --kills 100
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import numpy as np
import pytest

import nnlab
from nnlab import callbacks, layers
from nnlab._files import write_atomically
from nnlab.commands import refresh
from nnlab.commands.layout import MANIFEST, lay_out
from nnlab.course import state
from nnlab.datasets import _download
from nnlab.datasets._download import IdxFile, Source

from .killing import ROOT, WITH_FORK, Victim

pytestmark = WITH_FORK
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def small(seed=0):
    stack = [layers.Input((4,)), layers.Dense(6, "tanh"), layers.Dropout(0.2), layers.Dense(2, "softmax")]
    model = nnlab.Sequential(stack, seed=seed)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def visible(folder):
    """Names of the files that anybody sees; a killed process leaves hidden temporary ones."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def is_new(seen, folder):
    """Whether these whole files were not found before: many moments leave the same, and one look at it is enough."""
    files = [path for path in folder.rglob("*.*") if path.suffix in (".nnlab", ".csv", ".gz", ".ipynb", ".json")]
    found = tuple(sorted((path.name, path.read_bytes()) for path in files))
    return found not in seen and not seen.add(found)


# A model.


def saving(folder):
    model = small(seed=1)
    yield
    model.save(Path(folder) / "model.nnlab")


def test_saving_a_model(tmp_path, kills):
    small(seed=1).save(tmp_path / "new.nnlab")
    small(seed=2).save(tmp_path / "model.nnlab")
    old, new = [(tmp_path / name).read_bytes() for name in ("model.nnlab", "new.nnlab")]
    with Victim(saving, tmp_path) as victim:
        for attempt in victim.moments(kills):
            (tmp_path / "model.nnlab").write_bytes(old)
            killed = attempt()
            found = (tmp_path / "model.nnlab").read_bytes()
            assert found in (old, new) if killed else found == new
            nnlab.load_model(tmp_path / "model.nnlab")
    assert visible(tmp_path) == ["model.nnlab", "new.nnlab"]


def test_what_a_killed_process_left_is_swept_away_an_hour_later(tmp_path):
    left, young, other = [tmp_path / f".{name}.12345678.tmp" for name in ("a[1].txt", "a[1].txt.b", "b.txt")]
    young = tmp_path / ".a[1].txt.87654321.tmp"
    for path in (left, young, other):
        path.write_text("half")
    for path in (left, other):
        os.utime(path, (0, time.time() - 4000))
    write_atomically(tmp_path / "a[1].txt", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([young.name, other.name, "a[1].txt"])


# A training that writes its model and its table after each epoch.


def keeping(folder):
    path = folder / "model.nnlab"
    return [callbacks.ModelCheckpoint(path), callbacks.CSVLogger(folder / "log.csv", append=path.exists())]


def train(folder, epochs=2):
    path = folder / "model.nnlab"
    model = nnlab.load_model(path) if path.exists() else small()
    if model.epochs_done < epochs:
        model.fit(X, Y, 16, epochs, 0, keeping(folder), initial_epoch=model.epochs_done)


def training(folder):
    model = small()
    small().fit(X, Y, verbose=0)  # imports what it needs
    yield
    model.fit(X, Y, 16, 2, 0, keeping(Path(folder)))


def test_a_training_that_goes_on_after_a_kill_ends_with_the_same_bits(tmp_path, kills):
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    train(whole)
    seen = set()
    with Victim(training, folder) as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            if attempt() and not is_new(seen, folder):
                continue
            if (folder / "model.nnlab").exists():
                assert 1 <= nnlab.load_model(folder / "model.nnlab").epochs_done <= 2
            train(folder)
            assert (folder / "model.nnlab").read_bytes() == (whole / "model.nnlab").read_bytes()
            assert (folder / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()


# The learner's progress.


def recording(_folder):
    yield
    state.record("recalled", "03.a", True)
    state.change_exercise("3.1", lambda entry: entry.update(attempts=entry["attempts"] + 1))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_recording_progress(home, kills):
    state.record("predicted", "03.b", False)
    before = (home / "progress.json").read_bytes()
    with Victim(recording, home) as victim:
        for attempt in victim.moments(kills):
            (home / "progress.json").write_bytes(before)
            killed = attempt()
            found = json.loads((home / "progress.json").read_bytes())
            assert found["predicted"] == {"03.b": {"right": 0, "wrong": 1, "last": False}}
            recalled, solved = bool(found["recalled"]), bool(found["exercises"])
            assert recalled >= solved  # in the order in which they were done
            assert killed or solved
            state.record("predicted", "03.b", True)  # the lock is free
            assert state.read()["predicted"]["03.b"] == {"right": 1, "wrong": 1, "last": True}
            assert bool(state.read()["recalled"]) == recalled
            assert state.notes() == []
            assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]


def test_recording_the_first_progress(home, kills):
    with Victim(recording, home) as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(home, ignore_errors=True)
            attempt()
            state.record("predicted", "03.b", True)
            assert state.read()["predicted"]["03.b"]["right"] == 1
            assert state.notes() == []


# A download.

NAMES = ("train-images", "train-labels", "test-images", "test-labels")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def mirror(tmp_path):
    """Address of a folder with four files, each of several pieces of a transfer."""
    import gzip

    folder = tmp_path / "mirror"
    folder.mkdir()
    for name in NAMES:
        shape = (100, 28, 28) if "images" in name else (100,)
        content = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
        content += RNG.integers(0, 256, shape, np.uint8).tobytes()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, 1))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def source(folder, url):
    files = [
        IdxFile(
            name, 3 if "images" in name else 1, "", hashlib.sha256((folder / f"{name}.gz").read_bytes()).hexdigest()
        )
        for name in NAMES
    ]
    return Source("small", "small", (url,), tuple(files))


def downloading(folder, url, cache):
    import pooch  # noqa: F401 (imported once; no bar is made here, for its lock would be shared by all tries)
    import requests  # noqa: F401
    from tqdm.auto import tqdm  # noqa: F401

    found = source(Path(folder), url)
    yield
    _download.load(found, Path(cache))


def test_a_download(tmp_path, mirror, kills, monkeypatch):
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    folder, url = mirror
    cache, seen = tmp_path / "cache", set()
    with Victim(downloading, folder, url, cache) as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(cache, ignore_errors=True)
            if attempt() and not is_new(seen, cache):
                continue
            for path in cache.glob("small/*.gz"):  # what has its final name is whole
                assert path.read_bytes() == (folder / path.name).read_bytes()
            _download.load(source(folder, url), cache)
            assert {path.name for path in cache.glob("small/*.gz")} == {f"{name}.gz" for name in NAMES}


# The course in the learner's folder.


def chapter(text, output=""):
    cell = {"cell_type": "code", "source": [text], "outputs": [output], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}})


def edition(folder, number):
    folder.mkdir(parents=True)
    for name in ("untouched", "executed", "changed", "same", "deleted", "new")[: 5 + number // 2]:
        text = name if name == "same" else f"{name} {number}"
        (folder / f"{name}.ipynb").write_text(chapter(text), encoding="utf-8")
    return sorted(folder.glob("*.ipynb"))


def laying_out(sources, folder):
    yield
    lay_out(sorted(Path(sources).glob("*.ipynb")), Path(folder), "0.2.0")


def contents(folder):
    """All that is not a temporary file, by name."""
    files = [*folder.glob("*.ipynb"), folder / MANIFEST]
    return {path.name: path.read_bytes() for path in files if path.exists() and not path.name.startswith(".")}


def test_laying_out_a_new_edition(tmp_path, kills):
    before, folder, mine = tmp_path / "before", tmp_path / "learner", chapter("mine")
    lay_out(edition(tmp_path / "1", 1), before, "0.1.0")
    (before / "changed.ipynb").write_text(mine, encoding="utf-8")
    (before / "executed.ipynb").write_text(chapter("executed 1", "output"), encoding="utf-8")
    (before / "deleted.ipynb").unlink()
    sources = edition(tmp_path / "2", 2)
    shutil.copytree(before, tmp_path / "expected")
    lay_out(sources, tmp_path / "expected", "0.2.0")
    expected, old, seen = contents(tmp_path / "expected"), contents(before), set()
    with Victim(laying_out, tmp_path / "2", folder) as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(before, folder)
            if attempt() and not is_new(seen, folder):
                continue
            for name, content in contents(folder).items():
                assert content in (old.get(name), expected.get(name))
            assert (folder / "changed.ipynb").read_text(encoding="utf-8") == mine
            lay_out(sources, folder, "0.2.0")
            assert contents(folder) == expected


def test_laying_out_the_course_for_the_first_time(tmp_path, kills):
    sources, folder, seen = edition(tmp_path / "1", 1), tmp_path / "learner", set()
    with Victim(laying_out, tmp_path / "1", folder) as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(folder, ignore_errors=True)
            if attempt() and not is_new(seen, folder):
                continue
            lay_out(sources, folder, "0.2.0")
            assert visible(folder) == [path.name for path in sources]
            assert len(json.loads((folder / MANIFEST).read_bytes())["files"]) == len(sources)


# A notebook that is refreshed.


def notebook(path, *sources):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources]), path)


def storing(path):
    def execute(found):
        found["cells"][0]["outputs"] = [nbformat.v4.new_output("stream", text="1\n")]

    refresh._execute = execute  # no kernel: only what comes after it writes
    refresh.refresh(Path(path), write=False)  # imports what it needs
    yield
    assert refresh.refresh(Path(path)).problems == []


def test_storing_a_refreshed_notebook(tmp_path, kills):
    path = tmp_path / "a.ipynb"
    notebook(path, "print(1)")
    old = path.read_bytes()
    with Victim(storing, path) as victim:
        for attempt in victim.moments(kills):
            path.write_bytes(old)
            killed = attempt()
            if killed and path.read_bytes() == old:
                continue
            assert refresh.read(path)["cells"][0]["outputs"][0]["text"] == "1\n"
    assert visible(tmp_path) == ["a.ipynb"]


def test_refreshing_a_notebook_in_a_kernel(tmp_path, kills):
    """Killed at random moments only, and a third as often: it takes seconds."""
    path, chance = tmp_path / "a.ipynb", random.Random(0)
    notebook(path, f"import os; open({str(tmp_path / 'kernel')!r}, 'w').write(str(os.getpid()))", "print(1)")
    old = path.read_bytes()
    command = [sys.executable, "-m", "nnlab.cli", "refresh", str(path)]
    begin = time.monotonic()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    seconds, new, landed = time.monotonic() - begin, path.read_bytes(), 0
    for _ in range(kills // 3):
        path.write_bytes(old)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, seconds))
        process.kill()
        landed += process.wait() == -signal.SIGKILL
        assert path.read_bytes() in (old, new)
        wait_until_gone(tmp_path / "kernel")
    print(f"\nrefresh: {landed} of {kills // 3} random kills landed")


def wait_until_gone(file):
    """Wait until the process whose number a file holds has ended: a kernel does when its parent has."""
    if file.exists() and (text := file.read_text()):
        while Path(f"/proc/{text}").exists() and "kernel" in Path(f"/proc/{text}/cmdline").read_text():
            time.sleep(0.05)
