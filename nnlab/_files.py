"""Names of files, and writing a file whole or not at all."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_ABANDONED = 3600.0  # seconds after which a temporary file is nobody's: who wrote it was killed


def check_path(name: str, path: Any) -> Path:
    """Check the name of a file.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    path : str or path

    Returns
    -------
    pathlib.Path

    Raises
    ------
    TypeError
        If it cannot be one.

    Examples
    --------
    >>> check_path("filepath", None)
    Traceback (most recent call last):
        ...
    TypeError: filepath is the name of a file, a text or a path, got None
    """
    if isinstance(path, str | os.PathLike) and str(path) and "\0" not in str(path):
        return Path(path)
    raise TypeError(f"{name} is the name of a file, a text or a path, got {path!r}")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Replaced if it exists; its permissions are kept, and a symbolic link stays one.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.

    Raises
    ------
    OSError
        If the disk is full, the folder read-only or the like; what was there before is untouched. It names `path`.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    remove_abandoned(target.parent, f".{glob.escape(target.name)}.*.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno:  # a full disk names no file, others the temporary one
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def remove_abandoned(folder: Path, pattern: str) -> None:
    """Remove temporary files of processes that were killed while they wrote.

    Parameters
    ----------
    folder : pathlib.Path
        What cannot be removed from it stays, without an error.
    pattern : str
        Their names, as in ``folder.glob(pattern)``. Those of the last hour may be in use and stay.
    """
    for left in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()
