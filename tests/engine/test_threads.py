"""BLAS is held to one thread while a network trains, whichever thread trains it, and set free afterwards."""

import threading

from threadpoolctl import threadpool_info, threadpool_limits

from nnlab.engine.threads import single_blas_thread


def blas_threads():
    import scipy.linalg.cython_blas  # noqa: F401

    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def in_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def held():
    with single_blas_thread():
        return blas_threads()


def test_any_thread_can_hold_blas_after_any_other():
    free = blas_threads()
    for _ in range(2):
        assert set(held()) == {1}
        assert blas_threads() == free
        assert set(in_thread(held)) == {1}
        assert blas_threads() == free


def test_the_last_to_leave_lifts_the_limit_whatever_the_order():
    free = blas_threads()
    inside, leave = threading.Event(), threading.Event()

    def first_in_last_out():
        with single_blas_thread():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=first_in_last_out)
    thread.start()
    assert inside.wait(30)
    assert set(held()) == {1}
    assert set(blas_threads()) == {1}  # the thread still trains
    leave.set()
    thread.join()
    assert blas_threads() == free


def test_a_limit_that_somebody_else_sets_can_still_be_set():
    held()
    with threadpool_limits(1, user_api="blas"):
        assert set(blas_threads()) == {1}
