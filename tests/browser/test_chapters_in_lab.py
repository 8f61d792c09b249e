"""Chapters in the real JupyterLab: they run, their explorers follow the keyboard and the mouse, and say so in words."""

from pathlib import Path

import pytest

CHAPTERS = sorted(path.name for path in (Path(__file__).parents[2] / "chapters").glob("*.ipynb"))
DIGITS = "12_handwritten_digits.ipynb"


@pytest.fixture(params=CHAPTERS)
def chapter(request, lab):
    lab.open(request.param)
    yield lab
    lab.shut_down()


def alt_changes(page, image, before):
    page.wait_for_function("([node, before]) => node.querySelector('img').alt !== before", arg=[image, before])


def test_before_a_run_a_chapter_shows_its_static_pictures(chapter):
    pictures = chapter.page.locator(".jp-OutputArea-output img")
    assert pictures.count() > 0
    assert all(pictures.nth(k).evaluate("node => node.naturalWidth > 300") for k in range(pictures.count()))
    assert chapter.page.get_by_text("model not found", exact=False).count() == 0


def test_a_chapter_runs_and_its_explorers_follow_the_keyboard(chapter):
    page = chapter.page
    assert chapter.run_all() == []
    explorers = page.locator(".nnlab-explorer")
    explorers.first.wait_for()
    for k in range(explorers.count()):
        explorer = explorers.nth(k)
        figure = explorer.locator(".nnlab-figure").element_handle()
        picture = explorer.get_by_role("img")
        before, source = picture.get_attribute("alt"), picture.get_attribute("src")
        assert len(before.split()) > 8
        handle = explorer.get_by_role("slider").first
        assert handle.get_attribute("aria-label")
        handle.focus()
        page.keyboard.press("ArrowRight")
        alt_changes(page, figure, before)
        assert explorer.get_by_role("img").get_attribute("src") != source


def test_every_control_has_a_name(lab):
    lab.open(DIGITS)
    assert lab.run_all() == []
    explorer = lab.page.locator(".nnlab-explorer").first
    explorer.wait_for()
    lab.page.wait_for_function(
        "() => document.querySelector('.nnlab-explorer [role=slider]').getAttribute('aria-label')"
    )
    for role in ("slider", "button", "combobox", "radio"):
        for node in explorer.get_by_role(role).all():
            name = node.get_attribute("aria-label") or node.inner_text() or node.get_attribute("title")
            assert name, node.evaluate("node => node.outerHTML")
    lab.shut_down()


def test_a_run_that_diverges_is_explained_in_place(lab):
    lab.open("00_start_here.ipynb")
    assert lab.run_all() == []
    explorer = lab.page.locator(".nnlab-explorer").first
    explorer.get_by_role("button", name="too fast").click()
    lab.page.wait_for_selector(".nnlab-explorer .nnlab-loud")
    assert len(explorer.get_by_role("status").inner_text().split()) > 5
    lab.shut_down()


def test_a_drawn_digit_is_read(lab):
    lab.open(DIGITS)
    assert lab.run_all() == []
    pad = lab.page.locator(".nnlab-pad")
    pad.scroll_into_view_if_needed()
    pad.get_by_role("button", name="Clear").click()
    box = pad.locator(".nnlab-ink").bounding_box()
    mouse = lab.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"]
    mouse.move(x, y + 0.2 * box["height"])
    mouse.down()
    mouse.move(x, y + 0.8 * box["height"], steps=12)
    mouse.up()
    lab.page.wait_for_function(
        "() => [...document.querySelectorAll('.nnlab-pad [aria-live]')].some(n => n.textContent.includes('1'))"
    )

    canvas = pad.get_by_role("application")
    canvas.focus()
    lab.page.keyboard.press("Delete")
    lab.page.wait_for_selector(".nnlab-pad .nnlab-invite", state="visible")
    lab.page.keyboard.press("Space")
    for _ in range(8):
        lab.page.keyboard.press("ArrowDown")
    lab.page.wait_for_function(
        "() => [...document.querySelectorAll('.nnlab-pad [aria-live]')].some(n => /\\d/.test(n.textContent))"
    )
    lab.shut_down()
