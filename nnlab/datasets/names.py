"""First names of the United States' census of 1990, embedded in the package: no network is needed.

Where they come from and under what license stands in ``data/README.md``. Longer texts are in `nnlab.datasets.poems`.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).parent / "data" / "names.csv"
_ORDER_SEED = 1990  # the year of the census; another seed would be as good, but never change it

CLASS_NAMES = ("female", "male")
"""What the labels 0 and 1 mean."""

Names = tuple[NDArray[np.str_], NDArray[np.uint8]]


def load_data() -> tuple[Names, Names]:
    """Load first names to train with and to test with, and for each whether it is listed for women or for men.

    Returns
    -------
    x_train : ndarray of str of shape (4395,)
        Names in small letters, a to z, of 2 to 11 letters.
    y_train : uint8 ndarray of shape (4395,)
        0 for a name that the census lists for women, 1 for men, as in `CLASS_NAMES`.
    x_test : ndarray of str of shape (1099,)
    y_test : uint8 ndarray of shape (1099,)
        They come as ``(x_train, y_train), (x_test, y_test)``.

    Notes
    -----
    331 names are listed for both, and stand twice, once with each label. The split is by name, so no name is in both
    parts; a fifth of the names is to test with. The order is shuffled and always the same. The arrays are new at each
    call, so they may be changed.

    Examples
    --------
    >>> from nnlab.datasets import names
    >>> (x_train, y_train), (x_test, y_test) = names.load_data()
    >>> x_train.shape, x_test.shape
    ((4395,), (1099,))
    >>> [str(name) for name in x_train[:4]]
    ['jody', 'melani', 'kenyetta', 'ali']
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    x = np.array([row["name"] for row in rows])
    y = np.array([CLASS_NAMES.index(row["gender"]) for row in rows], np.uint8)
    # NEP 19 freezes the numbers of RandomState for good; a Generator's may change with NumPy's version.
    rng = np.random.RandomState(_ORDER_SEED)
    distinct = np.unique(x)
    chosen = distinct[rng.permutation(len(distinct))[: len(distinct) // 5]]
    order = rng.permutation(len(x))
    in_test = np.isin(x, chosen)
    train, test = order[~in_test[order]], order[in_test[order]]
    return (x[train], y[train]), (x[test], y[test])
