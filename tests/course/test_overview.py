"""`progress()` and ``nnlab progress``: what was done, and what to come back to."""

import json

import pytest

from nnlab import cli
from nnlab.course import check, hint, overview, progress, solution, state
from nnlab.course.exercise import exercises, find
from nnlab.plots.style import Picture


@pytest.fixture
def some_progress():
    check("3.1", find("3.1").reference)
    check("3.2", lambda a: a)
    check("3.3", lambda W1, b1, W2, b2: (W2, b2))
    hint("3.3")
    check("3.3", find("3.3").reference)
    solution("3.4")
    check("3.4", find("3.4").reference)
    state.record("recalled", "03.leaky relu", True)
    state.record("recalled", "03.dead units", False)
    state.record("predicted", "03.a", True)
    state.record("predicted", "98.b", False)


TEXT = """\
Chapter 03: 3 of 6 exercises are solved.
Exercise 3.1: solved without help.
Exercise 3.2: not solved yet. Attempts: 1, hints used: 0.
Exercise 3.3: solved. Hints used: 1.
Exercise 3.4: solved after the solution was seen.
Exercise 3.5: not attempted yet.
Exercise 3.6: not attempted yet.
Questions recalled: 1 of 2 right.
Predictions: 1 of 1 right.
Chapter 98
Predictions: 0 of 1 right.
To come back to: exercise 3.2, exercise 3.4, question “03.dead units”, prediction “98.b”"""


@pytest.mark.usefixtures("some_progress")
def test_the_picture_and_its_words():
    picture = progress()
    assert isinstance(picture, Picture)
    assert picture.alt == TEXT
    assert picture.png(scale=1).startswith(b"\x89PNG")
    box = picture.get_tightbbox(picture.canvas.get_renderer())
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= picture.get_figwidth() + 0.02
    assert box.y1 <= picture.get_figheight() + 0.02
    shown = [text.get_text() for text in picture.axes[0].texts]
    assert {"3.1", "✓", "(✓)", "…", "1 of 2 right"} <= set(shown)


def test_before_anything_is_done(home):
    assert progress().alt.startswith("Chapter 00: 0 of 2 exercises are solved.")
    assert progress().alt.endswith("There is nothing to come back to.")
    assert not home.exists()


@pytest.mark.usefixtures("some_progress")
def test_the_command_prints_the_words(capsys):
    assert cli.main(["progress"]) == 0
    assert capsys.readouterr().out == TEXT + "\n"


@pytest.mark.usefixtures("some_progress")
def test_the_command_writes_json_for_a_teacher(tmp_path, capsys):
    file = tmp_path / "me.json"
    assert cli.main(["progress", "--export", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["version"] == 1
    assert set(found["exercises"]) == set(exercises())
    assert found["exercises"]["3.4"]["solved"] == {"hints": 0, "solution": True}
    assert found["exercises"]["3.5"] == state.new_entry()
    assert found["predicted"]["98.b"] == {"right": 0, "wrong": 1, "last": False}
    assert "seed" not in found


def test_a_file_that_cannot_be_written(tmp_path, capsys):
    assert cli.main(["progress", "--export", str(tmp_path / "no" / "me.json")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_the_command_says_that_nothing_is_kept(home, tmp_path, capsys):
    home.mkdir()
    (home / "progress.json").write_text("{", encoding="utf-8")
    assert cli.main(["progress", "--export", str(tmp_path / "me.json")]) == 0
    assert "could not be read" in capsys.readouterr().err
    (home / "progress.json").write_text("{", encoding="utf-8")
    assert cli.main(["progress"]) == 0
    assert "could not be read" in capsys.readouterr().out


def test_an_exercise_that_is_gone_is_still_exported():
    state.change_exercise("98.1", lambda entry: entry.update(attempts=3))
    assert json.loads(overview.export())["exercises"]["98.1"]["attempts"] == 3
    assert "Chapter 98" in overview.text()
