"""Stripe as documented, answering on this machine; each test has its own."""

import pytest

from tests.stripe.documented import Documented, serving
from tests.stripe.slot import slot


@pytest.fixture
def stripe():
    with serving(Documented()) as documented:
        yield documented


@pytest.fixture
def here(stripe):
    """The slot, led to it."""
    return slot(stripe.address)
