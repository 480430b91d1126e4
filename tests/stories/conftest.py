"""One site for all stories of a run: each story brings its own orders, so nothing is cleaned in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings, setup_databases, teardown_databases
from playwright.sync_api import Browser

from tests.stories.people import People
from tests.stories.site import Site, end_other_sessions, make_world, started


@pytest.fixture(scope="session")
def site(
    django_test_environment: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    # No test's transaction wraps the database: the site's own processes must see what a story brings.
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        world, fin = make_world()
        # All stories of a run are one day of the same few people.
        allowed = {"SUPPORT_THREADS_A_DAY": 500, "SUPPORT_POSTS_AN_HOUR": 2000}
        told = {name: str(value) for name, value in allowed.items()}
        with (
            override_settings(**allowed),
            started(Path(tmp_path_factory.mktemp("site")), **told) as address,
        ):
            yield Site(address, world, fin)
        end_other_sessions()
        teardown_databases(databases, verbosity=0)


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """Browsers for the story; it fails when one of them complained, whatever else went well."""
    people = People(browser, site)
    yield people
    people.close()
    if people.complaints:
        pytest.fail("\n    ".join(["a browser complained:", *people.complaints]), pytrace=False)
