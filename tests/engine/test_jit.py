"""The compile cache: nothing that happens to its folder stops a lesson."""

import hashlib
import pickle
import subprocess
import sys

import numpy as np
import pytest

from nnlab.engine import _jit


def double(x):
    return 2 * x


def compiled_in(folder, monkeypatch):
    monkeypatch.setattr(_jit, "module_folder", lambda source: folder)
    return _jit.kernel(double)


def entries(function):
    return sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values())


def test_a_second_start_loads_from_the_cache(tmp_path, monkeypatch):
    first = compiled_in(tmp_path / "cache", monkeypatch)
    assert first(21) == 42
    assert entries(first) == (0, 1)
    second = compiled_in(tmp_path / "cache", monkeypatch)
    assert second(21) == 42
    assert entries(second) == (1, 0)


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    function = compiled_in(tmp_path / "file", monkeypatch)
    assert function(4) == 8


DAMAGES = {
    "empty": lambda content: b"",
    "foreign": lambda content: b"garbage",
    "cut off": lambda content: content[:40],
    "without its end": lambda content: content[:-1],
    "one bit flipped": lambda content: content[:999] + bytes([content[999] ^ 1]) + content[1000:],
    "a pickle without checksum": lambda content: content[32:],
    "of another key": lambda content: signed(pickle.dumps(("another", None))),
    "of another kind": lambda content: signed(b"garbage"),
}


def signed(content):
    return hashlib.sha256(content).digest() + content


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_compiled_anew(tmp_path, monkeypatch, damage):
    compiled_in(tmp_path, monkeypatch)(21)
    (path,) = tmp_path.iterdir()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    again = compiled_in(tmp_path, monkeypatch)
    assert again(21) == 42
    assert entries(again) == (0, 1)
    repaired = compiled_in(tmp_path, monkeypatch)
    assert repaired(21) == 42
    assert entries(repaired) == (1, 0)


def test_two_signatures_never_share_a_file(tmp_path, monkeypatch):
    one, other = compiled_in(tmp_path, monkeypatch), compiled_in(tmp_path, monkeypatch)
    one(1)
    other(1.5)
    assert len(list(tmp_path.glob("*.nbc"))) == 2
    assert compiled_in(tmp_path, monkeypatch)(1.5) == 3.0


def test_another_processor_another_numba_and_another_version_have_folders_of_their_own(monkeypatch):
    source = _jit.ENGINE / "runner.py"
    folders = [_jit.module_folder(source)]
    for holder, name, value in (
        (_jit.config, "CPU_NAME", "another"),
        (_jit.config, "CPU_FEATURES", ""),
        (_jit.numba, "__version__", "0.0"),
        (_jit, "stamp", lambda source: "0"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(holder, name, value)
            folders.append(_jit.module_folder.__wrapped__(source))
    assert len(set(folders)) == 5


def test_the_stamp_covers_a_module_and_what_it_imports_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(_jit, "ENGINE", tmp_path)
    sources = {
        "runner": "from nnlab.engine import parts\n",
        "parts": "from nnlab.engine.codes import (\n    A,\n)\n",
        "codes": "A = 1\n",
        "other": "from nnlab.engine import codes\n",
    }
    for name, text in sources.items():
        (tmp_path / f"{name}.py").write_text(text)
    before = {name: _jit.stamp(tmp_path / f"{name}.py") for name in sources}
    (tmp_path / "parts.py").write_text(sources["parts"] + "B = 2\n")
    after = {name: _jit.stamp(tmp_path / f"{name}.py") for name in sources}
    assert {name for name in sources if before[name] != after[name]} == {"runner", "parts"}


def test_each_module_of_the_engine_finds_its_imports():
    names = {path.stem for path in _jit._with_imports(_jit.ENGINE / "runner.py")}
    assert {"runner", "kernels", "objectives", "updates", "codes", "views", "elementwise", "_jit"} <= names


def test_the_stamp_is_found_without_a_syntax_tree(monkeypatch):
    """In Python 3.11 two threads that build trees break one another, and IPython builds one for each cell."""
    monkeypatch.setattr("ast.parse", lambda *_arguments, **_options: pytest.fail("a syntax tree was built"))
    assert len(_jit.stamp(_jit.ENGINE / "runner.py")) == 16


def test_nan_is_seen_in_compiled_code(tmp_path, monkeypatch):
    def is_nan(x):
        return x != x

    monkeypatch.setattr(_jit, "module_folder", lambda source: tmp_path)
    assert _jit.kernel(is_nan)(np.nan)


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=environment, timeout=300
    )


def test_importing_the_package_imports_no_compiler_and_no_widgets():
    result = run(
        "import sys, nnlab; from nnlab import layers; nnlab.Sequential([layers.Dense(1, input_shape=(2,))]);"
        "print([m for m in ('numba', 'matplotlib', 'ipywidgets', 'scipy', 'pooch') if m in sys.modules])"
    )
    assert result.stdout.strip() == "[]", result.stderr


WITHOUT_NUMBA = (
    "import sys; sys.modules['numba'] = None; import importlib.util as u; find = u.find_spec;"
    "u.find_spec = lambda name, *a: None if name == 'numba' else find(name, *a);"
)


def test_without_numba_the_formulas_train():
    result = run(
        WITHOUT_NUMBA
        + "import nnlab; m = nnlab.Sequential([nnlab.layers.Dense(1, input_shape=(1,))]); m.compile('sgd', 'mse');"
        "m.fit([1.0, 2.0], [1.0, 2.0], verbose=0); print(m.why_formulas())"
    )
    assert "Numba is not installed" in result.stdout, result.stderr


def test_without_numba_an_explorer_trains_by_the_formulas_and_says_so():
    result = run(
        WITHOUT_NUMBA + "from nnlab import explorers; one = explorers.neuron_training(); one.settle();"
        "print(one.figure.status, len(one.alt.split()) > 8)"
    )
    assert "Numba is not installed" in result.stdout, result.stderr
    assert result.stdout.strip().endswith("True")
