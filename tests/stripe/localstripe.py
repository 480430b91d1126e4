"""localstripe, somebody else's stand-in for Stripe (GPL): in an environment and a process of its own."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".tools" / "localstripe" / "bin" / "python"
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Localstripe:
    address: str

    def post(self, path: str, **asked: Any) -> dict[str, Any]:
        """What a browser, or another program of the shop, would ask of it."""
        flat = {f"{name}[{key}]": v for name, value in asked.items() for key, v in _pairs(value)}
        plain = {name: value for name, value in asked.items() if not isinstance(value, dict)}
        request = Request(self.address + path, urlencode(flat | plain).encode())
        request.add_header("Authorization", "Bearer sk_test_of_nobody")
        with urlopen(request) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def card(self) -> dict[str, Any]:
        """A card that is kept with a customer."""
        number = "4242" * 4
        typed = {"number": number, "exp_month": 8, "exp_year": 2031, "cvc": "123"}
        method = self.post("/v1/payment_methods", type="card", card=typed)
        customer = self.post("/v1/customers", email="ann@example.com")
        return self.post(f"/v1/payment_methods/{method['id']}/attach", customer=customer["id"])

    def charge(self, amount: int, **metadata: str) -> str:
        """A charge of a card, by another program's hand."""
        card = self.card()
        asked = {"amount": amount, "currency": "eur", "confirm": "true", "metadata": metadata}
        known = {"customer": card["customer"], "payment_method": card["id"]}
        intent = self.post("/v1/payment_intents", **asked, **known)
        return str(intent["latest_charge"] if isinstance(intent["latest_charge"], str) else _name(intent))


def _name(intent: dict[str, Any]) -> str:
    return str(intent["latest_charge"]["id"])


def _pairs(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


@contextmanager
def running(folder: Path) -> Iterator[Localstripe]:
    """Start it, wait until it answers, and stop it afterwards."""
    port = _free_port()
    wrapper = str(Path(__file__).with_name("loopback.py"))
    command = [str(PYTHON), "-P", wrapper, "localstripe.server", "/tmp/localstripe.pickle"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--from-scratch"],
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", "")},
        )
        try:
            _wait_for(process, port, folder / "log")
            yield Localstripe(f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/js.stripe.com/v3/"):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"localstripe did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
