"""One listener for the mails of a file, as starting one takes longer than writing to it."""

import pytest

from tests.mail.listening import listening


@pytest.fixture(scope="module")
def listener(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), listening(tmp_path_factory.mktemp("listener")) as listener:
        yield listener
