"""A bad network between the slot and Stripe: it loses requests or answers, cuts answers, and sends twice.

It stands on a port of its own and passes HTTP on. What it does with the next request is asked of `plan`.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Fault(StrEnum):
    NONE = "passes on"
    REQUEST_LOST = "loses the request"
    ANSWER_LOST = "loses the answer"
    ANSWER_CUT = "cuts the answer"
    SENT_TWICE = "sends the request twice"
    BROKEN = "answers 502 by itself"


@dataclass
class Network:
    """What becomes of each request, told by its method and path; what happened stands in `seen`."""

    plan: Callable[[str, str], Fault] = lambda _method, _path: Fault.NONE
    seen: list[tuple[str, str, Fault]] = field(default_factory=list)
    address: str = ""

    def faults(self) -> int:
        return sum(fault != Fault.NONE for _, _, fault in self.seen)


@contextmanager
def between(target: str, network: Network) -> Iterator[Network]:
    """Let the network stand before `target`, at `network.address`."""
    host = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            fault = network.plan(self.command, path)
            network.seen.append((self.command, path, fault))
            self.close_connection = True
            if fault == Fault.REQUEST_LOST:
                return
            if fault == Fault.BROKEN:
                self._answer(502, b"<html>bad gateway</html>", 0)
                return
            if fault == Fault.SENT_TWICE:
                self._ask(body)
            status, told = self._ask(body)
            if fault != Fault.ANSWER_LOST:
                self._answer(status, told, len(told) // 2 if fault == Fault.ANSWER_CUT else 0)

        def _ask(self, body: bytes) -> tuple[int, bytes]:
            there = http.client.HTTPConnection(host, timeout=30)
            there.request(self.command, self.path, body, dict(self.headers.items()))
            answer = there.getresponse()
            told = answer.status, answer.read()
            there.close()
            return told

        def _answer(self, status: int, told: bytes, cut: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told[: len(told) - cut])

        do_GET = do_POST = _pass_on  # noqa: N815 - the names that the library calls

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    network.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
