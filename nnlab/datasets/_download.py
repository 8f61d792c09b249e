"""How `mnist` and `fashion_mnist` get their files: a local folder, the cache, then the network.

1. ``NNLAB_DATA``, an environment variable, may name a folder; a file found there is used, or refused if damaged.
2. The user's cache folder for nnlab holds what was downloaded before.
3. Each mirror is tried in turn. A broken transfer is tried again, whole. Only a file with the right SHA-256 ever
   gets its final name.

The file format is read in `_idx`.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnlab._files import remove_abandoned
from nnlab.datasets._idx import read_idx

Images: TypeAlias = NDArray[np.uint8]  # (N, 28, 28)
Labels: TypeAlias = NDArray[np.uint8]  # (N,)
ImageSplits: TypeAlias = tuple[tuple[Images, Labels], tuple[Images, Labels]]

_TRIES = 2  # of one mirror, when a transfer breaks
_TIMEOUT = (10, 30)  # seconds to connect, and to wait for the next bytes
_CHUNK = 1 << 16
_LARGEST = 50_000_000  # bytes: the largest file, uncompressed, has 47 million; more is never read


@dataclass(frozen=True)
class IdxFile:
    """One file of a dataset: its name without ``.gz``, and the hashes it must have.

    The content's own hash is kept beside that of the ``.gz`` file, for others may have compressed it anew:
    Debian's package of Fashion-MNIST has the same content in other ``.gz`` files.
    """

    name: str
    ndim: int
    sha256: str
    gz_sha256: str


@dataclass(frozen=True)
class Source:
    """A dataset: where its files are, in the order train images, train labels, test images, test labels."""

    name: str
    folder: str
    mirrors: tuple[str, ...]
    files: tuple[IdxFile, IdxFile, IdxFile, IdxFile]


def load(source: Source, cache: Path | None = None) -> ImageSplits:
    """Find or fetch the four files of a dataset, and read them.

    Parameters
    ----------
    source : Source
    cache : Path, optional
        Folder that keeps downloaded files; by default one in the user's cache folder for nnlab.

    Returns
    -------
    train, test : (images, labels) each
        New uint8 arrays, as Keras' datasets return them.

    Raises
    ------
    ConnectionError
        If a file is neither here nor to be had from any mirror.
    OSError
        If the cache folder cannot be written to, or ``NNLAB_DATA`` names no folder.
    ValueError
        If a file in the folder ``NNLAB_DATA`` is damaged.
    """
    folder = (cache if cache is not None else _default_cache()) / source.folder
    x_train, y_train, x_test, y_test = (
        read_idx(_content(source, file, folder), file.name, file.ndim) for file in source.files
    )
    return (x_train, y_train), (x_test, y_test)


def _default_cache() -> Path:
    from nnlab import _folders

    return _folders.cache() / "datasets"


def _content(source: Source, file: IdxFile, folder: Path) -> bytes:
    """Return the uncompressed content of one file, from the first place that has it."""
    local = _find_local(source, file)
    if local is not None:
        return _read_local(source, file, local)
    cached = folder / f"{file.name}.gz"
    if not _has_hash(cached, file.gz_sha256):
        _prepare(folder)
        _download(source, file, folder)
    return gzip.decompress(cached.read_bytes())


# The local folder.


def _find_local(source: Source, file: IdxFile) -> Path | None:
    root = _local_root()
    if root is None:
        return None
    names = (f"{source.folder}/{file.name}.gz", f"{source.folder}/{file.name}", f"{file.name}.gz", file.name)
    return next((root / name for name in names if (root / name).is_file()), None)


def _local_root() -> Path | None:
    value = os.environ.get("NNLAB_DATA")
    if not value:
        return None
    root = Path(os.path.expanduser(value))  # Path.expanduser raises for the home of somebody unknown
    if not os.path.isdir(root):
        raise NotADirectoryError(
            f"The environment variable NNLAB_DATA expected a folder with datasets, got {value!r}, "
            "which is no folder: correct it, or unset it to download the files."
        )
    return root


def _read_local(source: Source, file: IdxFile, path: Path) -> bytes:
    """Read a local file; never go on to the network in its place, or damage would stay unnoticed."""
    with path.open("rb") as stream:
        try:
            content = (gzip.GzipFile(fileobj=stream) if path.suffix == ".gz" else stream).read(_LARGEST + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(_damaged(source, path, f"it cannot be decompressed ({error})")) from error
    if len(content) > _LARGEST:
        raise ValueError(_damaged(source, path, f"it holds more than {_LARGEST:,} bytes"))
    got = hashlib.sha256(content).hexdigest()
    if got != file.sha256:
        raise ValueError(_damaged(source, path, f"expected content with SHA-256 {file.sha256}, got {got}"))
    return content


def _damaged(source: Source, path: Path, reason: str) -> str:
    return (
        f"{path} is damaged, or is not a file of {source.name}: {reason}. Replace it, or remove it to "
        "download a good one. If it belongs to another dataset, put it in a folder of that dataset's name; "
        f"{source.name} is looked for in {source.folder}/."
    )


# The cache.


def _has_hash(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256


def _prepare(folder: Path) -> None:
    """Make sure that the cache folder can be written to, before any mirror is bothered."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        remove_abandoned(folder, f"{tempfile.gettempprefix()}*")  # as pooch names them
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> OSError:
    return OSError(
        f"Downloaded data cannot be kept in the cache folder {folder}: {error.strerror or error}. Make it a "
        "folder that you may write to, with 50 MB free; or put the files in a folder of your own and name "
        "that folder in the environment variable NNLAB_DATA."
    )


# The network.


def _download(source: Source, file: IdxFile, folder: Path) -> None:
    """Fetch one file into the cache, from the first mirror that delivers it whole."""
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import HTTPError, RequestException

    handled = sys.exception()  # of the caller, if any; part of the context of every error below
    failures: dict[str, None] = {}  # in order, none twice
    for mirror in source.mirrors:
        for _ in range(_TRIES):
            try:
                _retrieve(f"{mirror}{file.name}.gz", file, folder)
            except (RequestException, ValueError) as error:  # ValueError is pooch's word for a wrong hash
                failures[f"{mirror}: {_reason(error, handled)}"] = None
                if isinstance(error, (HTTPError, NoConnection)):
                    break  # nothing was transferred, so nothing broke on the way: the next mirror
            except OSError as error:  # a RequestException is one too, but was caught above: this is the disk
                raise _unwritable(folder, error) from error
            else:
                return
    raise ConnectionError(_no_mirror(source, file, failures))


def _retrieve(url: str, file: IdxFile, folder: Path) -> None:
    """One transfer: to a temporary file, which pooch renames when its hash is right and removes otherwise."""
    import pooch

    with _quiet(pooch.get_logger()):
        pooch.retrieve(url, file.gz_sha256, f"{file.name}.gz", folder, downloader=_stream)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep pooch from printing paths of this machine into a notebook."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _stream(url: str, output_file: str, _pooch: Any) -> None:
    """Pooch's own downloader flushes after each kilobyte, and leaves the connection open after an error."""
    import requests
    from tqdm.auto import tqdm

    headers = {"Accept-Encoding": "identity"}  # the bytes of the .gz file as they are, or their hash is wrong
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
        response.raise_for_status()
        bar = tqdm(
            desc=url.rpartition("/")[2],
            total=int(response.headers.get("Content-Length", 0)) or None,
            unit="B",
            unit_scale=True,
            disable=bool(os.environ.get("TQDM_DISABLE")),  # tqdm itself looks only when it is imported
        )
        with bar, open(output_file, "wb") as output:
            for chunk in response.iter_content(_CHUNK):
                if output.tell() > _LARGEST:
                    raise ValueError(f"it sends more than {_LARGEST:,} bytes")
                output.write(chunk)
                bar.update(len(chunk))


def _reason(error: Exception, handled: BaseException | None) -> str:
    """Say in a few words why a transfer failed; `handled` is an older error, which has no part in it."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP {error.response.status_code} {error.response.reason}"
    cause: BaseException = error
    while cause.__context__ not in (
        None,
        handled,
    ):  # requests wraps urllib3, which wraps what the system said
        cause = cause.__context__
    text = str(cause).partition(". ")[0]  # pooch's message goes on with guesses
    return f"{type(cause).__name__}: {text}" if cause is not error else text


def _no_mirror(source: Source, file: IdxFile, failures: Iterable[str]) -> str:
    tried = "\n".join(f"  {failure}" for failure in failures)
    return (
        f"{source.name}.load_data() could not download {file.name}.gz. Tried:\n{tried}\n"
        "Check the network and try again. Without a network, use datasets.digits.load_data(), 10,000 images "
        "of MNIST that come with nnlab; or get the four files elsewhere, put them in a folder named "
        f"{source.folder}, and name the folder above it in the environment variable NNLAB_DATA."
    )
