"""Lays the chapters out in the learner's folder, and never overwrites what the learner has changed.

A manifest in ``.nnlab/manifest.json`` remembers the hash of each file as it was laid out, and of the cells in it. A
notebook whose cells are still those is the course's, also when it was run and saved, and may be replaced; any other
is the learner's, and a new edition comes beside it under a name with the version. Without a readable manifest,
whatever exists counts as the learner's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab._files import write_atomically
from nnlab.commands import CommandError

MANIFEST = Path(".nnlab") / "manifest.json"


@dataclass
class Manifest:
    """What was laid out, and which new editions were put beside changed chapters.

    Parameters
    ----------
    files : dict of str to str
        SHA-256 of each file as laid out, by its name in the learner's folder.
    cells : dict of str to str
        SHA-256 of what a learner can change in it, likewise.
    offered : dict of str to str
        SHA-256 of the last edition put beside a changed chapter, by the chapter's name.
    """

    files: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest; one that is missing or damaged is empty.

        Parameters
        ----------
        path : pathlib.Path

        Returns
        -------
        Manifest
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(*(_strings(content[name]) for name in ("files", "cells", "offered")))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return cls()

    def to_bytes(self, version: str) -> bytes:
        """Content of the file.

        Parameters
        ----------
        version : str
            Of the package.

        Returns
        -------
        bytes
        """
        content = {"version": version, "files": self.files, "cells": self.cells, "offered": self.offered}
        return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


@dataclass
class Layout:
    """What `lay_out` did, by file name.

    Parameters
    ----------
    new, updated : list of str
        Written for the first time (or again, where it was deleted); replaced by a new edition.
    beside : list of tuple of str
        Changed chapter, and the new edition that was put beside it.
    """

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)


def lay_out(sources: list[Path], folder: Path, version: str) -> Layout:
    """Copy files into the learner's folder.

    Parameters
    ----------
    sources : list of pathlib.Path
    folder : pathlib.Path
        Made if it is missing.
    version : str
        Of the package: it becomes part of the name of what is put beside a changed file.

    Returns
    -------
    Layout

    Raises
    ------
    CommandError
        If the folder is a file, or something cannot be read or written.
    """
    layout = Layout()
    try:
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file, not a folder: name another folder.")
        (folder / MANIFEST).parent.mkdir(parents=True, exist_ok=True)
        manifest = Manifest.read(folder / MANIFEST)
        before = manifest.to_bytes(version)
        for source in sources:
            _lay_out_one(source, folder, version, manifest, layout)
        after = manifest.to_bytes(version)
        if after != before or not (folder / MANIFEST).exists():
            write_atomically(folder / MANIFEST, after)
    except OSError as error:
        where = error.filename or folder
        raise CommandError(
            f"cannot lay the chapters out in {folder}: {error.strerror or error} ({where}). "
            "Nothing of yours was changed; free some space or name another folder."
        ) from error
    return layout


def _lay_out_one(source: Path, folder: Path, version: str, manifest: Manifest, layout: Layout) -> None:
    name, content = source.name, source.read_bytes()
    target, digest = folder / name, _digest(content)
    found = _digest(target.read_bytes()) if target.exists() else None
    laid_out = manifest.files.get(name)
    if found is None:
        write_atomically(target, content)
        layout.new.append(name)
    elif found != digest:
        untouched = laid_out is not None and _cells(target.read_bytes()) == manifest.cells.get(name)
        if untouched and laid_out == digest:
            return  # run and saved: its outputs are the learner's own, its cells are the course's
        if not untouched:
            if digest not in (laid_out, manifest.offered.get(name)):
                layout.beside.append((name, _put_beside(target, content, version, manifest)))
                manifest.offered[name] = digest
            return
        write_atomically(target, content)
        layout.updated.append(name)
    manifest.files[name], manifest.cells[name] = digest, _cells(content)


def _put_beside(target: Path, content: bytes, version: str, manifest: Manifest) -> str:
    digest, number = _digest(content), 1
    while True:
        suffix = f" (nnlab {version})" if number == 1 else f" (nnlab {version}, {number})"
        beside = target.with_name(f"{target.stem}{suffix}{target.suffix}")
        found = _digest(beside.read_bytes()) if beside.exists() else None
        if found == digest:
            break
        if found is None or _cells(beside.read_bytes()) == manifest.cells.get(beside.name):
            write_atomically(beside, content)
            break
        number += 1
    manifest.files[beside.name], manifest.cells[beside.name] = digest, _cells(content)
    return beside.name


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _cells(content: bytes) -> str:
    """Hash of what a learner writes: the kinds and sources of the cells; of all bytes, if it is no notebook."""
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
        return _digest(json.dumps(cells).encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        return _digest(content)


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise TypeError("expected names and hashes")
    return dict(value)
