from __future__ import annotations

import hashlib

import numpy as np
import pytest

from nnlab.datasets import digits


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.fixture(scope="module")
def data():
    return digits.load_data()


def test_embedded_file_is_the_one_in_the_readme() -> None:
    expected = "0217e13bd0668deb198aa7d305edbf0331eb89f8a6e7dd226e03d1aa3a9bd4ef"
    assert sha256(digits._FILE.read_bytes()) == expected
    assert expected in digits._FILE.with_name("README.md").read_text(encoding="utf-8")


def test_shapes_and_dtypes(data) -> None:
    (x_train, y_train), (x_test, y_test) = data
    assert x_train.shape == (8000, 28, 28)
    assert y_train.shape == (8000,)
    assert x_test.shape == (2000, 28, 28)
    assert y_test.shape == (2000,)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert all(a.flags.c_contiguous for a in (x_train, y_train, x_test, y_test))
    assert (x_train.min(), x_train.max()) == (0, 255)


def test_stratified(data) -> None:
    (_, y_train), (_, y_test) = data
    train, test = np.bincount(y_train), np.bincount(y_test)
    assert len(train) == len(test) == 10
    assert np.abs(test - (train + test) / 5).max() < 1


def test_every_image_once(data) -> None:
    (x_train, y_train), (x_test, y_test) = data
    with np.load(digits._FILE) as file:
        expected = {(x.tobytes(), int(y)) for x, y in zip(file["images"], file["labels"], strict=True)}
    train = {(x.tobytes(), int(y)) for x, y in zip(x_train, y_train, strict=True)}
    test = {(x.tobytes(), int(y)) for x, y in zip(x_test, y_test, strict=True)}
    assert (len(train), len(test)) == (8000, 2000)
    assert not train & test
    assert train | test == expected


def test_shuffled(data) -> None:
    for _, labels in data:
        runs = np.count_nonzero(np.diff(labels)) + 1
        assert runs > 0.88 * len(labels)  # 0.9 is expected of ten classes in random order
        for part in (labels[:300], labels[-300:]):  # 30 of each class, within four standard deviations
            assert np.abs(np.bincount(part, minlength=10) - 30).max() < 22


def test_order_never_changes(data) -> None:
    # Outputs stored in the chapters depend on it.
    (x_train, y_train), (x_test, y_test) = data
    assert sha256(y_train, y_test) == "333049a8b3ac99ffb6b2608cfbbc19e7132941322d21952c5a6d7e57e10d17cd"
    assert sha256(x_train, x_test) == "51079858a105742709ef79ed5f61016908f18ebd69800021d0b129d31b1f1af3"


def test_arrays_are_fresh() -> None:
    first = digits.load_data()
    for pair in first:
        for array in pair:
            assert array.flags.writeable
            array[:] = 77
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert sha256(y_train, y_test).startswith("333049a8")
    assert sha256(x_train, x_test).startswith("51079858")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([5, 5], [1, 1]), ([4, 6], [1, 1]), ([7, 8], [1, 2]), ([3, 3, 4], [1, 0, 1]), ([10], [2])],
)
def test_test_counts(counts: list[int], expected: list[int]) -> None:
    assert digits._test_counts(np.array(counts)).tolist() == expected
