"""A lecture in the real JupyterLab: slides that start by themselves, large type, live sliders, the teacher's notes."""

import sys
from importlib.util import find_spec

import pytest

from .conftest import Lab, serving
from .slider import move


@pytest.fixture(scope="module")
def lecture(browser, tmp_path_factory):
    """Chapter 00 as slides, in a page."""
    if find_spec("jupyterlab_slideshow") is None:
        pytest.skip('jupyterlab-slideshow is not installed, so no slides were tried: pip install -e ".[lecture]"')
    folder = tmp_path_factory.mktemp("lecture")
    command = [sys.executable, "-m", "nnlab.cli", "lecture", "00", str(folder / "course"), "--"]
    with serving(command, folder) as url:
        lecture = Lab(browser, url)
        lecture.load("")
        lecture.page.wait_for_selector(".jp-Deck .jp-Cell:focus")
        yield lecture
        lecture.close()


@pytest.fixture(scope="module")
def explorer(lecture):
    """The first explorer, on its slide, after all cells were run from the first slide."""
    page = lecture.page
    page.keyboard.press("r")
    page.get_by_role("heading", name="The end").wait_for()
    page.get_by_role("heading", name="Before the class comes").wait_for()
    go_to(page, ".jp-CodeCell")
    found = page.locator(".jp-deck-mod-visible .nnlab-explorer")
    found.wait_for()
    return found


def go_to(page, what):
    """Press the key of a presenter's remote control until something is on the slide."""
    found = page.locator(f".jp-deck-mod-visible {what}, {what}.jp-deck-mod-visible")
    for _ in range(20):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(200)
        if found.count():
            return found.first
    raise AssertionError(f"there is no {what} on any slide")


def size(node):
    return float(node.evaluate("node => getComputedStyle(node).fontSize").removesuffix("px"))


def test_slides_start_by_themselves_and_say_how_to_run(lecture):
    page = lecture.page
    assert page.get_by_role("heading", name="Before the class comes").is_visible()
    assert not page.get_by_role("heading", name="Start here").is_visible()
    assert not page.locator("#jp-top-panel").is_visible()


def test_a_slider_moves_on_a_slide_and_the_slides_stay(explorer):
    page = explorer.page
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        move(explorer, key)
    assert explorer.is_visible()
    page.locator(".nnlab-frame").first.click()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => !document.querySelector('.jp-deck-mod-visible .nnlab-explorer')")
    page.keyboard.press("ArrowLeft")
    explorer.wait_for()


@pytest.mark.parametrize("screen", [(1280, 800), (1920, 1080)], ids=str)
def test_type_is_large_code_is_hidden_and_the_explorer_fits(explorer, screen):
    page, (width, height) = explorer.page, screen
    page.set_viewport_size({"width": width, "height": height})
    explorer.scroll_into_view_if_needed()
    text = page.locator(".jp-deck-mod-visible p").first
    assert size(text) >= 24
    assert size(page.locator("h1").first) > 1.3 * size(text)
    code = page.locator(".jp-CodeCell.jp-deck-mod-visible .jp-InputArea-editor")
    assert not any(node.is_visible() for node in code.all())
    box = explorer.bounding_box()
    assert box["height"] < height
    assert 0 <= box["x"] < box["x"] + box["width"] <= width
    figure = explorer.get_by_role("img").bounding_box()
    assert figure["width"] > 0.7 * width
    assert figure["x"] + figure["width"] <= width


def test_notes_of_the_teacher_open_on_the_slide(lecture):
    page = lecture.page
    lecture.load("/lab/tree/12_handwritten_digits.ipynb")
    page.wait_for_selector(".jp-Deck .jp-Cell:focus")
    page.get_by_role("heading", name="Before the class comes").wait_for()
    notes = go_to(page, "details:has-text('Notes')")
    words = notes.get_by_text("For the teacher")
    assert not words.is_visible()
    notes.get_by_text("Notes").click()
    words.wait_for()
    assert page.get_by_role("heading", name="Predict first").is_visible()
