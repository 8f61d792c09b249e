"""New processes, measured from outside: start-up, compiling from nothing, and memory. They run `plain`."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

from turns import HERE, LeftOutError, environment, rotated

IMPORTS = {
    "nnlab": "from nnlab import Sequential, layers",
    "torch": "import torch",
    "keras": "import keras",
    "sklearn": "from sklearn.neural_network import MLPClassifier",
}
STOPWATCH = "import time; begin = time.perf_counter(); {}; print(time.perf_counter() - begin)"
ROWS = 1_000_000


def run(arguments: list[str], **more: str) -> tuple[float, str]:
    """Seconds from the start of a Python process to its end, and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env={**environment(), **more}, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise LeftOutError(f"{' '.join(arguments)} failed: {done.stderr[-500:]}")
    return seconds, done.stdout


def seconds_of(what: str, package: str) -> float:
    """One start: of the bare import, of the import of what trains, or of a whole first training."""
    if what == "first training":
        return run([str(HERE / "plain.py"), "first", package])[0]
    statement = f"import {package}" if what == "import" else IMPORTS[package]
    return float(run(["-c", STOPWATCH.format(statement)])[1])


def start_up(packages: list[str], repeat: int) -> dict[str, dict[str, list[float]]]:
    """Seconds by package, for each kind of start; in turns, after one that is not counted."""
    kinds = ("import", "import of what trains", "first training")
    figures: dict[str, dict[str, list[float]]] = {kind: {package: [] for package in packages} for kind in kinds}
    for package in packages:
        seconds_of("first training", package)  # compiles and caches; brings the files into memory
    for turn in range(repeat):
        for kind in kinds:
            for package in rotated(packages, turn):
                figures[kind][package].append(seconds_of(kind, package))
    return figures


def compile_from_nothing() -> float:
    """Seconds of ``nnlab warmup`` with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        return run(["-m", "nnlab.cli", "warmup"], NUMBA_CACHE_DIR=folder)[0]


def memory(package: str) -> dict[str, float] | None:
    """Peaks of a process that trains an epoch on a million rows; see `plain.memory`."""
    if importlib.util.find_spec("resource") is None:  # Windows
        return None
    figures: dict[str, float] = json.loads(run([str(HERE / "plain.py"), "memory", package, str(ROWS)])[1])
    return figures


def load() -> list[float] | None:
    """How many other processes wanted the processors in the last 1, 5 and 15 minutes."""
    return list(os.getloadavg()) if hasattr(os, "getloadavg") else None
