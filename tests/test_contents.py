"""The contents of the course: all sections of the documents are mirrored, and what is written is what is there."""

import re
from pathlib import Path

import nbformat
import pytest

from nnlab.contents import CHAPTERS, DOCUMENTS, PARTS

FOLDER = Path(__file__).parent.parent / "chapters"
WRITTEN = [chapter for chapter in CHAPTERS if chapter.written]


def first_cell(chapter):
    (path,) = FOLDER.glob(f"{chapter.name}_*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    return notebook.cells[0].source, notebook.metadata.nnlab


def test_chapters_are_numbered_from_0_to_27_without_a_gap_and_parts_stand_together():
    assert [chapter.number for chapter in CHAPTERS] == list(range(28))
    parts = list(dict.fromkeys(chapter.part for chapter in CHAPTERS))
    assert parts == list(PARTS)
    assert [chapter.part for chapter in CHAPTERS] == sorted((c.part for c in CHAPTERS), key=parts.index)
    assert len({chapter.title for chapter in CHAPTERS}) == 28


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.letter)
def test_every_section_of_a_document_is_mirrored_and_no_other(document):
    assert len(set(document.sections)) == len(document.sections)
    mirrored = {section for chapter in CHAPTERS for section in chapter.sections(document.letter)}
    assert mirrored == set(document.sections)


def test_there_are_five_documents_and_a_hundred_sections():
    assert [document.letter for document in DOCUMENTS] == list("ABCDE")
    assert [len(document.sections) for document in DOCUMENTS] == [15, 28, 14, 21, 22]
    letters = {section.split()[0] for chapter in CHAPTERS for section in chapter.mirrors}
    assert letters == set("ABCDE")


def test_a_chapter_names_its_sections_once_and_in_the_order_of_the_documents():
    order = [f"{document.letter} {number}" for document in DOCUMENTS for number in document.sections]
    for chapter in CHAPTERS:
        assert list(chapter.mirrors) == sorted(set(chapter.mirrors), key=order.index), chapter


def test_what_is_written_is_what_is_there():
    assert [path.name[:2] for path in sorted(FOLDER.glob("*.ipynb"))] == [chapter.name for chapter in WRITTEN]


@pytest.mark.parametrize("chapter", WRITTEN, ids=lambda chapter: chapter.name)
def test_a_written_chapter_bears_its_title_and_mirrors_its_sections(chapter):
    source, meta = first_cell(chapter)
    assert source.startswith(f"# {chapter.name} · {chapter.title}\n")
    assert meta.chapter == chapter.number
    assert sorted(meta.mirrors) == sorted(chapter.mirrors)


def test_chapter_00_lists_what_is_written_and_the_documents():
    (path,) = FOLDER.glob("00_*.ipynb")
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    rows = dict(re.findall(r"^\| \[?(\d\d) (.+?)[\]|]", text, re.MULTILINE))
    assert {number: title.strip() for number, title in rows.items()} == {c.name: c.title for c in WRITTEN}
    for document in DOCUMENTS:
        row = f"| {document.letter} | {document.title or '(untitled)'} | {document.subject} |"
        assert row in text
