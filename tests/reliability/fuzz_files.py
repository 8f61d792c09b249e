"""Searches for files and texts that break the promises of `readers`, guided by the code that is reached.

It needs atheris (``pip install atheris``) beside nnlab and what its tests need::

    python -m tests.reliability.fuzz_files model_description -max_total_time=300

The first word is the name of a function in `readers.TARGETS`; what follows goes to libFuzzer. It prints executions and
coverage, and at a broken promise the traceback; the bytes that broke it are in the file ``broken-model_description``
then, in the folder where it was started. One execution may take 20 seconds and 2 GB.
"""

import logging
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["nnlab", "nbformat"]):
    from .readers import TARGETS, seeds


def main() -> None:
    """Search."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"name one of: {', '.join(TARGETS)}")
    name = sys.argv.pop(1)
    logging.disable()
    corpus = Path(tempfile.mkdtemp(prefix="nnlab-corpus-"))
    for k, seed in enumerate(seeds(name)):
        (corpus / str(k)).write_bytes(seed)

    def target(data: bytes) -> None:
        try:
            TARGETS[name](data)
        except BaseException:
            Path(f"broken-{name}").write_bytes(data)
            raise

    limits = ["-rss_limit_mb=2000", "-timeout=20", "-max_len=20000"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[1:], str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
