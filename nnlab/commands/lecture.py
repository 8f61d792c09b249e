"""``nnlab lecture``: opens a chapter in JupyterLab as live slides.

The slides are copies in a temporary folder, and JupyterLab gets settings of its own there: a lecture changes no
chapter, and leaves nothing behind in the JupyterLab of every day. What a slide looks like, `nnlab.commands.slides`
decides.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib.util import find_spec
from pathlib import Path

from nnlab._files import write_atomically
from nnlab.commands import CommandError, chapter_files, find_chapter, page_files
from nnlab.commands.lab import check_jupyterlab, jupyterlab_command, prepare, start
from nnlab.commands.notebooks import read, to_bytes
from nnlab.commands.slides import DECK, to_slides

_FIRST_CELL = ("notebook:extend-marked-cells-top", "notebook:deselect-all")
# A slide (more specific than JupyterLab's own keys, which it replaces); and nothing at all, after a click beside it.
_SELECTORS = (
    ".jp-Deck .jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus",
    "body[data-jp-deck-mode='presenting']:not(:focus-within)",
)


def _keys(keys: str, command: str, **args: str | list[str]) -> list[dict[str, object]]:
    return [
        {"command": command, "args": args, "keys": [key], "selector": selector}
        for key in keys.split()
        for selector in _SELECTORS
    ]


SETTINGS = {
    f"{DECK}/plugin": {"active": True},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # the slides fail to switch it off themselves
    # Saving would take the keyboard from a slider: the slides take it whenever the notebook's state changes.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/shortcuts-extension/shortcuts": {
        "shortcuts": [
            # JupyterLab is at the last cell when it has run all; the other two go back to the first.
            *_keys("R", "apputils:run-all-enabled", commands=["notebook:run-all-cells", *_FIRST_CELL]),
            *_keys("ArrowRight ArrowDown PageDown Space", "deck:go", direction="down", alternate="forward"),
            *_keys("ArrowLeft ArrowUp PageUp", "deck:go", direction="up", alternate="back"),
            *_keys("Escape", "deck:stop"),
        ]
    },
}


def run(arguments: argparse.Namespace) -> int:
    """Start a lecture, or list the chapters.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``chapter``, ``folder``, and ``passed_on`` for JupyterLab.

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    CommandError
        If there is no such chapter, or JupyterLab or its extension is missing.
    """
    if arguments.chapter is None:
        print("\n".join(path.stem for path in chapter_files()))
        return 0
    chapter = find_chapter(arguments.chapter)
    check_jupyterlab(f"lecture {arguments.chapter}", arguments.passed_on)
    if find_spec("jupyterlab_slideshow") is None:
        raise CommandError('the slides need an extension of JupyterLab: pip install "nnlab-course[lecture]"')
    course = prepare(arguments.folder)
    with tempfile.TemporaryDirectory(prefix="nnlab-lecture-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        copied = copy_chapters(course, folder / "slides")
        if chapter.name not in copied:
            raise CommandError(f"{course / chapter.name} cannot be read: mend it, or delete it to get the original.")
        print("The slides are copies: what you change in them is gone after the lecture.")
        return start(jupyterlab_command(folder / "slides" / chapter.name, [*settings(folder), *arguments.passed_on]))


def copy_chapters(course: Path, folder: Path) -> list[str]:
    """Write the chapters of a course as slides.

    Parameters
    ----------
    course : pathlib.Path
        Where the chapters are laid out; what was changed there is in the slides.
    folder : pathlib.Path
        Made here.

    Returns
    -------
    list of str
        Names of the chapters that could be read. All are copied, because they link to one another; pages of text, too.
    """
    folder.mkdir(parents=True)
    copied = []
    for chapter in chapter_files():
        try:
            content = to_bytes(to_slides(read(course / chapter.name)))
        except (OSError, ValueError, KeyError):
            continue
        write_atomically(folder / chapter.name, content)
        copied.append(chapter.name)
    for page in page_files():
        write_atomically(folder / page.name, page.read_bytes())
    return copied


def settings(folder: Path) -> list[str]:
    """Write JupyterLab's settings for a lecture.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    list of str
        Arguments that make JupyterLab use them. The extension itself writes to the settings, which is why they must not
        be the user's own.
    """
    for plugin, values in SETTINGS.items():
        path = folder / "settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    return [f"--LabApp.user_settings_dir={folder / 'settings'}", f"--LabApp.workspaces_dir={folder / 'workspaces'}"]
