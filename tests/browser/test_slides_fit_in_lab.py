"""Every slide of every chapter fits on the screens that lecturers have."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from .slides import SHOWN, lecturing, outside, press, run

CHAPTERS = sorted(path.name[:2] for path in (Path(__file__).parents[2] / "chapters").glob("*.ipynb"))
MOST = 120  # steps of a lecture


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_slide_fits_on_the_screen(browser, chapter, tmp_path):
    """All steps, from the first slide to the last; with each question before and after its answer."""
    if find_spec("jupyterlab_slideshow") is None:
        pytest.skip('jupyterlab-slideshow is not installed, so no slides were tried: pip install -e ".[lecture]"')
    with lecturing(browser, chapter, tmp_path) as lecture:
        page = lecture.page
        run(page)
        too_large, headings = [], set()
        end = page.locator(f"{SHOWN} h2:has-text('The end')")
        for _ in range(MOST):
            too_large += outside(page)
            if answered(page):
                too_large += outside(page)
            headings |= set(page.locator(f"{SHOWN} h2").all_inner_texts())
            if end.count():
                break
            press(page, "PageDown")
        assert end.count()
    assert too_large == []
    assert len(headings) >= 5


def answered(page):
    """Commit a prediction, if the slide asks for one."""
    prediction = page.locator(f"{SHOWN} .nnlab-prediction")
    button = prediction.get_by_role("button", name="Commit")
    if not button.count() or not button.first.is_visible():
        return False
    if prediction.get_by_role("radio").count():
        prediction.get_by_role("radio").last.click()
    button.first.click()
    page.locator(f"{SHOWN} .nnlab-explorer img").first.wait_for()
    return True
