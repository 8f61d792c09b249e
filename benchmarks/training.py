"""Time the training of dense networks beside PyTorch, Keras and scikit-learn, on the same work in one run.

python benchmarks/training.py [--json FILE] [--repeat N] [WORK ...]

Needs the extra `bench`; a package that is not installed is left out. The large works need Fashion-MNIST (NNLAB_DATA
may name a folder that has it). README.md, beside this file, says what each row means. `works` has what is trained,
`peers` how each package trains it, `bound` what no program on this BLAS can beat, `turns` how they take turns,
`processes` and `plain` what is measured in new processes. Nothing heavy is imported here: a child's peak of memory
begins with its parent's.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import processes
import turns
import works
from turns import LeftOutError, Timing, Worker
from works import Work

PACKAGES = ("nnlab", "torch", "keras", "sklearn")
DISTRIBUTIONS = (
    "nnlab-course", "numpy", "scipy", "numba", "llvmlite", "torch", "keras", "tensorflow-cpu", "tensorflow",
    "scikit-learn", "threadpoolctl",
)  # fmt: skip
OTHERS = ("start-up", "rows", "memory")
BOUND_FROM = 10_000  # parameters; below, the bound's calls from Python take longer than their work
TOLERANCE = 0.01  # of the losses
ROWS_REPEAT = 9  # a run takes a fraction of a second only
MEGABYTE = 1e6


def installed() -> list[str]:
    """The packages that are here; says which are not."""
    needs = {package: [package] for package in PACKAGES}
    needs["keras"].append(turns.environment()["KERAS_BACKEND"])
    here = []
    for package, modules in needs.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        if missing:
            print(f"{package} is left out: {' and '.join(missing)} not installed")
        else:
            here.append(package)
    return here


def machine() -> dict[str, Any]:
    """Processor, system and versions."""
    versions = {}
    for name in DISTRIBUTIONS:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "load": processes.load(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        return subprocess.check_output(["sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    return platform.processor() or platform.machine()


def measure(work: Any, packages: list[str], repeat: int) -> dict[str, Timing]:
    """Time one work with all packages, each in its best number of threads."""
    chosen: dict[str, tuple[Worker, Timing]] = {}
    try:
        for package in [*packages, *(["bound"] if work.parameters >= BOUND_FROM else [])]:
            try:
                chosen[package] = turns.choose(package, work)
            except LeftOutError as reason:
                if package == "nnlab":
                    raise  # nothing to compare the others with
                print(f"  left out: {reason}")
        turns.take_turns([(worker, timing, work.epochs) for worker, timing in chosen.values()], repeat)
    finally:
        turns.close([worker for worker, _ in chosen.values()])
    return {package: timing for package, (_, timing) in chosen.items()}


def differing_losses(work: Work, timings: dict[str, Timing]) -> list[str]:
    """Packages that did not reach nnlab's loss from the same weights."""
    ours = timings["nnlab"].loss
    assert ours is not None
    return [
        f"{package} reached {timing.loss:.4f}, nnlab {ours:.4f}"
        for package, timing in timings.items()
        if package not in work.other_loss
        and timing.loss is not None
        and abs(timing.loss - ours) > TOLERANCE * abs(ours)
    ]


def run_work(work: Any, packages: list[str], repeat: int) -> dict[str, Any]:
    """Measure, print and return one work."""
    print(f"\n{work.name}, batch {work.batch}, {work.optimizer}, {work.epochs} epochs = {work.steps} steps")
    timings = measure(work, packages, repeat)
    figures = {package: summary(timing, timings["nnlab"], work.steps) for package, timing in timings.items()}
    for package, row in figures.items():
        print(
            f"  {package:8} {row['median']:9.4f} s {row['microseconds a step']:10.1f} us a step"
            f" {row['x nnlab']:8.2f} x nnlab  {row['threads']} threads"
            f"{loss_text(work, package, row['loss'])}"
        )
    if work.parameters < BOUND_FROM:
        print("  no bound: calls from Python would be most of it")
    differing = differing_losses(work, timings)
    print(f"  LOSSES DIFFER: {'; '.join(differing)}" if differing else f"  losses agree within {TOLERANCE:.0%}")
    settings = {"batch": work.batch, "epochs": work.epochs, "steps": work.steps, "rows": work.rows}
    return {**settings, "packages": figures, "losses differ": differing}


def summary(timing: Timing, ours: Timing, steps: int) -> dict[str, Any]:
    return {
        "median": timing.median,
        "microseconds a step": 1e6 * timing.median / steps,
        "x nnlab": timing.median / ours.median,
        "threads": timing.threads,
        "loss": timing.loss,
        "seconds": timing.seconds,
        "trials": timing.trials,
    }


def loss_text(work: Work, package: str, loss: float | None) -> str:
    if loss is None:
        return ""
    return f"  loss {loss:.4f}" + (" (not compared)" if package in work.other_loss else "")


def run_start_up(packages: list[str], repeat: int) -> dict[str, Any]:
    """Measure, print and return how long a new process takes."""
    print("\nstart-up, seconds")
    seconds = processes.start_up(packages, repeat)
    medians = {kind: {package: median(runs) for package, runs in row.items()} for kind, row in seconds.items()}
    for kind, row in medians.items():
        print(f"  {kind:22}" + "".join(f"  {package} {taken:.4f}" for package, taken in row.items()))
    compiling = processes.compile_from_nothing()
    print(f"  nnlab warmup, compiling all from nothing: {compiling:.1f}")
    ratios = {kind: {package: taken / row["nnlab"] for package, taken in row.items()} for kind, row in medians.items()}
    return {"medians": medians, "x nnlab": ratios, "seconds": seconds, "nnlab warmup from nothing": compiling}


def run_rows(repeat: int) -> dict[str, Any]:
    """Measure, print and return nnlab's time for a row, by the number of rows."""
    print(f"\nrows: nnlab, {works.COLUMNS}-32-1, batch 32, {works.ROWS_IN_ALL:,} rows in all")
    entries: list[tuple[Worker, Timing, int]] = []
    try:
        for work in works.ROWS:
            entries.append((Worker("nnlab", work, threads=1), Timing(1, {}), work.epochs))
        turns.take_turns(entries, max(repeat, ROWS_REPEAT))
    finally:
        turns.close([worker for worker, _, _ in entries])
    costs = [1e6 * timing.median / works.ROWS_IN_ALL for _, timing, _ in entries]
    for work, cost in zip(works.ROWS, costs, strict=True):
        print(f"  {work.name:12} x {work.epochs:4} epochs  {cost:.3f} us a row")
    ratio = costs[-1] / costs[0]
    print(f"  a row of the most costs {ratio:.2f} times a row of the fewest")
    sizes = [work.name for work in works.ROWS]
    return {
        "microseconds a row": dict(zip(sizes, costs, strict=True)),
        "seconds": {size: timing.seconds for size, (_, timing, _) in zip(sizes, entries, strict=True)},
        "largest to smallest": ratio,
    }


def run_memory(packages: list[str]) -> dict[str, Any]:
    """Measure, print and return the peaks of memory."""
    print(f"\nmemory, {processes.ROWS:,} rows, MB: peak before the data, with them, and after an epoch")
    figures = {package: processes.memory(package) for package in packages}
    for package, row in figures.items():
        if row is None:
            print("  left out: this system does not tell a process's peak")
            return {}
        more = row["after"] - row["before"]
        print(
            f"  {package:8}" + "".join(f" {row[key] / MEGABYTE:8.1f}" for key in ("package", "before", "after"))
            + f"   training took {more / MEGABYTE:6.1f} MB more = {more / row['data']:.2f} x the data"
        )  # fmt: skip
    return figures


def wanted(words: list[str]) -> list[str]:
    """Names that contain one of the words; all without words."""
    names = [work.name for work in [*works.WORKS, *works.CONVOLUTIONAL, *works.RECURRENT]] + list(OTHERS)
    unknown = [word for word in words if not any(word in name for name in names)]
    if unknown:
        raise SystemExit(f"no WORK contains {', '.join(map(repr, unknown))}; there are: {', '.join(names)}")
    return [name for name in names if not words or any(word in name for word in words)]


def unless_left_out(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return run()
    except LeftOutError as reason:
        print(f"  left out: {reason}")
        return {"left out": str(reason)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time dense training beside other packages.")
    parser.add_argument("works", nargs="*", metavar="WORK", help="part of a name, such as A: or rows; default: all")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures here, too")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, default %(default)s")
    arguments = parser.parse_args()
    names, repeat = wanted(arguments.works), max(1, arguments.repeat)
    about = machine()
    print(f"{about['processor']}, {about['processors']} processors, load {about['load']}, Python {about['python']}")
    print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
    packages = installed()

    parts: dict[str, Callable[[], dict[str, Any]]] = {
        **{
            work.name: partial(run_work, work, packages, repeat)
            for work in [*works.WORKS, *works.CONVOLUTIONAL, *works.RECURRENT]
        },
        "start-up": partial(run_start_up, packages, repeat),
        "rows": partial(run_rows, repeat),
        "memory": partial(run_memory, packages),
    }
    figures = {name: unless_left_out(run) for name, run in parts.items() if name in names}
    if arguments.json:
        everything = {"machine": about, "repeat": repeat, **figures}
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    if any(figure.get("losses differ") for figure in figures.values()):
        raise SystemExit("losses differ: the times above do not compare the same work")


if __name__ == "__main__":
    main()
