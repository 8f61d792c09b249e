"""Taking turns: each package trains in a process of its own, and they are timed one after the other, round by round.

A process of its own lets each package have its best number of threads, which TensorFlow cannot change after its start,
and keeps the idle threads of one from disturbing another.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from works import Work

HERE = Path(__file__).parent
TRIALS = 2
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS")

T = TypeVar("T")


class LeftOutError(Exception):
    """A package cannot train here; the message says why."""


@dataclass
class Timing:
    """What came out for one package and one work."""

    threads: int
    trials: dict[int, list[float]]  # seconds by number of threads
    seconds: list[float] = field(default_factory=list)
    loss: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


class Worker:
    """A process that trains one work with one package, as often as it is asked to."""

    def __init__(self, package: str, work: Work, threads: int) -> None:
        self.package, self.threads = package, threads
        self.messages = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the process)
        self.process = subprocess.Popen(
            [sys.executable, HERE / "peers.py", package, work.name, str(threads)],
            env=environment(threads), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True,
        )  # fmt: skip
        self._read()

    def train(self, epochs: int) -> tuple[float, float | None]:
        """Seconds and loss of a training from the beginning."""
        assert self.process.stdin is not None
        print(epochs, file=self.process.stdin, flush=True)
        answer = self._read()
        return answer["seconds"], answer["loss"]

    def close(self) -> None:
        self.process.communicate()  # the end of its input ends it
        self.messages.close()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": f"it ended: {self._last_words()}"}
        if "error" in answer:
            self.close()
            raise LeftOutError(f"{self.package}: {answer['error']}")
        return answer

    def _last_words(self) -> str:
        self.process.wait()
        self.messages.seek(0)
        return "".join(self.messages.readlines()[-5:])


def environment(threads: int | None = None) -> dict[str, str]:
    """Environment of a process in so many threads."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    return {**quiet, **os.environ, **(dict.fromkeys(THREADS, str(threads)) if threads else {})}


def thread_choices() -> list[int]:
    processors = os.cpu_count() or 1
    return sorted({1, max(1, processors // 2), processors})


def choose(package: str, work: Work) -> tuple[Worker, Timing]:
    """The package in the number of threads in which it was quickest."""
    workers: list[Worker] = []
    try:
        for threads in thread_choices():
            workers.append(Worker(package, work, threads))
        trials: dict[int, list[float]] = {worker.threads: [] for worker in workers}
        for turn in range(TRIALS):
            for worker in rotated(workers, turn):
                trials[worker.threads].append(worker.train(work.trial_epochs)[0])
    except BaseException:
        close(workers)
        raise
    best = min(workers, key=lambda worker: min(trials[worker.threads]))
    close([worker for worker in workers if worker is not best])
    return best, Timing(best.threads, trials)


def take_turns(entries: list[tuple[Worker, Timing, int]], repeat: int) -> None:
    """Train with each worker in turn for its number of epochs; another one begins each round."""
    for turn in range(repeat):
        for worker, timing, epochs in rotated(entries, turn):
            seconds, timing.loss = worker.train(epochs)
            timing.seconds.append(seconds)


def rotated(items: list[T], turn: int) -> list[T]:
    first = turn % max(1, len(items))
    return items[first:] + items[:first]


def close(workers: list[Worker]) -> None:
    for worker in workers:
        worker.close()
