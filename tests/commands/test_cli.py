import io
import os
import subprocess
import sys

import pytest

from nnlab import __version__, cli, commands, engine
from nnlab.commands import lab

pytestmark = pytest.mark.usefixtures("course", "compiled")


@pytest.fixture
def started(monkeypatch):
    """Commands that were started, by a Popen that ends at once with exit code 3."""
    seen = []

    class Popen:
        def __init__(self, command):
            seen.append(command)

        def wait(self):
            return 3

    monkeypatch.setattr(subprocess, "Popen", Popen)
    return seen


def test_without_arguments_prints_help(capsys):
    assert cli.main([]) == 0
    assert "warmup" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"nnlab {__version__}\n"


@pytest.mark.parametrize("words", [["nonsense"], ["lab", "a", "b"], ["warmup", "--", "x"], ["refresh", "--all"]])
def test_command_line_that_makes_no_sense(words, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(words)
    assert stop.value.code == 2
    assert "usage: nnlab" in capsys.readouterr().err


@pytest.fixture(autouse=True)
def not_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)


@pytest.mark.usefixtures("course")
def test_lab_as_root_says_what_jupyterlab_wants(started, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cli.main(["lab", str(tmp_path / "x")]) == 1
    assert "nnlab lab -- --allow-root" in capsys.readouterr().err
    assert not started
    assert not (tmp_path / "x").exists()
    assert cli.main(["lab", str(tmp_path / "x"), "--", "--allow-root"]) == 3


def test_lab_starts_jupyterlab_on_the_first_chapter(course, compiled, started, tmp_path, capsys):
    folder = tmp_path / "my course"
    words = ["lab", str(folder), "--", "--no-browser", "--port", "9999", "--"]
    assert cli.main(words) == 3
    lab_command = [sys.executable, "-m", "jupyterlab", str(folder), "--LabApp.default_url=/lab/tree/00_start.ipynb"]
    assert started == [[*lab_command, "--no-browser", "--port", "9999", "--"]]
    assert (folder / "00_start.ipynb").read_bytes() == (course / "00_start.ipynb").read_bytes()
    assert compiled == ["warmup"]
    assert (folder / "README.md").exists()
    assert (folder / "glossary.md").exists()
    assert str(folder) in capsys.readouterr().out


def test_lab_goes_to_a_folder_here_by_default(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", "--", "--no-browser"]) == 3
    assert started[0][3] == str(tmp_path / "nnlab-course")
    assert (tmp_path / "nnlab-course" / "00_start.ipynb").exists()


def test_chapters_are_laid_out_and_nothing_starts(course, compiled, started, tmp_path, capsys):
    folder = tmp_path / "x"
    assert cli.main(["chapters", str(folder)]) == 0
    assert (folder / "00_start.ipynb").read_bytes() == (course / "00_start.ipynb").read_bytes()
    assert (started, compiled) == ([], [])
    assert str(folder) in capsys.readouterr().out


@pytest.mark.usefixtures("started")
def test_lab_in_a_folder_that_the_terminal_cannot_show(tmp_path, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["lab", str(tmp_path / "学习")]) == 3
    terminal.flush()
    assert rb"\u5b66\u4e60" in terminal.buffer.getvalue()


@pytest.mark.usefixtures("started")
def test_lab_says_once_what_is_beside_a_changed_chapter(course, tmp_path, capsys):
    cli.main(["lab", str(tmp_path / "x")])
    (tmp_path / "x" / "01_neuron.ipynb").write_text("mine", encoding="utf-8")
    (course / "01_neuron.ipynb").write_text("new", encoding="utf-8")
    (course / "00_start.ipynb").write_text("new", encoding="utf-8")
    capsys.readouterr()
    cli.main(["lab", str(tmp_path / "x")])
    said = capsys.readouterr().out
    assert f"01_neuron.ipynb  ->  01_neuron (nnlab {__version__}).ipynb" in said
    assert f"Updated to nnlab {__version__}: 00_start.ipynb" in said
    cli.main(["lab", str(tmp_path / "x")])
    said = capsys.readouterr().out
    assert "beside" not in said
    assert "Updated" not in said


@pytest.mark.usefixtures("started")
def test_lab_in_the_chapters_folder_itself_leaves_it_alone(course):
    assert cli.main(["lab", str(course)]) == 3
    assert not (course / ".nnlab").exists()


def test_lab_into_a_file(started, tmp_path, capsys):
    (tmp_path / "x").write_text("", encoding="utf-8")
    assert cli.main(["lab", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err.startswith("nnlab: ")
    assert started == []


@pytest.mark.parametrize("trouble", ["missing", "broken"])
@pytest.mark.usefixtures("started")
def test_lab_starts_without_a_compiler(tmp_path, monkeypatch, capsys, trouble):
    def broken(**_options):
        raise RuntimeError("LLVM")

    monkeypatch.setattr(engine, "available", lambda: trouble != "missing")
    monkeypatch.setattr(engine, "warmup", broken)
    assert cli.main(["lab", str(tmp_path / "x")]) == 3
    assert "the compiler does not work" in capsys.readouterr().err


def test_lab_without_jupyterlab(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lab, "find_spec", lambda _name: None)
    assert cli.main(["lab", str(tmp_path / "x")]) == 1
    assert "JupyterLab is not installed" in capsys.readouterr().err


def test_lab_outlives_ctrl_c_until_jupyterlab_has_ended(tmp_path, monkeypatch):
    waits = []

    class Popen:
        def __init__(self, _command):
            pass

        def wait(self):
            waits.append(1)
            if len(waits) < 3:
                raise KeyboardInterrupt
            return -15

    monkeypatch.setattr(subprocess, "Popen", Popen)
    assert cli.main(["lab", str(tmp_path / "x")]) == 143
    assert len(waits) == 3


def test_ctrl_c_while_compiling(tmp_path, monkeypatch):
    def interrupt(**_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "warmup", interrupt)
    assert cli.main(["lab", str(tmp_path / "x")]) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_lab_hands_on_the_signal_of_a_service_manager():
    program = (
        "import sys; from nnlab.commands.lab import start\n"
        "sys.exit(start([sys.executable, '-c', 'print(1, flush=True); import time; time.sleep(60)']))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"1\n"
        process.terminate()
        assert process.wait(timeout=30) == 143


def test_warmup_says_where_the_cache_is(capsys):
    assert cli.main(["warmup"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Ready after ")
    assert str(engine.cache_folder()) in out


def test_warmup_without_numba(monkeypatch, capsys):
    monkeypatch.setattr(engine, "available", lambda: False)
    assert cli.main(["warmup"]) == 1
    assert "Numba" in capsys.readouterr().err


def test_warmup_with_a_broken_compiler(monkeypatch, capsys):
    def broken(**_options):
        raise RuntimeError("LLVM")

    monkeypatch.setattr(engine, "warmup", broken)
    assert cli.main(["warmup"]) == 1
    assert "RuntimeError: LLVM" in capsys.readouterr().err


def test_chapters_come_from_the_package_when_they_are_there(course):
    inside = course.parent / "nnlab" / "_chapters"
    assert commands.chapters_folder() == course
    inside.mkdir(parents=True)
    assert commands.chapters_folder() == inside
    with pytest.raises(commands.CommandError, match="no chapters"):
        commands.chapter_files()


def test_chapters_that_are_nowhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "PACKAGE", tmp_path / "nnlab")
    assert cli.main(["lab", str(tmp_path / "x")]) == 1
    assert "the chapters are missing" in capsys.readouterr().err
