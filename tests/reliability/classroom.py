"""A class: kernels on one chapter, all at once, by one server. Memory, start time and processor time of each (Linux).

``python -m tests.reliability.classroom 30 09`` starts a Jupyter server with thirty kernels on a copy of chapter 09,
runs all cells in all of them at the same time, and prints a table. What is shared between kernels (libraries) counts
for each kernel by its share (PSS), so that the sum is what the machine needs.
"""

import json
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient

from tests.browser.conftest import CHAPTERS, environment, serving


def main(count, chapter):
    """Start, run, and print."""
    (path,) = CHAPTERS.glob(f"{chapter}_*.ipynb")
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    # As docs/jupyterhub_config.py has it.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command = [sys.executable, "-m", "jupyterlab", str(home), "--ServerApp.disable_check_xsrf=True"]
        with serving(command, home) as url, ThreadPoolExecutor(count) as pool:
            runtime = environment(home)["JUPYTER_RUNTIME_DIR"]
            learners = list(pool.map(lambda _k: Learner(url, runtime), range(count)))
            report("kernel is ready", [learner.ready for learner in learners], "s")
            list(pool.map(lambda learner: learner.run(cells), learners))
            report("first explorer is there", [learner.first for learner in learners], "s")
            report("the chapter has run", [learner.whole for learner in learners], "s")
            report("processor time", [learner.processor() for learner in learners], "s")
            report("memory, shared parts by share", [learner.memory("Pss") for learner in learners], "MB")
            report("memory of its own", [learner.memory("Private_Dirty") for learner in learners], "MB")
            print(f"all kernels together: {sum(learner.memory('Pss') for learner in learners) / 1000:.1f} GB")
            before = [learner.processor() for learner in learners]
            time.sleep(20)
            idle = [(learner.processor() - past) / 20 for learner, past in zip(learners, before, strict=True)]
            report("of a processor while nothing happens", [100 * share for share in idle], "%")
            for learner in learners:
                learner.client.stop_channels()


def report(what, values, unit):
    """Print the median and the largest."""
    print(f"{what:40} median {statistics.median(values):7.2f} {unit}, most {max(values):7.2f} {unit}", flush=True)


class Learner:
    """A kernel that the server started."""

    def __init__(self, url, runtime):
        begin = time.monotonic()
        request = urllib.request.Request(f"{url}/api/kernels", json.dumps({"name": "python3"}).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            identity = json.load(answer)["id"]
        self.client = BlockingKernelClient(connection_file=f"{runtime}/kernel-{identity}.json")
        self.client.load_connection_file()
        # The answers to requests only: what cells print would keep a processor busy here.
        self.client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        self.client.kernel_info(reply=True, timeout=300)
        self.ready = time.monotonic() - begin
        self.first = self.whole = 0.0
        self.process = int(self.answer("__import__('os').getpid()"))

    def answer(self, expression):
        """Value of an expression, as text."""
        reply = self.client.execute(
            "", silent=True, user_expressions={"value": expression}, reply=True, timeout=600
        )  # fmt: skip
        return reply["content"]["user_expressions"]["value"]["data"]["text/plain"]

    def run(self, cells):
        """Run cells one after another; an error that the chapter does not expect stops it."""
        begin = time.monotonic()
        for cell in cells:
            reply = self.client.execute(cell.source, allow_stdin=False, reply=True, timeout=1200)
            expected = "raises-exception" in cell.metadata.get("tags", [])
            if reply["content"]["status"] == "error" and not expected:
                raise RuntimeError(f"{reply['content']['evalue']} in:\n{cell.source}")
            if not self.first and "explorers." in cell.source:
                self.first = time.monotonic() - begin
        self.whole = time.monotonic() - begin

    def memory(self, kind):
        """Megabytes, as Linux counts them."""
        for line in Path(f"/proc/{self.process}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise ValueError(kind)

    def processor(self):
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
