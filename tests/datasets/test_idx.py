from __future__ import annotations

import numpy as np
import pytest

from nnlab.datasets._idx import read_idx


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return header + array.tobytes()


@pytest.mark.parametrize("shape", [(3, 28, 28), (7,), (0,), (0, 28, 28), (1, 2)])
def test_round_trip(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    got = read_idx(idx(array), "file", array.ndim)
    np.testing.assert_array_equal(got, array)
    assert got.shape == shape
    assert got.dtype == np.uint8
    assert got.flags.writeable
    assert got.flags.c_contiguous


GOOD = idx(np.arange(5, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file expected to begin with 00 00 08 01 .* got an empty file"),
        (b"\0\0\x08", "got 00 00 08"),
        (b"\x1f\x8b\x08\x01" + GOOD[4:], "got 1f 8b 08 01"),
        (b"\0\0\x0d\x01" + GOOD[4:], "got 00 00 0d 01"),
        (b"\0\0\x08\x03" + GOOD[4:], "got 00 00 08 03"),
        (GOOD[:6], "expected a header of 8 bytes, got 6 bytes"),
        (GOOD[:-1], r"expected 5 bytes of data for the shape \(5,\) in its header, got 4"),
        (GOOD + b"\0", "expected 5 bytes of data .* got 6"),
        (GOOD[:4] + b"\xff\xff\xff\xff" + GOOD[8:], "expected 4294967295 bytes"),
    ],
)
def test_what_is_not_such_a_file_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_idx(content, "file", ndim=1)


@pytest.mark.parametrize("sides", [(0, 2**32 - 1, 2**32 - 1), (2**32 - 1, 0, 2**32 - 1)])
def test_an_empty_array_of_an_impossible_shape_is_refused(sides: tuple[int, ...]) -> None:
    header = bytes([0, 0, 8, 3]) + np.array(sides, dtype=">u4").tobytes()
    with pytest.raises(ValueError, match=r"file expected the shape of an array in its header, got \("):
        read_idx(header, "file", ndim=3)
