"""What all tests share: nothing of the person who runs them is read or written, and the compiler works once."""

import os
import tempfile

import hypothesis
import pytest

# What needs Keras, PyTorch or atheris, which the tests do not.
collect_ignore_glob = ["tests/golden/make_*.py", "tests/reliability/fuzz_files.py", "benchmarks/*"]

hypothesis.settings.register_profile("nnlab", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("thorough", max_examples=10_000, deadline=None)
hypothesis.settings.load_profile("nnlab")


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=3, help="how often each fault of tests/reliability is tried")


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # workers inherit what the first process sets
    folder = tempfile.TemporaryDirectory(prefix="nnlab-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    # Kernels that run chapters inherit these, as they do under `nnlab refresh`.
    os.environ |= {
        "NNLAB_STATE": folder.name,
        "NNLAB_LEARNER_SEED": "0",
        "TQDM_DISABLE": "1",
        "LANGUAGE": "en",
        "JUPYTER_PLATFORM_DIRS": "1",
    }


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        from nnlab import engine

        if engine.available():
            engine.warmup()  # before the workers start: two that compile the same take twice as long
