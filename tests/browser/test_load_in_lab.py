"""Eight explorers on one page, all swept at once for some seconds; for ten minutes: tests/reliability/load.py."""

from tests.reliability import load


def test_eight_explorers_swept_at_once_end_in_their_last_state(lab):
    lab.open(load.NAME)
    load.sweep(lab, seconds=10)
