import json
import os
import sys

import nbformat
import pytest

from nnlab import cli
from nnlab.commands import CommandError, notebooks, refresh
from nnlab.commands.notebooks import clean, problems, same, to_bytes

from .notebook_maker import notebook

PNG = "aGVsbG8="
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "a slider"}
GOOD = [
    "import os, sys\nprint('out'); print('more')",
    ("print(os.environ['NNLAB_LEARNER_SEED'], os.environ['TQDM_DISABLE'], 'nnlab-refresh' in os.getcwd())"),
    ("{}['x']", ["raises-exception"]),
    "import json\nopen('left-behind.txt', 'w').close()\nos.path.isdir(os.environ['IPYTHONDIR']) or 7",
    ("import time\ntime.perf_counter()", ["nbval-ignore-output"]),
    "object()",
    (
        "from IPython.display import display\n"
        "display({'image/png': 'aGVsbG8=', 'text/plain': 'p',"
        " 'application/vnd.jupyter.widget-view+json': {'model_id': '1'}}, raw=True)"
    ),
]


def write(path, *sources, **metadata):
    nbformat.write(notebook(*sources, **metadata), path)
    return path


def with_output(*outputs, tags=()):
    made = notebook(("x", list(tags)))
    made.cells[0].outputs = [nbformat.from_dict(output) for output in outputs]
    return made


def display(data):
    return {"output_type": "display_data", "data": dict(data), "metadata": {}}


def found(book):
    clean(book)
    return list(problems(book))


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def test_good_notebook_is_executed_cleaned_and_then_left_alone(tmp_path, capsys):
    path = write(tmp_path / "01_good.ipynb", *GOOD, nnlab={"minutes": 60}, widgets={"state": {}}, author="me")
    assert cli.main(["refresh", "--check", str(path)]) == 1
    assert "would change" in capsys.readouterr().out
    assert "out" not in json.loads(path.read_text())["cells"][0]["outputs"]

    assert cli.main(["refresh", str(path)]) == 0
    line = capsys.readouterr().out
    assert line.startswith("01_good")
    assert "7 cells" in line
    assert line.endswith("  changed\n")
    assert [child.name for child in tmp_path.iterdir()] == ["01_good.ipynb"]
    stored = nbformat.read(path, as_version=4)
    assert stored.metadata == {
        "kernelspec": notebooks.KERNELSPEC,
        "language_info": {"name": "python"},
        "nnlab": {"minutes": 60},
    }
    assert [cell.execution_count for cell in stored.cells] == [1, 2, 3, 4, 5, 6, 7]
    assert [cell.id for cell in stored.cells] == [f"cell-{number}" for number in range(7)]
    assert stored.cells[0].outputs == [stream("out\nmore\n")]
    assert stored.cells[1].outputs == [stream("0 1 True\n")]
    assert stored.cells[2].outputs[0].ename == "KeyError"
    assert stored.cells[2].metadata == {"tags": ["raises-exception"]}
    assert stored.cells[6].outputs[0].data == {"image/png": PNG, "text/plain": "p"}

    before = path.stat()
    assert cli.main(["refresh", str(path)]) == 0  # the address of object() and the time differ
    assert capsys.readouterr().out.endswith("  unchanged\n")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino
    assert cli.main(["refresh", "--check", str(path)]) == 0


def test_check_leaves_pictures_out_and_writes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    old = with_output(display({"image/png": PNG, "text/plain": "p"}))
    clean(old)
    path.write_bytes(to_bytes(old))

    def execute(picture, text):
        def run(book):
            book.cells[0].outputs = [nbformat.from_dict(display({"image/png": picture, "text/plain": text}))]

        monkeypatch.setattr(refresh, "_execute", run)

    execute("bmV3", "p")
    assert cli.main(["refresh", "--check", str(path)]) == 0
    assert path.read_bytes() == to_bytes(old)
    assert cli.main(["refresh", str(path)]) == 0
    assert b"bmV3" in path.read_bytes()
    execute("bmV3", "q")
    assert cli.main(["refresh", "--check", str(path)]) == 1
    assert b'"q"' not in path.read_bytes()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\nraise ValueError('not\\nso')", "cell 2 (id cell-1: x = 1): ValueError: not so"),
        ("1 +", "SyntaxError: invalid syntax"),
        ("import os; os._exit(1)", "the kernel died"),
    ],
)
def test_cell_that_fails_is_named_and_nothing_is_written(tmp_path, capsys, source, message):
    path = write(tmp_path / "01_bad.ipynb", "1", source)
    before = path.read_bytes()
    assert cli.main(["refresh", str(path)]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("01_bad: cell 2 (id cell-1: ")
    assert message in said.err
    assert "failed" in said.out
    assert path.read_bytes() == before


def test_cell_that_takes_too_long(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(refresh, "CELL_TIMEOUT", 1)
    path = write(tmp_path / "01_slow.ipynb", "import time; time.sleep(60)")
    assert cli.main(["refresh", str(path)]) == 1
    assert "takes longer than 1 s" in capsys.readouterr().err


def test_the_other_chapters_are_refreshed_when_one_fails(course, capsys):
    write(course / "01_neuron.ipynb", "1 / 0")
    assert cli.main(["refresh", "01", "12"]) == 1
    said = capsys.readouterr()
    assert said.err == "01_neuron: cell 1 (id cell-0: 1 / 0): ZeroDivisionError: division by zero\n"
    assert said.out.endswith("  changed\n")
    assert "12_handwritten_digits" in (course / "12_handwritten_digits.ipynb").read_text()


def test_unreadable_notebook(tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text("{", encoding="utf-8")
    assert cli.main(["refresh", str(tmp_path / "a.ipynb")]) == 1
    assert "a.ipynb is no notebook, or a damaged one (NotJSONError" in capsys.readouterr().err


def test_disk_that_is_full(tmp_path, capsys, monkeypatch):
    def fail(_path, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(refresh, "_execute", lambda _notebook: None)
    monkeypatch.setattr(refresh, "write_atomically", fail)
    assert cli.main(["refresh", str(write(tmp_path / "a.ipynb", "1"))]) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_chapters_by_number_name_and_path(course, tmp_path):
    digits = course / "12_handwritten_digits.ipynb"
    other = write(tmp_path / "other.ipynb", "1")
    assert refresh.find_chapters(["12", "12_handwritten_digits", digits.name]) == [digits]
    assert refresh.find_chapters(["1", str(other)]) == [course / "01_neuron.ipynb", other]
    assert len(refresh.find_chapters([])) == 3


def test_unknown_chapter_lists_those_there_are(course, capsys):
    assert cli.main(["refresh", "13"]) == 1
    said = capsys.readouterr().err
    assert "'13' is no chapter" in said
    assert "12_handwritten_digits" in said
    write(course / "12_again.ipynb", "1")
    with pytest.raises(CommandError, match="more than one"):
        refresh.find_chapters(["12"])


@pytest.mark.parametrize(
    "text",
    [
        f"saved to {os.path.expanduser('~')}/model.npz",
        f"{sys.prefix}/lib",
        f"File {notebooks.PACKAGE}{os.sep}model.py",
        "/home/ada/nnlab",
        "C:\\Users\\ada\\nnlab",
        repr("C:\\Users\\ada\\nnlab"),
    ],
)
@pytest.mark.parametrize("kind", ["stream", "html", "result", "colored", "error"])
def test_path_of_this_machine_is_refused(text, kind):
    output = {
        "stream": stream(text),
        "html": display({"text/html": f"<b>{text}</b>"}),
        "result": display({"text/plain": text}),
        "colored": stream(f"\x1b[31m{text}\x1b[0m"),
        "error": {"output_type": "error", "ename": "OSError", "evalue": text, "traceback": []},
    }[kind]
    messages = found(with_output(output))
    assert len(messages) == 1
    assert messages[0].startswith("cell 1 (id cell-0: x): a path of this machine in the output: ")


@pytest.mark.parametrize("text", ["a / b", "and/or", "the root /", "https://example.org/home/x", "0x7f00aa11bb22"])
def test_text_that_is_no_path_of_this_machine(text):
    assert found(with_output(stream(text))) == []


def test_pictures_are_not_searched_for_paths():
    assert found(with_output(display({"image/png": "/home/ada/", "text/plain": "p"}))) == []


def test_frames_of_libraries_are_left_out_of_tracebacks():
    lines = ["\x1b[36mCell In[1]", "\x1b[36mFile \x1b[39m~/lib/json.py:3", "\x1b[31mKeyError\x1b[39m: 1"]
    book = with_output({"output_type": "error", "ename": "KeyError", "evalue": "1", "traceback": lines})
    assert found(book) == []
    assert book.cells[0].outputs[0].traceback == [lines[0], lines[2]]


def test_widget_with_a_static_twin_is_stored_as_a_picture():
    book = with_output(display({**WIDGET, "image/png": PNG}))
    assert found(book) == []
    assert book.cells[0].outputs[0].data == {"text/plain": "a slider", "image/png": PNG}


def test_widget_without_a_static_twin_is_refused_unless_tagged():
    assert "a widget without static twin" in found(with_output(display(WIDGET)))[0]
    tagged = with_output(display(WIDGET), tags=["no-static-twin"])
    assert found(tagged) == []
    assert tagged.cells[0].outputs[0].data == {"text/plain": "a slider"}


def test_notebook_over_a_megabyte_is_refused(tmp_path, monkeypatch, capsys):
    assert found(with_output(stream("x" * 990_000))) == []
    assert found(with_output(stream("x" * 1_000_001))) == ["1.00 MB is over the limit of 1 MB a notebook"]
    monkeypatch.setattr(refresh, "_execute", lambda book: book.cells[0].outputs.append(big))
    big = nbformat.from_dict(stream("x" * 1_000_001))
    path = write(tmp_path / "a.ipynb", "1")
    before = path.read_bytes()
    assert cli.main(["refresh", str(path)]) == 1
    assert "over the limit" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_streams_are_merged_in_order():
    book = with_output(stream("a"), stream("b"), stream("c", "stderr"), stream("d"), display({"text/plain": "p"}))
    clean(book)
    outputs = book.cells[0].outputs
    assert [output.get("text") for output in outputs] == ["ab", "c", "d", None]


def test_cell_metadata_and_ids():
    book = notebook("x", "", "y")
    book.cells[0].metadata = nbformat.from_dict(
        {"slideshow": {"slide_type": "skip"}, "jupyter": {"source_hidden": True}, "execution": {"a": 1}}
    )
    del book.cells[2]["id"]
    clean(book)
    assert book.cells[0].metadata == {
        "slideshow": {"slide_type": "skip"},
        "jupyter": {"source_hidden": True},
    }
    assert [cell.execution_count for cell in book.cells] == [1, None, 2]
    made = book.cells[2].id
    del book.cells[2]["id"]
    clean(book)
    assert book.cells[2].id == made
    book.cells[1].id = "cell-0"
    assert found(book) == ["cells have the same id: cell-0"]


def test_notebook_that_is_not_valid():
    book = notebook("x")
    book.cells[0].outputs = [nbformat.from_dict({"output_type": "stream", "name": 1, "text": "x"})]
    assert found(book)[0].startswith("not a valid notebook: ")


def test_ids_survive_reading(tmp_path):
    book = notebook("x", "y")
    book.cells[1].id = "cell-0"
    (tmp_path / "a.ipynb").write_bytes(to_bytes(book))
    assert [cell.id for cell in notebooks.read(tmp_path / "a.ipynb").cells] == ["cell-0", "cell-0"]


@pytest.mark.parametrize("given", [[], {}, 5, None])
def test_an_id_that_is_no_text_is_told_when_the_notebook_is_read(tmp_path, given):
    book = notebook("x")
    book.cells[0].id = given
    (tmp_path / "a.ipynb").write_text(json.dumps(book), encoding="utf-8")
    with pytest.raises(ValueError, match="and no text"):
        notebooks.read(tmp_path / "a.ipynb")


def test_comparison():
    a, b = with_output(stream("<A at 0x7f00aa11bb22>")), with_output(stream("<A at 0x7f00aa11bb33>"))
    assert same(a, b, images=True)
    assert not same(a, with_output(stream("<B at 0x7f00aa11bb22>")), images=False)
    timed = [with_output(stream(text), tags=["nbval-ignore-output"]) for text in ("1 s", "2 s")]
    assert same(*timed, images=True)
    cleared = with_output(stream("1 s"), tags=["nbval-ignore-output"])
    cleared.cells[0].outputs = []
    assert not same(timed[0], cleared, images=True)
    drawn = [with_output(display({"image/png": picture})) for picture in (PNG, "bmV3")]
    assert same(*drawn, images=False)
    assert not same(*drawn, images=True)
    assert not same(drawn[0], with_output(display({"text/plain": "p"})), images=False)
