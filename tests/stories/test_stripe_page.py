"""Ann saves a card on Stripe's page, in a browser that holds our strict rules against every form."""

import pytest
from playwright.sync_api import Page, Route

from tests.stories.people import faults
from tests.stories.site import Site, started
from tests.stripe.documented import SECRET_KEY, Documented, serving


@pytest.fixture
def stripe():
    with serving(Documented(has_pages=True)) as documented:
        yield documented


@pytest.fixture
def address(site: Site, stripe, tmp_path):
    """A second site on the same database, which has Stripe set up."""
    with started(tmp_path, STRIPE_SECRET_KEY=SECRET_KEY, STRIPE_API_BASE=stripe.address) as address:
        yield address


def test_ann_saves_a_card_on_stripes_own_page(site: Site, address, stripe, page: Page):
    stina = site.customer("stina")
    page.context.add_cookies([{"name": "sessionid", "value": site.cookie_of(stina), "url": address}])
    page.goto(f"{address}/account/cards/")
    page.get_by_role("button", name="Add a card").click()
    page.get_by_role("button", name="Save card").click()
    page.wait_for_url(f"{address}/account/cards/")
    assert page.get_by_text("4242").first.is_visible()
    assert stripe.all("payment_method")[0]["customer"]


def test_the_page_on_the_way_can_be_used_by_everyone(site: Site, address, stripe, page: Page):
    """Seen by whose browser does not go on by itself."""
    sten = site.customer("sten")
    page.context.add_cookies([{"name": "sessionid", "value": site.cookie_of(sten), "url": address}])

    def stay(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', ""))

    page.route("**/account/cards/add/", stay)
    page.goto(f"{address}/account/cards/")
    page.get_by_role("button", name="Add a card").click()
    onward = page.get_by_role("link", name="Go on")
    onward.wait_for()
    assert faults(page) == []
    onward.click()
    page.get_by_role("button", name="Save card").wait_for()
