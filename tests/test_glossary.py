"""The glossary: each term in English and Chinese, with a sentence, and linked from where the course first uses it."""

import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "chapters"
CHAPTERS = sorted(FOLDER.glob("*.ipynb"))
ENTRY = re.compile(r"^### (?P<term>.+)\n\n(?P<chinese>.+?) · (?:chapter \[(?P<name>\d\d)\]\((?P<file>[^)]+)\)"
                   r"|chapter (?P<later>\d\d), to come)\n\n(?P<text>.+)$", re.MULTILINE)  # fmt: skip
TEXT = (FOLDER / "glossary.md").read_text(encoding="utf-8")
ENTRIES = [match.groupdict() for match in ENTRY.finditer(TEXT)]
TERMS = [entry["term"] for entry in ENTRIES]
# What is no prose: code, formulas, links to chapters, links' addresses, headings, tables, tags.
NO_PROSE = "|".join(
    [r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$\n]*\$", r"\[[^\]]*\]\([^)]*\.ipynb[^)]*\)", r"\]\([^)]*\)",
     r"^(?:#+ |\|)[^\n]*$", r"</?[a-z][^>\n]*>"]
)  # fmt: skip


def anchor(term):
    """Name a heading as JupyterLab does, which keeps its capitals."""
    return term.replace(" ", "-")


def prose():
    """All cells of text in reading order, after title and goals: each with its chapter, its place and its prose."""
    for path in CHAPTERS:
        for k, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "markdown" and k > 1 and not cell.source.startswith("## Sources"):
                plain = re.sub(NO_PROSE, " ", cell.source, flags=re.DOTALL | re.MULTILINE)
                yield path, k, cell.source, plain


CELLS = list(prose())


def test_every_entry_is_read_and_they_are_in_order():
    assert len(TERMS) == TEXT.count("\n### ")
    assert sorted(set(TERMS), key=str.lower) == TERMS
    assert len(TERMS) > 70


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry["term"]))
def test_an_entry_has_its_chinese_name_its_chapter_and_one_sentence(entry):
    assert re.search(r"[\u4e00-\u9fff]", entry["chinese"])
    assert re.fullmatch(r"[A-Z].{20,200}\.", entry["text"])
    if entry["name"]:
        assert entry["file"].startswith(entry["name"])
        assert (FOLDER / entry["file"]).exists()
    else:
        assert not list(FOLDER.glob(f"{entry['later']}_*.ipynb")), "this chapter is there: link to it"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry["term"]))
def test_a_term_is_linked_where_the_course_first_uses_it(entry):
    word = re.compile(rf"(?<![\w-]){re.escape(entry['term'])}(?:s|es)?(?![\w-])", re.IGNORECASE)
    longer = "|".join(re.escape(other) for other in TERMS if entry["term"] in other and entry["term"] != other)
    path, k, source, _plain = next(
        cell for cell in CELLS if word.search(re.sub(longer or "$^", "", cell[3], flags=re.IGNORECASE))
    )
    assert f"](glossary.md#{anchor(entry['term'])})" in source, f"{path.name}, cell {k}, uses it first"


def test_links_to_the_glossary_lead_to_an_entry():
    anchors = {anchor(entry["term"]) for entry in ENTRIES}
    for path in CHAPTERS:
        for cell in nbformat.read(path, as_version=4).cells:
            assert set(re.findall(r"\]\(glossary\.md#([^)]+)\)", cell.source)) <= anchors, path.name
