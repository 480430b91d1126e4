"""Every operation against its own description: thousands of requests, all checks, no finding."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.http import JsonResponse
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from aftersale.api.document import document
from aftersale.api.tests.cast import machine, pia
from aftersale.returns.tests.cast import a_world
from tests.api.test_authorisation import REQUESTS, things_of

pytestmark = pytest.mark.slow
CHECKS = {
    # A schema cannot say which lines an order has, or which facts a policy: they may be refused.
    "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422"]},
    # A text that is longer than any may be is refused by its size before it is read.
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "405", "409", "413", "415", "422", "429"]
    },
}


def described() -> Any:
    config = SchemathesisConfig.from_dict({"checks": CHECKS})
    schema = schemathesis.openapi.from_dict(document("/api/v1/"), config=config)
    schema.app = application
    return schema


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The site as it is set up for the test that runs now."""
    return site[0](environ, start_response)


site: list[Any] = []
turn = [0]


SCHEMA = described()


@pytest.fixture
def one_connection():
    """The application keeps the test's own connection, as it does for Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker):
    """A world with things of Ann's at each step: made once, as each test undoes what it did to it."""
    undone = transaction.atomic()
    vars(undone)["_from_testcase"] = True  # as Django's own tests: what must be outermost may begin in it
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, undone:
        world = a_world()
        patch.setattr("aftersale.config.middleware.system_ports", lambda: world.ports)
        things = things_of(world)
        callers = {"agent": world.mia, "customer": world.ann, "policy_owner": pia(world)}
        yield {role: machine(world, user).secret for role, user in callers.items()}, things
        transaction.set_rollback(True)


@pytest.fixture
def keys(furnished, db, settings, one_connection):
    site[:] = [WSGIHandler()]
    settings.API_REQUESTS_PER_MINUTE = settings.API_MONEY_WRITES_PER_MINUTE = 10**9
    return furnished[0]


@pytest.fixture
def real(furnished):
    """Things of Ann's at each step of a return: with them a request gets as far as the verb."""
    return furnished[1]


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=12, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True, database=None
)
def test_no_request_finds_a_fault(case, keys, real):
    about(case, real)
    roles = case.operation.definition.raw["x-roles"]
    for key in [keys[role] for role in keys if role in roles][:2] or keys.values():
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"})


def about(case, real):
    """Let half of the right requests be about what exists; wrong ones stay as wrong as they are."""
    turn[0] += 1
    modes = case.meta.components
    path, body = modes.get(ParameterLocation.PATH), modes.get(ParameterLocation.BODY)
    thing, _ = REQUESTS.get(case.operation.definition.raw["operationId"], ("{order}", None))
    if turn[0] % 2 and path and path.mode is GenerationMode.POSITIVE:
        case.path_parameters = dict.fromkeys(case.path_parameters, thing.format(**real))
        if body and body.mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            known = {"supplier": "LI", "parcel": "P1"}
            case.body = case.body | {name: known[name] for name in known if name in case.body}


def test_a_planted_fault_is_found(keys, monkeypatch):
    """The negative control: an answer with a field that the description does not know."""
    monkeypatch.setattr("aftersale.api.operations.me.told", lambda _shape: JsonResponse({"name": "Ann"}))
    with pytest.raises(FailureGroup, match="required property"):
        SCHEMA["/api/v1/me"]["GET"].Case().call_and_validate(
            headers={"Authorization": f"Bearer {keys['customer']}"}
        )
