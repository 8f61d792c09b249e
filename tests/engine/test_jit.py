"""The compile cache: nothing that happens to its folder stops a lesson."""

import subprocess
import sys

import numpy as np
import pytest

from nnlab.engine import _jit


def double(x):
    return 2 * x


def compiled_in(folder, monkeypatch):
    monkeypatch.setattr(_jit, "cache_folder", lambda: folder)
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


@pytest.mark.parametrize("pattern", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_damaged_cache_is_compiled_anew(tmp_path, monkeypatch, pattern, content):
    compiled_in(tmp_path, monkeypatch)(21)
    (path,) = tmp_path.glob(pattern)
    path.write_bytes(path.read_bytes()[:40] if content is None else content)
    again = compiled_in(tmp_path, monkeypatch)
    assert again(21) == 42
    assert entries(again) == (0, 1)
    repaired = compiled_in(tmp_path, monkeypatch)
    assert repaired(21) == 42
    assert entries(repaired) == (1, 0)


def test_two_signatures_never_share_a_file(tmp_path, monkeypatch):
    one, other = compiled_in(tmp_path, monkeypatch), compiled_in(tmp_path, monkeypatch)
    one(1)
    (tmp_path / next(tmp_path.glob("*.nbi")).name).unlink()  # as if two processes had begun at once
    other(1.5)
    assert len(list(tmp_path.glob("*.nbc"))) == 2
    assert compiled_in(tmp_path, monkeypatch)(1.5) == 3.0


def test_the_stamp_covers_all_sources(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("x = 1")
    monkeypatch.setattr(_jit, "ENGINE", tmp_path)
    _jit._stamp.cache_clear()
    before = _jit._stamp()
    (tmp_path / "a.py").write_text("x = 2")
    _jit._stamp.cache_clear()
    try:
        assert _jit._stamp() != before
    finally:
        monkeypatch.undo()
        _jit._stamp.cache_clear()


def test_nan_is_seen_in_compiled_code(tmp_path, monkeypatch):
    def is_nan(x):
        return x != x

    monkeypatch.setattr(_jit, "cache_folder", lambda: tmp_path)
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


def test_without_numba_the_formulas_train():
    result = run(
        "import sys; sys.modules['numba'] = None; import importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'numba' else find(name, *a);"
        "import nnlab; m = nnlab.Sequential([nnlab.layers.Dense(1, input_shape=(1,))]); m.compile('sgd', 'mse');"
        "m.fit([1.0, 2.0], [1.0, 2.0], verbose=0); print(m.why_formulas())"
    )
    assert "Numba is not installed" in result.stdout, result.stderr
