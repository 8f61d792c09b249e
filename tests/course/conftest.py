"""Each test has a state of its own, and leaves the language as it was."""

import pytest

from nnlab import language
from nnlab.course import recalling, state
from nnlab.course.question import banks


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Folder of the learner's state; it does not exist yet."""
    folder = tmp_path / "state"
    monkeypatch.setenv("NNLAB_STATE", str(folder))
    monkeypatch.setenv("NNLAB_LEARNER_SEED", "0")
    for kept in (state._waiting, state._said, state._unsaid):
        kept.clear()
    yield folder
    for kept in (state._waiting, state._said, state._unsaid):
        kept.clear()
    language.set_language("en")


@pytest.fixture
def only_03(monkeypatch):
    """Ask only the questions of chapter 03: those of earlier chapters change what is drawn."""
    bank = banks()["03"]
    monkeypatch.setattr(recalling, "banks", lambda: {"03": bank})
