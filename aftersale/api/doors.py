"""How an operation is made: who is let in, what it reads, and how it is written down in the document."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.operation import Operation
from ninja.security import HttpBearer
from pydantic import BaseModel

from aftersale.accounts.models import ApiKey, Role
from aftersale.accounts.services import key_of
from aftersale.api.errors import BodyUnwanted, KeyRefused, RoleForbidden, ScopeMissing, WrongMedia
from aftersale.api.fields import Shape
from aftersale.api.limits import MONEY_WRITES, REQUESTS, count
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports

READ, RETURNS, REFUNDS, CARDS, POLICY, THREADS = "read", "returns", "refunds", "cards", "policy", "threads"
ACCOUNT = "account"
EVERYBODY = tuple(Role)
BUYING = (Role.CUSTOMER, Role.AGENT)
SELLING = (Role.SUPPLIER, Role.AGENT)
PAYING = (Role.CUSTOMER, Role.AGENT, Role.FINANCE)
OWNING = (Role.POLICY_OWNER,)

View = TypeVar("View", bound=Callable[..., HttpResponse])


class ApiRequest(HttpRequest):
    """A request that was let in: `auth` is its key."""

    ports: Ports
    auth: ApiKey


class Form:
    """What a request may look like: only what the operation reads."""

    def __init__(self) -> None:
        self.query: frozenset[str] = frozenset()
        self.reads_body = False

    def check(self, request: HttpRequest) -> None:
        """Raises for a parameter or a body that nobody would read."""
        for name, values in request.GET.lists():
            if name not in self.query:
                known = ", ".join(sorted(self.query)) or "nothing"
                raise BadInput(_printable(name), "a parameter", f"no value: the address takes {known}")
            if len(values) > 1:
                raise BadInput(name, f"{len(values)} values", "one value")
        if not request.body:
            return
        if not self.reads_body:
            raise BodyUnwanted("This operation reads no body; send it without one.")
        if request.content_type != "application/json":
            raise WrongMedia("Send the body as JSON, with the header `Content-Type: application/json`.")


class ApiKeyAuth(HttpBearer):
    """Lets a request in: a living key, its scope, its user's role, its share of the minute, its form."""

    openapi_description = "A key made by `aftersale keys add`, sent as `Authorization: Bearer ak_…`."

    def __init__(self, scope: str, roles: Iterable[Role], kind: str) -> None:
        super().__init__()
        self.scope, self.roles, self.kind = scope, tuple(roles), kind
        self.form = Form()

    def __call__(self, request: HttpRequest) -> ApiKey:
        key = super().__call__(request)
        if not isinstance(key, ApiKey):
            raise KeyRefused("This needs a living API key, sent as `Authorization: Bearer <key>`.")
        self._check_rights(key)
        count(key, self.kind, now=cast(ApiRequest, request).ports.clock.now())
        self.form.check(request)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return key_of(token, now=cast(ApiRequest, request).ports.clock.now())

    def _check_rights(self, key: ApiKey) -> None:
        if self.scope not in key.scopes.split():
            raise ScopeMissing(f"This key lacks the scope `{self.scope}`; its scopes are: {key.scopes}.")
        if key.user.role not in self.roles:
            roles = ", ".join(self.roles)
            raise RoleForbidden(f"This is for keys of: {roles}. This key's user is: {key.user.role}.")


class Anybody:
    """Lets every request in that has the right form: no key is asked for, and none is looked at."""

    def __init__(self) -> None:
        self.form = Form()

    def __call__(self, request: HttpRequest) -> bool:
        self.form.check(request)
        return True


def door(
    router: Router,
    method: str,
    path: str,
    *,
    summary: str,
    answers: Any,
    scope: str,
    roles: Iterable[Role] = EVERYBODY,
    status: int = 200,
    is_money: bool = False,
) -> Callable[[View], View]:
    """Make an operation of a function: its name is the operation's, its docstring the description."""
    auth = ApiKeyAuth(scope, roles, MONEY_WRITES if is_money else REQUESTS)

    def made(view: View) -> View:
        router.add_api_operation(
            path,
            [method],
            view,
            auth=auth,
            response={status: answers},
            operation_id=view.__name__,
            summary=summary,
            openapi_extra={"x-scope": scope, "x-roles": [str(role) for role in auth.roles]},
        )
        _learn(auth.form, router.path_operations[path].operations[-1])
        return view

    return made


def open_door(router: Router, path: str, *, summary: str, answers: Any) -> Callable[[View], View]:
    """Make an operation that anybody may read: what every visitor of the site can."""
    auth = Anybody()

    def made(view: View) -> View:
        router.add_api_operation(
            path,
            ["GET"],
            view,
            auth=auth,
            response={200: answers},
            operation_id=view.__name__,
            summary=summary,
            openapi_extra={"x-scope": "", "x-roles": [str(role) for role in EVERYBODY]},
        )
        _learn(auth.form, router.path_operations[path].operations[-1])
        return view

    return made


def told(shape: Shape, status: int = 200) -> HttpResponse:
    """An answer of this shape. It is checked against the document by the tests, not by each request."""
    return HttpResponse(shape.model_dump_json(), status=status, content_type="application/json")


def language_of(request: ApiRequest) -> str:
    """The language that the request asks for, else that of the key's user."""
    if "Accept-Language" in request.headers:
        return str(request.LANGUAGE_CODE)
    return request.auth.user.language


def _learn(form: Form, operation: Operation) -> None:
    """What the operation reads stands in its signature."""
    names: set[str] = set()
    for model in cast(list[type[BaseModel]], operation.models):
        source = getattr(model, "__ninja_param_source__", "")
        form.reads_body = form.reads_body or source == "body"
        if source == "query":
            names |= set(getattr(model, "__ninja_flatten_map__", {}))
    form.query = frozenset(names)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in name)[:64]
