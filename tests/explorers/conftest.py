"""Explorers with compiled code, and explorers without: what trains them is chosen here."""

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
