"""Who may send us events: only who signs them, and only now."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from aftersale.base.ports import FixedClock
from aftersale.payments.event_models import ProviderEvent
from aftersale.payments.providers.events import TYPES, EventReader, Hint, NotSigned, Topic, signed_header

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "whsec_of_nobody"


def reader(*secrets, at=NOON):
    return EventReader("stripe", "Stripe-Signature", secrets or (SECRET,), FixedClock(at))


def event(kind="refund.updated", name="re_1", **changed):
    thing = {"id": name, "metadata": {"aftersale_key": "k-one"}}
    known = {"id": "evt_1", "object": "event", "type": kind, "created": 1, "data": {"object": thing}}
    return json.dumps(known | changed).encode()


def read(raw, header, **known):
    return reader(**known).read(raw, {"Stripe-Signature": header})


@given(st.text(), st.integers(0, 2**33))
def test_a_signature_is_what_stripes_own_library_makes(body, moment):
    ours = signed_header(body.encode(), SECRET, at=datetime.fromtimestamp(moment, UTC))
    theirs = WebhookSignature.generate_signature_header(body, SECRET, timestamp=moment)
    assert ours == theirs


def test_a_signed_event_is_a_hint_with_names_alone():
    raw = event()
    assert read(raw, signed_header(raw, SECRET, at=NOON)) == Hint("evt_1", Topic.REFUND, "re_1", "k-one")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_within_five_minutes_either_way_it_is_of_now(seconds):
    raw = event()
    assert read(raw, signed_header(raw, SECRET, at=NOON + timedelta(seconds=seconds)))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_one_is_refused_and_one_of_the_future_as_well(seconds):
    raw = event()
    with pytest.raises(NotSigned, match="of now"):
        read(raw, signed_header(raw, SECRET, at=NOON + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1772366400",
        "v1=aa",
        "t=1772366400,v1=aa",
        "t=1772366400,v0=aa",
        "t=a,v1=aa",
        "t=1772366400,t=1772366400,v1=aa",
        "nonsense",
        "t=" + "9" * 5000 + ",v1=aa",
    ],
)
def test_without_the_providers_signature_nothing_is_read(header):
    with pytest.raises(NotSigned):
        read(event(), header)


def test_one_changed_byte_and_another_secret_are_noticed():
    raw = event()
    header = signed_header(raw, SECRET, at=NOON)
    with pytest.raises(NotSigned):
        read(raw + b" ", header)
    with pytest.raises(NotSigned):
        read(raw, signed_header(raw, "whsec_other", at=NOON))


def test_while_a_secret_is_exchanged_both_count_and_so_do_several_signatures():
    raw = event()
    for secret in ("whsec_old", "whsec_new"):
        header = signed_header(raw, secret, at=NOON)
        assert reader("whsec_old", "whsec_new").read(raw, {"Stripe-Signature": header})
    both = (
        signed_header(raw, "whsec_x", at=NOON) + "," + signed_header(raw, SECRET, at=NOON).partition(",")[2]
    )
    assert read(raw, both)


def test_what_is_none_of_our_business_is_no_hint():
    for raw in (event("customer.created"), event("payment_intent.succeeded", "pi_of_another_shop")):
        assert read(raw, signed_header(raw, SECRET, at=NOON)) is None


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b"{}", b"\xff", event(data={}), event(id=7), event(id=""), event(id="e" * 129)],
)
def test_a_signed_body_that_is_no_event_is_refused(raw):
    with pytest.raises(NotSigned):
        read(raw, signed_header(raw, SECRET, at=NOON))


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": _ANY | st.just("evt_1"),
            "type": _ANY | st.sampled_from(list(TYPES)),
            "data": _ANY
            | st.fixed_dictionaries(
                {"object": st.fixed_dictionaries({}, optional={"id": _ANY, "metadata": _ANY})},
                optional={"previous_attributes": _ANY},
            ),
        },
    )
)
def test_whatever_is_signed_it_is_a_hint_with_names_or_nothing_or_refused(sent):
    raw = json.dumps(sent).encode()
    try:
        hint = read(raw, signed_header(raw, SECRET, at=NOON))
    except NotSigned:
        return
    if hint is not None:
        assert all(name.isprintable() for name in (hint.event, hint.about, hint.ours))


def test_a_detached_card_is_named_with_the_customer_it_was_with():
    thing = {"object": {"id": "pm_1"}, "previous_attributes": {"customer": "cus_1"}}
    raw = event("payment_method.detached", data=thing)
    assert read(raw, signed_header(raw, SECRET, at=NOON)) == Hint("evt_1", Topic.CARD, "cus_1/pm_1")


def test_the_secret_is_not_in_its_repr():
    assert SECRET not in repr(reader())


@pytest.fixture
def post(settings, db):
    settings.STRIPE_SECRET_KEY = "sk_test_of_nobody"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    client = Client(enforce_csrf_checks=True)

    def post(raw, header=None, provider="stripe"):
        now = datetime.now(UTC)
        return client.post(
            f"/providers/{provider}/events/",
            raw,
            content_type="application/json",
            headers={"Stripe-Signature": signed_header(raw, SECRET, at=now) if header is None else header},
        )

    return post


def test_the_door_stores_an_event_once_however_often_it_comes(post):
    assert [post(event()).status_code for _ in range(3)] == [200, 200, 200]
    (row,) = ProviderEvent.objects.all()
    assert (row.provider, row.event, row.topic, row.about, row.ours) == (
        *("stripe", "evt_1", "refund", "re_1"),
        "k-one",
    )


def test_of_an_event_nothing_is_kept_that_a_person_wrote(post):
    number = "4242" * 4
    thing = {"id": "re_1", "metadata": {"aftersale_key": "k-one", "note": f"card {number}"}}
    assert post(event(data={"object": thing})).status_code == 200
    assert number not in repr(ProviderEvent.objects.values().get())


def test_a_bad_signature_is_told_and_nothing_is_stored(post):
    answer = post(event(), "t=1,v1=aa")
    assert answer.status_code == 400
    assert answer.content.startswith(b"not taken")
    assert not ProviderEvent.objects.exists()


def test_an_unknown_kind_is_taken_and_not_stored(post):
    assert post(event("customer.created")).status_code == 200
    assert not ProviderEvent.objects.exists()


def test_there_is_no_door_for_others_nor_for_looking(post, settings):
    assert post(event(), provider="nobody").status_code == 404
    assert Client().get("/providers/stripe/events/").status_code == 405
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert post(event()).status_code == 404
    settings.PRODUCTION = True
    assert post(event(), provider="sandbox").status_code == 404
