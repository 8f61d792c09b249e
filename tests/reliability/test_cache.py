"""The compile cache, damaged, foreign, and killed while it is written: code is compiled anew, and no process ends.

What is damaged is one bit, or the file's end, ten times for each of ``--kills``. The thorough run:

    python -m pytest tests/reliability/test_cache.py -n 0 -s --kills 100
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nnlab.engine import _jit

from .killing import ROOT, WITH_FORK, Victim

pytestmark = WITH_FORK


def total(x, out):
    for k in range(x.shape[0]):
        out[0] += np.sqrt(x[k] * x[k])


def works_in(folder):
    """Whether compiled code is right, with a cache in this folder."""
    _jit.module_folder = lambda _source: Path(folder)
    out = np.zeros(1)
    _jit.kernel(total)(np.arange(5.0), out)
    return out[0] == 10.0


def is_whole(path):
    content = path.read_bytes()
    return hashlib.sha256(content[32:]).digest() == content[:32]


def damage_and_work(folder, tries):
    """Print how processes ended that met a damaged cache: 0 if all was right."""
    works_in(folder)
    (path,) = folder.iterdir()
    good, chance = path.read_bytes(), random.Random(0)
    ends = Counter()
    for _ in range(tries):
        at = chance.randrange(len(good))
        flipped = good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1 :]
        path.write_bytes(chance.choice([flipped, flipped, good[:at]]))
        process = os.fork()
        if process == 0:
            os._exit(0 if works_in(folder) and is_whole(path) else 1)
        ends[os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])] += 1
    print(dict(ends))


def run(code, *arguments, **environment):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=3000
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_damaged_file_ends_no_process(tmp_path, kills):
    code = "import sys; from pathlib import Path; from tests.reliability.test_cache import damage_and_work as work; "
    found = run(code + "work(Path(sys.argv[1]), int(sys.argv[2]))", tmp_path, 10 * kills)
    print(f"\ndamaged: {found}")
    assert found == str({0: 10 * kills})


def test_the_cache_of_another_processor_is_left_alone(tmp_path):
    code = """
from nnlab.engine import _jit
from tests.reliability.test_cache import total, np
function = _jit.kernel(total)
out = np.zeros(1)
function(np.arange(5.0), out)
print(out[0], sum(function.stats.cache_hits.values()))
"""
    here = {"NUMBA_CACHE_DIR": str(tmp_path)}
    other = {**here, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    assert [run(code, **which) for which in (other, here, here)] == ["10.0 0", "10.0 0", "10.0 1"]
    assert len(list(tmp_path.rglob("*.nbc"))) == 2


CODE = bytes(range(256)) * 1000


def keeping(folder):
    files = _jit._Files(Path(folder), "total")
    yield
    files.save("a signature", CODE)


def test_a_process_killed_while_it_keeps_compiled_code_leaves_it_whole_or_none(tmp_path, kills):
    files = _jit._Files(tmp_path / "cache", "total")
    with Victim(keeping, tmp_path / "cache") as victim:
        for attempt in victim.moments(kills):
            shutil.rmtree(tmp_path / "cache", ignore_errors=True)
            killed = attempt()
            assert files.load("a signature") in ((CODE, None) if killed else (CODE,))


def compiling_until_interrupted(seconds):
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(float(seconds), signal.raise_signal, [signal.SIGINT])
    function = _jit.kernel(total)
    timer.start()
    try:
        function(np.arange(5.0), np.zeros(1))
    except KeyboardInterrupt:
        timer.join()
    else:
        timer.cancel()
    out = np.zeros(1)
    function(np.arange(5.0), out)
    assert out[0] == 10.0


def compiling_until_interrupted_in_a_callback():
    def interrupt(frame, event, _argument):
        if event == "call" and frame.f_code.co_name == "_raw_object_cache_notify":
            sys.setprofile(None)
            raise KeyboardInterrupt  # which ctypes prints, and forgets

    function = _jit.kernel(total)
    sys.setprofile(interrupt)
    with pytest.raises(KeyboardInterrupt):
        function(np.arange(5.0), np.zeros(1))
    assert sys.getprofile() is None
    out = np.zeros(1)
    function(np.arange(5.0), out)
    assert out[0] == 10.0


def test_an_interrupt_that_reaches_a_callback_of_llvm_is_not_lost(tmp_path):
    code = "from tests.reliability.test_cache import compiling_until_interrupted_in_a_callback as c; c()"
    run(code, NUMBA_CACHE_DIR=str(tmp_path))


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
def test_what_was_interrupted_while_it_compiled_is_compiled_at_the_next_call(tmp_path, seconds):
    code = f"from tests.reliability.test_cache import compiling_until_interrupted as c; c({seconds})"
    run(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert not list(tmp_path.rglob("*.tmp"))
