"""`aftersale verify`: recompute every invariant over the whole database; 1 when any does not hold."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import json
import os
import sys
from dataclasses import asdict

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.base.invariants import Invariant, Verdict, verify
from aftersale.base.ports import Ports
from aftersale.config.ports import system_ports
from aftersale.ledger.invariants import INVARIANTS as LEDGER
from aftersale.payments.invariants import invariants as of_payments
from aftersale.payments.providers.registry import system_providers
from aftersale.returns.invariants import INVARIANTS as RETURNS
from aftersale.support.invariants import INVARIANTS as SUPPORT


def main(arguments: list[str]) -> int:
    """Print one line for each invariant, breaches below it, and return 0; 1 when any does not hold."""
    parser = argparse.ArgumentParser(prog="aftersale verify", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args(arguments)
    verdicts = []
    for invariant in all_invariants(system_ports()):
        verdicts.append(verify(invariant))
        print(_as_json(verdicts[-1]) if given.json else _as_text(verdicts[-1]), flush=True)
    broken = [verdict for verdict in verdicts if verdict.breaches]
    if broken:
        names = ", ".join(verdict.invariant.name for verdict in broken)
        print(f"aftersale verify: {len(broken)} of {len(verdicts)} DO NOT HOLD: {names}", file=sys.stderr)
    return 1 if broken else 0


def all_invariants(ports: Ports) -> list[Invariant]:
    """Every room's invariants, one line a room."""
    providers = system_providers(clock=ports.clock, ids=ports.ids)
    return [
        *LEDGER,
        *of_payments(clock=ports.clock, providers=providers),
        *RETURNS,
        *SUPPORT,
    ]


def _as_text(verdict: Verdict) -> str:
    says = "ok    " if not verdict.breaches else "BROKEN"
    lines = [f"{says} {verdict.invariant.name:22} {verdict.count:>9} checked  {verdict.invariant.holds}"]
    return "\n".join([*lines, *(f"         {breach.where}: {breach.what}" for breach in verdict.breaches)])


def _as_json(verdict: Verdict) -> str:
    return json.dumps(
        {
            "invariant": verdict.invariant.name,
            "holds": not verdict.breaches,
            "says": verdict.invariant.holds,
            "checked": verdict.count,
            "breaches": [asdict(breach) for breach in verdict.breaches],
        }
    )
