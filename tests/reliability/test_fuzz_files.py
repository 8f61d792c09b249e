"""Files and texts from strangers, mutated: no reader crashes, hangs, takes memory without bound, or reads them wrongly.

What is promised stands in `readers`, a function for each reader; here Hypothesis mutates good files: their bytes, and
the values of their JSON. Thoroughly, some 10,000 files a test: ``python -m pytest -n 0
tests/reliability/test_fuzz_files.py --hypothesis-profile thorough``. `fuzz_files`, started by hand, searches on.
"""

import gzip
import json
import subprocess
import sys
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import _archive, layers
from nnlab.commands import slides
from nnlab.course import overview
from nnlab.datasets import _download
from nnlab.explorers.chapter_09._playground_data import read_formula
from nnlab.explorers.chapter_09._playground_program import numpy_formula
from nnlab.explorers.formula import LONGEST

from .readers import TARGETS, Z, description, model_files, seeds, with_description

JSON_TARGETS = ("model_description", "progress_file", "progress_picture", "notebook")
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
VALUES = st.sampled_from([
    "null", "true", "-1", "0", "1", "2.5", "1e999", "NaN", "-Infinity", "9" * 400, "9" * 5000, '""', '"\\ud800"',
    '"<script>"', '"$\\\\frac{"', '"\\u001b[2J"', '"../../x"', json.dumps("a" * 100_000), "[]", "{}", "[[[]]]",
    "[" * 400 + "]" * 400, '{"a":' * 400 + "1" + "}" * 400, "[" * 100_000, json.dumps([1] * 5000), "[null, 3, {}]",
    '{"class": "layers.Dense", "arguments": {"units": 1000000000000}}', '{"array": "layers/0/kernel"}',
    '{"tuple": [1]}', '{"float": "nan"}', '{"own": "exec"}', '[1000000000, 1000000000]', '"float64"', '"Sequential"',
])  # fmt: skip


@st.composite
def changed_bytes(draw, name):
    """A good file with a few of its bytes flipped, cut out, repeated or exchanged with those of another."""
    data = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(1, 4))):
        start, stop = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        other = draw(st.sampled_from(seeds(name)))
        middle = draw(
            st.one_of(
                st.just(b""),
                st.binary(max_size=12),
                st.sampled_from([b"\0" * 8, b"\xff" * 8, b"\xef\xbb\xbf", b"9" * 30, b"{", b'"', data[start:stop] * 2]),
                st.just(other[start:stop]),
            )
        )
        data = data[:start] + middle + data[stop if draw(st.booleans()) else start + len(middle) :]
    return data


@st.composite
def changed_json(draw, name):
    """A good file in which values are replaced by those of other kinds and sizes, or keys stand twice."""
    data = draw(st.sampled_from(seeds(name)))
    first, text = (data[:1], data[1:]) if name == "model_description" else (b"", data)
    found, marks = json.loads(text), {}
    for number in range(draw(st.integers(1, 3))):
        place = found
        while True:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not (isinstance(place[key], dict | list) and place[key]) or draw(st.integers(0, 3)) == 0:
                break
            place = place[key]
        mark = f"@{number}@"
        marks[json.dumps(mark)] = value = draw(VALUES)
        if isinstance(place, dict) and draw(st.integers(0, 5)) == 0:
            marks[json.dumps(mark)] = f"{value}, {json.dumps(key)}: {json.dumps(place[key])}"  # the key a second time
        place[key] = mark
    content = json.dumps(found)
    for mark, value in marks.items():
        content = content.replace(mark, value)
    return first + content.encode()


@pytest.mark.parametrize("name", TARGETS)
def test_changed_bytes(name):
    @SLOW
    @given(changed_bytes(name))
    def check(data):
        TARGETS[name](data)

    check()


@pytest.mark.parametrize("name", JSON_TARGETS)
def test_changed_json(name):
    @SLOW
    @given(changed_json(name))
    def check(data):
        TARGETS[name](data)

    check()


FORMULA = st.recursive(
    st.sampled_from(["z", "pi", "e", "0", "1", "2.5", ".5", "1e400", "1e-400", "9" * 40, "-z"]),
    lambda parts: st.one_of(
        st.builds("{}{}{}".format, parts, st.sampled_from(["+", "-", "*", "/", "**", " - -", "**-"]), parts),
        st.builds("({})".format, parts),
        st.builds("{}({})".format, st.sampled_from(["exp", "log", "sqrt", "abs", "tanh", "sigmoid", "sin"]), parts),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min"]), parts, parts),
        st.builds("where({}<{}>={}, {}, {})".format, parts, parts, parts, parts, parts),
    ),
    max_leaves=12,
)


@SLOW
@given(FORMULA)
def test_formulas_are_what_numpy_computes(text):
    TARGETS["formula"](text.encode())


@given(st.text(max_size=60))
def test_any_text_as_a_formula(text):
    TARGETS["formula"](text.encode("utf-8", "surrogatepass"))


@SLOW
@given(FORMULA)
def test_the_program_of_a_typed_formula_computes_the_same(text):
    text = text.replace("z", "x1")
    assume(len(text) <= LONGEST and ("where" in text or ">" not in text))
    try:
        value = read_formula(text).value(Z)
    except ValueError:  # too long, or too deep
        return
    names = {"np": np, "nnlab": nnlab, "x1": Z}
    with np.errstate(all="ignore"), suppress(ZeroDivisionError, OverflowError):  # Python's own numbers, as in 1/0
        computed = np.broadcast_to(np.asarray(eval(numpy_formula(text), names), float), Z.shape)
        np.testing.assert_allclose(computed, value, rtol=1e-9)


# What was found so, and mended.


@pytest.mark.parametrize(("text", "code"), [
    ("where(-1 < x < 1, 1, 0)", "np.where((-1 < x1) & (x1 < 1), 1, 0)"),
    ("9**9**9*x", "9.0 ** 9.0 ** 9 * x1"),
    ("(1 - 9)**x**2", "(1.0 - 9.0) ** x1 ** 2"),
])  # fmt: skip
def test_the_program_of_a_typed_formula_runs(text, code):
    assert numpy_formula(text) == code


def test_loading_takes_some_times_the_size_of_the_file(tmp_path):
    path = tmp_path / "a.nnlab"
    nnlab.Sequential([layers.Input((1000,)), layers.Dense(1000)]).save(path)
    tracemalloc.start()
    nnlab.load_model(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * path.stat().st_size


def layer(kind, **arguments):
    return {"name": "a", "object": {"class": f"layers.{kind}", "arguments": arguments}, "trainable": True}


def around(kind, inner, **arguments):
    """A wrapper around a layer."""
    return layer(kind, layer=inner["object"], **arguments)


def only(one, shape, calls=1):
    """A change of a description that leaves one layer, called again and again."""
    return {
        "class": "Model", "layers": [one], "outputs": [calls], "training": None,
        "calls": [[0, [k], []] for k in range(calls)], "inputs": [{"shape": shape, "name": "x"}],
    }  # fmt: skip


def stack(depth):
    """A change that leaves a Sequential of so many layers."""
    return {
        "layers": [layer("Flatten") | {"name": f"l{k}"} for k in range(depth)], "outputs": [depth], "training": None,
        "calls": [[k, [k], []] for k in range(depth)],
    }  # fmt: skip


def model_file(change, **arrays):
    """A model file with a changed description, and these arrays in place of its own."""
    described = {**json.loads(description(model_files()[0])), **change}
    del described["arrays"], described["format"]
    return _archive.pack(described, arrays)


MANY = [{"array": "big"}] * 200
ABSURD = {
    "wrapped": (only(around("TimeDistributed", layer("Dense", units=10**8)), [4, 4]), "needs weights of shape"),
    "both ways": (only(around("Bidirectional", layer("LSTM", units=20_000)), [4, 4]), "needs weights of shape"),
    "wrapped twice": (
        only(around("TimeDistributed", around("TimeDistributed", layer("Dense", units=10**8))), [4, 4, 4]),
        "needs weights of shape",
    ),
    "calls": (only(layer("Flatten"), [4], calls=50_000), "50,000 calls, and a file holds at most 5,000"),
    "layers": (stack(10_000), "10,000 layers, and a file holds at most 5,000"),
    "equal arrays": (only(layer("Dense", units=2, activation=MANY), [4]), "equal arrays stand in so many objects"),
    "no list": ({"layers": 5}, "does not hold together (TypeError"),
    "long words": ({"class": "a" * 100_000, **only(layer("A" * 100_000), [4])}, "this nnlab does not have"),
}
LOAD = """
import json, resource, sys
import nnlab
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 600_000_000,) * 2)
said = {}
for path in sys.argv[1:]:
    try:
        nnlab.load_model(path)
    except ValueError as error:
        said[path] = str(error)
print(json.dumps(said))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits its own memory as Linux does")
def test_models_that_ask_for_too_much_are_refused_in_little_memory(tmp_path):
    big = np.zeros(1_000_000, np.float32)
    for name, (change, _message) in ABSURD.items():
        (tmp_path / name).write_bytes(model_file(change, **({"big": big} if name == "equal arrays" else {})))
    command = [sys.executable, "-c", LOAD, *(str(tmp_path / name) for name in ABSURD)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    for name, (_change, message) in ABSURD.items():
        words = said.get(str(tmp_path / name), "loaded")
        assert message in words, name
        assert "MemoryError" not in words, name
        assert len(words) < 3_000


@pytest.mark.parametrize(("key", "value"), [("epochs_done", -1), ("epochs_done", 10**30), ("iterations", -1)])
def test_counts_of_a_model_file_are_counts(key, value, tmp_path):
    described = json.loads(description(model_files()[0]))
    described["training"][key] = value
    path = tmp_path / "a.nnlab"
    path.write_bytes(with_description(model_files()[0], json.dumps(described).encode()))
    with pytest.raises(ValueError, match=f"{value} is no number of"):
        nnlab.load_model(path)


def test_a_deep_model_is_put_together_once_not_once_for_each_layer(tmp_path, monkeypatch):
    path, calls = tmp_path / "a.nnlab", []
    path.write_bytes(model_file(stack(300)))
    before = layers.Flatten.output_shape
    monkeypatch.setattr(layers.Flatten, "output_shape", lambda self, shape: calls.append(1) or before(self, shape))
    assert len(nnlab.load_model(path).layers) == 300
    assert len(calls) < 10 * 300


def test_what_could_not_be_loaded_again_is_not_saved(tmp_path):
    symbol = first = layers.Input((4,))
    shared = layers.Flatten()
    for _ in range(5_001):
        symbol = shared(symbol)
    with pytest.raises(ValueError, match=r"5,001 calls, and a file holds at most 5,000"):
        nnlab.Model(first, symbol).save(tmp_path / "a.nnlab")
    assert not list(tmp_path.iterdir())


class Holds(layers.Layer):
    def __init__(self, table, **options):
        super().__init__(**options)
        self.table = table

    def forward(self, x, training=False, rng=None):
        return x


def test_equal_arrays_are_loaded_as_arrays_of_their_own(tmp_path):
    stack = [layers.Input((4,)), Holds(np.ones(3), name="a"), Holds(np.ones(3), name="b")]
    nnlab.Sequential(stack).save(tmp_path / "a.nnlab")
    one, other = nnlab.load_model(tmp_path / "a.nnlab", {"Holds": Holds}).layers
    one.table += 1
    assert other.table.tolist() == [1, 1, 1]


@pytest.mark.parametrize("bomb", ["train.gz", "train"])
def test_data_that_unpack_to_more_than_any_dataset_has_are_not_read(bomb, tmp_path, monkeypatch):
    monkeypatch.setattr(_download, "_LARGEST", 1_000_000)
    content = bytes(100_000_000)
    (tmp_path / bomb).write_bytes(gzip.compress(content, 1) if bomb.endswith("gz") else content)
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path))
    file = _download.IdxFile("train", 1, "0" * 64, "0" * 64)
    del content
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"train(\.gz)? is damaged.*it holds more than 1,000,000 bytes"):
        _download.load(_download.Source("small", "small", (), (file,) * 4), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def progress_with(**change):
    return json.dumps({"version": 1, "exercises": {}, "recalled": {}, "predicted": {}, **change}).encode()


WRONG_ANSWER = {"right": 0, "wrong": 1, "last": False}


@pytest.mark.parametrize("data", [
    progress_with(more="\ud800"), progress_with(recalled={"03.\udfff": WRONG_ANSWER}),
    progress_with(more=0)[:-2] + b"[" * 400 + b"]" * 400 + b"}",
    progress_with(recalled={"03.a": WRONG_ANSWER | {"right": 0}}).replace(b'"right": 0', b'"right": ' + b"9" * 4300),
    progress_with(seed=10**300),
    b" " * 11_000_000,
], ids=["lone surrogate", "surrogate in a key", "deep", "a count of 4300 digits", "a long seed", "11 MB"])  # fmt: skip
def test_progress_that_cannot_be_written_again_is_put_aside(data):
    TARGETS["progress_file"](data)


def test_progress_of_a_broken_file_is_no_huge_picture_and_no_formula():
    keys = [f"{k:03}.a" for k in range(3_000)] + ["03.$\\frac{$ $", "03." + "a" * 10_000, "03.\x1b[2J"]
    data = progress_with(recalled=dict.fromkeys(keys, WRONG_ANSWER))
    TARGETS["progress_picture"](data)
    said = overview.text(json.loads(data))
    assert "\x1b" not in said
    assert "Chapter 999" not in said


@pytest.mark.parametrize("text", [
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "1"}]}',
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}',
    '{"nbformat": 3}', '{"nbformat": 9}', "[]", "null", "[" * 100_000, '{"cells": [{"cell_type": ' + "[" * 900,
], ids=lambda text: text[:40])  # fmt: skip
def test_what_is_no_notebook_is_named_by_every_command(text):
    TARGETS["notebook"](text.encode())


def test_notebooks_that_are_not_utf_8():
    for data in ("\ufeff{}".encode(), b"\xff\xfe{", '{"cells": []}'.encode("utf-16")):
        TARGETS["notebook"](data)


def test_a_slide_type_of_another_kind_is_none():
    cell = {"cell_type": "markdown", "id": "a", "source": "", "metadata": {"slideshow": 5}}
    made = slides.to_slides({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    assert cell in made["cells"]


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        ("<details>\n<summary>Notes</summary>\n\n Say it.\n</details>", "Say it."),
        ("<details><summary>a</summary>b</summary>c</details>", "b</summary>c"),
        ("<details>no summary</details>", "<details>no summary</details>"),
        ("<details><summary>" + "</summary>" * 2_000 + " " * 10_000, None),  # a regular expression took for ever
    ],
)
def test_notes_are_unfolded(source, notes):
    assert slides._unfolded(source) == (source if notes is None else notes)


def test_the_home_of_nobody(monkeypatch):
    monkeypatch.setenv("NNLAB_DATA", "~nobody-of-this-name/data")
    with pytest.raises(NotADirectoryError, match="NNLAB_DATA expected a folder"):
        _download._local_root()


def test_endless_downloads_end(monkeypatch, tmp_path):
    class Response:
        def __init__(self):
            self.headers = {}

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def raise_for_status(self):
            pass

        def iter_content(self, size):
            for _ in range(1_000):
                yield bytes(size)
            raise AssertionError("nobody stopped it")

    monkeypatch.setattr("requests.get", lambda *_, **__: Response())
    monkeypatch.setattr(_download, "_LARGEST", 1_000_000)
    with pytest.raises(ValueError, match="sends more than 1,000,000 bytes"):
        _download._stream("https://localhost/a.gz", str(tmp_path / "a"), None)
    assert (tmp_path / "a").stat().st_size < 1_200_000
