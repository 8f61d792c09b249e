"""Moves an explorer as a learner does who has no mouse."""


def move(explorer, key="ArrowUp", says_so=True):
    """Press a key in the first slider of an explorer, and wait until its picture is another and says so.

    An explorer without sliders is moved by a point of its picture.
    """
    before = explorer.get_by_role("img").get_attribute("alt")
    source = explorer.get_by_role("img").get_attribute("src")
    sliders = explorer.get_by_role("slider")
    control = sliders.first if sliders.count() else explorer.get_by_role("application")
    assert control.get_attribute("aria-label")
    control.focus()
    at_its_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
    explorer.page.keyboard.press("ArrowDown" if sliders.count() and at_its_end else key)
    explorer.page.wait_for_function(
        """([node, before, source, saysSo]) => {
            const image = node.querySelector('img');
            return image.src !== source && image.alt && (!saysSo || image.alt !== before);
        }""",
        arg=[explorer.locator(".nnlab-figure").element_handle(), before, source, says_so],
    )
