"""A real JupyterLab in a real Chromium: a server on a copy of the chapters, and a page on it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from nnlab import explorers

CHAPTERS = Path(__file__).parents[2] / "chapters"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The last four keep the browser from asking its maker's servers for things.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # all cells stay in the page
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
# A prediction of a number, before an explorer with a field for text: no chapter has both.
ASKED = """
from nnlab import explorers
from nnlab.course import predict
predict("99.a", "How many?", between=(0, 10), answer=3, because="So.", reveals=explorers.own_activation())
"""
DRAGGED = """
from nnlab import explorers
explorers.activation_curve(z=0.0)
"""
# All that learners work with, one in each cell.
EVERYTHING = [
    "from nnlab import explorers, plots\nfrom nnlab.course import predict, recall",
    "plots.activation_family()",
    'predict("98.a", "Which?", ["this", "that"], answer=1, because="So.", reveals=explorers.activation_curve())',
    'predict("98.b", "How?", curve=[0, 1, 2], between=(0, 2), answer=[0, 1, 2], because="So.", '
    "reveals=explorers.neuron_by_hand())",
    'recall("03")',
    *(f"explorers.{name}()" for name in sorted(set(explorers.__all__) - {"catalogue"})),
]
# What JupyterLab says when a kernel is ended that was asked something, and ipywidgets where there is no kernel.
NOT_OURS = ("Canceled future", "Cannot read properties of null (reading 'kernel')")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder):
    """Environment of a JupyterLab that knows nothing of the person who runs the tests."""
    for plugin, values in SETTINGS.items():
        path = folder / "settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "data" / "runtime"),  # so that the one above is made, too
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


@contextmanager
def serving(command, folder):
    """Run a command that starts JupyterLab, and give the address where it answers."""
    port = free_port()
    options = [
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url="),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, *options], env=environment(folder), stdout=log, stderr=log, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url + "/api/status", process, folder / "log")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)  # ends the kernels as well
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Address of a JupyterLab on a copy of the chapters."""
    from tests.reliability import load  # which needs this module

    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(CHAPTERS, folder / "chapters")
    shutil.copy(CHAPTERS / "00_start_here.ipynb", folder / "chapters" / "saved.ipynb")  # that a test may save
    metadata = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    for name, sources in (("asked", [ASKED, "1", "2"]), ("dragged", [DRAGGED]), ("everything", EVERYTHING)):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "chapters" / f"{name}.ipynb")
    load.write(folder / "chapters")
    with serving([sys.executable, "-m", "jupyterlab", str(folder / "chapters")], folder) as url:
        yield url


def wait_for(url, process, log, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"jupyter lab ended: {log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"jupyter lab did not answer: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed, so nothing was tried in a browser: e.g. apt-get install chromium")
    with playwright.sync_playwright() as api:
        chromium = api.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        # One context for all pages: JupyterLab's own files come from its cache from the second page on.
        yield chromium.new_context(viewport={"width": 1280, "height": 800})
        chromium.close()


@pytest.fixture(scope="session")
def only_lab(browser, server):
    """The page of all tests: to load JupyterLab takes longer than most of them."""
    opened = Lab(browser, server)
    opened.load("/lab?reset")
    yield opened
    opened.close()


@pytest.fixture
def lab(only_lab):
    """A page with which to open notebooks."""
    yield only_lab
    errors, only_lab.errors[:] = list(only_lab.errors), []
    assert not errors


@pytest.fixture
def running(lab):
    """Opens a chapter and runs all its cells, or goes on with it where the test before did that.

    To run takes most of the time of these tests: those of one chapter stand together. They find the explorers as the
    test before left them.
    """

    def run(name):
        if lab.ran != name:
            lab.open(name)
            assert lab.run_all() == []
            lab.ran = name
        return lab.page

    return run


class Lab:
    """Opens and runs notebooks in a page of its own, one at a time."""

    def __init__(self, browser, url):
        self.page, self.url, self.errors, self.ran = browser.new_page(), url, [], None
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", self._note)
        self.page.on("request", self._note_if_outside)

    def _note(self, error):
        if not any(known in str(error) for known in NOT_OURS):
            self.errors.append(str(error))

    def _note_if_outside(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.errors.append(f"the page asked for {request.url}, but has to work without a network")

    def load(self, address):
        """Load JupyterLab anew."""
        self.page.goto(self.url + address, wait_until="domcontentloaded")
        self.page.wait_for_function("() => window.jupyterapp && !document.querySelector('#jupyterlab-splash')")
        self.page.evaluate("async () => { await jupyterapp.restored; }")

    def close(self):
        """End the notebook's kernel, and close the page."""
        errors = list(self.errors)  # not what widgets say when their kernel ends
        self.shut_down()
        self.page.close()
        assert not errors

    def open(self, name, *, kernel=True):
        """Open a notebook in place of the one before, and wait until its kernel, if it gets one, is idle."""
        self.shut_down()
        self.page.evaluate(
            """async ([path, shouldStart]) => {
                jupyterapp.shell.currentWidget?.dispose();  // without asking whether to save
                await jupyterapp.commands.execute(
                    'docmanager:open', { path, factory: 'Notebook', kernelPreference: { shouldStart } }
                );
            }""",
            [name, kernel],
        )
        self.wait(kernel=kernel)

    def wait(self, *, kernel=True):
        """Wait until the notebook that is open is there, and its kernel idle."""
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        self.page.evaluate(
            """async kernel => {
                const panel = jupyterapp.shell.currentWidget;
                await panel.context.ready;
                if (!kernel) return;
                await panel.sessionContext.ready;
                while (panel.sessionContext.kernelDisplayStatus !== 'idle') await new Promise(r => setTimeout(r, 50));
            }""",
            kernel,
        )

    def command(self, name):
        """Execute a command of JupyterLab, and wait until it is done."""
        self.page.evaluate("name => jupyterapp.commands.execute(name)", name)

    def run_all(self):
        """Run all cells, and return the errors that they left."""
        self.command("notebook:run-all-cells")
        return self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.widgets
                .filter(cell => cell.model.type === 'code')
                .flatMap(cell => [...Array(cell.model.outputs.length).keys()].map(k => cell.model.outputs.get(k)))
                .filter(output => output.type === 'error')
                .map(output => output.toJSON().evalue)"""
        )

    def shut_down(self):
        """End the notebook's kernel."""
        self.ran = None
        self.page.evaluate(
            """async () => {
                const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
                if (context?.session) await context.shutdown();
            }"""
        )
