"""Every operation of the document for everybody who might call it; one without a row here fails."""

from typing import Any

from django.db import transaction

from aftersale.accounts.models import Role
from aftersale.api.document import document
from aftersale.api.tests.cast import (
    ALL,
    ONE_LAMP,
    Machine,
    a_received_return,
    a_return,
    a_sent_return,
    a_wish,
    machine,
    person,
)
from aftersale.payments.models import Refund
from aftersale.payments.states import State
from aftersale.returns.services import Finding, inspect_return, issue_rma
from aftersale.returns.tests.cast import World, an_order
from tests.api import (
    account_things,
    card_things,
    charge_things,
    desk_things,
    erasing_things,
    mail_preference_things,
    mail_things,
    policy_things,
    thread_things,
)

DOCUMENT = document("/api/v1/")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path.removeprefix("/api/v1"), operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
PEOPLE = (
    "anonymous", "customer", "other customer", "supplier", "other supplier",
    "agent", "finance", "policy owner",
)  # fmt: skip

# What each of PEOPLE gets, on things of Ann's that Li sends.
EXPECTED: dict[str, tuple[int, ...]] = {
    #                       anon cust other  supp other agent fin  owner
    "get_me":              (401, 200, 200,   200, 200,  200,  200, 200),
    "list_orders":         (401, 200, 200,   200, 200,  200,  200, 200),
    "get_order":           (401, 200, 404,   200, 404,  200,  200, 404),
    "preview_return":      (401, 200, 404,   403, 403,  200,  403, 403),
    "record_event":        (401, 403, 403,   403, 403,  201,  403, 403),
    "complete_order":      (401, 200, 404,   403, 403,  403,  403, 403),
    "list_returns":        (401, 200, 200,   200, 200,  200,  200, 200),
    "get_return":          (401, 200, 404,   200, 404,  200,  200, 200),
    "request_return":      (401, 201, 404,   403, 403,  201,  403, 403),
    "withdraw_return":     (401, 200, 404,   403, 403,  200,  403, 403),
    "hand_over":           (401, 200, 404,   403, 403,  200,  403, 403),
    "issue_rma":           (401, 403, 403,   201, 404,  201,  403, 403),
    "refuse_rma":          (401, 403, 403,   200, 404,  200,  403, 403),
    "revoke_rma":          (401, 403, 403,   200, 404,  200,  403, 403),
    "receive_return":      (401, 403, 403,   200, 404,  200,  403, 403),
    "inspect_return":      (401, 403, 403,   200, 404,  200,  403, 403),
    "list_refunds":        (401, 200, 200,   403, 403,  200,  200, 403),
    "get_refund":          (401, 200, 404,   403, 403,  200,  200, 403),
    "retry_refund":        (401, 403, 403,   403, 403,  403,  200, 403),
    "release_refund":      (401, 403, 403,   403, 403,  403,  200, 403),
}  # fmt: skip

# A request that whoever may make it can make now; names in braces are of `things`.
REQUESTS: dict[str, tuple[str, Any]] = {
    "get_order": ("{order}", None),
    "preview_return": ("{order}", ONE_LAMP),
    "record_event": ("{order}", {"parcel": "P1", "kind": "in_transit", "at": "2026-05-20T09:00:00Z"}),
    "complete_order": ("{order}", None),
    "get_return": ("{asked}", None),
    "request_return": ("{order}", ONE_LAMP),
    "withdraw_return": ("{authorised}", None),
    "hand_over": ("{authorised}", {"handed_over_at": "2026-06-01T08:00:00Z"}),
    "issue_rma": ("{asked}", {"number": "RMA7"}),
    "refuse_rma": ("{asked}", {"answer": "No."}),
    "revoke_rma": ("{numbered}", {"answer": "A mistake."}),
    "receive_return": ("{sent}", None),
    "inspect_return": ("{received}", {"lines": [{"id": "{line}", "units": 1, "reason": "defective"}]}),
    "get_refund": ("{refund}", None),
    "retry_refund": ("{refund}", None),
    "release_refund": ("{refund}", {"reason": "Paid in cash."}),
}

EXPECTED |= account_things.EXPECTED | card_things.EXPECTED | charge_things.EXPECTED | policy_things.EXPECTED
EXPECTED |= erasing_things.EXPECTED | thread_things.EXPECTED | desk_things.EXPECTED | mail_things.EXPECTED
REQUESTS |= account_things.REQUESTS | card_things.REQUESTS | charge_things.REQUESTS | policy_things.REQUESTS
REQUESTS |= erasing_things.REQUESTS | thread_things.REQUESTS | desk_things.REQUESTS | mail_things.REQUESTS
EXPECTED |= mail_preference_things.EXPECTED
REQUESTS |= mail_preference_things.REQUESTS


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert set(EXPECTED) == set(OPERATIONS)
    assert all(len(row) == len(PEOPLE) for row in EXPECTED.values())


def test_everybody_gets_what_the_table_says(world: World):
    things, callers = things_of(world), callers_of(world)
    for operation, row in EXPECTED.items():
        found = {who: _status(callers[who], operation, things) for who in PEOPLE}
        assert found == dict(zip(PEOPLE, row, strict=True)), operation


def test_a_key_without_the_scope_opens_nothing(world: World):
    things = things_of(world)
    users = [caller.user for caller in callers_of(world).values() if caller.user]
    for scope in ALL:
        machines = [machine(world, user, [each for each in ALL if each != scope]) for user in users]
        for operation in (name for name, (_, _, told) in OPERATIONS.items() if told["x-scope"] == scope):
            assert {_status(each, operation, things) for each in machines} == {403}, operation


def test_the_document_s_roles_are_those_that_are_let_in():
    kinds = ["customer", "customer", "supplier", "supplier", "agent", "finance", "policy_owner"]
    roles = dict(zip(PEOPLE[1:], kinds, strict=True))
    for operation, row in EXPECTED.items():
        let_in = {roles[who] for who, status in zip(PEOPLE[1:], row[1:], strict=True) if status != 403}
        assert let_in == set(OPERATIONS[operation][2]["x-roles"]), operation


def _status(caller: Machine, operation: str, things: dict[str, Any]) -> int:
    """What the call answers; whatever it did is undone."""
    method, path, _ = OPERATIONS[operation]
    thing, body = REQUESTS.get(operation, ("", None))
    named = thing.format(**things)
    address = path.format(code=named, reference=named, version=named, figure=named, number=2)
    # A savepoint and no transaction of ours: some operations ask a provider, which none may be open for.
    before = transaction.savepoint_create()
    if method == "GET":
        answer = caller.get(address)
    else:
        answer = caller.post(address, _filled(body, things), wish=a_wish())
    transaction.savepoint_rollback(before)
    return int(answer.status_code)


def _filled(body: Any, things: dict[str, Any]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, things) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, things) for value in body]
    is_name = isinstance(body, str) and body.startswith("{")
    return things.get(body[1:-1], body) if is_name else body


def callers_of(world: World) -> dict[str, Machine]:
    users = (
        world.ann, world.bob, world.li, world.other, world.mia,
        person("fay", Role.FINANCE), person("pia", Role.POLICY_OWNER),
    )  # fmt: skip
    machines = [Machine(None), *(machine(world, user) for user in users)]
    return dict(zip(PEOPLE, machines, strict=True))


def things_of(world: World) -> dict[str, Any]:
    """Things of Ann's at each step of a return."""
    inspected, received = a_received_return(world), a_received_return(world)
    numbered = a_return(world, reason="unwanted")
    findings = [Finding(return_line=inspected.lines.get().pk, units=1, reason="defective")]
    inspect_return(ports=world.ports, by=world.li, case=inspected, findings=findings)
    refund = Refund.objects.get()
    Refund.objects.filter(pk=refund.pk).update(state=State.HELD)
    issue_rma(ports=world.ports, by=world.li, case=numbered, number="RMA1")
    return (
        {
            "order": an_order(world).code,
            "asked": a_return(world, reason="unwanted").reference,
            "authorised": a_return(world).reference,
            "numbered": numbered.reference,
            "sent": a_sent_return(world).reference,
            "received": received.reference,
            "line": received.lines.get().pk,
            "refund": refund.reference,
        }
        | card_things.card_things(world)
        | charge_things.charge_things(world)
        | policy_things.policy_things()
        | thread_things.thread_things(world)
        | desk_things.desk_things(world)
        | mail_things.mail_things(world)
        | account_things.account_things(world)
    )
