"""The folders of this user in which nnlab keeps things; where a user has no home, nothing is kept and nothing fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

# Nothing can be written or found below it, and whoever is told that it cannot be used is told why.
NOWHERE = Path(os.devnull, "no home folder")


def cache() -> Path:
    """Folder for what can be made or fetched again.

    Returns
    -------
    pathlib.Path
        It may be missing, and be impossible to make.
    """
    return _of_user(platformdirs.user_cache_dir)


def data() -> Path:
    """Folder for what the learner would miss.

    Returns
    -------
    pathlib.Path
        It may be missing, and be impossible to make.
    """
    return _of_user(platformdirs.user_data_dir)


def _of_user(find: Callable[..., str]) -> Path:
    try:
        folder = Path(find("nnlab", appauthor=False))
    except RuntimeError:  # there is no home: newer releases of platformdirs raise, older ones answer "~/.cache/nnlab"
        return NOWHERE
    return folder if folder.is_absolute() else NOWHERE
