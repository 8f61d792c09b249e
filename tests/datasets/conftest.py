"""A server on loopback that stands in for the mirrors, and misbehaves when told to."""

from __future__ import annotations

import gzip
import hashlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from nnlab.datasets._download import IdxFile, Source

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass
class Mirror:
    """What a mirror has, what goes wrong there, and what was asked of it."""

    url: str
    files: dict[str, bytes]
    faults: dict[str, list[str]] = field(default_factory=dict)  # by file name, one for each request to come
    requests: list[str] = field(default_factory=list)

    def break_next(self, *faults: str, name: str = NAMES[0] + ".gz") -> None:
        self.faults[name] = list(faults)


def idx(array: np.ndarray) -> bytes:
    """An array of uint8 as the content of an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture(scope="session")
def arrays() -> tuple[np.ndarray, ...]:
    """Small sets in the order of `NAMES`; random, so that truncation truncates."""
    rng = np.random.default_rng(0)
    return (
        rng.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, 30, dtype=np.uint8),
        rng.integers(0, 256, (5, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, 5, dtype=np.uint8),
    )


@pytest.fixture(scope="session")
def contents(arrays: tuple[np.ndarray, ...]) -> dict[str, bytes]:
    """The uncompressed files, by name."""
    return {name: idx(array) for name, array in zip(NAMES, arrays, strict=True)}


@pytest.fixture(scope="session")
def archives(contents: dict[str, bytes]) -> dict[str, bytes]:
    """The compressed files, by name."""
    return {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in contents.items()}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("TQDM_DISABLE", "1")


@pytest.fixture
def mirrors(archives: dict[str, bytes]) -> Iterator[list[Mirror]]:
    """Two mirrors in working order, each on a port of its own."""
    servers = [_server() for _ in range(2)]
    for server in servers:
        server.mirror = Mirror(f"http://127.0.0.1:{server.server_port}/data/", dict(archives))
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    yield [server.mirror for server in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def dead() -> str:
    """The address of a mirror where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}/data/"


@pytest.fixture
def source(mirrors: list[Mirror], contents: dict[str, bytes], archives: dict[str, bytes]) -> Source:
    first, second = mirrors
    return make_source((first.url, second.url), contents, archives)


def make_source(urls: tuple[str, ...], contents: dict[str, bytes], archives: dict[str, bytes]) -> Source:
    def file(name: str) -> IdxFile:
        return IdxFile(name, contents[name][3], _sha256(contents[name]), _sha256(archives[f"{name}.gz"]))

    train_images, train_labels, test_images, test_labels = map(file, NAMES)
    return Source("small", "small-set", urls, (train_images, train_labels, test_images, test_labels))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _Server(ThreadingHTTPServer):
    mirror: Mirror


def _server() -> _Server:
    return _Server(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        mirror = self.server.mirror
        name = self.path.rpartition("/")[2]
        mirror.requests.append(name)
        faults = mirror.faults.get(name, [])
        fault = faults.pop(0) if faults else ""
        body = mirror.files.get(name)
        if body is None or fault == "missing":
            self.send_error(404)
            return
        if fault == "wrong":
            body = b"<html>Please sign in to this network.</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "truncated" else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
