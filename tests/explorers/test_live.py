"""The latest state wins, and a run is never stopped before it has drawn once."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from nnlab import explorers
from nnlab.explorers._live import Compiler, Live, run_beside


def test_many_requests_give_few_runs_and_the_last_wins():
    seen, begun, go = [], threading.Event(), threading.Event()

    def work(run):
        seen.append(run.state)
        begun.set()
        assert go.wait(10)
        run.drew()

    live = Live(work, pytest.fail)
    live.request(0)
    assert begun.wait(10)
    for state in range(1, 50):
        live.request(state)
    go.set()
    live.settle(10)
    assert seen == [0, 49]


def test_a_run_is_stopped_only_after_it_has_drawn():
    stopped, begun, asked = [], threading.Event(), threading.Event()

    def work(run):
        if run.state == "first":
            begun.set()
            assert asked.wait(10)
            stopped.append(run.stop.is_set())
            run.drew()
            stopped.append(run.stop.is_set())

    live = Live(work, pytest.fail)
    live.request("first")
    assert begun.wait(10)
    live.request("second")
    asked.set()
    live.settle(10)
    assert stopped == [False, True]


def test_a_drawn_run_is_stopped_at_once():
    drawn = threading.Event()

    def work(run):
        if run.state == "first":
            run.drew()
            drawn.set()
            assert run.stop.wait(10)

    live = Live(work, pytest.fail)
    live.request("first")
    assert drawn.wait(10)
    live.request("second")
    live.settle(10)
    assert live.runs == 2


def test_an_exception_is_handed_on_and_the_next_request_works():
    errors, done = [], []

    def work(run):
        if run.state == "bad":
            raise RuntimeError("no")
        done.append(run.state)

    live = Live(work, errors.append)
    live.request("bad")
    live.settle(10)
    live.request("good")
    live.settle(10)
    assert [str(error) for error in errors] == ["no"]
    assert done == ["good"]


def test_settle_gives_up():
    go = threading.Event()
    live = Live(lambda _run: go.wait(10), pytest.fail)
    live.request(0)
    with pytest.raises(TimeoutError):
        live.settle(0.01)
    go.set()
    live.settle(10)


def test_the_compiler_tells_when_it_is_done(monkeypatch):
    from nnlab import engine

    go, told = threading.Event(), threading.Event()
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "warmup", lambda: go.wait(10))
    compiler = Compiler()
    compiler.start()
    compiler.start()
    assert compiler.at_work()
    assert not compiler.ready()
    compiler.then(told.set)
    go.set()
    assert told.wait(10)
    assert compiler.ready()


def test_a_compiler_that_fails_keeps_its_error(monkeypatch):
    from nnlab import engine

    def fail():
        raise OSError("read-only")

    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "warmup", fail)
    compiler = Compiler()
    compiler.start()
    assert not compiler.ready(10)
    assert "read-only" in str(compiler.error)


def test_a_process_beside_this_one_tells_how_it_ended():
    assert run_beside("") == 0
    assert run_beside("raise SystemExit(3)") == 3


@pytest.mark.parametrize("kill", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)], ids=lambda s: s.name)
def test_a_process_beside_a_kernel_dies_with_it(kill):
    """However the kernel ends: the pipe between the two, which both hold open, tells the end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        port = server.getsockname()[1]
        beside = f"import socket, time; s = socket.create_connection(('127.0.0.1', {port})); time.sleep(600)"
        kernel = f"from nnlab.explorers._live import run_beside; run_beside({beside!r})"
        process = subprocess.Popen([sys.executable, "-c", kernel])
        try:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    connection.recv(1)  # it is at work
                os.kill(process.pid, kill)
                connection.settimeout(60)
                assert connection.recv(1) == b""
        finally:
            process.kill()
            process.wait()


def test_interrupt_ends_the_cell_that_makes_an_explorer():
    def work(_run):
        raise KeyboardInterrupt

    live = Live(work, lambda error: pytest.fail("an interrupt is no failure to be shown"))
    with pytest.raises(KeyboardInterrupt):
        live.now(0)


def test_an_explorer_that_was_closed_is_not_computed_when_the_compiler_is_done():
    explorer = explorers.activation_curve()
    explorer.close()
    explorer._compiled()
    assert explorer._live.runs == 1
