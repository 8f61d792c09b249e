import errno
import json
import os

import pytest

from nnlab.commands import CommandError, chapter_files, layout, page_files
from nnlab.commands.layout import MANIFEST, lay_out

DIGITS = "12_handwritten_digits.ipynb"
BESIDE = "12_handwritten_digits (nnlab 0.2.0).ipynb"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "learner"


@pytest.fixture
def laid_out(course, folder):
    assert chapter_files()[0].parent == course
    lay_out(chapter_files(), folder, "0.1.0")
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".nnlab")


def new_edition(course, text="new edition"):
    (course / DIGITS).write_text(text, encoding="utf-8")


def test_fresh_folder_gets_every_chapter(course, folder):
    result = lay_out([*chapter_files(), *page_files()], folder / "deep", "0.1.0")
    assert names(folder / "deep") == sorted(path.name for path in course.iterdir())
    assert result.new == [*(path.name for path in chapter_files()), "README.md", "glossary.md"]
    assert (folder / "deep" / DIGITS).read_bytes() == (course / DIGITS).read_bytes()
    assert set(json.loads((folder / "deep" / MANIFEST).read_text())["files"]) == set(result.new)


@pytest.mark.usefixtures("course")
def test_again_does_nothing(laid_out, monkeypatch):
    monkeypatch.setattr(layout, "write_atomically", lambda *_: pytest.fail("wrote something"))
    assert lay_out(chapter_files(), laid_out, "0.1.0") == layout.Layout()


def test_unchanged_chapter_is_replaced_by_the_new_edition(course, laid_out):
    new_edition(course)
    assert lay_out(chapter_files(), laid_out, "0.2.0").updated == [DIGITS]
    assert (laid_out / DIGITS).read_text() == "new edition"


def test_changed_chapter_stays_when_there_is_no_new_edition(laid_out):
    (laid_out / DIGITS).write_text("mine", encoding="utf-8")
    assert lay_out(chapter_files(), laid_out, "0.2.0") == layout.Layout()
    assert (laid_out / DIGITS).read_text() == "mine"


def test_changed_chapter_gets_the_new_edition_beside_it_once(course, laid_out):
    (laid_out / DIGITS).write_text("mine", encoding="utf-8")
    new_edition(course)
    assert lay_out(chapter_files(), laid_out, "0.2.0").beside == [(DIGITS, BESIDE)]
    assert (laid_out / DIGITS).read_text() == "mine"
    assert (laid_out / BESIDE).read_text() == "new edition"
    assert lay_out(chapter_files(), laid_out, "0.2.0") == layout.Layout()
    (laid_out / BESIDE).unlink()  # not wanted: it does not come back
    assert lay_out(chapter_files(), laid_out, "0.2.0") == layout.Layout()
    assert BESIDE not in names(laid_out)


def test_each_later_edition_comes_beside_it(course, laid_out):
    (laid_out / DIGITS).write_text("mine", encoding="utf-8")
    for version in ("0.2.0", "0.3.0"):
        new_edition(course, version)
        lay_out(chapter_files(), laid_out, version)
    assert (laid_out / BESIDE).read_text() == "0.2.0"
    assert (laid_out / BESIDE.replace("0.2.0", "0.3.0")).read_text() == "0.3.0"
    assert (laid_out / DIGITS).read_text() == "mine"


def test_a_changed_copy_beside_is_not_overwritten_either(course, laid_out):
    (laid_out / DIGITS).write_text("mine", encoding="utf-8")
    new_edition(course, "a")
    lay_out(chapter_files(), laid_out, "0.2.0")
    (laid_out / BESIDE).write_text("mine too", encoding="utf-8")
    new_edition(course, "b")
    second = BESIDE.replace("0.2.0", "0.2.0, 2")
    assert lay_out(chapter_files(), laid_out, "0.2.0").beside == [(DIGITS, second)]
    assert (laid_out / BESIDE).read_text() == "mine too"
    assert (laid_out / second).read_text() == "b"


def test_an_unchanged_copy_beside_is_updated(course, laid_out):
    (laid_out / DIGITS).write_text("mine", encoding="utf-8")
    for text in ("a", "b"):
        new_edition(course, text)
        lay_out(chapter_files(), laid_out, "0.2.0")
    assert (laid_out / BESIDE).read_text() == "b"
    assert names(laid_out) == sorted([*(path.name for path in chapter_files()), BESIDE])


@pytest.mark.usefixtures("course")
def test_deleted_chapter_comes_back(laid_out):
    (laid_out / DIGITS).unlink()
    assert lay_out(chapter_files(), laid_out, "0.1.0").new == [DIGITS]


@pytest.mark.parametrize(
    "damage", [None, "", "{", "[]", '{"files": {}}', '{"files": {"a": 1}, "offered": {}}', "\udcff"]
)
def test_without_a_readable_manifest_every_file_is_the_learners(course, laid_out, damage):
    if damage is None:
        (laid_out / MANIFEST).unlink()
    else:
        (laid_out / MANIFEST).write_bytes(damage.encode("utf-8", "surrogateescape"))
    old = (laid_out / DIGITS).read_bytes()
    new_edition(course)
    assert lay_out(chapter_files(), laid_out, "0.2.0").beside == [(DIGITS, BESIDE)]
    assert (laid_out / DIGITS).read_bytes() == old
    assert lay_out(chapter_files(), laid_out, "0.2.0") == layout.Layout()


@pytest.mark.usefixtures("course")
def test_folder_that_is_a_file(folder):
    folder.write_text("mine", encoding="utf-8")
    with pytest.raises(CommandError, match="is a file"):
        lay_out(chapter_files(), folder, "0.1.0")
    with pytest.raises(CommandError, match="cannot lay the chapters out"):
        lay_out(chapter_files(), folder / "below", "0.1.0")
    assert folder.read_text() == "mine"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_disk_leaves_nothing_half_written(course, laid_out, monkeypatch, code):
    old = (laid_out / DIGITS).read_bytes()
    new_edition(course)

    def fail(_descriptor):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CommandError, match=os.strerror(code)):
        lay_out(chapter_files(), laid_out, "0.2.0")
    assert (laid_out / DIGITS).read_bytes() == old
    assert names(laid_out) == sorted(path.name for path in chapter_files())


@pytest.mark.usefixtures("course")
def test_folder_that_cannot_be_made(folder, monkeypatch):
    def refuse(self, *_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(CommandError, match="Permission denied"):
        lay_out(chapter_files(), folder, "0.1.0")


def test_an_interrupted_update_is_picked_up(course, laid_out):
    """The chapter was replaced, but the manifest not written."""
    new_edition(course)
    (laid_out / DIGITS).write_text("new edition", encoding="utf-8")
    assert lay_out(chapter_files(), laid_out, "0.2.0") == layout.Layout()
    new_edition(course, "newer")
    assert lay_out(chapter_files(), laid_out, "0.3.0").updated == [DIGITS]


def as_notebook(source, output=""):
    cell = {"cell_type": "code", "source": [source], "outputs": [output], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}})


def test_a_chapter_that_was_only_run_is_replaced_by_the_new_edition(course, folder):
    new_edition(course, as_notebook("print(1)"))
    lay_out(chapter_files(), folder, "0.1.0")
    (folder / DIGITS).write_text(as_notebook("print(1)", "1"), encoding="utf-8")  # run and saved
    assert lay_out(chapter_files(), folder, "0.1.0") == layout.Layout()
    assert '"1"' in (folder / DIGITS).read_text()
    new_edition(course, as_notebook("print(2)"))
    assert lay_out(chapter_files(), folder, "0.2.0").updated == [DIGITS]
    (folder / DIGITS).write_text(as_notebook("print(3)"), encoding="utf-8")  # now it is the learner's
    new_edition(course, as_notebook("print(4)"))
    assert lay_out(chapter_files(), folder, "0.3.0").updated == []
    assert "print(3)" in (folder / DIGITS).read_text()
