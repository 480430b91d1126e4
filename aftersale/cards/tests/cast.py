"""Ann has a password, Carol mailed codes and a birthdate on file; each has a saved card."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from aftersale.accounts.models import Role, User
from aftersale.accounts.services import set_birthdate
from aftersale.base.models import Notification
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import begin_removal, prove_removal, submit_removal
from aftersale.payments.card_models import SavedCard
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.registry import system_card_providers
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import finish_set_up, start_set_up

PASSWORD = "correct horse battery"
BIRTHDATE = "1990-05-17"


@dataclass
class Cards:
    """Customers with cards, staff, and a clock of their own."""

    clock: FixedClock
    ports: Ports
    vaults: dict[str, CardProvider]
    ann: User
    bob: User
    carol: User
    mia: User
    visa: SavedCard
    carols: SavedCard


def the_cards(now: datetime = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)) -> Cards:
    clock = FixedClock(now)
    ports = Ports(clock=clock, ids=RandomIds())
    ann = User.objects.create_user("ann@example.com", PASSWORD, name="Ann")
    bob = User.objects.create_user("bob@example.com", PASSWORD, name="Bob")
    carol = User.objects.create_user("carol@example.com", name="Carol")
    mia = User.objects.create_user("mia@example.com", PASSWORD, name="Mia", role=Role.AGENT)
    set_birthdate(person="carol@example.com", birthdate=date.fromisoformat(BIRTHDATE))
    carol.refresh_from_db()
    return Cards(
        clock=clock,
        ports=ports,
        vaults=system_card_providers(clock=clock, ids=ports.ids),
        ann=ann,
        bob=bob,
        carol=carol,
        mia=mia,
        visa=a_card(ports, ann, "visa-good", "ann@home.example"),
        carols=a_card(ports, carol, "mastercard-good", "carol@home.example"),
    )


def a_card(ports: Ports, customer: User, trial_card: str, email: str = "") -> SavedCard:
    """A card that the customer gave on the sandbox's page."""
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    card, _page = start_set_up(
        ports=ports, providers=vaults, customer=customer, provider="sandbox", return_to="/"
    )
    give_card(clock=ports.clock, ids=ports.ids, set_up=card.setup, trial_card=trial_card, email=email)
    return finish_set_up(ports=ports, providers=vaults, card=card)


def proven(world: Cards, card: SavedCard) -> RemovalRequest:
    """Begun and proven, by Ann's password or Carol's birthdate."""
    request = begin_removal(ports=world.ports, card=card, email=card.email)
    kind, given = ("password", PASSWORD) if card.customer_id == world.ann.pk else ("birthdate", BIRTHDATE)
    return prove_removal(ports=world.ports, request=request, kind=kind, given=given)


def code_mailed_to(card: SavedCard) -> str:
    """The newest code that the card's e-mail got."""
    mails = Notification.objects.filter(kind="card-code", recipient=card.email)
    return str(mails.latest("pk").words["code"])


def submitted(world: Cards, card: SavedCard) -> RemovalRequest:
    return submit_removal(ports=world.ports, request=proven(world, card))
