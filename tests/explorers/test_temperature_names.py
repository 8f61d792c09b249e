"""Chapter 14's names: the model, the temperature, and what is said."""

import numpy as np
import pytest

from nnlab import Sequential, explorers, layers
from nnlab.explorers.chapter_14._name_model import LETTERS, UNITS, VECTOR, Writer, known, softmax, tokens, write
from nnlab.explorers.chapter_14.temperature_names import plain


@pytest.fixture(scope="module")
def names(compiled):
    return explorers.temperature_names()


@pytest.fixture(scope="module")
def weights():
    stack = [
        layers.Embedding(27, VECTOR, input_shape=(5,)),
        layers.GRU(UNITS, return_sequences=True),
        layers.Dense(27),
    ]
    return Sequential(stack, seed=4).get_weights()


def moved(names, **values):
    names.set(**values)
    names.settle()
    return names.data


def test_a_letter_at_a_time_gives_what_the_layers_give_at_once(weights):
    stack = [
        layers.Embedding(27, VECTOR, input_shape=(5,)),
        layers.GRU(UNITS, return_sequences=True),
        layers.Dense(27),
    ]
    model = Sequential(stack, seed=4)
    read = tokens(["abel", "zoe"], 4)
    writer = Writer(weights, 2)
    found = np.stack([writer.read(column) for column in read.T], axis=1)
    np.testing.assert_allclose(found, model.predict(read), atol=1e-5)


def test_softmax_at_a_temperature():
    scores = np.array([[2.0, 1.0, -1.0]])
    np.testing.assert_allclose(softmax(scores, 1.0), np.exp(scores) / np.exp(scores).sum())
    assert softmax(scores, 0.1)[0, 0] > 0.99
    np.testing.assert_allclose(softmax(scores, 1e6), 1 / 3, atol=1e-5)
    assert np.isfinite(softmax(1e4 * scores, 0.1)).all()


def test_names_begin_with_the_prefix_and_are_the_same_for_the_same_seed(weights):
    _scores, one = write(weights, "ab", 1.0, 16, seed=2)
    _scores, again = write(weights, "ab", 1.0, 16, seed=2)
    _scores, other = write(weights, "ab", 1.0, 16, seed=3)
    assert one == again != other
    assert all(name.startswith("ab") and len(name) <= 12 and set(name) <= set(LETTERS) for name in one)


def test_letters_are_drawn_with_their_probabilities(weights):
    scores, written = write(weights, "a", 1.0, 4000, seed=0)
    share = np.mean([name[1:2] == "" for name in written])
    assert share == pytest.approx(softmax(scores, 1.0)[0], abs=0.02)
    letter = int(np.argmax(scores[1:]))
    share = np.mean([name[1:2] == LETTERS[letter] for name in written])
    assert share == pytest.approx(softmax(scores, 1.0)[letter + 1], abs=0.02)


def test_trained_it_knows_that_q_wants_u_and_untrained_it_does_not(names):
    data = moved(names, prefix="q", temperature=1.0, epochs=10)
    assert data["probability"][LETTERS.index("u") + 1] > 0.6
    assert data["probability"].sum() == pytest.approx(1)
    untrained = moved(names, epochs=0)
    assert untrained["probability"].max() < 0.1


def test_cold_it_writes_more_of_the_list_than_hot(names):
    shares = []
    for temperature in (0.3, 2.5):
        found = [moved(names, prefix="ma", temperature=temperature, epochs=10, seed=k)["known"].sum() for k in range(3)]
        shares.append(np.mean(found) / 16)
    assert shares[0] > 0.3
    assert shares[1] < 0.15
    assert f"of these {16} names" in names.figure.status


def test_temperature_changes_no_order(names):
    data = moved(names, prefix="jo", temperature=3.0, epochs=10)
    assert np.array_equal(np.argsort(data["probability"]), np.argsort(data["at_1"]))
    assert data["probability"].max() < data["at_1"].max()


def test_known_names_are_marked(names):
    data = moved(names, prefix="mar", temperature=0.3)
    assert [str(name) in known() for name in data["names"]] == data["known"].tolist()
    assert "mary" in known() or "maria" in known()


def test_a_prefix_is_read_kindly_or_refused(names):
    assert plain(" Ma ") == "ma"
    for wrong in ("ma1", "abcdefghi", "é"):
        with pytest.raises(ValueError, match="up to 8 letters"):
            plain(wrong)
    names.set(prefix="?")
    names.settle()
    assert "up to 8 letters" in names.figure.banner
    moved(names, prefix="")
    assert names.figure.banner == ""


def test_the_formulas_train_it_too(formulas):
    names = explorers.temperature_names(epochs=1)
    assert len(names.data["names"]) == 16
    assert names.data["probability"].sum() == pytest.approx(1)


def test_code_reproduces_the_state(names):
    moved(names, prefix="el", temperature=0.5, seed=7, epochs=3)
    again = eval(names.code(), {"explorers": explorers})
    again.settle()
    assert again.data["names"].tolist() == names.data["names"].tolist()
