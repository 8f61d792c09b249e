"""All explorers, predictions and questions without a mouse and without eyes, in the real JupyterLab.

Every control is reached with Tab, seen to have the focus, named, and moved with keys; axe-core finds nothing of ours.
"""

from pathlib import Path

import pytest
from nbconvert import HTMLExporter

from .axe import findings

CHAPTER = Path(__file__).parents[2] / "chapters" / "03_activation_functions.ipynb"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
HOMES = ".nnlab-explorer:not(.nnlab-prediction *), .nnlab-pad, .nnlab-prediction, .nnlab-recall"

# The controls of each of ours, with their names within their group. Before and after it, a place for the focus.
PREPARE = """homes => [...document.querySelectorAll(homes)].map((home, k) => {
    home.insertAdjacentHTML('beforebegin', `<button id="before-${k}">before</button>`);
    home.insertAdjacentHTML('afterend', `<button id="after-${k}">after</button>`);
    window.stops = [];
    home.addEventListener('focusin', ({ target }) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(target);
        stops.push([target, outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2]);
    });
    const named = node => node.getAttribute('aria-label')
        || [...(node.labels ?? [])].map(label => label.innerText).join(' ') || node.innerText || node.title;
    const all = 'button, select, input, textarea, [tabindex="0"], [contenteditable=true]';
    home.controls = [...home.querySelectorAll(all)]
        .filter(node => node.checkVisibility({ visibilityProperty: true }) && !node.disabled
            && (node.tabIndex >= 0 || node.isContentEditable));
    return home.controls.map(node => {
        const group = node.parentElement.closest('[role=group], [role=radiogroup], .nnlab-explorer');
        return [group?.getAttribute('aria-label') ?? '', node.getAttribute('role') ?? node.tagName, named(node).trim()];
    });
})"""
STOPS = """([homes, k]) => {
    const { controls } = document.querySelectorAll(homes)[k];
    const wrong = [...controls.keys()].filter(i => stops[i]?.[0] !== controls[i] || !stops[i]?.[1])
        .map(i => `${controls[i].outerHTML.slice(0, 200)} has no focus, or shows none`);
    return [document.activeElement.id, stops.length - controls.length, wrong];
}"""
# A control of each kind, and the keys that move it; and what a control says of its state.
KINDS = {
    "[role=slider]": ("ArrowRight", "ArrowLeft"),
    ".widget-toggle-button:not(.mod-active)": ("Space",),
    "select": ("ArrowDown", "ArrowUp"),
    "input[type=number]": ("ArrowUp", "ArrowDown"),
}
STATE = "node => [node.getAttribute('aria-valuetext') ?? node.getAttribute('aria-pressed'), node.value]"
OVERHANGING = """homes => [...document.querySelectorAll(homes)].map(home => home.closest('.jp-OutputArea-output'))
    .filter(output => output.scrollWidth > output.clientWidth).map(output => output.innerText.slice(0, 60))"""


@pytest.fixture
def everything(running):
    page = running("everything.ipynb")
    page.wait_for_function(
        "count => document.querySelectorAll('.nnlab-explorer img[alt], .nnlab-pad').length >= count", arg=48
    )
    return page


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_of_ours_in_explorers_predictions_and_questions(everything, theme):
    change = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
    everything.evaluate(change, theme)
    everything.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
    assert findings(everything, PANEL) == []
    everything.evaluate(change, "JupyterLab Light")


def test_tab_reaches_every_control_in_order_shows_the_focus_and_leaves_again(everything):
    page = everything
    for k, controls in enumerate(page.evaluate(PREPARE, HOMES)):
        names = [f"{group}: {role} {name}" for group, role, name in controls]
        assert all(name for _group, _role, name in controls), names
        assert len(set(names)) == len(names), names
        page.evaluate("k => { stops.length = 0; document.querySelector(`#before-${k}`).focus(); }", k)
        for _ in range(len(controls) + 1):
            page.keyboard.press("Tab")
        assert page.evaluate(STOPS, [HOMES, k]) == [f"after-{k}", 0, []], names
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("() => Boolean(document.activeElement.closest('[class*=nnlab]'))")


def test_nothing_sticks_out_when_the_page_is_zoomed_to_twice_its_size(everything):
    page = everything
    page.set_viewport_size({"width": 640, "height": 400})
    page.evaluate("() => jupyterapp.shell.collapseLeft()")
    page.wait_for_function(f"homes => !({OVERHANGING})(homes).length", arg=HOMES)
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("kind", KINDS)
def test_keys_move_controls_of_each_kind(everything, kind):
    control = everything.locator(f".nnlab-explorer {kind}").locator("visible=true").last.element_handle()
    before = control.evaluate(STATE)
    control.focus()
    for key in KINDS[kind]:
        everything.keyboard.press(key)
        everything.wait_for_timeout(200)  # the value that is read aloud is told a moment later
        if control.evaluate(STATE) != before:
            return
    raise AssertionError(f"{before} stays")


def test_a_drawing_is_made_with_keys_and_the_new_picture_is_read_aloud(everything):
    page = everything
    maps = page.locator(".nnlab-explorer", has_text="explorers.feature_maps(")
    maps.get_by_role("button", name="clear").click()
    heard = maps.locator(".nnlab-spoken")
    page.wait_for_function("node => node.textContent.includes('Nothing is drawn')", arg=heard.element_handle())
    maps.get_by_role("application").focus()
    for key in ("ArrowUp", "ArrowUp", "Space", *8 * ["ArrowDown"], "Space", "ArrowLeft"):
        page.keyboard.press(key)
    page.wait_for_function("node => /says|not sure/.test(node.textContent)", arg=heard.element_handle())
    assert ";" not in maps.locator("code").inner_text()  # one stroke: the pen was lifted before the last step


def test_predictions_and_questions_are_answered_with_keys_and_the_answer_is_read_aloud(everything):
    page = everything
    prediction = page.locator(".nnlab-prediction").first
    prediction.get_by_role("radio").last.focus()
    for key in ("Space", "Tab", "Enter"):
        page.keyboard.press(key)
    heard = prediction.locator(".nnlab-said[role=status]")
    page.wait_for_function("node => node.innerText.includes('and so it is')", arg=heard.element_handle())
    explorer = prediction.locator(".nnlab-explorer")
    explorer.wait_for()
    page.keyboard.press("Tab")
    assert explorer.evaluate("node => node.contains(document.activeElement)")

    questions = page.locator(".nnlab-recall")
    questions.get_by_role("textbox").first.focus()
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    heard = questions.locator(".nnlab-said[role=status]").first
    page.wait_for_function("node => node.innerText.includes('Not quite')", arg=heard.element_handle())


def test_axe_finds_nothing_of_ours_in_a_chapter_that_became_a_web_page(browser):
    """With the template that takes alternative texts over; nbconvert's default one leaves them out."""
    html, _resources = HTMLExporter(template_name="classic").from_filename(CHAPTER)
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())  # its fonts and formulas come from elsewhere
    page.set_content(html, wait_until="domcontentloaded")
    alts = page.locator("img").evaluate_all("images => images.map(image => image.alt)")
    assert len(alts) > 3
    assert all(len(alt.split()) > 8 for alt in alts)
    assert findings(page, ours=".output_png, .text_cell_render") == []
    page.close()
