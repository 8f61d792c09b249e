"""Chapter 14's unrolled network: what it computes, draws and says."""

import numpy as np
import pytest

from nnlab import explorers
from nnlab.explorers.chapter_14._unrolled_figure import HIGH, LONGEST, LOW
from nnlab.explorers.chapter_14.unrolled_rnn import UnrolledRNN, _drawn, backward, forward


@pytest.fixture(scope="module")
def network():
    return explorers.unrolled_rnn()


def moved(network, **values):
    network.set(**values)
    network.settle()
    return network.data


def test_the_gradient_of_a_linear_orthogonal_network_is_a_power_of_the_radius(network):
    for radius in (0.5, 0.9, 1.0, 1.2):
        data = moved(network, matrix="orthogonal", activation="linear", radius=radius, steps=40, clip=0.0)
        np.testing.assert_allclose(data["gradient"], radius ** np.arange(39, -1, -1), rtol=1e-9)
        np.testing.assert_allclose(np.abs(data["eigenvalues"]), radius, rtol=1e-9)


def test_the_spectral_radius_is_what_the_slider_says(network):
    for radius in (0.6, 1.3):
        data = moved(network, matrix="random", radius=radius)
        assert np.abs(data["eigenvalues"]).max() == pytest.approx(radius)


@pytest.mark.parametrize("activation", ["linear", "tanh"])
def test_the_gradients_are_those_of_the_complex_step(activation):
    W, _eigenvalues, signal, last = _drawn("random")
    W = 1.1 * W
    h = forward(W, signal, 6, activation)
    dhs, dW = backward(W, h, last, activation)
    nudge = np.zeros_like(W, dtype=complex)
    nudge[2, 5] = 1e-30j

    def states(W):
        found = [np.tanh(signal) if activation == "tanh" else signal.astype(complex)]
        for _step in range(5):
            z = found[-1] @ W
            found.append(np.tanh(z) if activation == "tanh" else z)
        return found

    assert (states(W + nudge)[-1] @ last).imag / 1e-30 == pytest.approx(dW[2, 5])
    after = states(W)[2].astype(complex)
    after[3] += 1e-30j
    for _step in range(3):
        after = np.tanh(after @ W) if activation == "tanh" else after @ W
    assert (after @ last).imag / 1e-30 == pytest.approx(dhs[2, 3])


def test_tanh_bounds_the_state_and_holds_the_gradient_back(network):
    linear = moved(network, matrix="random", activation="linear", radius=1.3, steps=60)
    tanh = moved(network, activation="tanh")
    assert np.abs(linear["state"]).max() > 1e3
    assert np.abs(tanh["state"]).max() <= 1
    assert tanh["gradient"][0] < linear["gradient"][0] / 1e3


def test_clipping_bounds_the_whole_gradient_and_takes_the_banner_away(network):
    moved(network, **UnrolledRNN.presets["explodes"])
    assert "Explodes" in network.figure.banner
    assert "explodes" in network.alt
    data = moved(network, clip=1.0)
    assert data["whole"][0] > 1e6
    assert data["whole"][1] == 1.0
    assert network.figure.banner == ""
    assert "clipped to the norm 1" in network.alt
    short = moved(network, radius=0.5, clip=10.0)
    assert short["whole"][0] == short["whole"][1]
    assert "clipped" not in network.alt


def test_the_presets_say_what_their_names_promise(network):
    for name, word in (("vanishes", "vanishes"), ("explodes", "explodes"), ("orthogonal", "factor of a thousand")):
        moved(network, **UnrolledRNN.presets[name])
        assert word in network.alt


def test_what_leaves_the_axes_ends_at_their_edge(network):
    for radius, edge, mark in ((0.5, LOW, "v"), (1.5, HIGH, "^")):
        moved(network, matrix="orthogonal", activation="linear", radius=radius, steps=60, clip=0.0)
        drawn = network._picture._line.get_ydata()
        assert drawn.min() >= LOW
        assert drawn.max() <= HIGH
        if (radius**59 < LOW) or (radius**59 > HIGH):
            assert network._picture._beyond.get_ydata()[0] == edge
            assert network._picture._beyond.get_marker() == mark


def test_steps_that_are_not_there_are_left_white(network):
    moved(network, steps=5)
    tiles = network._picture._tiles.values
    assert tiles.shape == (16, LONGEST)
    assert np.isnan(tiles[:, 5:]).all()
    assert np.isfinite(tiles[:, :5]).all()


def test_code_reproduces_the_state_and_what_is_not_offered_is_refused(network):
    moved(network, matrix="random", radius=1.05, activation="tanh", steps=12, clip=0.1)
    again = eval(network.code(), {"explorers": explorers})
    np.testing.assert_array_equal(again.data["gradient"], network.data["gradient"])
    for values in ({"radius": 2.0}, {"steps": 61}, {"clip": 3.0}, {"matrix": "diagonal"}):
        with pytest.raises(ValueError, match="must be"):
            network.set(**values)


@pytest.mark.usefixtures("pseudo")
def test_every_text_is_translated():
    network = explorers.unrolled_rnn()
    texts = []
    for values in UnrolledRNN.presets.values():
        moved(network, **values)
        texts += [network.alt, network.figure.status, network.figure.banner]
    texts += [label.text for label in network._picture._notes.texts + network._picture._whole_note.texts]
    assert all(text.startswith("⟦") for text in texts if text)
