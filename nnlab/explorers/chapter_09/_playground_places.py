"""Where things stand in the playground's picture: features, hidden units, the large field. In pixels, y down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers.chapter_09._playground_data import FEATURES
from nnlab.explorers.chapter_09._playground_edits import units

SIZE = (840, 404)
TOP, HEIGHT = 26, 272  # of the network, and of the large field
NETWORK = 514  # width of the network
FIELD = (524, TOP, HEIGHT, HEIGHT)  # left, top, width, height
FIRST = 74  # middle of the features' column
GAP = 7  # between two small pictures, at least
FEATURE, LARGEST = 33, 46  # sides of a feature's picture, and of a unit's where there are few
LOSSES = (56, 332, 350, 50)  # of their axes, like FIELD
OUTPUT = (NETWORK + 6, TOP + HEIGHT / 2)  # where the lines of the last layer end


class Places(NamedTuple):
    """The middles of all tiles.

    Attributes
    ----------
    side : int
        Of a unit's picture; a feature's has the side `FEATURE`.
    features : dict of str to (x, y)
        All, whether they are on or not.
    units : dict of str to (x, y)
    columns : list of float
        The middle of each hidden layer.
    """

    side: int
    features: dict[str, tuple[float, float]]
    units: dict[str, tuple[float, float]]
    columns: list[float]

    def source(self, name: str) -> tuple[float, float]:
        """Give the middle of a feature or unit."""
        return self.features.get(name) or self.units[name]

    def half(self, name: str) -> float:
        """Half the side of its picture."""
        return (FEATURE if name in self.features else self.side) / 2

    def under(self, x: float, y: float) -> str:
        """Name the feature or unit under a place; empty where there is none."""
        for name, (at, down) in {**self.features, **self.units}.items():
            reach = self.half(name) + GAP / 2
            if abs(x - at) <= reach and abs(y - down) <= reach:
                return name
        return ""


def places(hidden: tuple[int, ...]) -> Places:
    """Lay out a network.

    Parameters
    ----------
    hidden : tuple of int

    Returns
    -------
    Places
    """
    pitch = min(HEIGHT / max(*hidden, 1, 1), LARGEST + 14.0)
    side = min(LARGEST, int(pitch) - GAP)
    middle = TOP + HEIGHT / 2
    step = (OUTPUT[0] - 10 - FIRST) / (len(hidden) + 1)
    columns = [FIRST + step * (k + 1) for k in range(len(hidden))]
    wide = HEIGHT / len(FEATURES)
    features = {name: (float(FIRST), TOP + wide * (k + 0.5)) for k, name in enumerate(FEATURES)}
    found = {}
    for name in units(hidden):
        layer, number = (int(part) - 1 for part in name.split("."))
        found[name] = columns[layer], middle + pitch * (number - (hidden[layer] - 1) / 2)
    return Places(side, features, found, columns)


_ALONG = np.linspace(0, 1, 14)
_BEND = 3 * _ALONG**2 - 2 * _ALONG**3


def curves(ends: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bend lines like an S, so that those of one unit part slowly.

    Parameters
    ----------
    ends : ndarray of shape (K, 4)
        x and y of the beginning and of the end.

    Returns
    -------
    ndarray of shape (K, 14, 2)
    """
    x0, y0, x1, y1 = (ends[:, k : k + 1] for k in range(4))
    return np.stack([x0 + (x1 - x0) * _ALONG, y0 + (y1 - y0) * _BEND], axis=-1)


def on_curve(ends: tuple[float, float, float, float], share: float) -> tuple[float, float]:
    """Give a place on such a line.

    Parameters
    ----------
    ends : tuple of float
    share : float
        Of the way, from 0 to 1.

    Returns
    -------
    x, y : float
    """
    x0, y0, x1, y1 = ends
    return x0 + (x1 - x0) * share, y0 + (y1 - y0) * (3 * share**2 - 2 * share**3)
