"""A description and arrays in one file: an uncompressed zip of ``model.json`` and ``.npy`` files, with a checksum.

The SHA-256 of all that stands before it ends the file, in the zip's comment. What is read here may come from anybody:
nothing is unpickled or executed, and the memory that it takes is bounded by the size of the file.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FORMAT = 1
DESCRIPTION = "model.json"
_COMMENT = b"nnlab model, sha256 "
_DIGITS = 64
_LONGEST = 4_000_000  # bytes of the description: parsed, it may take thirty times as much
_DTYPES = {np.dtype(code).name: np.dtype(code).newbyteorder("<") for code in "?bBhHiIqQefd"}


def pack(described: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Write a description and arrays; the same ones always give the same bytes.

    Parameters
    ----------
    described : dict
        For JSON.
    arrays : dict of str to ndarray

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the description is too long, or an array is not one of numbers.
    """
    entries = {name: {"shape": array.shape, "dtype": array.dtype.name} for name, array in arrays.items()}
    text = json.dumps({"format": FORMAT, **described, "arrays": entries}, indent=1, allow_nan=False).encode()
    if len(text) > _LONGEST:
        raise ValueError(f"the description of the model takes {len(text):,} bytes: keep long lists as NumPy arrays")
    stream = io.BytesIO()
    archive = zipfile.ZipFile(stream, "w")  # not in a "with", which would put an error of its own in Interrupt's place
    _add(archive, DESCRIPTION, text)
    for name, array in arrays.items():
        _add(archive, f"{name}.npy", npy(array))
    archive.comment = _COMMENT + _DIGITS * b"0"
    archive.close()
    checked = stream.getbuffer()[:-_DIGITS]
    return b"".join([checked, _digest(checked)])


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name)  # dated 1980, not now
    member.create_system, member.external_attr = 3, 0o644 << 16
    archive.writestr(member, content)


def read(path: Path) -> bytes:
    """Read a file that begins as a model file does, and whose checksum fits.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If it is another file, or a damaged one.
    """
    with open(path, "rb") as file:
        head = file.read(30 + len(DESCRIPTION))  # a zip has the name of its first file at 30
        if head[:4] != b"PK\x03\x04" or head[30:] != DESCRIPTION.encode():
            raise ValueError(f"{path}: this is no nnlab model, such as model.save('name.nnlab') writes")
        file.seek(0)
        data = file.read()
    if _digest(memoryview(data)[:-_DIGITS]) != data[-_DIGITS:]:
        raise ValueError(
            f"{path} is damaged or incomplete: its checksum does not fit. Copy it once more, or save the model again."
        )
    return data


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return what `pack` was given.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    described : dict
    arrays : dict of str to ndarray

    Raises
    ------
    Exception
        Of any kind, if the content does not hold together.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if any(member.compress_type for member in members) or sum(m.file_size for m in members) > len(data):
            raise ValueError("its parts are not stored as nnlab stores them")
        described = _parse(archive.read(DESCRIPTION))
        entries = described.pop("arrays")
        names = [DESCRIPTION, *(f"{name}.npy" for name in entries)]
        if sorted(names) != sorted(member.filename for member in members):
            raise ValueError("it does not hold the arrays that its description names")
        return described, {name: _array(archive.read(f"{name}.npy"), **entry) for name, entry in entries.items()}


def _parse(text: bytes) -> dict[str, Any]:
    if len(text) > _LONGEST:
        raise ValueError(f"its description is too long, {len(text):,} bytes")
    described = json.loads(text, parse_constant=_refuse)
    version = described.pop("format")
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        what = f"it was written by a newer nnlab, in format {version}: update" if newer else "its format is unknown to"
        raise ValueError(f"{what} this nnlab, which reads format {FORMAT}")
    return described


def _refuse(constant: str) -> None:
    raise ValueError(f"its description has {constant} in it")


def npy(array: Array) -> bytes:
    """Write an array as a ``.npy`` file.

    Parameters
    ----------
    array : ndarray

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If it is not an array of numbers.
    """
    if array.dtype.name not in _DTYPES:
        raise ValueError(f"an array of {array.dtype} cannot be saved: use one of numbers")
    array = array.astype(_DTYPES[array.dtype.name])
    return _header(array.shape, array.dtype) + array.tobytes()


def _header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Beginning of a ``.npy`` file: written here, so that to read one is to compare, with nothing to parse."""
    text = f"{{'descr': {dtype.str!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def _array(content: bytes, shape: list[int], dtype: str) -> Array:
    kind = _DTYPES[dtype]
    header = _header(tuple(shape), kind)
    if not content.startswith(header) or len(content) - len(header) != math.prod(shape) * kind.itemsize:
        raise ValueError(f"an array is not of shape {shape!s:.100} and {dtype}, as its description says")
    return np.frombuffer(content, kind, offset=len(header)).reshape(shape).astype(dtype)


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
