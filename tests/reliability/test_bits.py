"""The same seed gives the same bits: once more, in another process, on fewer or more processors, through a file.

The work is listed in `bits`. What one computer computes now and later is compared here; nothing is promised between
computers whose processors, versions of NumPy, SciPy and Numba, or BLAS differ.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnlab.engine import sharing
from tests.reliability.bits import TRAININGS, WORK, digest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def here():
    """All work, done in this process in its order."""
    return {name: digest(do()) for name, do in WORK.items()}


@pytest.fixture
def more_processors(monkeypatch):
    """Share work among three threads, and let BLAS have as many."""
    monkeypatch.setattr(sharing, "processors", lambda: 3)
    sharing._helpers.cache_clear()
    with threadpool_limits(3):
        yield
    sharing._helpers.cache_clear()


@pytest.mark.parametrize("name", WORK)
def test_once_more_in_a_process_after_other_work_and_on_more_processors(name, here, more_processors):
    shifts = [np.empty(1000 * k + 8) for k in range(1, 50)]  # arrays come to lie at other places
    before = np.random.get_state(), random.getstate()  # noqa: NPY002 (what must not be used)
    assert digest(WORK[name]()) == here[name]
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    assert digest(after) == digest(before)
    del shifts


def test_in_another_process_with_another_hash_seed_and_one_processor(here):
    def on_one_processor():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    told = subprocess.run(
        [sys.executable, "-m", "tests.reliability.bits"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=on_one_processor if hasattr(os, "sched_setaffinity") else None,
        capture_output=True,
        text=True,
        check=True,
    )
    there = dict(reversed(line.split("  ", 1)) for line in told.stdout.splitlines())
    assert there == here


@pytest.mark.parametrize("name", TRAININGS)
def test_broken_off_saved_loaded_and_continued(name, here, tmp_path):
    assert digest(TRAININGS[name].in_two_parts(tmp_path / "half.nnlab")) == here[name]


@pytest.mark.parametrize("name", TRAININGS)
def test_predictions_do_not_depend_on_the_batch_size_and_little_on_the_samples_beside(name):
    training = TRAININGS[name]
    model, x = training.make(), training.data["x"]
    whole = model.predict(x)
    np.testing.assert_array_equal(model.predict(x, batch_size=7), whole)
    few = [one[:3] for one in x] if isinstance(x, list) else x[:3]
    np.testing.assert_allclose(model.predict(few), whole[:3], rtol=0, atol=1e-6)
