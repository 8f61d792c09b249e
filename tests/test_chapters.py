"""What every chapter has to be, as a file: its outputs are compared with a fresh run by nbval, beside these tests."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
SLIDES = {"slide", "subslide", "fragment", "notes", "skip"}


def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


def shows(source):
    """Whether a cell leaves something to see: it prints, or ends in a figure or an explorer."""
    tree = ast.parse(source)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if any(isinstance(call, ast.Name) and call.id == "print" for call in calls):
        return True
    last = tree.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and figure(source)


def figure(source):
    last = ast.unparse(ast.parse(source).body[-1])
    return bool(re.match(r"(plots\.\w+|explorers\.\w+|predict)\(", last))


def checked(cell):
    """The numbers of the exercises that a cell checks."""
    return re.findall(r"^check\(\"(\d+\.\d+)\"", cell.source, re.MULTILINE) if cell.cell_type == "code" else []


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return request.param


def test_there_are_chapters():
    assert [path.name[:3] for path in CHAPTERS][:1] == ["00_"]


def test_every_code_cell_has_run_in_order(chapter):
    counts = [cell.execution_count for cell in code_cells(chapter)]
    assert counts == list(range(1, len(counts) + 1))


def test_every_cell_that_shows_something_has_its_output(chapter):
    # Without stored outputs nbval compares nothing, and passes.
    for cell in code_cells(chapter):
        assert bool(cell.outputs) or not shows(cell.source), cell.source
        for output in cell.outputs:
            assert output.output_type != "error", cell.source


def test_figures_and_explorers_have_a_static_twin_and_words(chapter):
    for cell in code_cells(chapter):
        if figure(cell.source):
            data = cell.outputs[-1].data
            asked = cell.source.startswith("predict(")  # a picture would give the answer away
            assert ("image/png" in data) != asked, cell.source
            assert len(data["text/plain"].split()) >= 8, data["text/plain"]
            assert "application/vnd.jupyter.widget-view+json" not in data


def test_the_file_is_clean_and_small(chapter):
    text = chapter.read_text(encoding="utf-8")
    raw = json.loads(text)
    assert len(text) < 1_000_000
    assert set(raw["metadata"]) == {"kernelspec", "language_info", "nnlab"}
    assert not re.search(r"/(home|root|tmp|Users)/", re.sub(r'"image/png": "[^"]*"', "", text))
    assert len({cell["id"] for cell in raw["cells"]}) == len(raw["cells"])


def test_every_cell_is_a_slide_or_is_skipped(chapter):
    for cell in notebook(chapter).cells:
        assert cell.metadata.slideshow.slide_type in SLIDES


def test_a_chapter_opens_with_its_question_and_a_short_import(chapter):
    cells = notebook(chapter).cells
    assert cells[0].source.startswith(f"# {chapter.name[:2]} · ")
    assert "?**" in cells[0].source
    assert cells[2].cell_type == "code"
    assert len(cells[2].source.splitlines()) <= 3
    assert any(figure(cell.source) for cell in cells[3:6] if cell.cell_type == "code"), (
        "no explorer on the first screen"
    )


def test_exercises_run_untouched_and_have_solutions_that_run(chapter):
    cells = notebook(chapter).cells
    sources = [cell.source for cell in cells]
    numbers = re.findall(r"\*\*Exercise (\d+\.\d+)\.\*\*", "\n".join(sources))
    assert len(set(numbers)) == len(numbers)
    stubs = [cell for cell in cells if cell.cell_type == "code" and "not attempted yet" in cell.source]
    checks = [cell for cell in cells if checked(cell)]
    assert len(stubs) + len(checks) == len(numbers)
    for stub in stubs:
        assert stub.outputs[0].text.strip() == "not attempted yet"
    for cell in checks:
        (number,) = checked(cell)
        assert cell.outputs[0].data["text/plain"] == f"Exercise {number}: not attempted yet."


def test_solutions_solve_their_exercises(chapter, capsys):
    """Run the chapter's own code, with each stub replaced by the solution that stands below it."""
    cells = notebook(chapter).cells
    if not any("not attempted yet" in cell.source for cell in cells):
        pytest.skip("this chapter has no exercises")
    scope = {}
    for k, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        source = cell.source
        if "not attempted yet" not in source:
            exec(compile(source, f"{chapter.name}[{k}]", "exec"), scope)
            continue
        solution = re.search(r"```python\n(.*?)```", cells[k + 1].source, re.DOTALL).group(1)
        name = re.search(r"^(\w+) = None", source, re.MULTILINE).group(1)
        assert re.search(rf"^{name} = ", solution, re.MULTILINE), source
        capsys.readouterr()
        exec(re.sub(r"^\w+ = None.*$", lambda _, s=solution: s, source, count=1, flags=re.MULTILINE), scope)
        printed = capsys.readouterr().out.strip()
        assert printed == "right", source


def test_checked_exercises_are_explained_and_their_solutions_pass_in_their_place(chapter, monkeypatch, tmp_path):
    """Run the chapter up to its last exercise, with each stub replaced by the solution that the course shows."""
    monkeypatch.setenv("NNLAB_STATE", str(tmp_path))
    cells = notebook(chapter).cells
    checks = [k for k, cell in enumerate(cells) if checked(cell)]
    if not checks:
        pytest.skip("this chapter checks no exercises")
    from nnlab.course import solution

    scope = {}
    exec(compile(cells[2].source, f"{chapter.name}[imports]", "exec"), scope)
    for k in checks:
        (number,) = checked(cells[k])
        stub, call = cells[k].source.rsplit("\ncheck(", 1)
        asked = cells[k - 1]
        assert f"**Exercise {number}.**" in asked.source
        assert f'hint("{number}")' in asked.source
        assert f'solution("{number}")' in asked.source
        assert "..." in stub
        assert len(stub.splitlines()) <= 8
        exec(solution(number).code, scope)
        assert eval(f"check({call}", scope).passed, number


def test_code_fits_a_laptop(chapter):
    for cell in code_cells(chapter):
        assert max(map(len, cell.source.splitlines())) <= 100, cell.source


def test_links_between_chapters_lead_somewhere(chapter):
    for cell in notebook(chapter).cells:
        for target in re.findall(r"\]\(([^)#]+\.ipynb)(?:#[^)]*)?\)", cell.source):
            assert (chapter.parent / target).exists(), target


def test_mirrored_sections_are_named_in_the_header_and_spoken_of_in_the_text(chapter):
    """What `nnlab.contents` says that a chapter mirrors is tested there; here, that the reader meets it."""
    header, *cells = [cell.source for cell in notebook(chapter).cells if cell.cell_type == "markdown"]
    text = "\n".join(cell for cell in cells if not cell.startswith("## Sources"))
    for section in notebook(chapter).metadata.nnlab.mirrors:
        letter, number = section.split()
        digits = rf"(?<![\d.]){re.escape(number)}(?!\.?\d)"
        assert re.search(digits, header) or re.search(rf"(?<![\d.]){re.escape(number.rsplit('.', 1)[0])}", header), (
            section
        )
        # "Document A, section 4.1", "A 4.1 and 4.2", "A (4.1)": the number, with its document not far before it.
        assert re.search(rf"\b{letter}\b[^\n]{{0,160}}?{digits}", text), section


def test_the_list_of_chapters_says_what_each_takes_and_mirrors(chapter):
    rows = (ROOT / "chapters" / "README.md").read_text(encoding="utf-8").splitlines()
    (row,) = (row for row in rows if f"({chapter.name})" in row)
    meta, first = notebook(chapter).metadata.nnlab, notebook(chapter).cells[0].source
    title, question = first.splitlines()[0].removeprefix("# ").replace(" · ", " ", 1), first.split("**")[1]
    assert row == f"| [{title}]({chapter.name}) | {question} | {meta.minutes} | {listed(meta.mirrors)} |"
    assert f"\n{meta.minutes} minutes ·" in first


def listed(sections):
    """Write sections as a reader likes them: "A 4.1 4.2, B 5.1"."""
    letters = dict.fromkeys(section.split()[0] for section in sections)
    groups = [[number for other, number in map(str.split, sections) if other == letter] for letter in letters]
    return ", ".join(f"{letter} {' '.join(numbers)}" for letter, numbers in zip(letters, groups, strict=True)) or "–"


def test_a_planted_wrong_number_makes_nbval_fail(tmp_path):
    source = next(path for path in CHAPTERS if path.name.startswith("00_"))
    copy = tmp_path / source.name
    shutil.copy(source, copy)
    shutil.copy(ROOT / "tests" / "nbval_sanitize.cfg", tmp_path)

    def nbval():
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--nbval"]
        options = ["--nbval-current-env", "--nbval-sanitize-with=nbval_sanitize.cfg", copy.name]
        return subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=300)

    assert nbval().returncode == 0, nbval().stdout
    text = copy.read_text(encoding="utf-8")
    planted = text.replace("parameters: 65", "parameters: 66")
    assert planted != text
    copy.write_text(planted, encoding="utf-8")
    result = nbval()
    assert result.returncode == 1
    assert "parameters: 66" in result.stdout
