import importlib
import os
import shutil
import sys
import tempfile
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from nnlab import cli, engine
from nnlab.commands import doctor


def lines(check):
    return [str(finding) for finding in doctor._findings("check", check)]


def problem(check):
    found = [line for line in lines(check) if line.startswith("problem")]
    assert len(found) == 1
    assert " -> " in found[0]
    return found[0]


@pytest.fixture
def one_check(monkeypatch):
    def use(*findings):
        monkeypatch.setattr(doctor, "CHECKS", {"planted": lambda: iter(findings)})

    return use


def test_all_is_well(one_check, capsys):
    one_check(doctor.Finding("fine"))
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out == "ok       fine\nAll is well.\n"


def test_a_problem(one_check, capsys):
    one_check(doctor.Finding("fine"), doctor.Finding("broken", "mend it"))
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out == "ok       fine\nproblem  broken -> mend it\nProblems: 1\n"


def test_a_check_that_raises(monkeypatch, capsys):
    def raising():
        yield doctor.Finding("fine")
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(doctor, "CHECKS", {"planted": raising})
    assert cli.main(["doctor"]) == 1
    assert "planted: the check failed with ZeroDivisionError: by zero -> " in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Python", "compiler", "threads", "data"])
def test_this_installation_is_in_order(name):
    found = lines(doctor.CHECKS[name])
    assert found
    assert not [line for line in found if not line.startswith("ok ")]


@pytest.mark.parametrize("name", ["packages", "compile cache", "disk", "chapters", "home", "JupyterLab", "saving"])
def test_check_can_be_made_here(name):
    """What it finds depends on the machine."""
    found = lines(doctor.CHECKS[name])
    assert found
    assert not [line for line in found if "the check failed" in line]


def test_python_too_old(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert "Python 3.10.4" in problem(doctor.check_python)


def test_packages(monkeypatch):
    wanted = ["numpy>=2.0,<2.6", "no-such-package-here>=1", 'torch>=2.9; extra == "bench"']
    monkeypatch.setattr(metadata, "requires", lambda _name: wanted)
    monkeypatch.setattr(doctor.metadata, "version", fake_version({"numpy": "2.3.0"}))
    found = lines(doctor.check_packages)
    assert found[0] == "ok       numpy 2.3.0"
    assert found[1].startswith("problem  no-such-package-here is missing")
    assert len(found) == 2
    monkeypatch.setattr(doctor.metadata, "version", fake_version({"numpy": "2.6.0", "no-such-package-here": "1"}))
    remedy = problem(doctor.check_packages)
    assert "numpy 2.6.0 does not fit" in remedy
    assert 'pip install "numpy<2.6,>=2.0"' in remedy


def fake_version(versions):
    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    return version


def test_package_that_is_not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    assert "nnlab-course is not installed" in problem(doctor.check_packages)


def test_module_that_cannot_be_imported(monkeypatch):
    real = importlib.import_module

    def import_module(name):
        if name == "nnlab.cli":
            raise ImportError("planted")
        return real(name) if name.startswith("nnlab.commands") else None

    monkeypatch.setattr(importlib, "import_module", import_module)
    assert "nnlab.cli cannot be imported: ImportError: planted" in problem(doctor.check_modules)


def test_modules_of_packages_are_found():
    import nnlab

    found = set(doctor._module_names(nnlab.__path__, "nnlab."))
    assert {"nnlab.cli", "nnlab.engine", "nnlab.commands.doctor"} <= found


def test_cache_that_cannot_be_written(monkeypatch, tmp_path):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(engine, "cache_folder", lambda: tmp_path / "cache")
    assert lines(doctor.check_cache)[0].startswith("ok ")
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "compiles at each start" in problem(doctor.check_cache)
    (tmp_path / "cache" / "a.nbc").touch()
    assert "read-only, 1 compiled pieces" in lines(doctor.check_cache)[0]


def test_cache_folder_below_a_file(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(engine, "cache_folder", lambda: tmp_path / "file" / "nnlab" / "engine")
    assert "compiles at each start" in problem(doctor.check_cache)


def test_home_that_is_missing_or_cannot_be_written(monkeypatch, tmp_path):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "not yet made"))
    assert lines(doctor.check_home)[0].startswith("ok ")
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    assert "cannot be written" in problem(doctor.check_home)
    monkeypatch.setattr(Path, "home", nowhere)
    assert "there is no home folder" in problem(doctor.check_home)
    assert not lines(doctor.check_jupyterlab) + lines(doctor.check_saving), "reinstalling would not help"


def test_compiler_that_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert "Numba cannot be imported" in problem(doctor.check_compiler)


def test_compiler_that_is_wrong(monkeypatch):
    import numba

    monkeypatch.setattr(numba, "njit", lambda _function: lambda _a, _b: 8.0)
    assert "its result is wrong" in problem(doctor.check_compiler)


def test_data_that_is_damaged_or_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "DIGITS_SHA256", "0" * 64)
    assert "damaged" in problem(doctor.check_data)
    monkeypatch.setattr(doctor, "DIGITS", tmp_path / "none.npz")
    assert "missing" in problem(doctor.check_data)


def test_folder_of_other_data(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path))
    assert all(line.startswith("ok ") for line in lines(doctor.check_data))
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "none"))
    assert "which is no folder" in problem(doctor.check_data)


def test_full_disk(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(1e12, 1e12, 4e8))
    assert all(line.startswith("problem  disk: 0.4 GB free") for line in lines(doctor.check_disk))


@pytest.mark.usefixtures("course")
def test_chapters():
    assert lines(doctor.check_chapters)[0].startswith("ok       chapters: 3 in ")


def test_chapters_that_are_missing(course):
    for path in course.glob("*.ipynb"):
        path.unlink()
    assert "there are no chapters" in problem(doctor.check_chapters)


def test_jupyterlab_that_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab.commands", None)
    assert "ModuleNotFoundError" in problem(doctor.check_jupyterlab)


@pytest.mark.parametrize(
    ("extensions", "disabled", "message"),
    [({}, {}, "lacks the extension"), ({"e": {"version": "1"}}, {"e": True}, "is disabled")],
)
def test_extension_of_jupyterlab(monkeypatch, extensions, disabled, message):
    import jupyterlab.commands

    state = {"version": "4.6.6", "federated_extensions": extensions, "disabled": disabled}
    monkeypatch.setattr(jupyterlab.commands, "get_app_info", lambda _options: state)
    monkeypatch.setattr(doctor, "EXTENSIONS", {"e": ("sliders will not show", "install it")})
    assert message in problem(doctor.check_jupyterlab)


def test_alternative_texts_that_jupyterlab_will_not_show(monkeypatch):
    import jupyterlab.commands

    found = {name: {"version": "1"} for name in doctor.EXTENSIONS if name != "nnlab-alt-text"}
    state = {"version": "4.6.6", "federated_extensions": found, "disabled": {}}
    monkeypatch.setattr(jupyterlab.commands, "get_app_info", lambda _options: state)
    assert "lacks the extension nnlab-alt-text: pictures have no alternative text" in problem(doctor.check_jupyterlab)


def test_kernel_of_another_python():
    assert str(doctor._kernel(sys.executable)).startswith("ok ")
    assert str(doctor._kernel("python3")).startswith("ok ")
    assert str(doctor._kernel(str(Path("/elsewhere/python")))).startswith("problem")


def test_saving_that_jupyter_does_not_know_of(monkeypatch, tmp_path):
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_config_path", lambda: [str(tmp_path)])
    assert doctor.REINSTALL in problem(doctor.check_saving)
    (tmp_path / "jupyter_server_config.d").mkdir()
    installed = tmp_path / "jupyter_server_config.d" / "nnlab.json"
    shutil.copy(Path(doctor.__file__).parents[1] / "server.json", installed)
    assert lines(doctor.check_saving) == ["ok       Jupyter's server extension nnlab.server is enabled"]
    installed.write_text(installed.read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8")
    assert "jupyter server extension enable --sys-prefix nnlab.server" in problem(doctor.check_saving)
