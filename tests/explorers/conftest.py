"""What trains an explorer, compiled code or the formulas, and a task that is given up."""

import threading

import pytest

from nnlab.explorers import core


class Formulas:
    """A compiler that is never ready, so that a test compiles nothing."""

    error = None

    def start(self):
        pass

    def ready(self, timeout=0.0):
        return False

    def at_work(self):
        return False

    def then(self, call):
        pass


@pytest.fixture
def formulas(monkeypatch):
    """Leave all training to the formulas."""
    compiler = Formulas()
    monkeypatch.setattr(core, "compiler", compiler)
    return compiler


@pytest.fixture(scope="session")
def compiled():
    """Wait for the compiled code."""
    core.compiler.start()
    assert core.compiler.ready(600)


class GivenUp:
    """A task whose computation is given up at its first picture."""

    eagerly = False

    def __init__(self):
        self.stop, self.shown = threading.Event(), []

    def show(self, arrays):
        self.shown.append(arrays)
        self.stop.set()


@pytest.fixture
def given_up():
    """Give a task whose computation is given up at its first picture."""
    return GivenUp()
