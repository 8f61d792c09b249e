"""Chapter 10's three switches: whether the test losses are those of the program, and what is said of them."""

from itertools import product

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_10._program import RATE, STEPS, draw, loss_on, train
from nnlab.explorers.chapter_10.loss_causes import NOISES, TESTS, LossCauses, all_shares, draws, ends


@pytest.fixture(scope="module")
def explorer():
    return explorers.loss_causes()


def moved(explorer, **values):
    explorer.set(**{"noise": "mean 1/2", "test": "2 to 5", "fit": "1,000 steps", "seed": 0, **values})
    explorer.settle()
    return explorer.data


@pytest.mark.parametrize("noise", list(NOISES))
def test_all_seeds_at_once_give_what_each_gives_alone(noise):
    mean = NOISES[noise]
    after, best = ends(draws(), mean, STEPS), ends(draws(), mean, None)
    for seed in (0, 1, 17, 1999):
        data = draw(seed, mean=mean)
        np.testing.assert_allclose(best[seed], data.best, rtol=1e-9)
        np.testing.assert_allclose(after[seed], train(data, RATE, STEPS)[-1], rtol=1e-9)


def test_the_medians_that_the_chapter_quotes():
    median = dict(zip(product((0, 1), repeat=3), all_shares()[:, 2], strict=True))
    assert median[0, 0, 0].round(2) == 0.60
    assert median[0, 0, 1].round(2) == 0.25
    assert median[1, 0, 0].round(1) == 2.5
    assert median[1, 0, 1].round(2) == 0.05
    assert median[1, 1, 1].round(4) == 0.0009
    for steps in (0, 1):
        assert median[0, 1, steps] == pytest.approx(0.25, rel=0.1)


def test_mending_the_noise_alone_makes_it_worse(explorer):
    first = moved(explorer)["loss"]
    mended = moved(explorer, noise="mean 0")["loss"]
    assert mended > 2 * first
    assert "larger than that of the program as written" in explorer.alt


def test_the_line_and_its_errors_are_drawn(explorer):
    for values in LossCauses.presets.values():
        found = moved(explorer, **values, seed=3)
        w, b = found["line"]
        picture = explorer._picture
        x, y = picture._errors.get_data()
        np.testing.assert_allclose(y[0::3], 2 * x[0::3] + 1)
        np.testing.assert_allclose(y[1::3], w * x[1::3] + b)
        assert found["loss"] == pytest.approx(np.mean((y[1::3] - y[0::3]) ** 2))
        assert found["loss"] == pytest.approx(loss_on(found["line"], TESTS[values["test"]]))
        row = picture._here.get_ydata()[0]
        assert picture._row.get_ydata()[0] == row


def test_presets_say_what_they_are_called(explorer):
    said = {}
    for name, values in LossCauses.presets.items():
        moved(explorer, **values)
        said[name] = explorer.alt
    assert said["as written"].startswith("The program as written")
    assert "Mended: the mean of the noise, the place" in said["all three"]
    assert "less than a tenth" in said["all three"]
    assert "not ten times" in said["only the steps"]


def test_code_reproduces_the_state_and_bad_values_are_refused(explorer):
    moved(explorer, noise="mean 0", fit="best line", seed=5)
    again = eval(explorer.code(), {"explorers": explorers})
    assert again.data["loss"] == explorer.data["loss"]
    with pytest.raises(ValueError, match="mean 1/2"):
        explorer.set(noise="none")


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    explorer = explorers.loss_causes()
    texts = [explorer.alt, explorer.figure.status]
    for fit, noise in (("best line", "mean 1/2"), ("1,000 steps", "mean 0"), ("best line", "mean 0")):
        explorer.set(fit=fit, noise=noise)
        explorer.settle()
        texts.append(explorer.alt)
    texts += [control.description for control in explorer.controls.values()]
    drawn = {text.get_text() for text in explorer._stage.figure.findobj(Text)} - {"", "x", "y"}
    texts += [text for text in drawn if not text.replace(".", "").replace("−", "").isdigit()]
    for text in texts:
        assert text.startswith("⟦"), text
