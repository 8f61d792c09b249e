"""One playground for all tests of a process: to make one takes longer than to move it."""

import pytest

from nnlab import explorers
from nnlab.explorers.chapter_09.playground import DEFAULTS


@pytest.fixture(scope="session")
def shared(compiled):
    return explorers.playground()


@pytest.fixture
def play(shared):
    """Give the playground as it is without arguments."""
    shared.set(**DEFAULTS)
    shared.settle()
    return shared
