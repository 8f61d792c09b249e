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
# The numbered sections of the five documents.
SECTIONS = {
    "A": "1.1 1.2 2.1 2.2 2.3 3.1 3.2 3.3 4.1 4.2 4.3 4.4 5 6 7",
    "B": "1.1 1.2 1.3 2.1 2.2 2.3 2.4 2.5 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 6.1 6.2 6.3 7.1 7.2 7.3 8.1 8.2 "
    "9.1 9.2 9.3",
    "C": "1 2.1 2.2 3.1 3.2 3.3 4.1 4.2 4.3 4.4 5 6.1 6.2 6.3",
    "D": "1 2 3.1 3.2 3.3 3.4 3.5 4 5 6 7 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.8 8.9 8.10",
    "E": "1.1 1.2 1.3 2.1 2.2.1 2.2.2 2.2.3 2.3 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 5.3 5.4 6.1 6.2 6.3",
}
MIRRORED = {
    "03_activation_functions": ["B 2.3", "B 9.1", "C 6.3", "D 3.2", "D 3.5", "E 2.2.3"],
    "12_handwritten_digits": ["A 4.1", "A 4.2", "A 4.3", "A 4.4", "B 5.1", "B 5.2"],
}


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


def test_mirrored_sections_exist_and_are_named_in_the_header(chapter):
    mirrors = notebook(chapter).metadata.nnlab.mirrors
    assert mirrors == MIRRORED.get(chapter.stem, [])
    for section in mirrors:
        document, number = section.split()
        assert number in SECTIONS[document].split(), section
        assert (
            number in notebook(chapter).cells[0].source or number.rsplit(".", 1)[0] in notebook(chapter).cells[0].source
        )


def test_the_list_of_chapters_names_them_all(chapter):
    assert f"({chapter.name})" in (ROOT / "chapters" / "README.md").read_text(encoding="utf-8")


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
