"""Reading IDX, the file format of MNIST: a header, then the array's bytes in C order.

Strict: what is not exactly such a file is refused. Only unsigned bytes are read, for MNIST's files hold no
others.
"""

from __future__ import annotations

import math
import struct

import numpy as np
from numpy.typing import NDArray

_UNSIGNED_BYTE = 0x08


def read_idx(content: bytes, name: str, ndim: int) -> NDArray[np.uint8]:
    """Turn the content of an IDX file into an array.

    Parameters
    ----------
    content : bytes
        The whole file, uncompressed.
    name : str
        What to call the file in an error.
    ndim : int
        How many dimensions the array must have: 3 for images, 1 for labels.

    Returns
    -------
    array : uint8 ndarray
        A new array, which may be changed.

    Raises
    ------
    ValueError
        If the header is not that of unsigned bytes in `ndim` dimensions, or the length does not fit the
        header.

    References
    ----------
    LeCun, Cortes & Burges, The MNIST database of handwritten digits, section "File formats".

    Examples
    --------
    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]), "labels", ndim=1)
    array([7, 2, 1], dtype=uint8)
    """
    magic = bytes([0, 0, _UNSIGNED_BYTE, ndim])
    if content[:4] != magic:
        got = content[:4].hex(" ") or "an empty file"
        raise ValueError(f"{name} expected to begin with {magic.hex(' ')} (IDX, uint8, {ndim}-D), got {got}.")
    start = 4 + 4 * ndim
    if len(content) < start:
        raise ValueError(f"{name} expected a header of {start} bytes, got {len(content)} bytes in all.")
    shape = struct.unpack(f">{ndim}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"{name} expected {math.prod(shape)} bytes of data for the shape {shape} in its header, "
            f"got {len(content) - start}."
        )
    if math.prod(side or 1 for side in shape) >= 2**62:  # beside a zero; NumPy makes no such array, though it is empty
        raise ValueError(f"{name} expected the shape of an array in its header, got {shape}.")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()
