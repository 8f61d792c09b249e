"""Chapter 12's film of the hidden units: the training it keeps, and the moment it shows."""

import numpy as np
import pytest
from matplotlib.text import Text

from nnlab import explorers
from nnlab.explorers.chapter_12._film import LAST, UNITS, Film, film_of
from nnlab.explorers.chapter_12._units_figure import PITCH, TILE, unit_at
from nnlab.explorers.letters import Labels
from nnlab.plots.style import CLASS_0, CLASS_1


@pytest.fixture(scope="module")
def film(compiled):
    """One explorer, with the compiled runner, for all tests that only look or that set what they need."""
    return explorers.units_over_time(seen=8)


def moved(film, **values):
    film.set(**{"seen": 8, "digits": 8000, "show": "what was learned", "unit": 0, **values})
    film.settle()
    return film.data


def test_before_training_nothing_is_learned_and_the_network_guesses(film):
    data = moved(film, seen=0)
    assert not data["pictures"].any()
    assert data["accuracy"][0] < 0.25
    assert film.alt.endswith("The network still guesses.")
    assert moved(film, seen=0, show="weights")["pictures"].any()


def test_it_reads_better_with_time(film):
    accuracy = moved(film, seen=LAST)["accuracy"]
    assert len(accuracy) == LAST + 1
    assert accuracy[1] > 0.5
    assert accuracy[-1] > accuracy[1] + 0.1
    assert accuracy[-1] > 0.9


def test_a_hundred_digits_are_learned_by_heart(film):
    data = moved(film, digits=100, seen=LAST)
    assert data["training_accuracy"][-1] == 1
    assert data["accuracy"][-1] < 0.85


def test_learned_is_now_minus_first_and_pixels_without_ink_learn_nothing(film):
    learned, now, first = (
        moved(film, **values)["pictures"] for values in ({}, {"show": "weights"}, {"show": "weights", "seen": 0})
    )
    np.testing.assert_allclose(learned, now - first, atol=1e-6)
    from nnlab.explorers.chapter_12.digits import _data

    blank = ~_data()[0].any(axis=0).reshape(28, 28)
    assert blank.sum() == 115
    assert not learned[:, blank].any()


def test_the_digits_that_excite_it_have_the_highest_answers(film):
    data = moved(film, unit=5, show="weights")
    from nnlab.explorers.chapter_12._film import images_of_test

    answers = images_of_test() @ data["pictures"][5].reshape(784)
    shown = data["exciting"].reshape(5, 784) @ data["pictures"][5].reshape(784)
    np.testing.assert_allclose(shown, np.sort(answers)[::-1][:5], rtol=1e-5)


def test_what_is_drawn_is_the_data(film):
    data = moved(film, unit=11)
    picture = film._picture
    colors = np.array([colors for colors, _box in picture._units.shown]).astype(int)
    redder = np.sign(colors[..., 0] - colors[..., 2])  # orange above 0, blue below
    strong = np.abs(data["pictures"]) > 0.02
    assert (redder[strong] == np.sign(data["pictures"][strong])).all()
    colors = [tuple(color) for color in picture._bars.get_facecolor()]
    from matplotlib.colors import to_rgba

    assert colors == [to_rgba(CLASS_1 if weight > 0 else CLASS_0) for weight in data["outgoing"]]
    assert picture._now.get_ydata() == [data["accuracy"][8]]


def test_a_click_takes_a_unit_and_beside_them_none(film):
    moved(film)
    film.pointed("units", 2 * PITCH + 5, PITCH + 5)
    film.settle()
    assert "unit=10" in film.code()
    film.pointed("units", -3, 5)
    film.settle()
    assert "unit=10" in film.code()
    assert unit_at(8 * PITCH + 1, 0) is None
    assert unit_at(7 * PITCH + TILE / 2, 3 * PITCH + 1) == UNITS - 1


def test_every_digit_of_the_heap_is_used_as_often(compiled):
    film = Film(100, eagerly=False)
    rows = np.concatenate([film._next() for _moment in range(3)])
    np.testing.assert_array_equal(np.bincount(rows), np.full(100, 30))


def test_the_film_is_shot_once(film):
    moved(film)
    shot = film_of(8000, False)
    assert shot.moments == LAST + 1
    moved(film, seen=3)
    assert film_of(8000, False) is shot
    assert shot.moments == LAST + 1


@pytest.mark.usefixtures("formulas")
def test_without_compiled_code_the_film_is_short():
    explorer = explorers.units_over_time(digits=100)
    assert len(explorer.data["accuracy"]) < LAST
    assert explorer.data["seen"] == len(explorer.data["accuracy"]) - 1


@pytest.mark.parametrize("values", [{"seen": 41}, {"digits": 500}, {"unit": 32}, {"show": "all"}])
def test_what_the_controls_do_not_offer_is_refused(film, values):
    with pytest.raises(ValueError, match="units_over_time"):
        film.set(**values)


def test_the_labels_lie_inside(film):
    moved(film, unit=31)
    width, height = film._stage.figure.bbox.size
    for _text, left, bottom, right, top in film._picture._labels.extents():
        assert 0 <= left < right <= width
        assert 0 <= bottom < top <= height


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated(compiled):
    explorer = explorers.units_over_time(seen=1)
    explorer.settle()
    texts = [explorer.alt, explorer.figure.status]
    drawn = [text.get_text() for text in explorer._stage.figure.findobj(Text)]
    labels = [label.text for artist in explorer._picture.moving if isinstance(artist, Labels) for label in artist.texts]
    texts += [text for text in drawn + labels if any(letter.isalpha() for letter in text)]
    assert len(texts) > 5
    for text in texts:
        assert "⟦" in text, text
