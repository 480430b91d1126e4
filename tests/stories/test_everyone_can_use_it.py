"""Every main page is without a fault that axe can find, in light and in dark, and keeps to the policy."""

from playwright.sync_api import Page

from aftersale.returns.services import Wish, hand_over, receive_return, request_return
from aftersale.support.tests.cast import ask, say
from tests.stories.people import People, choose, faults
from tests.stories.site import Site


def test_every_main_page_in_light_and_in_dark(site: Site, people: People):
    found: list[str] = []
    for who, paths in _pages(site).items():
        person = site.fin if who == "fin" else getattr(site.world, who, None)
        page = people.signed_in(person) if person else people.visitor()
        for path in paths:
            _go(page, path)
            found += faults(page)
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(_FADES)
            found += faults(page, only="color-contrast")
            page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


def test_the_form_with_its_answer_and_with_its_errors(site: Site, people: People):
    order = site.order(tenders=[("card", 3000), ("balance", 3000)])
    ann = people.signed_in(site.world.ann)
    _go(ann, f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "defective")
    ann.get_by_role("button", name="Ask for this return").wait_for()
    found = faults(ann)
    choose(ann, 1, 9, "defective")
    ann.get_by_text("Only 1 of 1").wait_for()
    assert not found + faults(ann)


def _pages(site: Site) -> dict[str, list[str]]:
    world, returns, order = site.world, [], site.order()
    for step in range(4):
        order = site.order(terms="any_reason" if step else "defective_or_wrong")
        case = request_return(
            ports=world.ports,
            by=world.ann,
            order=order,
            supplier="LI",
            wishes=[Wish(1, 1, "unwanted")],
            intent=f"axe-{order.code}",
        )
        if step > 1:
            now = world.clock.now()
            hand_over(ports=world.ports, by=world.ann, case=case, at=now, source="customer")
        if step > 2:
            receive_return(ports=world.ports, by=world.li, case=case)
        returns.append(case.reference)
    last = f"/account/orders/{order.code}/"
    mine = [f"/account/returns/{reference}/" for reference in returns]
    return {
        "nobody": ["/", "/sign-in/login/", "/policy/", "/demo/mails/", "/demo/carrier/", "/nowhere/"],
        "ann": [
            "/account/",
            "/account/security/",
            "/account/orders/",
            "/account/returns/",
            last,
            *mine,
            f"{mine[1]}slip/",
        ],
        "li": ["/supplier/", *[f"/supplier/returns/{reference}/" for reference in returns]],
        "mia": ["/desk/", "/desk/orders/", "/desk/returns/", f"/desk/returns/{returns[3]}/", _reports(site)],
        "fin": ["/finance/", "/finance/redirects/"],
    }


def _reports(site: Site) -> str:
    """The reports, with something to draw."""
    asker = site.customer("axe")
    say(site.world, site.world.mia, ask(site.world, asker))
    ask(site.world, asker)
    return "/desk/reports/"


# Milliseconds in which a button takes on another colour, and some to spare.
_FADES = 250


def _go(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None and answer.status in (200, 404), f"{path} answers {answer and answer.status}"
