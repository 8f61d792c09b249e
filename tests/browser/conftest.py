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

import pytest

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
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
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
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(CHAPTERS, folder / "chapters")
    shutil.copy(CHAPTERS / "00_start_here.ipynb", folder / "chapters" / "saved.ipynb")  # that a test may save
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


@pytest.fixture
def lab(browser, server):
    """A page with which to open notebooks."""
    opened = Lab(browser, server)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def last_run(browser, server):
    """What `running` keeps."""
    kept = {}
    yield kept
    for opened in kept.values():
        opened.close()


@pytest.fixture
def running(browser, server, last_run):
    """Opens a chapter and runs all its cells; or gives the page of the test before, if that was on the same chapter.

    Running takes most of the time of these tests: name the tests of one chapter one after the other. They find the
    explorers as the test before left them.
    """

    def run(name):
        if name not in last_run:
            for other in list(last_run):
                last_run.pop(other).close()
            last_run[name] = Lab(browser, server)
            last_run[name].open(name)
            assert last_run[name].run_all() == []
        return last_run[name]

    yield run
    for opened in last_run.values():
        assert not opened.errors


class Lab:
    """Opens and runs notebooks in a page of its own."""

    def __init__(self, browser, url):
        self.page, self.url, self.errors = browser.new_page(), url, []
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", self._note)

    def _note(self, error):
        if "Canceled future" not in str(error):  # JupyterLab's own, when a kernel is ended that was asked something
            self.errors.append(str(error))

    def close(self):
        """End the notebook's kernel, and close the page."""
        self.shut_down()
        self.page.close()
        assert not self.errors

    def open(self, name):
        """Open a notebook, and wait until its kernel is idle."""
        self.page.goto(f"{self.url}/lab/tree/{name}?reset", wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        self.page.wait_for_function("() => window.jupyterapp && !document.querySelector('#jupyterlab-splash')")
        self.page.evaluate(
            """async () => {
                const panel = jupyterapp.shell.currentWidget;
                await panel.context.ready;
                await panel.sessionContext.ready;
                while (panel.sessionContext.kernelDisplayStatus !== 'idle') await new Promise(r => setTimeout(r, 50));
            }"""
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
        self.page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
