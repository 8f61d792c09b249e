"""Cleans an executed notebook for storing, finds what must not be stored, and compares two notebooks.

Nothing here executes anything; `nnlab.commands.refresh` does, and calls these functions.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnlab.commands import PACKAGE

MAX_BYTES = 1_000_000
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NO_TWIN_TAG = "no-static-twin"
IGNORED_TAG = "nbval-ignore-output"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = ("tags", "slideshow", "jupyter")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_HOMES = r"/(?:home|Users)/[\w.-]+/|[A-Za-z]:\\+Users\\+[\w.-]+\\"

Notebook = dict[str, Any]


def read(path: Path) -> Any:
    """Read a notebook.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    nbformat.NotebookNode
        Of format 4; its cells may lack ids.

    Raises
    ------
    ValueError
        If the file holds no notebook.
    OSError
        If it cannot be read.
    """
    content = path.read_bytes()
    try:
        return _parse(content.decode())
    except Exception as error:  # nbformat raises whatever a strange file leads it to
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(f"{path} is no notebook, or a damaged one ({reason:.200}): restore or remove it") from error


def _parse(text: str) -> Any:
    from nbformat import ValidationError, convert, reader
    from nbformat.validator import iter_validate

    # Not nbformat.read, which repairs missing and double cell ids with random ones.
    notebook = reader.reads(text)  # type: ignore[no-untyped-call]
    if notebook["nbformat"] != 4:
        notebook = convert(notebook, 4)  # type: ignore[no-untyped-call]
    # As of format 4.4, which knew no ids: what is wrong with these, `problems` says.
    wrongs = iter_validate(notebook, version=4, version_minor=4, relax_add_props=True)  # type: ignore[no-untyped-call]
    wrong = next(wrongs, None)
    if isinstance(wrong, ValidationError):
        raise wrong
    for name in (cell.get("id", "") for cell in notebook["cells"]):
        if not isinstance(name, str):  # nbformat's own check of ids fails at these
            raise ValueError(f"the id of a cell is {name!r:.50} and no text")
    return notebook


def plain(text: str) -> str:
    """Text without terminal colors.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return _ANSI.sub("", text)


def tags(cell: Notebook) -> list[str]:
    """Tags of a cell.

    Parameters
    ----------
    cell : dict

    Returns
    -------
    list of str
    """
    return list(cell["metadata"].get("tags", []))


def cell_name(index: int, cell: Notebook) -> str:
    """Name a cell as messages do.

    Parameters
    ----------
    index : int
        Its place in the notebook, from 0.
    cell : dict

    Returns
    -------
    str
    """
    first = next(iter(cell["source"].strip().splitlines()), "")
    return f"cell {index + 1} (id {cell.get('id', 'missing')}: {first[:60]})"


def clean(notebook: Notebook) -> None:
    """Bring an executed notebook into the form that is stored, in place.

    Parameters
    ----------
    notebook : dict
        Loses metadata of the machine and of the run, widget state and views, and the library's frames in
        tracebacks; its execution counts become 1 to n.
    """
    kept = {"nnlab": notebook["metadata"]["nnlab"]} if "nnlab" in notebook["metadata"] else {}
    notebook["metadata"] = {"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}, **kept}
    notebook["nbformat_minor"] = max(5, notebook.get("nbformat_minor", 5))
    count = 0
    for index, cell in enumerate(notebook["cells"]):
        metadata = cell["metadata"]
        cell["metadata"] = {key: metadata[key] for key in KEPT_CELL_METADATA if key in metadata}
        # Not a random id, which would differ at each run until the notebook is stored.
        cell.setdefault("id", hashlib.sha256(f"{index}\n{cell['source']}".encode()).hexdigest()[:8])
        if cell["cell_type"] != "code":
            continue
        count += bool(cell["source"].strip())
        cell["execution_count"] = count if cell["source"].strip() else None
        cell["outputs"] = _merge_streams(cell["outputs"])
        for output in cell["outputs"]:
            _clean_output(output, cell)


def _merge_streams(outputs: list[Notebook]) -> list[Notebook]:
    merged: list[Notebook] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def _clean_output(output: Notebook, cell: Notebook) -> None:
    if output["output_type"] == "execute_result":
        output["execution_count"] = cell["execution_count"]
    elif output["output_type"] == "error":
        # Frames inside libraries carry paths and line numbers of this machine.
        output["traceback"] = [line for line in output["traceback"] if not plain(line).lstrip().startswith("File ")]
    data = output.get("data", {})
    if WIDGET_VIEW in data and ("image/png" in data or NO_TWIN_TAG in tags(cell)):
        del data[WIDGET_VIEW]  # without widget state, which is not stored, it shows an error only
        output["metadata"].pop(WIDGET_VIEW, None)


def problems(notebook: Notebook) -> Iterator[str]:
    """Yield what must not be stored in a cleaned notebook.

    Parameters
    ----------
    notebook : dict

    Yields
    ------
    str
        One message a problem, with the cell's name.
    """
    paths = _machine_paths()
    for index, cell in enumerate(notebook["cells"]):
        name = cell_name(index, cell)
        for output in cell.get("outputs", []):
            if WIDGET_VIEW in output.get("data", {}):
                yield (
                    f"{name}: a widget without static twin (image/png in the same output); "
                    f"tag the cell {NO_TWIN_TAG} if its text is enough"
                )
            leaks = {match.group() for text in _texts(output) for match in paths.finditer(text)}
            for leak in sorted(leaks):
                yield f"{name}: a path of this machine in the output: {leak}"
    yield from _invalid(notebook)
    size = len(to_bytes(notebook))
    if size > MAX_BYTES:
        yield f"{size / 1e6:.2f} MB is over the limit of {MAX_BYTES / 1e6:.0f} MB a notebook"


def _invalid(notebook: Notebook) -> Iterator[str]:
    from nbformat import ValidationError, validate

    ids = [cell["id"] for cell in notebook["cells"]]
    double = sorted({name for name in ids if ids.count(name) > 1})
    if double:
        yield f"cells have the same id: {', '.join(double)}"
        return
    try:
        validate(notebook)
    except ValidationError as error:
        yield f"not a valid notebook: {str(error).splitlines()[0]}"


def _texts(output: Notebook) -> Iterator[str]:
    for key in ("text", "ename", "evalue"):
        yield plain(output.get(key, ""))
    yield plain("\n".join(output.get("traceback", [])))
    for mime, content in output.get("data", {}).items():
        if not mime.startswith(("image/", "audio/", "video/")) or mime == "image/svg+xml":
            yield content if isinstance(content, str) else json.dumps(content)


def _machine_paths() -> re.Pattern[str]:
    folders = {
        str(Path.home()),
        tempfile.gettempdir(),
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
        site.getusersitepackages(),
        str(PACKAGE.parent),
        os.getcwd(),
    }
    forms = {form for folder in folders for form in (folder, os.path.realpath(folder))}
    forms |= {form.replace("\\", other) for form in forms for other in ("/", "\\\\")}
    # A root is in every path, and prefixes such as /usr say nothing about a machine.
    telling = sorted(form for form in forms if len(form) > 3 and form not in ("/usr", "/usr/local"))
    here = "|".join(map(re.escape, telling))
    return re.compile(rf"(?<!\w)(?:(?:{here})(?![\w-])|{_HOMES})[^\s\"'<>]*")


def same(stored: Notebook, new: Notebook, *, images: bool) -> bool:
    """Whether two notebooks agree in all that is compared.

    Parameters
    ----------
    stored, new : dict
        Memory addresses may differ, and outputs of cells tagged ``nbval-ignore-output``, but not be missing.
    images : bool
        Compare PNG pictures, too.

    Returns
    -------
    bool
    """
    return _compared(stored, images) == _compared(new, images)


def _compared(notebook: Notebook, images: bool) -> str:
    copy = json.loads(json.dumps(notebook))
    for cell in copy["cells"]:
        if IGNORED_TAG in tags(cell):
            cell["outputs"] = [{}] if cell["outputs"] else []  # who clears them wants new ones
        if not images:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    output["data"]["image/png"] = ""
    return _ADDRESS.sub("ADDRESS", json.dumps(copy, sort_keys=True))


def to_bytes(notebook: Notebook) -> bytes:
    """Content of the notebook's file.

    Parameters
    ----------
    notebook : dict

    Returns
    -------
    bytes
    """
    from nbformat import from_dict, v4

    text: str = v4.writes(from_dict(notebook))  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode()
