"""Several networks trained from the same seeds, with a picture now and then: one run proves little."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Runs:
    """The losses and the accuracies of all networks and seeds, as far as they are trained.

    Parameters
    ----------
    names : sequence of str
        One for each network.
    seeds, epochs : int
        How many.
    early : int
        Epochs of the first seed after which there is something to see.
    off : float
        What stands for a loss that is larger, or no number.
    build : callable
        Gets a name and a seed, and gives the compiled network.
    fit : callable
        Gets the network, the epoch to begin with and the one to end at, and gives the history.
    judge : callable
        Gets the network and gives its share of right answers.
    stop : threading.Event

    Attributes
    ----------
    losses : ndarray of shape (names, seeds, epochs)
        NaN where nothing was trained yet.
    accuracies : ndarray of shape (names, seeds)
    diverged : ndarray of shape (names, seeds)
    first : list
        The networks of the first seed.
    """

    def __init__(
        self, names: Sequence[str], seeds: int, epochs: int, *, early: int, off: float,
        build: Callable[[str, int], Any], fit: Callable[[Any, int, int], Any], judge: Callable[[Any], Any], stop: Any,
    ) -> None:  # fmt: skip
        self._names, self._early, self._off = names, early, off
        self._build, self._fit, self._judge, self._stop = build, fit, judge, stop
        self.losses = np.full((len(names), seeds, epochs), np.nan)
        self.accuracies = np.full((len(names), seeds), np.nan)
        self.diverged = np.zeros((len(names), seeds), dtype=bool)
        self.first: list[Any] = []

    def train(self, seeds: int, epochs: int) -> Iterator[tuple[int, int]]:
        """Train all networks from one seed, then from the next.

        Parameters
        ----------
        seeds, epochs : int
            How many of them, at most.

        Yields
        ------
        (int, int)
            How many seeds have something to show, and for how many epochs; nothing more once it is to stop.
        """
        for seed in range(seeds):
            models = [self._build(name, seed) for name in self._names]
            self.first = self.first or models
            done = 0
            for until in sorted({self._early, epochs}) if seed == 0 else [epochs]:
                for k, model in enumerate(models):
                    if not self.diverged[k, seed] and not self._stop.is_set():
                        self._train_on(k, seed, model, done, until)
                done = until
                if self._stop.is_set():
                    return
                yield seed + 1, done

    def _train_on(self, k: int, seed: int, model: Any, done: int, until: int) -> None:
        history = self._fit(model, done, until)
        loss = np.asarray(history.history.get("loss", []), dtype=np.float64)
        self.losses[k, seed, done : done + len(loss)] = np.where(
            np.isfinite(loss), np.minimum(loss, self._off), self._off
        )
        if history.diverged:
            self.diverged[k, seed] = True
            self.losses[k, seed, done + len(loss) :] = self._off
        self.accuracies[k, seed] = self._judge(model)

    def arrays(self, seeds: int, epochs: int) -> dict[str, Array]:
        """Name what is drawn of so many seeds and epochs: bands of the losses, and the accuracies.

        Parameters
        ----------
        seeds, epochs : int

        Returns
        -------
        dict of str to ndarray
            ``epoch``; ``loss_low``, ``loss`` and ``loss_high``, the quartiles over the seeds; ``accuracies`` and their
            median ``accuracy``.
        """
        low, middle, high = np.quantile(self.losses[:, :seeds, :epochs], (0.25, 0.5, 0.75), axis=1)
        accuracies = self.accuracies[:, :seeds]
        return {
            "epoch": np.arange(1.0, epochs + 1),
            "loss_low": low,
            "loss": middle,
            "loss_high": high,
            "accuracies": accuracies.copy(),
            "accuracy": np.median(accuracies, axis=1),
        }
