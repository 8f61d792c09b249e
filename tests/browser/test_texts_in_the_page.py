"""Texts with HTML in them are shown as texts by the page's own code."""

from nnlab.explorers._figure import FigureWidget

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


def test_the_page_shows_texts_with_html_in_them_as_texts(browser):
    page = browser.new_page()
    page.set_content("<title>safe</title><div class=nnlab-explorer><div id=el></div></div>")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        """async ([code, text]) => {
            const values = { banner: text, status: text, code: text, alt: text, words: { copy: text, hint: text },
                             width: 10, height: 10, frame: 0, points: false };
            const model = { get: (name) => values[name], on() {}, off() {}, send() {} };
            const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
            const module = await import(url);
            module.default.render({ model, el: document.getElementById("el") });
            await new Promise((done) => setTimeout(done, 200));
        }""",
        [FigureWidget._esm if isinstance(FigureWidget._esm, str) else str(FigureWidget._esm), HOSTILE],
    )
    assert page.title() == "safe"
    assert page.locator("#el").inner_text().count(HOSTILE) >= 2
    assert page.locator("#el script, #el img[src=x]").count() == 0
    assert [url for url in asked if not url.startswith("blob:")] == []
    page.close()
