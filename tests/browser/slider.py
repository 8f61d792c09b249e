"""Moves a slider as a learner does who has no mouse."""


def move(explorer, key="ArrowRight"):
    """Press a key in the first slider of an explorer, and wait until its picture is another and says so."""
    before = explorer.get_by_role("img").get_attribute("alt")
    source = explorer.get_by_role("img").get_attribute("src")
    explorer.get_by_role("slider").first.focus()
    explorer.page.keyboard.press(key)
    explorer.page.wait_for_function(
        "([node, before]) => ![before, ''].includes(node.querySelector('img').alt)",
        arg=[explorer.locator(".nnlab-figure").element_handle(), before],
    )
    assert explorer.get_by_role("img").get_attribute("src") != source
