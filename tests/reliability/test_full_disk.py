"""A full disk: what was there stays as it was, nothing half-written is left, and a message says what to do."""

import errno
import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab import layers
from nnlab.callbacks import CSVLogger, ModelCheckpoint
from nnlab.commands import CommandError, progress, refresh
from nnlab.commands.layout import lay_out
from nnlab.course import state
from nnlab.datasets import _download
from nnlab.engine import _jit

from .test_kills import chapter, notebook, source

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="neither tmpfs nor limits of files")
X, Y = np.arange(12.0).reshape(6, 2), np.arange(6.0)


class Disk:
    """A folder, and when it is full."""

    def __init__(self, folder, full):
        self.folder, self.full = folder, full

    def files(self):
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["a disk without space", "a limit of a file's size"])
def disk(request, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if "limit" in request.param:
        yield Disk(folder, limited)
        return
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")

    @contextmanager
    def filled():
        with open(folder / "filler", "wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))
        try:
            yield
        finally:
            (folder / "filler").unlink()

    yield Disk(folder, filled)
    subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def limited():
    """Let no file of this process grow: what a quota does."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def small():
    model = nnlab.Sequential([layers.Input((2,)), layers.Dense(20), layers.Dense(1)], seed=0)
    model.compile("sgd", "mse", run_eagerly=True)
    return model


def test_saving_a_model(disk):
    path = disk.folder / "model.nnlab"
    small().save(path)
    before = disk.files()
    with disk.full(), pytest.raises(OSError, match=r"untouched: free some space, or save elsewhere: .*/model\.nnlab'"):
        small().save(path)
    assert disk.files() == before
    small().save(path)


def test_a_training_that_keeps_its_model_can_go_on_when_there_is_space(disk):
    path, model = disk.folder / "model.nnlab", small()
    model.fit(X / 10, Y, epochs=2, verbose=0, callbacks=ModelCheckpoint(path))
    before = disk.files()
    with disk.full(), pytest.raises(OSError, match="free some space"):
        model.fit(X / 10, Y, epochs=9, initial_epoch=2, verbose=0, callbacks=ModelCheckpoint(path))
    assert disk.files() == before
    assert nnlab.load_model(path).epochs_done == 2
    assert model.epochs_done == 3  # in memory: nothing of it is lost
    model.fit(X / 10, Y, epochs=9, initial_epoch=3, verbose=0, callbacks=ModelCheckpoint(path))
    assert nnlab.load_model(path).epochs_done == 9


def test_the_table_of_a_training_has_whole_lines_only(disk):
    path, model = disk.folder / "log.csv", small()
    with disk.full(), pytest.raises(OSError, match=r"log\.csv"):
        model.fit(X / 10, Y, epochs=2000, verbose=0, callbacks=CSVLogger(path))
    text = path.read_text()
    assert text == "" or text.endswith("\n")
    with open(path, "a") as file:
        file.write("epoch,loss\n" if not text else "")
    model.fit(X / 10, Y, epochs=model.epochs_done + 1, initial_epoch=model.epochs_done, verbose=0,
              callbacks=CSVLogger(path, append=True))  # fmt: skip


def test_progress_waits_in_memory_and_one_sentence_says_so(disk, monkeypatch):
    monkeypatch.setenv("NNLAB_STATE", str(disk.folder))
    state._said.clear()
    state.record("recalled", "03.a", True)
    before = disk.files()
    with disk.full():
        for _ in range(3):
            state.record("recalled", "03.a", True)
        (note,) = state.notes()
        assert str(disk.folder) in note
        assert "Everything else works" in note
        assert state.read()["recalled"]["03.a"]["right"] == 4
        assert {path: content for path, content in disk.files().items() if path.name != "filler"} == before
    state.record("recalled", "03.a", True)
    assert b'"right": 5' in (disk.folder / "progress.json").read_bytes()
    state._said.clear()


def test_exporting_progress(disk, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLAB_STATE", str(tmp_path / "state"))
    arguments = type("Arguments", (), {"export": str(disk.folder / "a.json")})
    with disk.full(), pytest.raises(CommandError, match=r"cannot write .*a\.json: (No space|File too large)"):
        progress.run(arguments)
    assert disk.files() == {}


def test_a_download(disk, tmp_path, monkeypatch):
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    (tmp_path / "mirror").mkdir()
    for name in ("train-images", "train-labels", "test-images", "test-labels"):
        (tmp_path / "mirror" / f"{name}.gz").write_bytes(bytes(1000))

    def transfer(_url, output, _pooch):
        Path(output).write_bytes(bytes(1000))

    monkeypatch.setattr(_download, "_stream", transfer)
    with disk.full(), pytest.raises(OSError, match=r"cannot be kept in the cache folder .* with 50 MB free"):
        _download.load(source(tmp_path / "mirror", "http://127.0.0.1/"), disk.folder)
    assert disk.files() == {}


def test_laying_out_the_course(disk, tmp_path):
    (tmp_path / "new").mkdir()
    for name in "abc":
        (tmp_path / "new" / f"{name}.ipynb").write_text(chapter("1"))
    sources = sorted((tmp_path / "new").glob("*.ipynb"))
    lay_out(sources[:2], disk.folder, "0.1.0")
    (disk.folder / "a.ipynb").write_text(chapter("mine"))
    before = disk.files()
    for path in sources:
        path.write_text(chapter("2"))
    with disk.full(), pytest.raises(CommandError, match="Nothing of yours was changed; free some space"):
        lay_out(sources, disk.folder, "0.2.0")
    assert disk.files() == before
    assert lay_out(sources, disk.folder, "0.2.0").updated == ["b.ipynb"]


def test_storing_a_refreshed_notebook(disk, monkeypatch):
    notebook(disk.folder / "a.ipynb", "1 + 1")
    before = disk.files()
    monkeypatch.setattr(refresh, "_execute", lambda found: found["cells"].clear())
    with disk.full():
        (problem,) = refresh.refresh(disk.folder / "a.ipynb").problems
    assert "cannot write" in problem
    assert os.strerror(errno.ENOSPC) in problem or os.strerror(errno.EFBIG) in problem
    assert disk.files() == before


def test_compiled_code_works_without_being_kept(disk, monkeypatch):
    monkeypatch.setattr(_jit, "module_folder", lambda source: disk.folder / "cache")

    def double(x):
        return 2 * x

    with disk.full():
        assert _jit.kernel(double)(21) == 42
    assert disk.files() == {}
    assert _jit.kernel(double)(21) == 42
    assert len(disk.files()) == 1
