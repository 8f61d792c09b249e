"""Eight explorers on one page, all swept at once by their sliders: memory, backlog, the last state.

``python -m tests.reliability.load 10`` does it for ten minutes, in a real JupyterLab in a real Chromium, and prints a
line every half minute: pictures that came, megabytes of the kernel and of the page. At the end it prints how long the
pictures went on after the last key, and what was wrong; that should be nothing. The gate does it for some seconds.
"""

import contextlib
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from tests.browser import conftest as browser

NAMES = (
    "activation_curve", "activation_race", "train_digits", "neuron_training",
    "gradient_descent", "playground", "lstm_gates", "cnn_training",
)  # fmt: skip
NAME = "eight.ipynb"
FIRST = """
import os
import numpy as np
from nnlab import explorers

made = {}

# How often a training tells its progress, and so how many points its curve has within an epoch, depends on the clock.
TIMED = {"train_digits": {"epoch", "loss", "accuracy"}}

def same(a, b):
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True)

def wrong(name):
    "What an explorer that was swept has lost, compared with one made anew in the same state."
    swept = made[name]
    swept.settle()
    fresh = eval(swept.code())
    fresh.settle()
    lost = [f"{name}: {swept.alt!r} is not {fresh.alt!r}"] if swept.alt != fresh.alt else []
    for key in fresh.data.keys() - TIMED.get(name, set()):
        if not same(fresh.data[key], swept.data[key]):
            lost.append(f"{name}: {key} is not of the last state")
    if swept.figure.shown != swept.figure.frame:
        lost.append(f"{name}: the page is behind")
    return lost
"""
LAST = """
found = [line for name in made for line in wrong(name)]
assert not found, found
"""
# Keys go up and down again in the first slider of each explorer, and pictures are counted.
SWEEP = """() => {
    const press = (node, key) => node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    const sliders = [...document.querySelectorAll('.nnlab-explorer')].map(
        (explorer) => explorer.querySelector('.noUi-handle')).filter(Boolean);
    let step = 0;
    window.pictures = 0;
    window.sweeping = setInterval(() => {
        const key = Math.floor(step++ / 12) % 2 ? 'ArrowRight' : 'ArrowLeft';
        sliders.forEach((slider) => press(slider, key));
        window.lastKey = performance.now();
    }, 50);
    const isPicture = (node) => node.nodeName === 'IMG';
    new MutationObserver((changes) => {
        const count = changes.filter((change) => [...change.addedNodes].some(isPicture)).length;
        if (count) { window.pictures += count; window.lastPicture = performance.now(); }
    }).observe(document.body, { childList: true, subtree: true });
    return sliders.length;
}"""
STOP = "() => clearInterval(window.sweeping)"
AT_REST = "() => performance.now() - Math.max(window.lastKey, window.lastPicture) > 3000"


def write(folder):
    """Write a notebook with these explorers into a folder."""
    sources = [FIRST, *(f"made['{name}'] = explorers.{name}()\nmade['{name}']" for name in NAMES), "os.getpid()", "0"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    metadata = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / NAME)


def sweep(lab, seconds, tell=lambda _line: None):
    """Sweep all explorers of the notebook that `write` wrote; raises if something was lost.

    Parameters
    ----------
    lab : tests.browser.conftest.Lab
        With the notebook open.
    seconds : float
    tell : callable
        Gets a line every half minute.

    Returns
    -------
    float
        Seconds from the last key to the last picture.
    """
    assert lab.run_all() == []
    page = lab.page
    page.wait_for_function(
        "count => document.querySelectorAll('.nnlab-explorer .noUi-handle').length >= count", arg=len(NAMES)
    )
    process = int(output(page, -2))
    devtools = page.context.new_cdp_session(page)
    assert page.evaluate(SWEEP) == len(NAMES)
    begin = time.monotonic()
    while (left := seconds - (time.monotonic() - begin)) > 0:
        page.wait_for_timeout(1000 * min(30, left))
        devtools.send("HeapProfiler.collectGarbage")
        heap = page.evaluate("() => performance.memory.usedJSHeapSize") / 1e6
        pictures = page.evaluate("() => window.pictures")
        tell(f"{time.monotonic() - begin:6.0f} s {pictures:7,} pictures, kernel {resident(process):5.0f} MB, "
             f"page {heap:4.0f} MB")  # fmt: skip
    page.evaluate(STOP)
    page.wait_for_function(AT_REST, timeout=120_000)
    page.evaluate(
        """async code => {
            const panel = jupyterapp.shell.currentWidget;
            panel.content.activeCellIndex = panel.content.widgets.length - 1;
            panel.content.activeCell.model.sharedModel.setSource(code);
            await jupyterapp.commands.execute('notebook:run-cell');
        }""",
        LAST,
    )
    assert output(page, -1) is None, output(page, -1)
    return page.evaluate("() => (window.lastPicture - window.lastKey) / 1000")


def output(page, cell):
    """Text of a cell's output, counted from the end; None where there is none."""
    return page.evaluate(
        """cell => {
            const outputs = jupyterapp.shell.currentWidget.content.widgets.at(cell).model.outputs;
            if (!outputs.length) return null;
            const output = outputs.get(0).toJSON();
            return output.evalue ?? output.data['text/plain'];
        }""",
        cell,
    )


def resident(process):
    """Megabytes of memory that a process has (Linux)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 / 1e6


def main(minutes):
    """Sweep, and print what is measured."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as api:
        home = Path(folder)
        (home / "notebooks").mkdir()
        write(home / "notebooks")
        with browser.serving([sys.executable, "-m", "jupyterlab", str(home / "notebooks")], home) as url:
            chromium = api.chromium.launch(
                executable_path=browser.CHROMIUM, headless=True, args=[*browser.FLAGS, "--enable-precise-memory-info"]
            )
            lab = browser.Lab(chromium.new_context(viewport={"width": 1280, "height": 900}), url)
            lab.load("/lab")
            lab.open(NAME)
            late = sweep(lab, 60 * minutes, lambda line: print(line, flush=True))
            print(f"the last picture came {late:.2f} s after the last key; nothing was lost")
            with contextlib.suppress(AssertionError):
                lab.close()
            chromium.close()


if __name__ == "__main__":
    main(float(sys.argv[1]))
