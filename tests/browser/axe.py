"""Runs axe-core on a page."""

import pytest

#: What we draw in a notebook: explorers, figures, text. What surrounds it is JupyterLab's.
OURS = ".jp-OutputArea-output, .jp-RenderedMarkdown"
_RUN = """async ([within, ours]) => {
    const found = await axe.run(within, { resultTypes: ['violations'] });
    return found.violations.filter(({ impact }) => impact !== 'minor').flatMap(({ id, impact, help, nodes }) => nodes
        .filter(({ target }) => document.querySelector(target.at(-1))?.closest(ours))
        .map(({ html }) => `${id} (${impact}): ${help}: ${html.slice(0, 300)}`));
}"""


def findings(page, within="body", ours=OURS):
    """List what axe-core finds of ours, but for what it calls minor: a table's upper left corner is empty."""
    bundled = pytest.importorskip("axe_playwright_python.base", reason="axe-core is not installed: nothing was checked")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(bundled.AXE_SCRIPT)
    return page.evaluate(_RUN, [within, ours])
