"""A list needs as many queries for fifty as for five."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersale.accounts.models import User
from aftersale.returns.tests.cast import World, an_order
from aftersale.web.tests.test_doors import ask

LISTS = {
    "ann": ["/account/", "/account/orders/", "/account/returns/"],
    "li": ["/supplier/", "/supplier/?show=open"],
    "mia": ["/desk/", "/desk/?for=", "/desk/orders/", "/desk/orders/?show=silent", "/desk/returns/?q=WM"],
}


@pytest.mark.slow
def test_a_list_needs_no_more_queries_for_more_rows(world: World, client: Client):
    _fill(world, 5)
    few = _counts(world, client)
    _fill(world, 45)
    assert _counts(world, client) == few


def _counts(world: World, client: Client) -> dict[str, int]:
    pairs = [(who, path) for who, paths in LISTS.items() for path in paths]
    return {path: _queries(client, getattr(world, who), path) for who, path in pairs}


def _fill(world: World, count: int) -> None:
    for number in range(count):
        an_order(world, lines=[(2, 4000), (1, 2000)], delivered_days_ago=None if number % 2 else 30)
        ask(world, terms="any_reason" if number % 2 else "defective_or_wrong")


def _queries(client: Client, person: User, path: str) -> int:
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
