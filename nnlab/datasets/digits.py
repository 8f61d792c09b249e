"""The first 10,000 images of MNIST's training set, embedded in the package: no network is needed.

Where they come from and under what license stands in ``data/README.md``. The full set is in
`nnlab.datasets.mnist`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).parent / "data" / "digits.npz"
_ORDER_SEED = 1998  # the year of MNIST; another seed would be as good, but never change it


def load_data() -> tuple[tuple[NDArray[np.uint8], NDArray[np.uint8]], tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Load 8,000 images to train with and 2,000 to test with.

    Returns
    -------
    x_train : uint8 ndarray of shape (8000, 28, 28)
        Pixels from 0 (paper) to 255 (ink).
    y_train : uint8 ndarray of shape (8000,)
        The digits, 0 to 9.
    x_test : uint8 ndarray of shape (2000, 28, 28)
    y_test : uint8 ndarray of shape (2000,)
        They come as ``(x_train, y_train), (x_test, y_test)``.

    Notes
    -----
    Each class is split 80 to 20, as exactly as whole images allow. The order is shuffled and always the same. The
    arrays are new at each call, so they may be changed.

    Examples
    --------
    >>> from nnlab.datasets import digits
    >>> (x_train, y_train), (x_test, y_test) = digits.load_data()
    >>> x_train.shape, x_test.shape, x_train.dtype
    ((8000, 28, 28), (2000, 28, 28), dtype('uint8'))
    >>> y_train[:10].tolist()
    [9, 4, 6, 7, 2, 1, 5, 1, 7, 0]
    """
    with np.load(_FILE, allow_pickle=False) as data:
        images, labels = data["images"], data["labels"]
    train, test = _split(labels)
    return (images[train], labels[train]), (images[test], labels[test])


def _split(labels: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row numbers of the training and of the test set, both in shuffled order."""
    # NEP 19 freezes the numbers of RandomState for good; a Generator's may change with NumPy's version.
    rng = np.random.RandomState(_ORDER_SEED)
    order = rng.permutation(len(labels))
    in_test = np.zeros(len(labels), dtype=bool)  # by row number
    for digit, count in enumerate(_test_counts(np.bincount(labels))):
        in_test[order[labels[order] == digit][:count]] = True
    # A new order: in the first, a class stands at the front of the training set as soon as its test images are found.
    order = rng.permutation(len(labels))
    return order[~in_test[order]], order[in_test[order]]


def _test_counts(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take a fifth of each class, the total exact: the largest remainders are rounded up."""
    fifths = counts // 5
    missing = counts.sum() // 5 - fifths.sum()
    fifths[np.argsort(-(counts % 5), kind="stable")[:missing]] += 1
    return fifths
