"""Bad arguments to every public function: right results or errors in words; no crash, no hang, no silent wrong result.

`tests.reliability.calls` holds a valid call of each function, `nasty` the bad values, `attack` makes the calls in
processes of their own and judges. In the gate, single arguments are replaced, by a part of the values where a call
takes long; with ``--hypothesis-profile thorough`` each by all of them, and then pairs, which takes an hour or more.
"""

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

import nnlab
from nnlab import explorers
from tests.reliability.calls import EXEMPT, GROUPS, SHARES

ROOT = Path(__file__).parents[2]
MODULES = (
    *(
        "activations",
        "autodiff",
        "callbacks",
        "constraints",
        "course",
        "datasets",
        "explorers",
        "initializers",
        "layers",
    ),
    *("losses", "metrics", "optimizers", "optimizers.schedules", "plots", "regularizers"),
)


@pytest.mark.parametrize("group", GROUPS)
def test_bad_arguments_get_an_answer(group):
    thorough = hypothesis.settings.default.max_examples > 1000
    options = ["--every", "--pairs", "300"] if thorough else ["--share", str(SHARES.get(group, 1))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.attack", group, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"ended in {done.stderr[-2000:]}"
    *findings, last = map(json.loads, done.stdout.splitlines())
    assert last["calls"] > 100
    assert findings == []


def public_names():
    """All that the documented modules hold, functions and classes."""
    for name in nnlab.__all__:
        if not inspect.ismodule(getattr(nnlab, name)):
            yield name
    for module_name in MODULES:
        module = importlib.import_module(f"nnlab.{module_name}")
        own = [
            name
            for name, thing in vars(module).items()
            if not name.startswith("_") and getattr(thing, "__module__", "").startswith(module.__name__)
        ]
        for name in getattr(module, "__all__", own):
            if callable(getattr(module, name)):
                yield f"{module_name}.{name}"
    for method in ("fit", "evaluate", "predict", "compile", "set_weights"):
        yield f"Model.{method}"


def test_every_public_name_has_a_place():
    tables = [make for group, make in GROUPS.items() if group != "explorers"]  # these are found by their catalogue
    placed = {name.split(" ")[0] for make in tables for name in make()} | set(EXEMPT)
    placed |= {f"explorers.{name}" for name in explorers.catalogue()}
    assert sorted(set(public_names()) - placed) == []


def test_what_is_exempt_is_there():
    assert sorted(set(EXEMPT) - set(public_names())) == []
