"""Time how soon each explorer answers a control, beside the same figure made the usual way.

python benchmarks/explorers.py [--json FILE] [--repeat N] [--browser] [EXPLORER ...]

Every control of every explorer goes through its range, the others staying where they are. README.md, beside this
file, says what is timed and what should be reached. `lab` measures the same from key press to picture in JupyterLab.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import threading
import time
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

import ipywidgets as widgets
import numpy as np
from matplotlib import pyplot

from nnlab import explorers
from nnlab.explorers import controls as control_kinds
from nnlab.explorers._live import compiler
from nnlab.explorers.core import Values
from nnlab.plots.style import Picture, applied

MOST = 9  # values of one control
LONG = ("train_digits", "more_digits")  # show long runs on purpose
FIRST, FIRST_95, FINAL, TIMES, KEY = 0.050, 0.100, 0.500, 5.0, 0.120  # seconds, and how many times faster

Row = dict[str, Any]


class Ours:
    """An explorer, and when its pictures come."""

    def __init__(self, name: str) -> None:
        self.explorer = explorers.catalogue()[name]()
        self._pictures: list[float] = []
        self.explorer.figure.observe(lambda _change: self._pictures.append(time.perf_counter()), names="frame")
        self.explorer.settle()

    def move(self, name: str, value: Any) -> tuple[float, float]:
        """Seconds from the change to the first new picture, and to the sharp one."""
        self._pictures.clear()
        begin = time.perf_counter()
        self.explorer.set(**{name: value})
        self.explorer.settle()
        return self._pictures[0] - begin, self._pictures[-1] - begin


class Unwatched:
    """What ``compute`` is given where nobody watches it: the usual way draws when all is computed."""

    eagerly = watched = False

    def __init__(self) -> None:
        self.stop = threading.Event()

    def show(self, arrays: Any) -> None:
        pass


class Usual:
    """The same controls, numbers and artists with `interactive_output`: each change builds a pyplot figure anew."""

    def __init__(self, name: str) -> None:
        self.explorer = explorers.catalogue()[name]()
        self.controls = self.explorer.make_controls()
        for key, control in self.controls.items():
            control.value = self.explorer.controls[key].value
        self.scale = 1
        with quiet():
            self.output = widgets.interactive_output(self._plot, self.controls)

    def _plot(self, **_values: Any) -> None:
        from IPython.display import Image, display

        values = Values(**{name: control_kinds.read(control) for name, control in self.controls.items()})
        width, height = self.explorer.size
        with np.errstate(all="ignore"), applied():
            arrays = self.explorer.compute(values, Unwatched())
            figure = pyplot.figure(figsize=(width / 100, height / 100), dpi=100, FigureClass=Picture)
            self.explorer.draw(figure)
            self.explorer.update(values, arrays)
            file = io.BytesIO()
            figure.savefig(file, format="png", dpi=100 * self.scale)
            pyplot.close(figure)
            display(Image(file.getvalue()))

    def move(self, name: str, value: Any, scale: int) -> float:
        """Seconds from the change to the picture, at one or two pixels a point."""
        control = self.controls[name]
        self.scale = scale
        control = getattr(control, "slider", control)
        with quiet():
            begin = time.perf_counter()
            control.value = value
            return time.perf_counter() - begin


def quiet() -> contextlib.redirect_stdout[io.StringIO]:
    """Swallow what Output widgets print where there is no notebook."""
    return contextlib.redirect_stdout(io.StringIO())


def values_of(control: Any) -> list[Any]:
    """Values through a control's range, at most `MOST`."""
    control = getattr(control, "slider", control)
    if hasattr(control, "options"):
        options = control_kinds.offered(control)
        return options if len(options) <= MOST else [options[round(k)] for k in np.linspace(0, len(options) - 1, MOST)]
    if isinstance(control, widgets.IntSlider):
        return sorted({round(value) for value in np.linspace(control.min, control.max, MOST)})
    if isinstance(control, widgets.FloatSlider):
        steps = np.round(np.linspace(0, (control.max - control.min) / control.step, MOST))
        return [round(float(control.min + step * control.step), 10) for step in steps]
    return []  # a text has no range


def measure(name: str, repeat: int) -> list[Row]:
    """Move each control of an explorer through its range, ours and the usual way in turns."""
    ours, usual = Ours(name), Usual(name)
    rows = []
    for key, control in ours.explorer.controls.items():
        start = control_kinds.read(control)
        row: Row = {"explorer": name, "control": key, "first": [], "final": [], "usual_1x": [], "usual_2x": []}
        for turn in range(repeat):
            for value in values_of(control)[:: 1 if turn % 2 else -1]:
                if value == control_kinds.read(control):
                    continue
                first, final = ours.move(key, value)
                row["first"].append(first)
                row["final"].append(final)
                row["usual_2x"].append(usual.move(key, value, 2))
        usual.move(key, start, 2)
        for value in values_of(control):
            if value != start:
                row["usual_1x"].append(usual.move(key, value, 1))
        ours.move(key, start)
        usual.move(key, start, 1)
        if row["first"]:
            rows.append(row)
    return rows


def together(name: str, rows: list[Row]) -> Row:
    """One row of all controls of an explorer."""
    series = ("first", "final", "usual_1x", "usual_2x")
    return {
        "explorer": name,
        "control": "all",
        **{key: [second for row in rows for second in row[key]] for key in series},
    }


def line(row: Row) -> str:
    """A row as text, in milliseconds."""
    first, final, usual_1x, usual_2x = (1000 * np.array(row[key]) for key in ("first", "final", "usual_1x", "usual_2x"))
    p95 = np.quantile(first, 0.95), np.quantile(final, 0.95)
    name = f"{row['explorer']}: {row['control']}"
    return (
        f"{name:34}{np.median(first):8.0f}{p95[0]:7.0f}{np.median(final):9.0f}{p95[1]:7.0f}"
        f"{np.median(usual_1x):10.0f}{np.median(usual_2x):8.0f}"
        f"{np.median(usual_1x) / np.median(first):10.1f}{np.median(usual_2x) / np.median(first):8.1f}"
    )


def missed(row: Row) -> list[str]:
    """What an explorer should reach and does not."""
    first, final = np.array(row["first"]), np.array(row["final"])
    name, out = row["explorer"], []
    if np.median(first) > FIRST:
        out.append(f"{name}: the first picture takes {1000 * np.median(first):.0f} ms; at most {1000 * FIRST:.0f}")
    if np.quantile(first, 0.95) >= FIRST_95:
        out.append(f"{name}: 95 % of the first pictures take up to {1000 * np.quantile(first, 0.95):.0f} ms; under 100")
    if name not in LONG and np.median(final) >= FINAL:
        out.append(f"{name}: the sharp picture takes {1000 * np.median(final):.0f} ms; under {1000 * FINAL:.0f}")
    ratio = np.median(row["usual_2x"]) / np.median(first)
    if ratio < TIMES:
        out.append(f"{name}: {ratio:.1f} times faster than the usual way; at least {TIMES:g}")
    return out


def machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "matplotlib": matplotlib.__version__,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("explorers", nargs="*", help="names; all if none is given")
    parser.add_argument("--repeat", type=int, default=3, help="passes over each control's range")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all single timings")
    parser.add_argument("--browser", action="store_true", help="also measure in JupyterLab, in Chromium")
    options = parser.parse_args()
    compiler.start()
    compiler.ready(600)
    chosen = options.explorers or list(explorers.catalogue())
    result: dict[str, Any] = {"machine": machine(), "rows": [], "browser": {}, "missed": []}
    print(result["machine"])
    print(f"\n{'milliseconds':34}{'first':>8}{'95 %':>7}{'sharp':>9}{'95 %':>7}{'usual 1x':>10}{'2x':>8}", end="")
    print(f"{'ratio 1x':>10}{'2x':>8}")
    for name in chosen:
        if not explorers.catalogue()[name]().controls:
            print(f"{name}: no controls")
            continue
        rows = measure(name, options.repeat)
        rows.append(together(name, rows))
        print(*map(line, rows), sep="\n", flush=True)
        result["rows"] += rows
        result["missed"] += missed(rows[-1])
    if options.browser:
        result["browser"], words = in_browser(sorted({row["explorer"] for row in result["rows"]}))
        result["missed"] += words
    print("\nmissed:", *(result["missed"] or ["nothing"]), sep="\n  ")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


def in_browser(names: list[str]) -> tuple[dict[str, list[float]], list[str]]:
    """Measure in JupyterLab, print, and say what is missed."""
    import lab

    seconds = lab.measure(names)
    print("\nJupyterLab, key press to new picture, milliseconds: median, 95 %")
    words = []
    for name, series in seconds.items():
        print(f"{name:34}{1000 * np.median(series):8.0f}{1000 * np.quantile(series, 0.95):7.0f}")
        if np.median(series) > KEY:
            words.append(f"{name}: key press to picture takes {1000 * np.median(series):.0f} ms; at most 120")
    return seconds, words


if __name__ == "__main__":
    main()
