"""environment.yml must ask for what pyproject.toml asks for; and the pre-commit hooks must need no network."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]


def normalized(name):
    # Otherwise the names on conda-forge are the same: jupyter_client is jupyter-client.
    return re.sub(r"[-_.]+", "-", name).lower()


def bounds(lines):
    requirements = [Requirement(line) for line in lines]
    assert not any(requirement.marker or requirement.extras for requirement in requirements)
    return {normalized(requirement.name): requirement.specifier for requirement in requirements}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_environment_asks_for_the_same_packages_and_bounds(project, environment):
    conda = bounds(entry for entry in environment["dependencies"] if isinstance(entry, str))
    assert conda.pop("python") == SpecifierSet(project["requires-python"])
    assert conda.pop("pip") == SpecifierSet()
    assert conda == bounds(project["dependencies"])


def test_environment_installs_the_project_itself(environment):
    assert environment["channels"] == ["conda-forge"]
    assert [entry for entry in environment["dependencies"] if isinstance(entry, dict)] == [{"pip": ["."]}]


def test_hooks_are_local():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    assert {hook["language"] for hook in hooks["repos"][0]["hooks"]} == {"system"}


def test_workflow_covers_three_systems_and_two_pythons():
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert set(jobs) == {"lint", "linux", "others"}
    for job in (jobs["linux"], jobs["others"]):
        assert job["strategy"]["matrix"]["python"] == ["3.11", "3.14"]
    assert jobs["others"]["strategy"]["matrix"]["os"] == ["macos-latest", "windows-latest"]
