"""``nnlab progress``: what has been solved, predicted and recalled on this computer, printed or written to a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnlab._files import write_atomically
from nnlab.commands import CommandError
from nnlab.course import overview, state


def run(arguments: argparse.Namespace) -> int:
    """Print the progress, or export it.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``export``: the file to write, or None.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    if arguments.export is None:
        print(overview.text())
        return 0
    content, file = overview.export(), Path(arguments.export)
    for note in state.notes():
        print(note, file=sys.stderr)
    try:
        write_atomically(file, content)
    except OSError as error:
        raise CommandError(f"cannot write {file}: {error.strerror or error}") from error
    print(f"Written to {file}")
    return 0
