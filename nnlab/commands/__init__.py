"""What the `nnlab` command does, one module a subcommand; here is what they share.

That is the error that ends a command with a message, where the chapters are, and which one a name means. Begin to read
with `nnlab.cli`, which chooses the module.
"""

from __future__ import annotations

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


def page_files() -> list[Path]:
    """List the pages of text beside the notebooks, to which these link.

    Returns
    -------
    list of pathlib.Path
    """
    return sorted(chapters_folder().glob("*.md"))


def find_chapter(name: str) -> Path:
    """Notebook by number or name.

    Parameters
    ----------
    name : str
        A number (``12`` or ``3``), a name (``12_handwritten_digits``), or a part of one (``digits``).

    Returns
    -------
    pathlib.Path

    Raises
    ------
    CommandError
        If it stands for none or for several.
    """
    chapters = chapter_files()
    start = f"{name:0>2}_"
    matches = [path for path in chapters if name in (path.stem, path.name) or path.name.startswith(start)]
    matches = matches or [path for path in chapters if name.lower() in path.stem.lower()]
    if len(matches) == 1:
        return matches[0]
    known = "\n  ".join(path.stem for path in chapters)
    raise CommandError(f"{name!r} is {'more than one' if matches else 'no'} chapter. There are:\n  {known}")
