"""The tests with the oldest, or the newest, version of every dependency that pyproject.toml allows.

Run by hand, in the root of a checkout, where uv is installed (``python -m pip install uv``)::

    python tests/reliability/versions.py lowest FOLDER -- tests chapters/03_activation_functions.ipynb
    python tests/reliability/versions.py highest FOLDER

It makes an environment in FOLDER, of this Python or the one that ``--python`` names, prints which versions it got, and
hands what follows ``--`` to pytest. What the dependencies need in turn is in its newest version either way; where old
releases call newer ones by deprecated names, their warnings are no failures here.
"""

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESOLUTIONS = {"lowest": "lowest-direct", "highest": "highest"}  # as uv names them


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="What follows -- is for pytest.")
    parser.add_argument("bound", choices=RESOLUTIONS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)  # argparse loses it after an option
    arguments = parser.parse_args(given[:end])

    python = make_environment(arguments.folder.absolute(), arguments.python, RESOLUTIONS[arguments.bound])
    subprocess.run([python, "-c", PRINT_VERSIONS, *direct_dependencies()], check=True)
    command = [python, "-m", "pytest", "-W", "ignore::DeprecationWarning", *given[end + 1 :]]
    return subprocess.run(command, cwd=ROOT).returncode


def make_environment(folder, python, resolution):
    subprocess.run(["uv", "venv", "--quiet", "--clear", "--seed", "--python", python, folder], check=True)
    installed = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ["uv", "pip", "install", "--quiet", "--python", installed, "--resolution", resolution]
    subprocess.run([*install, "--editable", f"{ROOT}[test]"], check=True)
    return installed


def direct_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["dependencies"] + project["optional-dependencies"]["test"]


PRINT_VERSIONS = """
import sys
from importlib.metadata import version
from packaging.requirements import Requirement
print("Python", sys.version.split()[0])
for requirement in map(Requirement, sys.argv[1:]):
    print(requirement.name, version(requirement.name))
"""

if __name__ == "__main__":
    sys.exit(main())
