import json
import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from nnlab import cli
from nnlab.commands import CommandError, find_chapter, lecture
from nnlab.commands.slides import DECK, FONTS, to_slides

pytestmark = pytest.mark.usefixtures("course", "compiled")


@pytest.fixture(autouse=True)
def not_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)


@pytest.fixture
def started(monkeypatch):
    """Commands that were started, each with the files of its lecture, by name."""
    seen = []

    class Popen:
        def __init__(self, command):
            folder = Path(command[3]).parent
            files = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
            seen.append((command, files, folder))

        def wait(self):
            return 3

    monkeypatch.setattr(subprocess, "Popen", Popen)
    monkeypatch.setattr(lecture, "find_spec", lambda _name: True)
    return seen


def test_without_a_chapter_lists_them(capsys):
    assert cli.main(["lecture"]) == 0
    assert capsys.readouterr().out.split() == ["00_start", "01_neuron", "12_handwritten_digits"]


def test_opens_copies_with_settings_of_their_own_and_removes_them(started, tmp_path, capsys):
    folder = tmp_path / "course"
    assert cli.main(["lecture", "1", str(folder), "--", "--no-browser"]) == 3
    ((command, files, temporary),) = started
    assert "--LabApp.default_url=/lab/tree/01_neuron.ipynb" in command
    assert f"--LabApp.user_settings_dir={temporary / 'settings'}" in command
    assert f"--LabApp.workspaces_dir={temporary / 'workspaces'}" in command
    assert command[-1] == "--no-browser"
    assert {"00_start.ipynb", "01_neuron.ipynb", "12_handwritten_digits.ipynb", "glossary.md"} < set(files)
    assert json.loads(files["plugin.jupyterlab-settings"])
    assert not temporary.exists()
    assert "gone after the lecture" in capsys.readouterr().out


def test_shows_the_chapter_as_it_was_changed_and_leaves_it_so(started, tmp_path):
    cli.main(["lecture", "01", str(tmp_path)])
    chapter = tmp_path / "01_neuron.ipynb"
    mine = chapter.read_text(encoding="utf-8").replace("01_neuron", "my own words")
    chapter.write_text(mine, encoding="utf-8")
    cli.main(["lecture", "01", str(tmp_path)])
    assert "my own words" in started[1][1]["01_neuron.ipynb"]
    assert chapter.read_text(encoding="utf-8") == mine


def test_a_chapter_that_cannot_be_read(started, tmp_path, capsys):
    (tmp_path / "01_neuron.ipynb").write_text("mine", encoding="utf-8")
    assert cli.main(["lecture", "neuron", str(tmp_path)]) == 1
    assert "01_neuron.ipynb cannot be read" in capsys.readouterr().err
    assert cli.main(["lecture", "00", str(tmp_path)]) == 3
    assert "01_neuron.ipynb" not in started[0][1]


def test_without_the_extension_says_how_to_get_it(started, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lecture, "find_spec", lambda _name: None)
    assert cli.main(["lecture", "12", str(tmp_path / "x")]) == 1
    assert 'pip install "nnlab-course[lecture]"' in capsys.readouterr().err
    assert not started
    assert not (tmp_path / "x").exists()


def test_as_root_says_what_jupyterlab_wants(started, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cli.main(["lecture", "12"]) == 1
    assert "nnlab lecture 12 -- --allow-root" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["12", "12_handwritten_digits", "digits", "Handwritten"])
def test_chapter_by_number_or_part_of_its_name(name):
    assert find_chapter(name).name == "12_handwritten_digits.ipynb"


@pytest.mark.parametrize(("name", "what"), [("nothing", "no"), ("r", "more than one")])
def test_chapter_that_is_none_or_several(name, what, capsys):
    with pytest.raises(CommandError, match=f"is {what} chapter"):
        find_chapter(name)
    assert cli.main(["lecture", name]) == 1
    assert "01_neuron" in capsys.readouterr().err


def cell(kind, source, make=nbformat.v4.new_markdown_cell):
    return make(source, metadata={"slideshow": {"slide_type": kind}} if kind else {})


def made(*cells):
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    before = nbformat.writes(notebook)
    slides = nbformat.from_dict(to_slides(notebook))
    assert nbformat.writes(notebook) == before
    nbformat.validate(slides)
    assert slides.cells[0].source.startswith("## Before the class comes")
    assert slides.cells[-1].source.startswith("## The end")
    return slides, slides.cells[1:-1]


def test_code_is_hidden_and_type_is_large():
    code = cell("fragment", "print(1)", nbformat.v4.new_code_cell)
    slides, (text, found) = made(cell("slide", "# A"), code)
    assert found.source == "print(1)"
    assert found.metadata["jupyter"]["source_hidden"]
    assert "jupyter" not in text.metadata
    assert slides.metadata[FONTS]["styles"]


def test_notes_are_over_each_step_of_their_slide_and_no_step_themselves():
    _, cells = made(
        cell("slide", "# A"),
        cell("notes", "First."),
        cell("skip", "left out"),
        cell("fragment", "a"),
        cell("notes", "Second."),
        cell(None, "b"),
        cell("slide", "# B"),
    )
    assert [found.source for found in cells if DECK not in found.metadata] == ["# A", "left out", "a", "b", "# B"]
    notes = [number for number, found in enumerate(cells) if found.metadata.get(DECK) == {"layer": "fragment"}]
    assert notes == [1, 4, 6]
    assert len({cells[number].source for number in notes}) == 1
    assert "First.\n\nSecond." in cells[1].source


def test_a_notebook_without_slide_types_is_one_slide():
    assert len(made(cell(None, "a"), cell(None, "b"))[1]) == 2


def test_notes_that_a_chapter_folds_are_folded_once():
    folded = "<details><summary>For the teacher</summary>\n\nAsk.\n\n</details>"
    _, (_title, notes) = made(cell("slide", "# A"), cell("notes", folded))
    assert notes.source == "<details><summary>Notes</summary>\n\nAsk.\n\n</details>"
