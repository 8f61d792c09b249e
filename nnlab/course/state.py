"""What a learner has done, in one file on the learner's own computer: ``progress.json`` in the user's data folder.

Every change is read, made and written under an operating system's lock, so that two notebooks that save at once lose
nothing, and a process that dies leaves no lock behind. Nothing here raises when the file cannot be kept: changes
then wait in memory, and one sentence says so. What is shown of it, `nnlab.course.overview` decides.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nnlab._files import write_atomically
from nnlab.language import _

VERSION = 1
LONGEST = 10_000_000  # bytes: of a learner who has done everything it has some 50,000
PATIENCE = 5.0  # seconds to wait for another process that saves
#: What is answered rightly or wrongly: recall questions, and predictions before an explorer is touched.
ANSWERED = ("recalled", "predicted")

State = dict[str, Any]
Change = Callable[[State], None]

_guard = threading.RLock()
_waiting: list[Change] = []  # changes that could not be written yet
_said: set[str] = set()
_unsaid: list[str] = []


class _NewerError(Exception):
    """The file was written by a later version of nnlab."""


def folder() -> Path:
    """Return the folder of the file: NNLAB_STATE if that is set, else the user's data folder.

    Returns
    -------
    pathlib.Path
        It need not exist.
    """
    from nnlab import _folders

    return Path(os.environ.get("NNLAB_STATE") or _folders.data())


def new_entry() -> dict[str, Any]:
    """Return what is kept of an exercise, when nothing has been done yet.

    Returns
    -------
    dict
        ``attempts`` before it was solved, ``hints`` and ``solution`` seen; ``solved`` is null, or what had been seen
        when it was solved.
    """
    return {"attempts": 0, "hints": 0, "solution": False, "solved": None}


def read() -> State:
    """Return what is known: the file, and what could not be written to it.

    Returns
    -------
    dict
        With ``exercises``, ``recalled`` and ``predicted`` by their ids. It is a copy.
    """
    return _apply(None)


def update(change: Change) -> State:
    """Change what is kept.

    Parameters
    ----------
    change : callable
        Gets the state and changes it in place.

    Returns
    -------
    dict
        The state after the change. It is a copy.
    """
    return _apply(change)


def change_exercise(number: str, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Change what is kept of one exercise.

    Parameters
    ----------
    number : str
    change : callable
        Gets its entry, see `new_entry`, and changes it in place.

    Returns
    -------
    dict
        The entry after the change.
    """
    entry: dict[str, Any] = update(lambda state: change(state["exercises"].setdefault(number, new_entry())))[
        "exercises"
    ][number]
    return entry


def record(kind: str, key: str, right: bool) -> None:
    """Keep that a question was answered.

    Parameters
    ----------
    kind : {"recalled", "predicted"}
    key : str
        The question's id; it begins with its chapter: "03.sigmoid at 0".
    right : bool
    """
    if kind not in ANSWERED:
        words = _("kind must be one of {listed}; got {given}.")
        raise ValueError(words.format(listed=", ".join(ANSWERED), given=repr(kind)))

    def count(state: State) -> None:
        entry = state[kind].setdefault(key, {"right": 0, "wrong": 0, "last": right})
        entry["right" if right else "wrong"] += 1
        entry["last"] = right

    update(count)


def learner_seed() -> int:
    """Return the number that the learner's own questions are drawn with.

    Returns
    -------
    int
        NNLAB_LEARNER_SEED if that is set; else made once, and kept.
    """
    given = os.environ.get("NNLAB_LEARNER_SEED")
    if given:
        try:
            return int(given)
        except ValueError:
            words = _("NNLAB_LEARNER_SEED must be a whole number, got {given}.")
            raise ValueError(words.format(given=repr(given))) from None
    state = read()
    if "seed" not in state:
        fresh = secrets.randbelow(2**31)

        def keep(state: State) -> None:
            state.setdefault("seed", fresh)  # another notebook may have been quicker

        state = update(keep)
    return int(state["seed"])


def notes() -> list[str]:
    """Return what has to be said about keeping progress, once.

    Returns
    -------
    list of str
        Sentences; usually none.
    """
    with _guard:
        said = list(_unsaid)
        _unsaid.clear()
        return said


def _apply(change: Change | None) -> State:
    with _guard:
        _waiting.extend([change] if change else [])
        try:
            # Only reading does not make a folder: whoever has done nothing finds nothing on the disk.
            if not _waiting and not (folder() / "progress.json").exists():
                return _empty()
            with _locked(folder()):
                state = _changed(_load(folder() / "progress.json"))
                if _waiting:
                    _save(state)
                    _waiting.clear()
                return state
        except _NewerError:
            _say(
                _(
                    "Your progress is not kept: a newer nnlab wrote {file}, and this one leaves it as it is. "
                    "Update nnlab to go on with it."
                ).format(file=folder() / "progress.json")
            )
        except OSError as error:
            _say(
                _(
                    "Your progress is not kept, because {folder} cannot be used: {reason}. Everything else works."
                ).format(folder=folder(), reason=error.strerror or error)
            )
        return _changed(_readable())


def _changed(state: State) -> State:
    for change in _waiting:
        change(state)
    return state


def _readable() -> State:
    """Return what the file says, if it can be read though not written."""
    try:
        found = _parsed(folder() / "progress.json")
    except OSError:
        return _empty()
    return found if _is_ours(found) else _empty()


def _empty() -> State:
    return {"version": VERSION, "exercises": {}, **{kind: {} for kind in ANSWERED}}


def _load(file: Path) -> State:
    """Read the file under the lock; put it aside if it is damaged or not ours."""
    try:
        found = _parsed(file)
    except FileNotFoundError:
        return _empty()
    if isinstance(found, dict) and isinstance(found.get("version"), int) and found["version"] > VERSION:
        raise _NewerError
    if _is_ours(found):
        return dict(found)
    aside = _free_name(file)
    os.replace(file, aside)
    _say(
        _("The file that keeps your progress could not be read. It is now {aside}, and a new one is begun.").format(
            aside=aside
        )
    )
    return _empty()


def _parsed(file: Path) -> Any:
    """Return what a file says, or None where that is no JSON, or could not be written again."""
    if file.stat().st_size > LONGEST:
        return None
    content = file.read_bytes()
    try:
        found = json.loads(content)
        _text(found)
    except (ValueError, RecursionError):
        return None
    return found


def _text(state: State) -> bytes:
    return (json.dumps(state, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _free_name(file: Path) -> Path:
    number = 1
    while (aside := file.with_name(f"{file.stem}.damaged-{number}.json")).exists():
        number += 1
    return aside


def _is_ours(found: Any) -> bool:
    """Whether all that is read later has the type that it should have."""

    def is_count(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53

    def is_seen(entry: Any) -> bool:
        return isinstance(entry, dict) and is_count(entry.get("hints")) and isinstance(entry.get("solution"), bool)

    def is_exercise(entry: Any) -> bool:
        return (
            is_seen(entry)
            and is_count(entry.get("attempts"))
            and "solved" in entry
            and (entry["solved"] is None or is_seen(entry["solved"]))
        )

    def is_answer(entry: Any) -> bool:
        return (
            isinstance(entry, dict)
            and is_count(entry.get("right"))
            and is_count(entry.get("wrong"))
            and isinstance(entry.get("last"), bool)
        )

    if not isinstance(found, dict) or found.get("version") != VERSION:
        return False
    tests = {"exercises": is_exercise, **dict.fromkeys(ANSWERED, is_answer)}
    return is_count(found.get("seed", 0)) and all(
        isinstance(found.get(kind), dict) and all(map(test, found[kind].values())) for kind, test in tests.items()
    )


def _save(state: State) -> None:
    file = folder() / "progress.json"
    for left in file.parent.glob(f".{file.name}.*.tmp"):  # of a process that died: nobody else has the lock
        with suppress(OSError):
            left.unlink()
    write_atomically(file, _text(state))


def _say(sentence: str) -> None:
    if sentence not in _said:
        _said.add(sentence)
        _unsaid.append(sentence)


@contextmanager
def _locked(where: Path) -> Iterator[None]:
    """Hold the lock; the system takes it back when a process dies."""
    where.mkdir(parents=True, exist_ok=True)
    handle = os.open(where / "progress.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + PATIENCE
        while not _try_to_lock(handle):
            if time.monotonic() > end:
                raise TimeoutError(None, _("another program holds it"))
            time.sleep(0.005)
        yield
    finally:
        os.close(handle)  # which unlocks


if sys.platform == "win32":
    import msvcrt

    def _try_to_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_to_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # some network drives know no locks: better kept without one than not kept
        return True
