"""Moves a slider as a learner does who has no mouse."""


def move(explorer, key="ArrowRight", says_so=True):
    """Press a key in the first slider of an explorer, and wait until its picture is another and says so."""
    before = explorer.get_by_role("img").get_attribute("alt")
    source = explorer.get_by_role("img").get_attribute("src")
    explorer.get_by_role("slider").first.focus()
    explorer.page.keyboard.press(key)
    explorer.page.wait_for_function(
        """([node, before, source, saysSo]) => {
            const image = node.querySelector('img');
            return image.src !== source && image.alt && (!saysSo || image.alt !== before);
        }""",
        arg=[explorer.locator(".nnlab-figure").element_handle(), before, source, says_so],
    )
