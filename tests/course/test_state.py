"""The file that keeps a learner's progress: it loses nothing, survives crashes, and never stands in the way."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from nnlab.course import check, hint, state

SAVE = """
import sys
from nnlab.course import state
for k in range({count}):
    state.change_exercise("3.1", lambda entry: entry.update(attempts=entry["attempts"] + 1))
    state.record("recalled", f"03.{{sys.argv[1]}} {{k % 7}}", True)
    if {talk}:
        print(k, flush=True)
"""


def attempt(number="3.1"):
    return state.change_exercise(number, lambda entry: entry.update(attempts=entry["attempts"] + 1))["attempts"]


def start(count, name, talk=False):
    command = [sys.executable, "-c", SAVE.format(count=count, talk=talk), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def content(home):
    return json.loads((home / "progress.json").read_text(encoding="utf-8"))


def test_reading_leaves_nothing_on_the_disk(home):
    assert state.read() == {"version": 1, "exercises": {}, "recalled": {}, "predicted": {}}
    assert not home.exists()


def test_the_users_data_folder_is_used_without_the_variable(monkeypatch):
    monkeypatch.delenv("NNLAB_STATE")
    assert state.folder().name == "nnlab"


def test_saves_of_four_processes_at_once_lose_nothing(home):
    processes = [start(50, str(k)) for k in range(4)]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert content(home)["exercises"]["3.1"]["attempts"] == 200
    assert sum(entry["right"] for entry in content(home)["recalled"].values()) == 200
    assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]


def test_saves_of_threads_lose_nothing(home):
    threads = [threading.Thread(target=lambda: [attempt() for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(home)["exercises"]["3.1"]["attempts"] == 80


def test_a_process_killed_while_it_saves_leaves_a_readable_file(home):
    for round_ in range(4):
        process = start(100_000, "x", talk=True)
        done = -1
        for _ in range(8 + 5 * round_):
            done = int(process.stdout.readline())
        process.kill()
        process.communicate(timeout=30)
        before = content(home)["exercises"]["3.1"]["attempts"]
        assert before >= done + 1
        assert attempt() == before + 1  # nobody holds the lock, and nothing was put aside
    assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]
    assert state.notes() == []


def test_what_a_crash_left_is_swept_away(home):
    attempt()
    (home / ".progress.json.1a2b3c4d.tmp").write_text("{", encoding="utf-8")
    attempt()
    assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[1, 2]",
        '{"version": "1"}',
        '{"mine": true}',
        '{"version": 1, "exercises": {"3.1": {"attempts": "many"}}, "recalled": {}, "predicted": {}}',
        '{"version": 1, "exercises": {}, "recalled": {"x": {"right": -1}}, "predicted": {}}',
        '{"version": 1, "exercises": [], "recalled": {}, "predicted": {}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_or_foreign_file_is_put_aside(home, damaged):
    home.mkdir()
    (home / "progress.json").write_text(damaged, encoding="utf-8")
    reply = hint("3.1")
    assert "progress.damaged-1.json" in reply.text
    assert "a new one is begun" in reply.text
    assert (home / "progress.damaged-1.json").read_text(encoding="utf-8") == damaged
    assert content(home)["exercises"]["3.1"]["hints"] == 1
    assert "damaged" not in hint("3.1").text


def test_two_damaged_files_are_both_kept(home):
    home.mkdir()
    for _ in range(2):
        (home / "progress.json").write_bytes(b"\xff\xfe")
        attempt()
    assert (home / "progress.damaged-2.json").exists()


def test_the_file_of_a_newer_version_is_left_alone(home):
    home.mkdir()
    newer = '{"version": 2, "exercises": "elsewhere"}'
    (home / "progress.json").write_text(newer, encoding="utf-8")
    assert "a newer nnlab" in hint("3.1").text
    assert "hint 2 of 3" in hint("3.1").text
    assert "newer" not in hint("3.1").text
    assert (home / "progress.json").read_text(encoding="utf-8") == newer


def test_without_a_folder_everything_works_and_one_sentence_says_so(home):
    home.write_text("a file where the folder should be", encoding="utf-8")
    first, second = hint("3.1").text, hint("3.1").text
    assert "Your progress is not kept" in first
    assert "not kept" not in second
    assert "hint 2 of 3" in second
    assert check("3.1", lambda z, slope: z).status == "failed"
    assert state.read()["exercises"]["3.1"]["attempts"] == 1
    home.unlink()
    attempt()  # what waited is saved as soon as it can be
    assert content(home)["exercises"]["3.1"] == {"attempts": 2, "hints": 2, "solution": False, "solved": None}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(home):
    attempt()
    (home / "progress.lock").chmod(0o400)
    home.chmod(0o500)
    try:
        assert attempt() == 2
        assert attempt() == 3
        assert len(state.notes()) == 1
    finally:
        home.chmod(0o700)


def test_a_disk_that_is_full(home, monkeypatch):
    attempt()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(state, "write_atomically", full)
        assert attempt() == 2
        assert attempt() == 3
        assert "No space left on device" in " ".join(state.notes())
        assert state.read()["exercises"]["3.1"]["attempts"] == 3
    assert attempt() == 4
    assert content(home)["exercises"]["3.1"]["attempts"] == 4


def test_a_lock_that_somebody_holds_is_waited_for_and_then_left(home, monkeypatch):
    attempt()
    monkeypatch.setattr(state, "PATIENCE", 0.1)
    ready, let_go = threading.Event(), threading.Event()

    def hold():
        with state._locked(home):
            ready.set()
            let_go.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(10)
    start = time.perf_counter()
    assert attempt() == 2
    assert time.perf_counter() - start < 5
    assert "another program holds it" in " ".join(state.notes())
    let_go.set()
    thread.join()
    assert attempt() == 3


def test_the_seed_is_made_once(home, monkeypatch):
    assert state.learner_seed() == 0
    monkeypatch.delenv("NNLAB_LEARNER_SEED")
    seed = state.learner_seed()
    assert state.learner_seed() == seed == content(home)["seed"]
    monkeypatch.setenv("NNLAB_LEARNER_SEED", "many")
    with pytest.raises(ValueError, match="whole number"):
        state.learner_seed()


def test_the_seed_stays_although_it_cannot_be_kept(home, monkeypatch):
    home.write_text("", encoding="utf-8")
    monkeypatch.delenv("NNLAB_LEARNER_SEED")
    assert state.learner_seed() == state.learner_seed()


def test_what_is_no_kind_of_answer_is_refused():
    with pytest.raises(ValueError, match="recalled, predicted"):
        state.record("dreamt", "03.a", True)
