"""Of the matrix of who may: the rows of cards, and cards and removals of Ann's at each step."""

from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aftersale.accounts.services import set_birthdate
from aftersale.base.models import Notification
from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import begin_removal, confirm_removal, mail_code, prove_removal, submit_removal
from aftersale.cards.services import detach_due_cards as let_go
from aftersale.cards.tests.cast import BIRTHDATE, a_card, code_mailed_to
from aftersale.payments.card_models import FreezeReason, SavedCard
from aftersale.payments.providers.registry import system_card_providers
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import freeze_card, start_set_up
from aftersale.returns.tests.cast import World

EXPECTED: dict[str, tuple[int, ...]] = {
    #                       anon cust other  supp other agent fin  owner
    "list_cards":          (401, 200, 200,   403, 403,  403,  403, 403),
    "get_card":            (401, 200, 404,   403, 403,  403,  403, 403),
    "add_card":            (401, 201, 201,   403, 403,  403,  403, 403),
    "finish_card":         (401, 200, 404,   403, 403,  403,  403, 403),
    "freeze_saved_card":   (401, 200, 404,   403, 403,  403,  403, 403),
    "mail_card_code":      (401, 200, 404,   403, 403,  403,  403, 403),
    "unfreeze_saved_card": (401, 200, 404,   403, 403,  403,  403, 403),
    "list_removals":       (401, 200, 200,   403, 403,  200,  200, 403),
    "get_removal":         (401, 200, 404,   403, 403,  200,  200, 403),
    "begin_removal":       (401, 201, 404,   403, 403,  403,  403, 403),
    "prove_removal":       (401, 200, 404,   403, 403,  403,  403, 403),
    "submit_removal":      (401, 200, 404,   403, 403,  403,  403, 403),
    "withdraw_removal":    (401, 200, 404,   403, 403,  403,  403, 403),
    "stop_removal":        (401, 200, 200,   200, 200,  200,  200, 200),
    "confirm_removal":     (401, 403, 403,   403, 403,  200,  200, 403),
    "get_removal_receipt": (401, 200, 404,   403, 403,  200,  200, 403),
    "get_receipt_key":     (200, 200, 200,   200, 200,  200,  200, 200),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {
    "get_card": ("{card}", None),
    "add_card": ("", {"return_to": "https://shop.example/{card}"}),
    "finish_card": ("{given}", None),
    "freeze_saved_card": ("{card}", {"reason": "lost"}),
    "mail_card_code": ("{card}", {"purpose": "removal"}),
    "unfreeze_saved_card": ("{frozen}", {"email": "ann@example.com", "kind": "code", "given": "{code}"}),
    "get_removal": ("{submitted}", None),
    "begin_removal": ("{card}", {"email": "ann@example.com"}),
    "prove_removal": ("{draft}", {"kind": "birthdate", "given": BIRTHDATE}),
    "submit_removal": ("{proven}", None),
    "withdraw_removal": ("{submitted}", None),
    "stop_removal": ("", {"secret": "{secret}"}),
    "confirm_removal": ("{gone}", {"note": "Looked through the exports."}),
    "get_removal_receipt": ("{closed}", None),
}


def card_things(world: World) -> dict[str, Any]:
    """Ann has no password here, and a birthdate on file."""
    set_birthdate(person="ann@example.com", birthdate=date.fromisoformat(BIRTHDATE))
    world.ann.refresh_from_db()
    draft, proven, gone, closed, submitted = (_draft(world) for _ in range(5))
    for case in (proven, gone, closed, submitted):
        prove_removal(ports=world.ports, request=case, kind="birthdate", given=BIRTHDATE)
    # What is to be gone is submitted a day earlier: the card's e-mail may stop it that long.
    for case in (gone, closed):
        submit_removal(ports=world.ports, request=case)
        RemovalRequest.objects.filter(pk=case.pk).update(due_at=world.clock.now())
    let_go(ports=world.ports, providers=system_card_providers(clock=world.clock, ids=world.ports.ids))
    confirm_removal(ports=world.ports, request=closed, actor=world.mia, key=Ed25519PrivateKey.generate())
    submit_removal(ports=world.ports, request=submitted)
    link = Notification.objects.get(kind="card-removal-notice", key__contains=submitted.reference)
    lost = a_card(world.ports, world.ann, "mastercard-good", "ann@example.com")
    frozen = freeze_card(ports=world.ports, card=lost, reason=FreezeReason.LOST)
    mail_code(ports=world.ports, card=frozen, purpose="unfreezing")
    return {
        "card": _card(world).reference,
        "given": _given(world).reference,
        "frozen": frozen.reference,
        "code": code_mailed_to(frozen),
        "draft": draft.reference,
        "proven": proven.reference,
        "submitted": submitted.reference,
        "secret": link.words["veto"].split("/")[-2],
        "gone": gone.reference,
        "closed": closed.reference,
    }


def _card(world: World) -> SavedCard:
    return a_card(world.ports, world.ann, "visa-good", "ann@example.com")


def _draft(world: World) -> RemovalRequest:
    return begin_removal(ports=world.ports, card=_card(world), email="ann@example.com")


def _given(world: World) -> SavedCard:
    """A card that was given on the provider's page, and not finished here."""
    vaults = system_card_providers(clock=world.clock, ids=world.ports.ids)
    card, _page = start_set_up(
        ports=world.ports, providers=vaults, customer=world.ann, provider="sandbox", return_to="/"
    )
    give_card(clock=world.clock, ids=world.ports.ids, set_up=card.setup, trial_card="visa-good")
    return card
