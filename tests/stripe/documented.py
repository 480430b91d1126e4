"""Stripe as its documentation tells it, written by hand: answers/ has each shape with its source and day.

An HTTP server of its own, so that the adapter, its library and a network stand between the tests and it.
Like Stripe it keeps what it was asked: the same key answers the same for a day, and other words with it are
refused. What Stripe does beyond these pages, nobody here knows: see docs/stripe.md.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET_KEY = "sk_test_of_nobody"  # as the documentation writes its own
_ANSWERS = Path(__file__).parent / "answers"
_PAGES = "/c/pay/"
type Body = dict[str, Any]
type Answer = tuple[int, Body]


def written(name: str) -> Body:
    """What was written down of Stripe's documentation under this name."""
    known: Body = json.loads((_ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    return known


class Refused(Exception):
    """Stripe answers with an error of its pages."""

    def __init__(self, name: str) -> None:
        told = written("errors")[name]
        self.answer: Answer = (told["status"], {"error": told["error"]})


@dataclass
class Documented:
    """What this Stripe has, by kind and name; and how the network treats it."""

    things: dict[str, Body] = field(default_factory=dict)
    keys: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    as_made: dict[str, Body] = field(default_factory=dict)  # what the search shows, which is never up to date
    search_is_late: bool = False
    has_pages: bool = False  # its Checkout can be opened in a browser, at its own address
    only_answer: str = ""
    now: int = 1_772_366_400
    address: str = ""

    def make(self, kind: str, prefix: str, **known: Any) -> Body:
        thing: Body = deepcopy(written(kind)["body"])
        thing |= {"id": f"{prefix}_{len(self.things) + 1:08}", "created": self.now} | known
        self.things[thing["id"]] = thing
        self.as_made[thing["id"]] = deepcopy(thing)
        return thing

    def get(self, name: str, kind: str) -> Body:
        thing = self.things.get(name)
        if thing is None or thing["object"] != kind:
            raise Refused("missing")
        return thing

    def all(self, kind: str) -> list[Body]:
        """Newest first, as Stripe lists."""
        return [thing for thing in reversed(self.things.values()) if thing["object"] == kind]

    def forget_keys(self) -> None:
        """A day has passed."""
        self.keys.clear()

    def answer(self, method: str, target: str, body: str, headers: Any) -> Answer:
        url = urlsplit(target)
        asked = parse_qsl(body if method == "POST" else url.query, keep_blank_values=True)
        self.requests.append(f"{method} {url.path}")
        if headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return Refused("unauthorized").answer
        if self.only_answer:
            return Refused(self.only_answer).answer
        try:
            act, names = _route(method, url.path)
            if method == "GET":
                return 200, act(self, *names, _nested(asked))
            return self._once(headers["Idempotency-Key"], target + body, act, names, asked)
        except Refused as refused:
            return refused.answer

    def _once(self, key: str, words: str, act: Any, names: list[str], asked: Any) -> Answer:
        if key in self.keys:
            before, answer = self.keys[key]
            if before != words:
                raise Refused("mismatch")
            return answer
        try:
            answer = (200, act(self, *names, _nested(asked)))
        except Declined as declined:
            answer = (402, {"error": declined.error})
        except Refused as refused:
            answer = refused.answer
        self.keys[key] = (words, deepcopy(answer))
        return answer


class Declined(Exception):
    def __init__(self, error: Body) -> None:
        self.error = error


def _create_refund(at: Documented, asked: Body) -> Body:
    _only(asked, "charge", "payment_intent", "amount", "metadata", "reason")
    charge = at.get(
        asked.get("charge") or at.get(asked["payment_intent"], "payment_intent")["latest_charge"], "charge"
    )
    amount, left = int(asked["amount"]), charge["amount_captured"] - charge["amount_refunded"]
    if amount <= 0:
        raise Refused("invalid_integer")
    if charge["disputed"]:
        raise Refused("disputed")
    if amount > left:
        raise Refused("over_refund" if left else "already_refunded")
    charge["amount_refunded"] += amount
    known = {name: charge[name] for name in ("currency", "payment_intent")}
    return at.make(
        "refund", "re", amount=amount, charge=charge["id"], metadata=asked.get("metadata", {}), **known
    )


def _list_refunds(at: Documented, asked: Body) -> Body:
    _only(asked, "charge", "payment_intent", "limit", "starting_after", "created")
    for name in ("charge", "payment_intent"):
        if name in asked:
            at.get(asked[name], name)
    since = int(asked.get("created", {}).get("gte", 0))
    found = [
        each
        for each in at.all("refund")
        if each["created"] >= since
        and all(each[name] == asked[name] for name in ("charge", "payment_intent") if name in asked)
    ]
    names = [each["id"] for each in found]
    start = names.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
    page = found[start : start + int(asked.get("limit", 10))]
    more = start + len(page) < len(found)
    return {"object": "list", "url": "/v1/refunds", "has_more": more, "data": page}


def _create_intent(at: Documented, asked: Body) -> Body:
    _only(
        asked,
        *("amount", "currency", "customer", "payment_method", "allowed_payment_method_types", "confirm"),
        *("off_session", "return_url", "metadata"),
    )
    method = at.get(asked["payment_method"], "payment_method")
    if method["customer"] != asked["customer"]:
        raise Refused("not_the_customers")
    amount = int(asked["amount"])
    if amount < 1:
        raise Refused("invalid_integer")
    if amount < 50:
        raise Refused("too_small")
    known = {name: asked[name] for name in ("currency", "customer", "payment_method", "metadata")}
    intent = at.make("payment_intent", "pi", amount=amount, **known)
    trial = method["trial"]
    if trial == "authentication_required" and "return_url" in asked:
        intent |= {"status": "requires_action", "next_action": written("next_action")["body"]}
        return intent
    if trial == "processing":
        intent["status"] = "processing"
        return intent
    if trial:
        decline(intent, trial)
        raise Declined(intent["last_payment_error"] | {"payment_intent": intent})
    return paid(at, intent)


def decline(intent: Body, why: str) -> None:
    error = written("declines")[why]
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "next_action": None}


def paid(at: Documented, intent: Body) -> Body:
    """The bank agreed, at once or after the customer's confirmation."""
    amount = dict.fromkeys(("amount", "amount_captured"), intent["amount"])
    charge = at.make("charge", "ch", currency=intent["currency"], payment_intent=intent["id"], **amount)
    intent |= {"status": "succeeded", "latest_charge": charge["id"], "next_action": None}
    return intent


def confirm(at: Documented, intent: str, *, yes: bool) -> None:
    """What a person answers on the bank's page."""
    waiting = at.things[intent]
    if waiting["status"] != "requires_action":
        return
    if yes:
        paid(at, waiting)
    else:
        decline(waiting, "payment_intent_authentication_failure")


def _search_intents(at: Documented, asked: Body) -> Body:
    _only(asked, "query", "limit", "page")
    name, _, value = asked["query"].removeprefix("metadata['").partition("']:'")
    found = [
        at.as_made[each["id"]]
        for each in at.all("payment_intent")
        if not at.search_is_late and each["metadata"].get(name) == value.rstrip("'")
    ]
    return {"object": "search_result", "url": "/v1/payment_intents/search", "has_more": False, "data": found}


def _get_intent(at: Documented, name: str, asked: Body) -> Body:
    intent = at.get(name, "payment_intent")
    if asked.get("expand") and intent["latest_charge"]:
        return intent | {"latest_charge": at.things[intent["latest_charge"]]}
    return intent


def _cancel_intent(at: Documented, name: str, _asked: Body) -> Body:
    intent = at.get(name, "payment_intent")
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise Refused("cannot_cancel")
    intent |= {"status": "canceled", "canceled_at": at.now, "next_action": None}
    return intent


def _detach(at: Documented, name: str, _asked: Body) -> Body:
    method = at.get(name, "payment_method")
    if method["customer"] is None:
        raise Refused("not_attached")
    method["customer"] = None
    return method


def _create_session(at: Documented, asked: Body) -> Body:
    _only(
        asked,
        *("mode", "allowed_payment_method_types", "customer_creation", "client_reference_id"),
        *("metadata", "success_url", "cancel_url"),
    )
    intent = at.make("setup_intent", "seti")
    session = at.make("checkout_session", "cs_test", **asked | {"setup_intent": intent["id"]})
    pages = at.address if at.has_pages else "https://checkout.stripe.com"
    session["url"] = f"{pages}{_PAGES}{session['id']}"
    return session


def _get_session(at: Documented, name: str, _asked: Body) -> Body:
    session = at.get(name, "checkout.session")
    intent = deepcopy(at.things[session["setup_intent"]])
    intent["payment_method"] = at.things.get(intent["payment_method"] or "")
    return session | {"setup_intent": intent}


def _expire_session(at: Documented, name: str, _asked: Body) -> Body:
    session = at.get(name, "checkout.session")
    if session["status"] != "open":
        raise Refused("not_open")
    session |= {"status": "expired", "url": None}
    return session


def give_card(
    at: Documented, session: str, *, trial: str = "", refused: str = "", last4: str = "4242"
) -> None:
    """What a person does on Checkout's page; `trial` is how the card's bank treats charges later."""
    page = at.things[session]
    intent = at.things[page["setup_intent"]]
    if page["status"] != "open":
        return
    if refused:
        intent["last_setup_error"] = written("declines")[refused]
        return
    customer = f"cus_{len(at.things):08}"
    method = at.make("payment_method", "pm", customer=customer, trial=trial)
    method["card"] |= {"last4": last4, "fingerprint": f"print-{last4}"}
    method["billing_details"]["email"] = "ann@example.com"
    intent |= {"status": "succeeded", "payment_method": method["id"], "customer": customer}
    page |= {"status": "complete", "customer": customer, "url": None}


_ROUTES: dict[tuple[str, str], Callable[..., Body]] = {
    ("POST", "/v1/refunds"): _create_refund,
    ("GET", "/v1/refunds"): _list_refunds,
    ("GET", "/v1/refunds/*"): lambda at, name, _asked: at.get(name, "refund"),
    ("GET", "/v1/charges/*"): lambda at, name, _asked: at.get(name, "charge"),
    ("POST", "/v1/payment_intents"): _create_intent,
    ("GET", "/v1/payment_intents/search"): _search_intents,
    ("GET", "/v1/payment_intents/*"): _get_intent,
    ("POST", "/v1/payment_intents/*/cancel"): _cancel_intent,
    ("GET", "/v1/payment_methods/*"): lambda at, name, _asked: at.get(name, "payment_method"),
    ("POST", "/v1/payment_methods/*/detach"): _detach,
    ("POST", "/v1/checkout/sessions"): _create_session,
    ("GET", "/v1/checkout/sessions/*"): _get_session,
    ("POST", "/v1/checkout/sessions/*/expire"): _expire_session,
}


def _route(method: str, path: str) -> tuple[Callable[..., Body], list[str]]:
    for (verb, shape), act in _ROUTES.items():
        parts, wanted = path.split("/"), shape.split("/")
        if verb == method and len(parts) == len(wanted):
            pairs = list(zip(parts, wanted, strict=True))
            if all(want in (part, "*") for part, want in pairs):
                return act, [unquote(part) for part, want in pairs if want == "*"]
    raise Refused("missing")


def _nested(asked: list[tuple[str, str]]) -> Body:
    """`metadata[key]=1` and `expand[0]=x` as the things they stand for."""
    tree: Body = {}
    for name, value in asked:
        first, *rest = name.replace("]", "").split("[")
        if rest:
            tree.setdefault(first, {})[rest[0]] = value
        else:
            tree[first] = value
    return tree


def _only(asked: Body, *known: str) -> None:
    if not set(asked) <= set(known):
        raise Refused("unknown_parameter")


@contextmanager
def serving(stripe: Documented) -> Iterator[Documented]:
    """Let it answer on a port of this machine, at `stripe.address`."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            if self.path.startswith(_PAGES):
                self._page(self.path.removeprefix(_PAGES))
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            with lock:
                status, told = stripe.answer(self.command, self.path, body, self.headers)
                written = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.send_header("Request-Id", f"req_{len(stripe.requests):014}")
            self.end_headers()
            self.wfile.write(written)

        def _page(self, session: str) -> None:
            """Checkout, as bare as can be: a press gives the card and leads back."""
            if self.command == "POST":
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                give_card(stripe, session)
            self.send_response(303 if self.command == "POST" else 200)
            self.send_header("Location", stripe.things[session]["success_url"])
            self.send_header("Content-Type", "text/html")
            written = b"<form method=post><button>Save card</button></form>"
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_POST = _answer  # noqa: N815 - the names that the library calls

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stripe.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
