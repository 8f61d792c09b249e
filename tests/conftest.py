"""The pseudo-language, in which a text that does not go through the catalogue gives itself away."""

import pytest

from nnlab import language


@pytest.fixture
def pseudo():
    """Speak the pseudo-language."""
    language.set_language("pseudo")
    yield
    language.set_language("en")
