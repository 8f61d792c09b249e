"""``nnlab doctor``: checks an installation and says what to do about each problem.

Each check is a generator of findings that imports what it needs by itself, so that whatever is broken spoils
its own lines only. To add a check, write the generator and name it in `CHECKS`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import pkgutil
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

DISTRIBUTION = "nnlab-course"
DIGITS = Path("datasets") / "data" / "digits.npz"
DIGITS_SHA256 = "0217e13bd0668deb198aa7d305edbf0331eb89f8a6e7dd226e03d1aa3a9bd4ef"
DISK_NEEDED = 500_000_000
REINSTALL = "install nnlab again, the way you installed it"
SET_HOME = "set HOME to a folder that you can write to"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Parameters
    ----------
    text : str
        What was found.
    remedy : str
        What to do about it; empty when all is well.
    """

    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"problem  {self.text} -> {self.remedy}" if self.remedy else f"ok       {self.text}"


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Print one line a finding.

    Parameters
    ----------
    arguments : argparse.Namespace
        Without options.

    Returns
    -------
    int
        1 if there is a problem, else 0.
    """
    problems = 0
    for name, check in CHECKS.items():
        for finding in _findings(name, check):
            problems += bool(finding.remedy)
            print(finding, flush=True)
    print("All is well." if not problems else f"Problems: {problems}")
    return 1 if problems else 0


def _findings(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:
        what = " ".join(str(error).split())
        yield Finding(f"{name}: the check failed with {type(error).__name__}: {what}", REINSTALL)


def check_python() -> Iterator[Finding]:
    """Yield whether this Python is one that the package is made for.

    Yields
    ------
    Finding
    """
    from packaging.specifiers import SpecifierSet

    here = "{}.{}.{}".format(*sys.version_info[:3])
    bounds = metadata.metadata(DISTRIBUTION)["Requires-Python"]
    fits = SpecifierSet(bounds).contains(here, prereleases=True)
    text = f"Python {here} ({sys.executable})"
    yield Finding(text) if fits else Finding(text, f"use a Python in {bounds}")


def check_packages() -> Iterator[Finding]:
    """Yield a line for each package that nnlab needs.

    Yields
    ------
    Finding
    """
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        yield Finding(f"{DISTRIBUTION} is not installed", "in a checkout: python -m pip install -e .")
        return
    for requirement in map(Requirement, lines):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        remedy = f'python -m pip install "{requirement.name}{requirement.specifier}"'
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(f"{requirement.name} is missing", remedy)
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        text = f"{requirement.name} {version}"
        yield Finding(text) if fits else Finding(f"{text} does not fit {requirement.specifier}", remedy)


def check_modules() -> Iterator[Finding]:
    """Yield whether all modules of nnlab can be imported.

    Yields
    ------
    Finding
    """
    import nnlab

    names = sorted(_module_names(nnlab.__path__, "nnlab."))
    failed = 0
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            failed += 1
            yield Finding(f"{name} cannot be imported: {type(error).__name__}: {error}", REINSTALL)
    if not failed:
        yield Finding(f"nnlab {nnlab.__version__}: all {len(names)} modules can be imported")


def _module_names(folders: list[str], prefix: str) -> Iterator[str]:
    # Not pkgutil.walk_packages, which imports as it goes and stops at the first module that fails.
    for module in pkgutil.iter_modules(folders, prefix):
        yield module.name
        if module.ispkg:
            inner = module.name.rpartition(".")[2]
            yield from _module_names([str(Path(folder) / inner) for folder in folders], f"{module.name}.")


def check_cache() -> Iterator[Finding]:
    """Yield whether compiled code can be kept.

    Yields
    ------
    Finding
    """
    from nnlab import engine

    folder = engine.cache_folder()
    pieces = sum(1 for _ in folder.rglob("*.nbc")) if folder.is_dir() else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if pieces:
            yield Finding(f"compile cache {folder}: read-only, {pieces} compiled pieces in it")
        else:
            yield Finding(
                f"compile cache {folder} cannot be written ({error.strerror}): all works, but compiles at each start",
                "set NUMBA_CACHE_DIR to a folder that you can write to",
            )
        return
    yield Finding(f"compile cache {folder}: {pieces} compiled pieces in it")


def check_compiler() -> Iterator[Finding]:
    """Yield whether Numba compiles and what it compiled is right.

    Yields
    ------
    Finding
    """
    try:
        numba: Any = importlib.import_module("numba")
    except Exception as error:
        yield Finding(f"Numba cannot be imported: {error}", 'python -m pip install "numba"')
        return

    def tiny(a: float, b: float) -> float:
        return a * b + 1.0

    compiled = numba.njit(tiny)  # the compiler itself is what is examined here, without nnlab's cache
    right = compiled(2.0, 3.0) == 7.0
    text = f"compiler: Numba {numba.__version__} compiled a function"
    yield Finding(text) if right else Finding(f"{text}, and its result is wrong", "install Numba again")
    if numba.config.DISABLE_JIT:
        yield Finding("NUMBA_DISABLE_JIT is set: nothing is compiled", "unset NUMBA_DISABLE_JIT")


def check_threads() -> Iterator[Finding]:
    """Yield the processors that may be used, and the libraries of linear algebra.

    Yields
    ------
    Finding
    """
    importlib.import_module("scipy.linalg")  # loads its BLAS, and NumPy's
    threadpoolctl = importlib.import_module("threadpoolctl")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = {
        f"{pool['internal_api']} {pool.get('version') or ''}".strip() + f" ({pool['num_threads']} threads)"
        for pool in threadpoolctl.threadpool_info()
        if pool["user_api"] == "blas"
    }
    libraries = ", ".join(sorted(found)) or "none that threadpoolctl knows"
    yield Finding(f"threads: {usable} of {os.cpu_count()} processors; BLAS: {libraries}")


def check_data() -> Iterator[Finding]:
    """Yield whether the embedded digits are intact, and the folder of other data is there.

    Yields
    ------
    Finding
    """
    import numpy as np

    import nnlab

    path = Path(nnlab.__file__).parent / DIGITS
    if not path.is_file():
        yield Finding(f"data: {path} is missing", REINSTALL)
    elif hashlib.sha256(path.read_bytes()).hexdigest() != DIGITS_SHA256:
        yield Finding(f"data: {path} is damaged (its SHA-256 differs)", REINSTALL)
    else:
        with np.load(path, allow_pickle=False) as arrays:
            shapes = ", ".join(f"{name} {arrays[name].shape}" for name in arrays.files)
        yield Finding(f"data: the embedded digits are intact ({shapes})")
    elsewhere = os.environ.get("NNLAB_DATA")
    if elsewhere:
        text = f"data: NNLAB_DATA is {elsewhere}"
        there = Path(elsewhere).is_dir()
        yield (Finding(text) if there else Finding(f"{text}, which is no folder", "make it, or unset NNLAB_DATA"))


def check_disk() -> Iterator[Finding]:
    """Yield whether there is space where the cache and the chapters go.

    Yields
    ------
    Finding
    """
    from nnlab import engine

    for name, where in {"this folder": Path.cwd, "the cache": engine.cache_folder}.items():
        free = shutil.disk_usage(_existing(where())).free
        text = f"disk: {free / 1e9:.1f} GB free for {name}"
        enough = free >= DISK_NEEDED
        yield Finding(text) if enough else Finding(text, f"free at least {DISK_NEEDED / 1e9:.1f} GB")


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.is_dir())


def check_chapters() -> Iterator[Finding]:
    """Yield whether the chapters are there.

    Yields
    ------
    Finding
    """
    from nnlab.commands import CommandError, chapter_files

    try:
        chapters = chapter_files()
    except CommandError as error:
        yield Finding(f"chapters: {str(error).rstrip('.')}", REINSTALL)
    else:
        yield Finding(f"chapters: {len(chapters)} in {chapters[0].parent}")


def check_saving() -> Iterator[Finding]:
    """Yield whether Jupyter loads our server extension, which keeps the explorers' pictures in saved notebooks.

    Yields
    ------
    Finding
    """
    from jupyter_core.paths import jupyter_config_path

    from nnlab.server import NAME

    if _home() is None:
        return  # as `check_home` says
    services: Any = importlib.import_module("jupyter_server.services.config")
    manager = services.ConfigManager(read_config_path=jupyter_config_path())
    enabled = manager.get("jupyter_server_config").get("ServerApp", {}).get("jpserver_extensions", {}).get(NAME)
    text = f"Jupyter's server extension {NAME}"
    if enabled:
        yield Finding(f"{text} is enabled")
    else:
        yield Finding(
            f"{text} is not enabled: a saved notebook shows 'model not found' instead of an explorer's picture",
            REINSTALL if enabled is None else f"jupyter server extension enable --sys-prefix {NAME}",
        )


def check_home() -> Iterator[Finding]:
    """Yield whether there is a home folder: Jupyter keeps things there, and does not start where it cannot.

    Yields
    ------
    Finding
    """
    from jupyter_core.paths import jupyter_runtime_dir

    if _home() is None:
        yield Finding("there is no home folder: JupyterLab does not start", SET_HOME)
        return
    folder = Path(jupyter_runtime_dir())
    writable = os.access(_existing(folder), os.W_OK)
    text = f"Jupyter's folder {folder} {'can' if writable else 'cannot'} be written"
    yield Finding(text) if writable else Finding(f"{text}: JupyterLab does not start", SET_HOME)


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # neither HOME is set, nor does the system know this user
        return None


def check_jupyterlab() -> Iterator[Finding]:
    """Yield whether JupyterLab is there, can show widgets, and runs this Python.

    Yields
    ------
    Finding
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_core.paths import jupyter_path

    if _home() is None:
        return  # as `check_home` says
    lab = importlib.import_module("jupyterlab.commands")
    state = lab.get_app_info(lab.AppOptions(labextensions_path=jupyter_path("labextensions")))
    yield Finding(f"JupyterLab {state['version']}")
    for extension, (without, remedy) in EXTENSIONS.items():
        found = state["federated_extensions"].get(extension)
        if found is None:
            yield Finding(f"JupyterLab lacks the extension {extension}: {without}", remedy)
        elif state["disabled"].get(extension):
            yield Finding(f"JupyterLab's extension {extension} is disabled", f"jupyter labextension enable {extension}")
        else:
            yield Finding(f"JupyterLab's extension {extension} {found['version']}")
    yield _kernel(KernelSpecManager().get_kernel_spec("python3").argv[0])


def _kernel(program: str) -> Finding:
    # Jupyter itself puts the running interpreter where a kernel's program is a bare "python".
    same = program.startswith("python") or os.path.realpath(program) == os.path.realpath(sys.executable)
    text = f"JupyterLab's kernel python3 runs {sys.executable if same else program}"
    return Finding(text) if same else Finding(text, "python -m ipykernel install --sys-prefix")


_NO_SLIDERS = "sliders will not show"
EXTENSIONS = {  # what is missing without it, and how it is mended
    "@jupyter-widgets/jupyterlab-manager": (
        _NO_SLIDERS,
        "python -m pip install --force-reinstall jupyterlab_widgets",
    ),
    "anywidget": (_NO_SLIDERS, "python -m pip install --force-reinstall anywidget"),
    "nnlab-alt-text": ("pictures have no alternative text for those who do not see them", REINSTALL),
}
CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "Python": check_python,
    "packages": check_packages,
    "modules": check_modules,
    "compile cache": check_cache,
    "compiler": check_compiler,
    "threads": check_threads,
    "data": check_data,
    "disk": check_disk,
    "chapters": check_chapters,
    "home": check_home,
    "JupyterLab": check_jupyterlab,
    "saving": check_saving,
}
