"""Key press to new picture in a real JupyterLab in a real Chromium, the clock being the page's own.

The server and the browser are those of the browser tests (tests/browser). Needs the extra `test` and Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser import conftest as browser

KERNEL = {"name": "python3", "display_name": "Python 3"}  # without it JupyterLab asks which one
PRESSES = 30
QUIET = 700  # milliseconds without a new picture after which the next key is pressed

# Presses are stamped before JupyterLab sees them, pictures in the frame after they are in the page.
WATCH = """() => {
    const figure = document.querySelector('.nnlab-explorer .nnlab-figure');
    window.pressed = 0; window.first = 0; window.last = performance.now();
    document.addEventListener('keydown', () => { window.pressed = performance.now(); window.first = 0; }, true);
    new MutationObserver((changes) => {
        if (!changes.some((change) => [...change.addedNodes].some((node) => node.nodeName === 'IMG'))) return;
        requestAnimationFrame(() => {
            window.last = performance.now();
            if (window.pressed && !window.first) window.first = window.last;
        });
    }).observe(figure, { childList: true, subtree: true });
}"""
REST = f"() => performance.now() - Math.max(window.last, window.pressed) > {QUIET}"


def measure(names: list[str]) -> dict[str, list[float]]:
    """Seconds of each press, by the explorer's name."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as api:
        home = Path(folder)
        (home / "notebooks").mkdir()
        for name in names:
            cell = nbformat.v4.new_code_cell(f"from nnlab import explorers\nexplorers.{name}()")
            notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
            nbformat.write(notebook, home / "notebooks" / f"{name}.ipynb")
        with browser.serving([sys.executable, "-m", "jupyterlab", str(home / "notebooks")], home) as url:
            chromium = api.chromium.launch(executable_path=browser.CHROMIUM, headless=True, args=browser.FLAGS)
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            lab = browser.Lab(context, url)
            lab.load("/lab")
            seconds = {name: presses(lab, name) for name in names}
            lab.close()
            chromium.close()
    return seconds


def presses(lab: Any, name: str) -> list[float]:
    """Press the right and left arrow on the explorer's first slider in turns, each time at rest."""
    lab.open(f"{name}.ipynb")
    errors = lab.run_all()
    if errors:
        raise RuntimeError(f"{name}: {errors[0]}")
    page = lab.page
    explorer = page.locator(".nnlab-explorer").first
    explorer.wait_for()
    page.evaluate(WATCH)
    explorer.get_by_role("slider").first.focus()
    seconds = []
    for k in range(PRESSES + 2):
        page.wait_for_function(REST)
        page.keyboard.press("ArrowLeft" if k % 2 else "ArrowRight")
        page.wait_for_function("() => window.first")
        seconds.append(page.evaluate("() => (window.first - window.pressed) / 1000"))
    return seconds[2:]  # the first ones load and draw what later ones only move
