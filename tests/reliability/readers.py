"""What each reader of files and typed texts promises, as functions of bytes.

The promise: the reader accepts what it is given, and what it makes of it is right; or it raises its one error, whose
message names the file. `test_fuzz_files` calls these functions with mutated files, and `fuzz_files` searches on.
"""

# ruff: noqa: PT017 (what is caught is the promise, as in no test)
from __future__ import annotations

import ast
import atexit
import copy
import gzip
import hashlib
import io
import json
import os
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from functools import cache
from pathlib import Path
from unittest.mock import patch

import nbformat
import numpy as np

import nnlab
from nnlab import layers, server
from nnlab.commands import layout, lecture, notebooks, refresh
from nnlab.course import checking, overview, state
from nnlab.datasets import _download
from nnlab.datasets._idx import read_idx
from nnlab.explorers.formula import FormulaError, parse
from nnlab.plots.style import Picture

Z = np.array([-40.0, -2.5, -1.0, -0.0, 0.0, 0.3, 1.0, 7.0])
DIGITS = 64  # of the checksum at the end of a model file


@cache
def folder() -> Path:
    """Where files are put to be read."""
    made = tempfile.mkdtemp(prefix="nnlab-fuzz-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def refused(path: Path, error: Exception) -> None:
    """Check that a message names the file, and is one that can be read."""
    assert path.name in str(error), str(error)
    assert len(str(error)) < 3_000


# Model files.


@cache
def model_files() -> list[bytes]:
    """Small models of many kinds, as they are saved."""
    dense = nnlab.Sequential(
        [layers.Input((4,)), layers.Dense(3, "relu"), layers.Dropout(0.2), layers.Dense(2)], seed=0
    )
    dense.compile("adam", "mse", metrics=["mae"])
    dense.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
    images = nnlab.Sequential(
        [layers.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.BatchNormalization(), layers.MaxPooling2D(),
         layers.Flatten(), layers.Dense(1)],
        seed=0,
    )  # fmt: skip
    sequences = nnlab.Sequential(
        [layers.Input((5,)), layers.Embedding(7, 3), layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
         layers.TimeDistributed(layers.Dense(2))],
        seed=0,
    )  # fmt: skip
    first = layers.Input((4,), name="features")
    joined = layers.Add()([layers.Dense(4)(first), first])
    return [_saved(model) for model in (dense, images, sequences, nnlab.Model(first, joined))]


def _saved(model: nnlab.Model) -> bytes:
    path = folder() / "saved.nnlab"
    model.save(path)
    return path.read_bytes()


def description(content: bytes) -> bytes:
    """Return the JSON text in a model file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("model.json")


def with_description(content: bytes, text: bytes) -> bytes:
    """Put another JSON text into a model file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == "model.json" else old.read(name))
        new.comment = old.comment
    return with_checksum(stream.getvalue())


def with_checksum(content: bytes) -> bytes:
    """Make the checksum of a model file right again."""
    checked = content[:-DIGITS]
    return checked + hashlib.sha256(checked).hexdigest().encode()


def model_zip(data: bytes) -> None:
    """A model file of which any byte may be changed but the checksum."""
    path = folder() / "mine.nnlab"
    path.write_bytes(with_checksum(data))
    try:
        model = nnlab.load_model(path)
    except ValueError as error:
        refused(path, error)
        return
    # What was accepted can be used, and saved again.
    with redirect_stdout(io.StringIO()):
        model.summary()
    model.save(path)
    again = nnlab.load_model(path)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def model_description(data: bytes) -> None:
    """A model file with this text in place of its description; the first byte says which file."""
    contents = model_files()
    model_zip(with_description(contents[data[0] % len(contents)] if data else contents[0], data[1:]))


# Data files.


def idx_file(data: bytes) -> None:
    """An IDX file of labels or images; what is accepted is exactly what the file says."""
    for ndim in (1, 3):
        try:
            array = read_idx(data, "labels", ndim)
        except ValueError as error:
            assert "labels expected" in str(error)
        else:
            header = bytes([0, 0, 8, ndim]) + np.array(array.shape, ">u4").tobytes()
            assert header + array.tobytes() == data


def data_folder(data: bytes) -> None:
    """A file of the folder ``NNLAB_DATA``, compressed or not: read if its content is the right one, else named."""
    content = b"\0\0\x08\x01\0\0\0\x03abc"
    digest = hashlib.sha256(content).hexdigest()
    file = _download.IdxFile("train", 1, digest, hashlib.sha256(gzip.compress(content)).hexdigest())
    source = _download.Source("small", "small", (), (file, file, file, file))
    root = folder() / "data"
    root.mkdir(exist_ok=True)
    for name in ("train.gz", "train"):
        path = root / name
        path.write_bytes(data)
        with patch.dict(os.environ, {"NNLAB_DATA": str(root)}):
            try:
                (labels, *_), _test = _download.load(source, folder() / "cache")
            except ValueError as error:
                refused(path, error)
            else:
                assert labels.tobytes() == b"abc"
        path.unlink()


# The learner's progress.


def progress_file(data: bytes) -> None:
    """``progress.json``: whatever it holds, the course goes on, and what cannot be read is put aside, not lost."""
    home = Path(tempfile.mkdtemp(dir=folder()))
    (home / "progress.json").write_bytes(data)
    for kept in (state._waiting, state._said, state._unsaid):
        kept.clear()
    with patch.dict(os.environ, {"NNLAB_STATE": str(home)}):
        os.environ.pop("NNLAB_LEARNER_SEED", None)
        state.read()
        state.learner_seed()
        overview.text().encode()
        json.loads(overview.export().encode())
        hints = checking.hint("3.1").text
        state.record("recalled", "03.a question", True)
        assert state.read()["recalled"]["03.a question"]["last"] is True
        assert "hint" in hints
    aside = home / "progress.damaged-1.json"
    assert not aside.exists() or aside.read_bytes() == data
    if not aside.exists():
        json.loads((home / "progress.json").read_bytes())
    for path in home.iterdir():
        path.unlink()
    home.rmdir()


def progress_picture(data: bytes) -> None:
    """The picture of a progress that was accepted: of bounded size, and drawn."""
    with suppress(ValueError, RecursionError):
        found = json.loads(data)
        if state._is_ours(found):
            with patch.object(state, "read", lambda: copy.deepcopy(found)), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # glyphs that the font does not have
                picture: Picture = overview.progress()
                assert max(picture.get_size_inches()) < 60
                picture.canvas.draw()


# Notebooks.


def notebook(data: bytes) -> None:
    """A notebook, for all that reads one without running it: refresh, lecture, lab, and the hook that saves."""
    path = folder() / "01_mine.ipynb"
    path.write_bytes(data)
    try:
        notebooks.read(path)
    except ValueError as error:
        refused(path, error)
    with patch.object(refresh, "_execute", lambda _notebook: None), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbformat, on ids
        outcome = refresh.refresh(path, write=False)
    assert all(isinstance(problem, str) for problem in outcome.problems)
    assert path.read_bytes() == data
    slides = Path(tempfile.mkdtemp(dir=folder())) / "slides"
    with patch.object(lecture, "chapter_files", lambda: [path]), patch.object(lecture, "page_files", list):
        copied = lecture.copy_chapters(path.parent, slides)
    for name in copied:
        nbformat.reader.reads((slides / name).read_text(encoding="utf-8"))
    saved_notebook(data)
    manifest(data)


def saved_notebook(data: bytes) -> None:
    """A notebook on its way to the disk: the hook may fail, as Jupyter logs that, but takes nothing except widgets."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    before = _without_widgets(copy.deepcopy(content))
    with suppress(Exception):
        server.keep_pictures({"type": "notebook", "content": content})
    assert repr(_without_widgets(content)) == repr(before)


def _without_widgets(content: object) -> object:
    if isinstance(content, dict):
        return {k: _without_widgets(v) for k, v in content.items() if k not in (notebooks.WIDGET_VIEW, "widgets")}
    return [_without_widgets(part) for part in content] if isinstance(content, list) else content


def manifest(data: bytes) -> None:
    """A learner's folder with these bytes as the manifest and as a chapter: the chapter is never overwritten."""
    root = Path(tempfile.mkdtemp(dir=folder()))
    source = folder() / "02_new.ipynb"
    source.write_bytes(b'{"cells": []}')
    (root / layout.MANIFEST).parent.mkdir()
    (root / layout.MANIFEST).write_bytes(data)
    (root / source.name).write_bytes(data)
    layout.lay_out([source], root, "1.0")
    assert (root / source.name).read_bytes() == data
    layout.Manifest.read(root / layout.MANIFEST)


# Formulas.

_NUMPY = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "sigmoid": lambda u: np.where(u >= 0, 1 / (1 + np.exp(-u)), np.exp(u) / (1 + np.exp(u))),
    "max": lambda *us: _fold(np.maximum, us), "min": lambda *us: _fold(np.minimum, us),
    "where": np.where, "pi": np.float64(np.pi), "e": np.float64(np.e), "number": np.float64,
}  # fmt: skip


def _fold(function: Callable[..., object], parts: tuple[object, ...]) -> object:
    found = parts[0]
    for part in parts[1:]:
        found = function(found, part)
    return found


class _Numbers(ast.NodeTransformer):
    """Makes each number one of NumPy's, and ``a < b < c`` two comparisons, as the explorers read them."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Call(ast.Name("number", ast.Load()), [ast.Constant(float(node.value))], [])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        parts = [ast.Compare(a, [op], [b]) for a, op, b in zip(sides[:-1], node.ops, sides[1:], strict=True)]
        joined: ast.expr = parts[0]
        for part in parts[1:]:
            joined = ast.BinOp(joined, ast.BitAnd(), part)
        return joined


def formula(data: bytes) -> None:
    """A typed formula: refused with a sentence, or the same numbers as Python and NumPy compute from the text."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = parse(text)
    except FormulaError as error:
        assert 20 < len(str(error)) < 1_000
        assert 0 <= error.place <= len(text)
        return
    value, slope = found(Z)
    assert value.shape == slope.shape == Z.shape
    tree = ast.fix_missing_locations(_Numbers().visit(ast.parse(f"({' '.join(text.split())})", mode="eval")))
    with np.errstate(all="ignore"):
        expected = eval(compile(tree, "formula", "eval"), {"__builtins__": {}, "z": Z, **_NUMPY})
    np.testing.assert_allclose(value, np.broadcast_to(expected, Z.shape), rtol=1e-9, atol=1e-300)


# What the environment says.


def environment(data: bytes) -> None:
    """Variables of nnlab with any text: each is used, or refused by its name."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    file = _download.IdxFile("nothing", 1, "", "")
    with patch.dict(os.environ, {"NNLAB_DATA": text, "NNLAB_LEARNER_SEED": text}):
        try:
            _download._find_local(_download.Source("small", "small", (), (file, file, file, file)), file)
        except OSError as error:
            assert "NNLAB_DATA" in str(error)
        try:
            state.learner_seed() if text else None
        except ValueError as error:
            assert "NNLAB_LEARNER_SEED must be a whole number" in str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        model_zip, model_description, idx_file, data_folder, progress_file, progress_picture, notebook, formula,
        environment,
    )
}  # fmt: skip


@cache
def seeds(name: str) -> list[bytes]:
    """Good files to begin with."""
    kept = {
        "version": 1, "seed": 7, "recalled": {"03.sigmoid at 0": {"right": 1, "wrong": 2, "last": False}},
        "predicted": {"03.a": {"right": 1, "wrong": 0, "last": True}},
        "exercises": {"3.1": {"attempts": 2, "hints": 1, "solution": False, "solved": {"hints": 1, "solution": True}}},
    }  # fmt: skip
    progress = [json.dumps(kept).encode()]
    cells = [
        {"cell_type": "code", "id": "a", "source": "1", "execution_count": 1, "outputs": [
            {"output_type": "display_data", "data": {notebooks.WIDGET_VIEW: {}, "text/plain": "a", "image/png": "QQ=="},
             "metadata": {"image/png": {"alt": "a"}}},
            {"output_type": "stream", "name": "stdout", "text": "a\n"},
            {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a"]},
        ], "metadata": {"tags": ["no-static-twin"], "slideshow": {"slide_type": "slide"}}},
        {"cell_type": "markdown", "id": "b", "source": ["<details>\n<summary>Notes</summary>\n", "x\n</details>"],
         "metadata": {"slideshow": {"slide_type": "notes"}}},
    ]  # fmt: skip
    current = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"nnlab": {"mirrors": []}}, "cells": cells}
    old_cells = [
        {"cell_type": "code", "input": "1", "language": "python", "collapsed": False, "metadata": {},
         "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": "1", "metadata": {}}]},
        {"cell_type": "heading", "level": 1, "source": "a", "metadata": {}},
    ]  # fmt: skip
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": old_cells}]}
    laid_out = {"version": "1", "files": {"02_new.ipynb": "0"}, "cells": {"02_new.ipynb": "0"}, "offered": {}}
    digits = b"\0\0\x08\x01\0\0\0\x03abc"
    formulas = ["max(z, 0)", "where(-1 <= z < 1, z**2, sigmoid(z) / 2)", "1e-3*exp(-z)**.5 + pi - log(abs(e))"]
    return {
        "model_zip": model_files(),
        "model_description": [bytes([k]) + description(content) for k, content in enumerate(model_files())],
        "idx_file": [digits, b"\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x01ab"],
        "data_folder": [digits, gzip.compress(digits, mtime=0)],
        "progress_file": progress,
        "progress_picture": progress,
        "notebook": [json.dumps(one).encode() for one in (current, old, laid_out)],
        "formula": [text.encode() for text in formulas],
        "environment": [b"12", b"~nobody/data", str(folder()).encode(), b"a" * 5000],
    }[name]
