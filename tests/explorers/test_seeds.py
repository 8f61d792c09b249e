"""Runs from several seeds: what is kept of each, what divergence leaves, and when it stops."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.explorers.seeds import Runs

OFF = 50.0


class Network:
    """One that loses a tenth in each epoch; "lost" diverges in its third."""

    def __init__(self, name, seed):
        self.name, self.start = name, 10.0 + seed

    def fit(self, done, until):
        loss = list(self.start * 0.9 ** np.arange(done + 1, until + 1))
        if self.name == "lost" and until > 2:
            loss = [*loss[: max(0, 2 - done)], np.nan]
        return SimpleNamespace(history={"loss": loss}, diverged=self.name == "lost" and until > 2)


@pytest.fixture
def runs():
    return Runs(
        ["fine", "lost"], 3, 6, early=2, off=OFF, build=Network, fit=lambda model, done, until: model.fit(done, until),
        judge=lambda model: model.start / 100, stop=threading.Event(),
    )  # fmt: skip


def test_pictures_come_after_the_early_epochs_and_after_each_seed(runs):
    assert list(runs.train(3, 6)) == [(1, 2), (1, 6), (2, 6), (3, 6)]


def test_epochs_continue_where_the_early_picture_was(runs):
    list(runs.train(3, 6))
    for seed in range(3):
        np.testing.assert_allclose(runs.losses[0, seed], (10 + seed) * 0.9 ** np.arange(1, 7))
    assert [network.name for network in runs.first] == ["fine", "lost"]
    np.testing.assert_allclose(runs.accuracies, [[0.1, 0.11, 0.12]] * 2)


def test_a_diverged_run_is_off_from_there_on(runs):
    list(runs.train(3, 6))
    assert runs.diverged.tolist() == [[False] * 3, [True] * 3]
    assert (runs.losses[1, :, 2:] == OFF).all()
    assert (runs.losses[1, :, :2] < OFF).all()


def test_quartiles_lie_in_order(runs):
    list(runs.train(3, 6))
    arrays = runs.arrays(3, 4)
    assert arrays["loss"].shape == (2, 4)
    assert (arrays["loss_low"] <= arrays["loss"]).all()
    assert (arrays["loss"] <= arrays["loss_high"]).all()
    assert arrays["epoch"].tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(arrays["accuracy"], [0.11, 0.11])


def test_nothing_comes_once_it_is_to_stop(runs):
    trained = runs.train(3, 6)
    assert next(trained) == (1, 2)
    runs._stop.set()
    assert list(trained) == []
    assert np.isnan(runs.losses[:, 1:]).all()
