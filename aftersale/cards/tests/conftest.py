"""Ann's and Carol's cards."""

import pytest

from aftersale.cards.tests.cast import Cards, the_cards


@pytest.fixture
def world(db: None) -> Cards:
    return the_cards()
