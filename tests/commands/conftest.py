"""A small course in a temporary folder, and an engine that compiles nothing."""

import nbformat
import pytest

from nnlab import commands, engine

from .notebook_maker import notebook


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Folder of chapters that the commands take for the course's."""
    folder = tmp_path / "source" / "chapters"
    folder.mkdir(parents=True)
    for name in ("00_start", "01_neuron", "12_handwritten_digits"):
        nbformat.write(notebook(f"print({name!r})"), folder / f"{name}.ipynb")
    (folder / "README.md").write_text("# Chapters\n", encoding="utf-8")
    (folder / "glossary.md").write_text("# Glossary\n", encoding="utf-8")
    monkeypatch.setattr(commands, "PACKAGE", folder.parent / "nnlab")
    return folder


@pytest.fixture
def compiled(monkeypatch):
    """What `engine.warmup` was asked to do, instead of doing it."""
    calls = []

    def warmup(progress=None, everything=False):
        for done, name in enumerate(["forward", "backward"]):
            progress(done, 2, name)
        progress(2, 2, "done")
        calls.append("warmup")

    monkeypatch.setattr(engine, "warmup", warmup)
    monkeypatch.setattr(engine, "available", lambda: True)
    return calls
