"""Events of providers: stored once, then followed by asking the provider. An event changes nothing by itself.

Events come twice, late and out of order, or not at all. So whoever follows one reads at the provider how the
thing stands now; and what no event told is found by the looks that refunds, charges and removals get anyway,
and in the provider's own list of refunds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from aftersale.base.errors import BadInput, PortFailed, Refused
from aftersale.base.ports import Ports, assert_outside_transaction
from aftersale.base.waiting import back_off
from aftersale.orders.models import Tender
from aftersale.payments.cancelling import cancel_retries
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charging import expect_charge_news
from aftersale.payments.event_models import ProviderEvent, ProviderList
from aftersale.payments.provider_refunds import Reported, record_provider_refund
from aftersale.payments.providers import Listed, Misconfigured, Provider
from aftersale.payments.providers.cards import CardProvider, Gone, KeptCard
from aftersale.payments.providers.events import EventReader, Hint, Topic
from aftersale.payments.saved_cards import finish_set_up, locked_card, move_card
from aftersale.payments.settling import expect_news

LEASE = timedelta(seconds=60)
# A hint that cannot be followed for a day is dropped: what it hinted at is looked at anyway.
_GIVE_UP = timedelta(days=1)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
# Lists of refunds are read this often, each time from well before where the last reading began; an older
# refund than the first reading sees is found by `aftersale verify`.
_READ_EVERY, _READ_AGAIN = timedelta(hours=1), timedelta(minutes=5)
_OVERLAP, _FIRST_READING = timedelta(days=1), timedelta(days=90)
_KEPT = (CardState.ACTIVE, CardState.FROZEN)


@dataclass(frozen=True, slots=True)
class Slots:
    """Who can be asked, by name."""

    refunds: Mapping[str, Provider]
    cards: Mapping[str, CardProvider]


def receive_event(*, ports: Ports, reader: EventReader, raw: bytes, headers: Mapping[str, str]) -> bool:
    """Store what a provider's event hints at, once; whether it was new. Raises NotSigned, storing nothing."""
    hint = reader.read(raw, headers)
    return hint is not None and take_hint(ports=ports, provider=reader.name, hint=hint)


def take_hint(*, ports: Ports, provider: str, hint: Hint) -> bool:
    now = ports.clock.now()
    known = {"topic": hint.topic, "about": hint.about, "ours": hint.ours, "received_at": now, "due_at": now}
    _, is_new = ProviderEvent.objects.get_or_create(provider=provider, event=hint.event, defaults=known)
    return is_new


def follow_due_hints(
    *, ports: Ports, slots: Slots, at_most: int = 20, stop: Callable[[], bool] = lambda: False
) -> int:
    """Ask the providers about what they hinted at; returns how many hints were taken up."""
    due = ProviderEvent.objects.filter(due_at__lte=ports.clock.now()).order_by("due_at", "pk")
    done = 0
    for event in list(due[:at_most]):
        if stop():
            break
        if _claim(event, ports.clock.now()):
            _follow(event, ports=ports, slots=slots)
            done += 1
    return done


def read_due_lists(*, ports: Ports, slots: Slots) -> int:
    """Read the providers' lists for refunds that were started there; returns how many lists were read."""
    now, read = ports.clock.now(), 0
    for name, provider in slots.refunds.items():
        row, _ = ProviderList.objects.get_or_create(provider=name, defaults={"due_at": now})
        mine = ProviderList.objects.filter(pk=row.pk, due_at=row.due_at, due_at__lte=now)
        if mine.update(due_at=now + _READ_AGAIN):
            _read(row, provider, ports=ports)
            read += 1
    return read


def _read(row: ProviderList, provider: Provider, *, ports: Ports) -> None:
    assert_outside_transaction("a payment provider")
    began = ports.clock.now()
    since = row.read_until - _OVERLAP if row.read_until else began - _FIRST_READING
    try:
        for listed in provider.refunds(since=since):
            see_refund(listed, provider=row.provider, ports=ports)
    except PortFailed:
        return  # it is read again soon
    ProviderList.objects.filter(pk=row.pk).update(read_until=began, due_at=began + _READ_EVERY)


def see_refund(listed: Listed, *, provider: str, ports: Ports) -> None:
    """A refund as the provider has it now: news of one of ours, or one that was started there."""
    if listed.key:
        expect_news(clock=ports.clock, key=listed.key)
    names = (listed.charge, *listed.also_named)
    tender = Tender.objects.filter(provider=provider, reference__in=names).select_related("order").first()
    # Money in another currency than the order's is not this tender's; `verify` tells of it.
    if tender is not None and listed.paid and tender.order.currency == listed.amount.currency:
        reported = Reported(listed.reference, listed.amount, listed.key)
        record_provider_refund(ports=ports, tender=tender, reported=reported)


def _claim(event: ProviderEvent, now: datetime) -> bool:
    mine = ProviderEvent.objects.filter(pk=event.pk, due_at=event.due_at, attempts=event.attempts)
    return bool(mine.update(due_at=now + LEASE, attempts=F("attempts") + 1))


def _follow(event: ProviderEvent, *, ports: Ports, slots: Slots) -> None:
    assert_outside_transaction("a payment provider")
    try:
        _FOLLOW[event.topic](event, ports, slots)
    except (PortFailed, Refused, BadInput) as error:
        _put_off(event, str(error), ports.clock.now())
    else:
        ProviderEvent.objects.filter(pk=event.pk).update(
            due_at=None, followed_at=ports.clock.now(), last_error=""
        )


def _put_off(event: ProviderEvent, why: str, now: datetime) -> None:
    rows = ProviderEvent.objects.filter(pk=event.pk)
    if now - event.received_at >= _GIVE_UP:
        rows.update(due_at=None, followed_at=now, last_error=why[:200])
    else:
        wait = back_off(event.attempts + 1, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        rows.update(due_at=now + wait, last_error=why[:200])


def _set_up[T](slots: Mapping[str, T], event: ProviderEvent) -> T:
    if event.provider not in slots:
        raise Misconfigured(f"no provider named `{event.provider}` is set up")
    return slots[event.provider]


def _follow_refund(event: ProviderEvent, ports: Ports, slots: Slots) -> None:
    listed = _set_up(slots.refunds, event).look_at_refund(event.about)
    if listed is not None:
        see_refund(listed, provider=event.provider, ports=ports)


def _follow_charge(event: ProviderEvent, ports: Ports, _slots: Slots) -> None:
    expect_charge_news(clock=ports.clock, reference=event.ours)


def _follow_card(event: ProviderEvent, ports: Ports, slots: Slots) -> None:
    card = SavedCard.objects.filter(provider=event.provider, token=event.about).first()
    if card is None:
        return
    found = _set_up(slots.cards, event).find_card(event.about)
    if isinstance(found, Gone):
        _gone_by_itself(card, ports=ports)
    else:
        _as_its_bank_renewed_it(card, found)


def _as_its_bank_renewed_it(card: SavedCard, found: KeptCard) -> None:
    """Banks tell providers of a new expiry date, or a new number: nobody has to type the card again.

    Its fingerprint stays the first one's: what its network was asked before, and its owner reported, counts.
    A card that is being removed stays as the request describes it.
    """
    SavedCard.objects.filter(pk=card.pk, state__in=_KEPT).update(
        brand=found.brand,
        last_four=found.last_four,
        expiry_month=found.expiry_month,
        expiry_year=found.expiry_year,
    )


@transaction.atomic
def _gone_by_itself(card: SavedCard, *, ports: Ports) -> None:
    """The provider has let go of a card that nobody here asked to remove. A removal sees that by itself."""
    card, now = locked_card(card.pk), ports.clock.now()
    if card.state in _KEPT:
        cancel_retries(card, at=now)
        reason = card.freeze_reason or FreezeReason.REMOVAL
        move_card(card, CardState.REMOVAL_PENDING, freeze_reason=reason, frozen_at=card.frozen_at or now)
        move_card(card, CardState.DETACHED, detached_at=now)


def _follow_set_up(event: ProviderEvent, ports: Ports, slots: Slots) -> None:
    card = SavedCard.objects.filter(provider=event.provider, key=event.ours).first()
    if card is None:
        return
    provider = _set_up(slots.cards, event)
    if card.state == CardState.SETUP_PENDING:
        finish_set_up(ports=ports, providers=slots.cards, card=card)
    elif card.state == CardState.TOMBSTONE:
        # Given on a page that we had given up: nobody here would ever charge it, or remove it.
        late = provider.find_set_up(event.about)
        if isinstance(late, KeptCard):
            provider.detach_card(late.token)


_FOLLOW = {
    Topic.REFUND.value: _follow_refund,
    Topic.CHARGE.value: _follow_charge,
    Topic.CARD.value: _follow_card,
    Topic.SET_UP.value: _follow_set_up,
}
