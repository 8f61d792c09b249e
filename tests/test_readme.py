"""What the README shows works, and is what it says."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_and_reads_digits(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(example, {})
    accuracy = float(re.search(r"accuracy (0\.\d+)", capsys.readouterr().out).group(1))
    assert accuracy > 0.92


def test_the_commands_are_single_lines_and_name_things_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    blocks = re.findall(r"```\n(.*?)```", README, re.DOTALL)
    assert all(len(block.splitlines()) == 1 for block in blocks)
    assert any(block.endswith("/nnlab lab\n") for block in blocks)
    assert set(re.findall(r'"\.\[(\w+)\]"', README)) <= set(project["optional-dependencies"])


def test_links_and_pictures_exist():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here to run the gate with")
def test_ci_finds_the_test_command():
    found = re.search(r"command=\$\((.*)\)", (ROOT / ".ci" / "run").read_text(encoding="utf-8")).group(1)
    shown = subprocess.run(["bash", "-c", found], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    assert shown in README.splitlines()
    assert shown.startswith("python3 -m venv")
    assert shown.endswith("-m pytest")
