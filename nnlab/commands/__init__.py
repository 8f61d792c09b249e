"""What the `nnlab` command does, one module a subcommand; here is what they share.

That is the error that ends a command with a message, where the chapters are, and writing a file whole or not
at all. Begin to read with `nnlab.cli`, which chooses the module.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


class CommandError(Exception):
    """Ends a command: the message is printed without a traceback, and the exit code is 1."""


def chapters_folder() -> Path:
    """Folder that the chapters come from.

    Returns
    -------
    pathlib.Path
        Inside the package when it was installed from a wheel, else ``chapters/`` of the checkout.

    Raises
    ------
    CommandError
        If there is neither.
    """
    candidates = (PACKAGE / "_chapters", PACKAGE.parent / "chapters")
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise CommandError(
        f"the chapters are missing: neither {candidates[0]} nor {candidates[1]} exists. "
        "Install nnlab again, or run it from a complete checkout."
    )


def chapter_files() -> list[Path]:
    """Notebooks of the course, in order.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    CommandError
        If there is none.
    """
    folder = chapters_folder()
    files = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not files:
        raise CommandError(f"there are no chapters in {folder}.")
    return files


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Replaced if it exists; its permissions are kept, and a symbolic link stays one.
    content : bytes

    Raises
    ------
    OSError
        If the disk is full, the folder read-only or the like; what was there before is untouched.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
