"""Turns the slides of a lecture as a presenter does, and measures what is on them."""

import sys
from contextlib import contextmanager

from .conftest import Lab, serving

SCREENS = [(1280, 800), (1920, 1080)]
SLACK = 4  # pixels
SHOWN = ".jp-Cell.jp-deck-mod-visible:not(.jp-deck-mod-layer)"
# What of a slide lies outside of the screen, and what the slide is about.
OUTSIDE = """([cells, slack]) => [...document.querySelectorAll(cells)]
    .map(cell => [cell.getBoundingClientRect(), cell.innerText.trim().slice(0, 40)])
    .filter(([box]) => box.top < -slack || box.left < -slack
        || box.bottom > innerHeight + slack || box.right > innerWidth + slack)
    .map(([box, text]) => `${innerWidth} x ${innerHeight}: ${box.top} to ${box.bottom}: ${text}`)"""


@contextmanager
def lecturing(browser, chapter, folder):
    """Begin a chapter's lecture, in a page on its first slide."""
    command = [sys.executable, "-m", "nnlab.cli", "lecture", chapter, str(folder / "course"), "--"]
    with serving(command, folder) as url:
        lecture = Lab(browser, url)
        lecture.load("")
        lecture.page.wait_for_selector(".jp-Deck .jp-Cell:focus")
        yield lecture
        lecture.close()


def run(page):
    """Run all cells from the first slide, as it says."""
    page.keyboard.press("r")
    page.get_by_role("heading", name="The end").wait_for()
    page.get_by_role("heading", name="Before the class comes").wait_for()


def go_to(page, what, key="PageDown"):
    """Press a key of a presenter's remote control until something is on the slide."""
    found = page.locator(f".jp-deck-mod-visible {what}, {what}.jp-deck-mod-visible")
    for _ in range(60):
        if found.count():
            return found.first
        press(page, key)
    raise AssertionError(f"there is no {what} on any slide")


def shown(page):
    return page.evaluate("cells => [...document.querySelectorAll(cells)].map(cell => cell.innerText)", SHOWN)


def press(page, key):
    """Press a key that turns a page, and wait until it has turned."""
    before = page.evaluate("cells => document.querySelectorAll(cells).length", SHOWN)
    first = page.locator(SHOWN).first.element_handle()
    page.keyboard.press(key)
    page.wait_for_function(
        """([cells, before, first]) => {
            const now = document.querySelectorAll(cells);
            return now.length && (now.length !== before || now[0] !== first);
        }""",
        arg=[SHOWN, before, first],
    )


def outside(page):
    """List what of the slide lies outside of the screen, on each of the screens."""
    found = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(10):  # the slides center themselves a while after the screen has changed
            now = page.evaluate(OUTSIDE, [SHOWN, SLACK])
            if not now:
                break
            page.wait_for_timeout(100)
        found.extend(now)
    return found
