from __future__ import annotations

import csv
import hashlib

import numpy as np
import pytest

from nnlab.datasets import names


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.fixture(scope="module")
def data():
    return names.load_data()


def test_embedded_file_is_the_one_in_the_readme() -> None:
    expected = "4f3e24c00677924c3b755ff8ed07a1d39eb8ed2714c3b5741e0c78d0d486778e"
    assert sha256(names._FILE.read_bytes()) == expected
    assert expected in names._FILE.with_name("README.md").read_text(encoding="utf-8")


def test_shapes_and_what_is_in_them(data) -> None:
    (x_train, y_train), (x_test, y_test) = data
    assert x_train.shape == y_train.shape == (4395,)
    assert x_test.shape == y_test.shape == (1099,)
    assert {y_train.dtype, y_test.dtype} == {np.dtype(np.uint8)}
    assert {x_train.dtype.kind, x_test.dtype.kind} == {"U"}
    everything = np.concatenate([x_train, x_test])
    assert set("".join(everything)) == set("abcdefghijklmnopqrstuvwxyz")
    assert {len(name) for name in everything} == set(range(2, 12))
    assert np.bincount(np.concatenate([y_train, y_test])).tolist() == [4275, 1219]
    assert names.CLASS_NAMES == ("female", "male")


def test_no_name_is_in_both_parts_and_none_is_lost(data) -> None:
    (x_train, y_train), (x_test, y_test) = data
    assert not set(x_train) & set(x_test)
    assert len(set(x_test)) == (len(set(x_train)) + len(set(x_test))) // 5
    with names._FILE.open(encoding="utf-8", newline="") as file:
        expected = sorted((row["name"], row["gender"]) for row in csv.DictReader(file))
    pairs = zip(np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test]), strict=True)
    assert sorted((str(name), names.CLASS_NAMES[label]) for name, label in pairs) == expected


def test_names_that_are_listed_for_both_stand_twice(data) -> None:
    (x_train, y_train), _ = data
    assert sorted(y_train[x_train == "leslie"].tolist()) in ([], [0, 1])
    both = set(x_train[y_train == 0]) & set(x_train[y_train == 1])
    assert all(np.count_nonzero(x_train == name) == 2 for name in both)
    assert len(both) > 200


def test_shuffled(data) -> None:
    (_, y_train), _ = data
    share = y_train.mean()
    assert all(abs(part.mean() - share) < 0.08 for part in np.array_split(y_train, 8))


def test_order_never_changes(data) -> None:
    # Outputs stored in the chapters depend on it.
    (x_train, y_train), (x_test, y_test) = data
    found = sha256("|".join(x_train).encode(), y_train.tobytes(), "|".join(x_test).encode(), y_test.tobytes())
    assert found == "d0dfc6485056e501200667d1f1b0e6d43a5cec75bbb710ac6344f9865509ce1c"


def test_arrays_are_fresh() -> None:
    (x_train, y_train), _ = names.load_data()
    x_train[:], y_train[:] = "nobody", 7
    (again, labels), _ = names.load_data()
    assert "nobody" not in again
    assert labels.max() == 1
