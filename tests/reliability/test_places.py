"""An installed copy works wherever it lies, and whatever the machine withholds: a home, a disk to write to, a network.

The copy is a wheel, installed outside of the repository into an environment of its own, which finds all other packages
in the one that runs the tests. A stranger is a user whom the machine does not know, who has no network, and whom
permissions bind even where the tests run as root. What takes longer, a machine with nothing but Python, is in
fresh_machine.sh.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path
from urllib.parse import quote

import IPython
import matplotlib
import pytest

from nnlab import engine
from tests.browser.conftest import serving

ROOT = Path(__file__).parents[2]
STRANGER = ["unshare", "--user", "--map-user=54321", "--net"]


@pytest.fixture(scope="module")
def stranger():
    if shutil.which("unshare") is None or subprocess.run([*STRANGER, "true"], capture_output=True).returncode != 0:
        pytest.skip("unshare makes no namespaces here: nothing was tried without a home, network, permissions")
    return STRANGER


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Folder in which the environment lies, and courses are laid out."""
    return tmp_path_factory.mktemp("学习 with spaces")


@pytest.fixture(scope="module")
def program(place):
    """Python of the environment into which the wheel was installed."""
    environment, wheels = place / "my env", place / "wheels"
    venv.create(environment, symlinks=os.name != "nt")
    installed = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip, alone = [sys.executable, "-m", "pip", "--quiet"], ["--no-index", "--no-deps"]
    subprocess.run([*pip, "wheel", *alone, "--no-build-isolation", "--wheel-dir", wheels, ROOT], check=True)
    subprocess.run([*pip, "--python", installed, "install", *alone, *wheels.glob("*.whl")], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(environment)})
    Path(packages, "others.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    shutil.copytree(Path(sys.prefix, "share", "jupyter"), environment / "share" / "jupyter", dirs_exist_ok=True)
    return installed


@pytest.fixture(scope="module", autouse=True)
def not_this_checkout():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        patch.setenv("NUMBA_CACHE_DIR", str(engine.cache_folder().parent))
        yield


def run(command, folder, **environment):
    """What a command prints, which must succeed; without arguments, in the environment of the tests."""
    done = subprocess.run(
        command, cwd=folder, env=environment or None, capture_output=True, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# A folder with spaces and Chinese characters in its name.


@pytest.fixture(scope="module")
def nnlab(program):
    return [program.parent / "nnlab"]


def test_the_copy_is_what_runs(program, nnlab, place):
    assert Path(run([program, "-c", "import nnlab; print(nnlab.__file__)"], place).strip()).is_relative_to(place)
    assert "Exercise 0.1" in run([*nnlab, "progress"], place)


@pytest.fixture(scope="module")
def course(nnlab, place):
    """A course that `nnlab lab` has laid out, while it is served."""
    run([*nnlab, "warmup"], place)
    folder = place / "我的 course"
    (place / "lab").mkdir()
    with serving([*nnlab, "lab", folder, "--"], place / "lab") as address:
        yield folder, address


def test_jupyterlab_serves_the_laid_out_chapters(course):
    _folder, address = course
    with urllib.request.urlopen(f"{address}/lab/tree/00_start_here.ipynb") as page:
        assert b"jupyter-config-data" in page.read()
    with urllib.request.urlopen(f"{address}/api/contents/00_start_here.ipynb") as chapter:
        assert b"nbformat" in chapter.read()


EXECUTE = """
import nbclient, nbformat
nbclient.NotebookClient(nbformat.read("00_start_here.ipynb", 4)).execute()
"""


def test_a_laid_out_chapter_runs(program, course):
    folder, _address = course
    run([program, "-c", EXECUTE], folder)


def test_a_lecture_is_served(nnlab, course, place):
    folder, _address = course
    (place / "lecture").mkdir()
    with (
        serving([*nnlab, "lecture", "00", folder, "--"], place / "lecture") as address,
        urllib.request.urlopen(f"{address}/lab/tree/{quote('00_start_here.ipynb')}") as page,
    ):
        assert b"jupyter-config-data" in page.read()


# A machine that withholds something.

LEARN = """
import warnings
import numpy as np
import nnlab
from nnlab import datasets, explorers, layers
from nnlab.course import check, progress
from nnlab.engine import embedding

warnings.simplefilter("error")
embedding.compile_for(np.dtype("float32"))  # the kernel that compiles soonest
(x, y), _ = datasets.digits.load_data()
model = nnlab.Sequential([layers.Flatten(input_shape=(28, 28)), layers.Dense(10, activation="softmax")], seed=0)
model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
model.fit(x[:100], y[:100], verbose=0)
explorers.activation_curve().png
print(check("0.1", lambda x: x))
progress()
try:
    datasets.mnist.load_data()
except OSError as error:
    print(error)
"""


@pytest.fixture
def learn(program, stranger, tmp_path):
    """Runs `LEARN` as a stranger in an empty folder; what it finds in its environment is what is given."""

    def said(**environment):
        given = {"PATH": os.environ["PATH"], "MPLCONFIGDIR": matplotlib.get_cachedir(), **environment}
        folder = tmp_path / "here"
        folder.mkdir()
        text = run([*stranger, program, "-c", LEARN], folder, **given)
        assert "Exercise 0.1: not yet." in text
        assert "NNLAB_DATA" in text, "what was said of MNIST, which is not here and cannot be fetched"
        assert not list(folder.iterdir())
        return text

    return said


@pytest.mark.skipif(IPython.version_info < (9, 16), reason="an older IPython cannot be imported without a home folder")
def test_without_a_home_nothing_is_kept_and_all_works(learn):
    text = learn()
    assert "Your progress is not kept, because " in text
    assert "no home folder" in text


def test_with_a_home_that_cannot_be_made(learn, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "Your progress is not kept, because " in learn(HOME=str(tmp_path / "locked" / "home"))


@pytest.fixture
def locked(program):
    """Folder of the installation, where nobody may write now."""
    folder = program.parents[1]
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield folder
    for path, mode in modes.items():
        path.chmod(mode)


def test_a_read_only_installation(learn, stranger, locked, tmp_path):
    written = subprocess.run([*stranger, "touch", locked / "lib" / "new"], capture_output=True)
    assert written.returncode != 0, "the installation is not locked"
    assert "progress is not kept" not in learn(HOME=str(tmp_path))
    assert list((tmp_path / ".cache" / "nnlab").rglob("*.nbc"))
