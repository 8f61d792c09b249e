"""Chapters in the real JupyterLab: they run, their explorers follow the keyboard and the mouse, and say so in words."""

from pathlib import Path

import pytest

from .slider import move

CHAPTERS = sorted(path.name for path in (Path(__file__).parents[2] / "chapters").glob("*.ipynb"))
START = "00_start_here.ipynb"
DIGITS = "12_handwritten_digits.ipynb"


@pytest.mark.parametrize("name", CHAPTERS)
def test_before_a_run_a_chapter_shows_its_static_pictures(lab, name):
    lab.open(name, kernel=False)
    pictures = lab.page.locator(".jp-OutputArea-output img")
    pictures.first.wait_for()
    assert pictures.count() > 0
    assert all(pictures.nth(k).evaluate("node => node.naturalWidth > 300") for k in range(pictures.count()))
    assert lab.page.get_by_text("model not found", exact=False).count() == 0


def test_every_control_has_a_name(running):
    page = running(DIGITS)
    explorer = page.locator(".nnlab-explorer").first
    page.wait_for_function("() => document.querySelector('.nnlab-explorer [role=slider]').getAttribute('aria-label')")
    for role in ("slider", "button", "combobox", "radio"):
        for node in explorer.get_by_role(role).all():
            name = node.get_attribute("aria-label") or node.inner_text() or node.get_attribute("title")
            assert name, node.evaluate("node => node.outerHTML")


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


@pytest.mark.parametrize("name", CHAPTERS[::-1])
def test_a_chapter_runs_and_its_explorers_follow_the_keyboard(running, name):
    page = running(name)
    explorers = page.locator(".nnlab-explorer")
    explorers.first.wait_for()
    for k in range(explorers.count()):
        explorer = explorers.nth(k)
        assert len(explorer.get_by_role("img").get_attribute("alt").split()) > 8
        assert explorer.get_by_role("slider").first.get_attribute("aria-label")
        move(explorer)


def test_a_run_that_diverges_is_explained_in_place(running):
    page = running(START)
    explorer = page.locator(".nnlab-explorer").first
    explorer.get_by_role("button", name="too fast").click()
    page.wait_for_selector(".nnlab-explorer .nnlab-loud")
    assert len(explorer.get_by_role("status").inner_text().split()) > 5
