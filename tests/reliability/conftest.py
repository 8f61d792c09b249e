"""What the tests of faults share."""

import pytest


@pytest.fixture
def kills(request):
    """How often a fault is tried at random: ``--kills``."""
    return request.config.getoption("--kills")
