"""Pia owns the policy: she edits sixty days to forty-five, reads what it takes and costs, and publishes."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.returns.backtests import Cell, cells_of
from aftersale.returns.models import Backtest, PolicyVersion
from aftersale.returns.policies import version_for
from aftersale.returns.publishing import first_day_to_take, save_draft
from aftersale.returns.services import Wish, request_return
from tests.stories.people import PHONE, People, faults
from tests.stories.site import Site


def test_pia_makes_sixty_days_forty_five(site: Site, people: People):
    a_return_after_fifty_days(site)
    pia = people.signed_in(an_owner("pia"))
    pia.goto("/policy-desk/")
    pia.get_by_role("link", name="Write a new version").click()
    editor, review = pia.get_by_label("The document"), pia.get_by_role("region", name="What is known of it")
    text = editor.input_value()

    editor.fill(text.replace("then: refund", "then: refnd", 1))
    expect(review.get_by_text("did you mean `refund`?")).to_be_visible()
    found = faults(pia)

    editor.fill(text.replace("days more than 60", "days more than 45"))
    expect(review.get_by_text("It cannot be published as it stands.")).to_be_visible()
    expect(review.get_by_text("An example that does not come true").first).to_be_attached()
    found += faults(pia)
    pia.get_by_role("button", name="To publishing").click()
    expect(pia.get_by_text("It cannot be published before")).to_be_visible()
    expect(pia.get_by_role("button", name="Publish")).to_have_count(0)
    pia.get_by_role("link", name="Back to the draft").click()

    write_forty_five(pia, text)
    expect(review.get_by_text("Proved: no gap, no conflict")).to_be_visible()
    expect(review.get_by_text("It only takes: no order gets more than before.")).to_be_visible()
    expect(review.get_by_text("-€60.00")).to_be_visible()
    found += faults(pia)
    pia.get_by_role("button", name="To publishing").click()
    expect(pia.get_by_text("It only takes: no order gets more than before.")).to_be_visible()
    found += faults(pia)
    pia.get_by_role("button", name="Publish").click()
    expect(pia.get_by_text("nobody can change it any more")).to_be_visible()
    expect(pia.get_by_text("Coming")).to_be_visible()
    found += faults(pia)

    version = PolicyVersion.objects.get(published_by__name="Pia")
    assert version.in_force_from == first_day_to_take(datetime.now(UTC))
    reader = people.visitor(**PHONE)
    reader.goto(f"/policy/versions/{version.hash[:12]}/")
    expect(reader.get_by_text("This version comes into force on")).to_be_visible()
    assert not found + faults(reader)


def test_pat_checks_without_javascript_and_sees_the_past(site: Site, people: People):
    a_return_after_fifty_days(site)
    pat = people.signed_in(an_owner("pat"), java_script_enabled=False)
    pat.goto("/policy-desk/draft/")
    pat.get_by_label("The document").fill("# Nothing")
    pat.get_by_role("button", name="Check").click()
    expect(pat.get_by_text("the document has no `## Facts`")).to_be_visible()
    pat.get_by_role("button", name="Throw the draft away").click()
    expect(pat.get_by_text("The draft is thrown away.")).to_be_visible()
    seeing = people.signed_in(User.objects.get(email="pat@example.com"), color_scheme="dark")
    found = []
    for page in ("history/", "checks/", ""):
        seeing.goto(f"/policy-desk/{page}")
        found += faults(seeing)
    assert not found


def test_pam_tries_a_draft_on_the_past_and_the_worker_counts_it(site: Site, people: People):
    a_return_after_fifty_days(site)
    owner = an_owner("pam")
    text = version_for(site.world.clock.now().date()).text
    save_draft(
        ports=site.world.ports,
        by=owner,
        text=text.replace("days more than 60", "days more than 45"),
        translations={},
    )
    pam = people.signed_in(owner, color_scheme="dark")
    pam.goto("/policy-desk/history/")
    found = faults(pam)
    pam.get_by_label("Try", exact=True).select_option("draft")
    pam.get_by_role("button", name="Try it").click()
    expect(pam.get_by_text("would come out differently.")).to_be_visible()
    cells = [cell for cell in cells_of(Backtest.objects.get(by=owner)) if cell.pays.currency == "EUR"]
    count, changed = (sum(cell.count for cell in some) for some in (cells, changing(cells)))
    assert changed and sum(cell.booked.minor for cell in changing(cells)) == 6000 * changed
    expect(pam.get_by_text(re.compile(f"{changed} of {count} decisions? would come out"))).to_be_visible()
    plain = people.signed_in(owner, java_script_enabled=False, language="zh-hans", **PHONE)
    plain.goto(pam.url)
    expect(plain.get_by_text("另一版本支付").first).to_be_visible()
    assert plain.evaluate("() => document.documentElement.scrollWidth") <= 390
    taken, booked = Money(-6000 * changed, "EUR"), Money(sum(cell.booked.minor for cell in cells), "EUR")
    expect(pam.get_by_text(taken.told("en")).first).to_be_visible()
    expect(pam.get_by_text(f"In the books these decisions promised {booked.told('en')}.")).to_be_visible()
    assert not found + faults(pam)


def test_pete_approves_an_example_at_a_boundary_into_his_draft(site: Site, people: People):
    pete = people.signed_in(an_owner("pete"), java_script_enabled=False)
    pete.goto("/policy-desk/draft/")
    text = pete.get_by_label("The document").input_value()
    pete.get_by_label("The document").fill(text.replace("days more than 60", "days more than 90"))
    pete.get_by_role("button", name="Examples to approve").click()
    ninety = pete.get_by_role("listitem").filter(has_text="90 days").first
    expect(ninety).to_be_visible()
    count = pete.get_by_role("button", name="That is right: add it").count()
    ninety.get_by_role("button", name="That is right: add it").click()
    expect(pete.get_by_text("The example stands in the draft now.")).to_be_visible()
    assert pete.get_by_role("button", name="That is right: add it").count() < count
    pete.get_by_role("link", name="Draft of the policy").click()
    assert "| 90 " in pete.get_by_label("The document").input_value()
    seeing = people.signed_in(User.objects.get(email="pete@example.com"), color_scheme="dark", **PHONE)
    seeing.goto("/policy-desk/draft/examples/")
    assert seeing.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert not faults(seeing)


def test_pru_corrects_a_translation_and_it_is_told_so_at_once(site: Site, people: People):
    owner, hash_before = an_owner("pru"), version_for(site.world.clock.now().date()).hash
    pru = people.signed_in(owner, java_script_enabled=False, **PHONE)
    pru.goto("/policy-desk/draft/")
    pru.get_by_text("Translation: 简体中文").first.click()
    chinese = pru.get_by_label("Translation: 简体中文")
    before = chinese.input_value()
    assert "您将得到全额退款" in before
    chinese.fill(before.replace("您将得到全额退款", "您会得到全额退款"))
    pru.get_by_role("button", name="To publishing").click()
    only = pru.get_by_role("region", name="Only a translation differs")
    expect(only.get_by_text("Its words can be corrected at once")).to_be_visible()
    assert pru.evaluate("() => document.documentElement.scrollWidth") <= 390
    seeing = people.signed_in(owner, color_scheme="dark", **PHONE)
    seeing.goto(pru.url)
    found = faults(seeing)
    only.get_by_role("button", name="Correct the translation").click()
    expect(pru.get_by_text("The translation is corrected.")).to_be_visible()

    version = version_for(site.world.clock.now().date())
    assert version.hash == hash_before
    kept = version.corrections.get()
    assert (kept.before["zh-hans"], kept.made_by) == (before, owner)
    reader = people.visitor(language="zh-hans", **PHONE)
    reader.goto("/policy/")
    expect(reader.get_by_text("您会得到全额退款").first).to_be_visible()
    assert not found + faults(reader)


def changing(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.now.outcome != cell.was.outcome]


def write_forty_five(pia: Page, text: str) -> None:
    """In both languages, the examples on both sides of the limit too."""

    def put(words: str) -> str:
        return words.replace("60", "45").replace("61", "46").replace("59", "44")

    pia.get_by_text("Translation: 简体中文").first.click()
    chinese = pia.get_by_label("Translation: 简体中文")
    chinese.fill(put(chinese.input_value()))
    pia.get_by_label("The document").fill(put(text))


def a_return_after_fifty_days(site: Site) -> None:
    order = site.order(delivered_days_ago=50)
    request_return(
        ports=site.world.ports,
        by=site.world.ann,
        order=order,
        supplier="LI",
        wishes=[Wish(1, 1, "defective")],
        intent=f"policy-{order.code}",
    )


def an_owner(name: str) -> User:
    email, named = f"{name}@example.com", {"name": name.title(), "role": Role.POLICY_OWNER}
    return User.objects.get_or_create(email=email, defaults=named)[0]
