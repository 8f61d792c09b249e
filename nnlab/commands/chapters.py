"""``nnlab chapters``: lay the chapters out and start nothing, as a server does for each of a class."""

from __future__ import annotations

import argparse

from nnlab.commands.lab import place


def run(arguments: argparse.Namespace) -> int:
    """Lay the chapters out.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``folder``.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If the chapters cannot be laid out.
    """
    place(arguments.folder)
    return 0
