"""A lecture in the real JupyterLab: slides that start by themselves, live sliders, a remote, notes."""

from importlib.util import find_spec

import pytest

from .axe import findings
from .slider import move
from .slides import SCREENS, SHOWN, go_to, lecturing, press, run


@pytest.fixture(scope="module")
def lecture(browser, tmp_path_factory):
    """Chapter 03 as slides, in a page."""
    if find_spec("jupyterlab_slideshow") is None:
        pytest.skip('jupyterlab-slideshow is not installed, so no slides were tried: pip install -e ".[lecture]"')
    with lecturing(browser, "03", tmp_path_factory.mktemp("lecture")) as lecture:
        yield lecture


@pytest.fixture(scope="module")
def running(lecture):
    """The first slide, after all cells were run from there."""
    run(lecture.page)
    return lecture.page


@pytest.fixture(scope="module")
def explorer(running):
    """The first explorer, on its slide, after its prediction."""
    prediction = go_to(running, ".nnlab-prediction")
    prediction.get_by_role("radio").first.click()
    prediction.get_by_role("button", name="Commit").click()
    found = running.locator(".jp-deck-mod-visible .nnlab-explorer")
    found.wait_for()
    return found


def size(node):
    return float(node.evaluate("node => getComputedStyle(node).fontSize").removesuffix("px"))


def test_slides_start_by_themselves_and_say_how_to_run(lecture):
    page = lecture.page
    assert page.get_by_role("heading", name="Before the class comes").is_visible()
    assert not page.get_by_role("heading", name="Activation functions").is_visible()
    assert not page.locator("#jp-top-panel").is_visible()


def test_a_slider_moves_on_a_slide_and_the_slides_stay(explorer):
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        move(explorer, key)
    assert explorer.is_visible()


def test_axe_finds_nothing_of_ours_on_a_slide(explorer):
    assert explorer.is_visible()
    assert findings(explorer.page, SHOWN) == []


@pytest.mark.parametrize(
    "place", [".nnlab-figure img", ".nnlab-note", ".widget-label >> nth=0", "button:has-text('too fast')"]
)
def test_a_remote_turns_the_slides_after_a_click_on_an_explorer(explorer, place):
    page = explorer.page
    for forth, back in (("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp")):
        explorer.locator(place).first.click()
        press(page, forth)
        assert not explorer.is_visible()
        press(page, back)
        explorer.wait_for()


def test_page_keys_turn_the_slides_from_a_slider_as_well(explorer):
    page = explorer.page
    slider = explorer.get_by_role("slider").first
    slider.focus()
    value = slider.get_attribute("aria-valuetext")
    press(page, "PageDown")
    assert not explorer.is_visible()
    press(page, "PageUp")
    explorer.wait_for()
    assert slider.get_attribute("aria-valuetext") == value


def test_notes_of_the_teacher_open_on_the_slide(explorer):
    page = explorer.page
    notes = page.locator(".jp-deck-mod-visible details:has-text('Notes')").first
    words = notes.get_by_text("take a vote", exact=False)
    assert not words.is_visible()
    notes.get_by_text("Notes").click()
    words.wait_for()
    notes.get_by_text("Notes").click()
    assert explorer.is_visible()


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_type_is_large_code_is_hidden_and_the_picture_is_large(explorer, screen):
    page, (width, height) = explorer.page, screen
    page.set_viewport_size({"width": width, "height": height})
    curve = go_to(page, ".nnlab-explorer:not(.nnlab-prediction *)")
    text = page.locator(".jp-deck-mod-visible p").first
    assert size(text) >= 24
    code = page.locator(".jp-CodeCell.jp-deck-mod-visible .jp-InputArea-editor")
    assert not any(node.is_visible() for node in code.all())
    figure = curve.get_by_role("img").bounding_box()
    assert figure["width"] > 0.7 * width


def test_keys_typed_into_a_text_field_are_its_own(explorer):
    page = explorer.page
    prediction = go_to(page, ".nnlab-prediction:has-text('bump')")
    prediction.get_by_role("button", name="Show without predicting").click()
    field = prediction.locator(".nnlab-explorer input[type=text]")
    field.click()
    page.keyboard.press("End")
    for key in ("d", "d", "PageDown", "ArrowLeft", "r"):
        page.keyboard.press(key)
    assert field.input_value() == "exp(-z*z)drd"
    assert field.is_visible()
    field.fill("exp(-z*z)")
    page.keyboard.press("Enter")
    prediction.locator(".nnlab-figure img").click()  # has the keys back
