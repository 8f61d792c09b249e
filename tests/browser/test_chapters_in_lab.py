"""Chapters in the real JupyterLab: they run, their explorers follow the keyboard and the mouse, and say so in words."""

import re
from pathlib import Path

import pytest

from .axe import findings
from .slider import move

CHAPTERS = sorted(path.name for path in (Path(__file__).parents[2] / "chapters").glob("*.ipynb"))
START = "00_start_here.ipynb"
DIGITS = "12_handwritten_digits.ipynb"


# Controls without an accessible name, in explorers, predictions and questions; a readout's text is its value.
NAMELESS = """() => [...document.querySelectorAll('.nnlab-explorer, .nnlab-prediction, .nnlab-recall, .nnlab-pad')]
    .flatMap(home => [...home.querySelectorAll(
        '[role=slider], [role=application], [role=group], [role=radiogroup], .widget-toggle-buttons, .widget-radio, '
        + 'button, select, input, textarea, [contenteditable=true]'
    )])
    .filter(node => !node.getAttribute('aria-label') && !node.title
        && ![...(node.labels ?? [])].some(label => label.innerText.trim())
        && !(node.tagName === 'BUTTON' && node.innerText.trim()))
    .map(node => node.outerHTML.slice(0, 300))"""


def wait_for_names(page):
    """Fail if a control gets no name soon."""
    nameless = page.evaluate(NAMELESS)
    for _ in range(50):
        if not nameless:
            return
        page.wait_for_timeout(100)
        nameless = page.evaluate(NAMELESS)
    assert nameless == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_before_a_run_a_chapter_shows_its_static_pictures_and_reads_them_aloud(lab, name):
    lab.open(name, kernel=False)
    pictures = lab.page.locator(".jp-OutputArea-output img")
    pictures.first.wait_for()
    assert pictures.count() > 0
    assert all(pictures.nth(k).evaluate("node => node.naturalWidth > 300") for k in range(pictures.count()))
    # JupyterLab itself shows pictures without alternative texts: they come from nnlab/labextension.
    assert all(pictures.nth(k).get_attribute("alt") for k in range(pictures.count())), "is nnlab installed anew?"
    assert lab.page.get_by_text("model not found", exact=False).count() == 0
    assert findings(lab.page, ".jp-NotebookPanel:not(.lm-mod-hidden)") == []


def test_a_drawn_digit_is_read(running):
    page = running(DIGITS)
    pad = page.locator(".nnlab-pad")
    pad.scroll_into_view_if_needed()
    pad.get_by_role("button", name="Clear").click()
    box = pad.locator(".nnlab-ink").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(x, y + 0.8 * box["height"], steps=12)
    page.mouse.up()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.nnlab-pad [aria-live]')].some(n => n.textContent.includes('1'))"
    )

    canvas = pad.get_by_role("application")
    canvas.focus()
    page.keyboard.press("Delete")
    page.wait_for_selector(".nnlab-pad .nnlab-invite", state="visible")
    page.keyboard.press("Space")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.nnlab-pad [aria-live]')].some(n => /\\d/.test(n.textContent))"
    )


@pytest.mark.parametrize(("name", "term"), [(START, "unit"), ("05_loss_functions.ipynb", "Huber loss")])
def test_a_link_to_the_glossary_opens_its_entry(lab, name, term):
    lab.open(name, kernel=False)
    page = lab.page
    page.locator(".jp-RenderedMarkdown a", has_text=re.compile(f"^{term}s?$")).first.click()
    page.wait_for_function(
        """term => [...document.querySelectorAll('.jp-MarkdownViewer h3')].some(node => {
            const top = node.getBoundingClientRect().top;
            return node.textContent.startsWith(term) && top > 0 && top < innerHeight / 2;
        })""",
        arg=term,
    )
    page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")


@pytest.mark.parametrize("name", CHAPTERS[::-1])
def test_a_chapter_runs_and_its_explorers_follow_the_keyboard(running, name):
    page = running(name)
    explorers = page.locator(".nnlab-explorer")
    page.locator(".nnlab-explorer, .nnlab-prediction").first.wait_for()
    wait_for_names(page)
    for k in range(page.locator(".nnlab-prediction").count()):
        page.locator(".nnlab-prediction").nth(k).get_by_role("button", name="Show without predicting").click()
        explorers.nth(0).wait_for()
    wait_for_names(page)
    for k in range(explorers.count()):
        explorer = explorers.nth(k)
        assert len(explorer.get_by_role("img").get_attribute("alt").split()) > 8
        # What a prediction reveals may say no more than what was asked, and that may hold for many values.
        move(explorer, says_so=not explorer.evaluate("node => Boolean(node.closest('.nnlab-prediction'))"))


def test_a_run_that_diverges_is_explained_in_place(running):
    page = running(START)
    explorer = page.locator(".nnlab-explorer").first
    explorer.get_by_role("button", name="too fast").click()
    page.wait_for_selector(".nnlab-explorer .nnlab-loud")
    assert len(explorer.get_by_role("status").inner_text().split()) > 5


def test_keys_in_a_notebook_are_those_of_the_control_that_has_the_focus(running):
    page = running("asked.ipynb")
    cells = page.locator(".jp-Notebook .jp-Cell")
    active = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")

    slider = page.get_by_role("slider", name="I think")  # also where no explorer stands beside it
    slider.wait_for()
    wait_for_names(page)
    slider.focus()
    before, at = slider.get_attribute("aria-valuetext"), page.evaluate(active)
    for key in ("ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function(
        "([node, before]) => node.getAttribute('aria-valuetext') !== before", arg=[slider.element_handle(), before]
    )
    assert page.evaluate(active) == at

    page.get_by_role("button", name="Show without predicting").click()
    field = page.locator(".nnlab-explorer input[type=text]")
    field.click()
    page.keyboard.press("End")
    formula = field.input_value()
    page.keyboard.type("ddxa")
    assert field.input_value() == formula + "ddxa"
    for role in ("slider", "button"):
        page.locator(".nnlab-explorer").get_by_role(role).last.focus()
        page.keyboard.type("dd")
    assert cells.count() == 3


def test_a_point_of_a_picture_is_dragged_and_moved_with_the_keys(running):
    page = running("dragged.ipynb")
    explorer = page.locator(".nnlab-explorer")
    picture, ring, code = explorer.get_by_role("application"), explorer.locator(".nnlab-ring"), explorer.locator("code")
    assert "Arrow keys" in picture.get_attribute("aria-label")
    wait_for_names(page)
    picture.scroll_into_view_if_needed()

    def wait_for_code(words):
        page.wait_for_function(
            "([node, words]) => node.textContent.includes(words)", arg=[code.element_handle(), words]
        )

    box = picture.bounding_box()  # the left axes reach from 0.075 to 0.475 of the width, and from -6 to 6
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.375 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    assert ring.is_visible()
    page.mouse.up()
    wait_for_code("z=3,")
    assert not ring.is_visible()
    picture.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    wait_for_code("z=2.85,")
    ring.wait_for()
    at = ring.bounding_box()["x"] + ring.bounding_box()["width"] / 2
    assert abs(at - box["x"] - (0.075 + 0.4 * 8.85 / 12) * box["width"]) < 4
    page.get_by_role("slider").first.focus()
    assert not ring.is_visible()
