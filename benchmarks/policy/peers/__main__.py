"""How fast another engine decides by the shipped policy.

    python -m benchmarks.policy.peers PEER [--json FILE] [--rounds N]

The peer's answers are asserted to be ours on all orders first. Then, in interleaved rounds on the same
validated dicts: the hand-written ladder, our bare and our explained decision, and each form of the peer's.
Each in turn decides a slice of the orders, so that all see the same moments of a busy machine, in processor
time, so that the slow are not charged for being interrupted more often. Figures are medians over all slices.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time_ns
from typing import Any

from aftersale.policy import Policy
from benchmarks.policy.decide import DOCUMENTS, some_orders
from benchmarks.policy.handwritten import marketplace

PEERS = ("cel", "zen", "json_logic", "datalogic", "cedar")
SLICE = 200
OURS = ("hand", "bare", "explained")

type Timed = Callable[[Mapping[str, Any]], object]


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints, and with `--json` writes the figures."""
    parser = argparse.ArgumentParser(description="Measure decisions against another engine.")
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there")
    parser.add_argument("--rounds", type=int, default=25, help="interleaved rounds over all orders")
    options = parser.parse_args(argv)
    peer = import_module(f"benchmarks.policy.peers.{options.peer}")
    figures = {
        "version": version(peer.PACKAGE),
        "package": peer.PACKAGE,
        **measure(peer.forms, options.rounds),
    }
    for way, nanoseconds in figures["ns"].items():
        ratios = "".join(
            f"   {each[way]:.1f} x {name}" for name, each in figures["ratios"].items() if way in each
        )
        print(f"{way:10} {nanoseconds:8,.0f} ns{ratios}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(forms: Callable[[Policy], Mapping[str, Timed]], rounds: int) -> dict[str, Any]:
    """The median nanoseconds of each way to decide, and how many times ours each form of the peer takes."""
    policy = Policy.load(DOCUMENTS["shipped"])
    orders, theirs = some_orders(policy), forms(policy)
    for name, form in theirs.items():
        for order in orders:
            ours = policy.reasons[policy.decide_leaf(order)].clause
            assert form(order) == ours, f"{name}: {form(order)}, ours: {ours}, of {order}"
    ways: dict[str, Timed] = {
        "hand": marketplace,
        "bare": policy.decide_leaf,
        "explained": policy.trace,
        **theirs,
    }
    slices = [orders[start : start + SLICE] for start in range(0, len(orders), SLICE)]
    times: dict[str, list[float]] = {way: [] for way in ways}
    for some in slices * rounds:
        _nanoseconds(marketplace, some)  # who comes first would fetch the orders for all others
        for way, function in ways.items():
            times[way].append(_nanoseconds(function, some))
    ratios = {
        ours: {form: median(a / b for a, b in zip(times[form], times[ours], strict=True)) for form in theirs}
        for ours in OURS
    }
    return {"ns": {way: median(times[way]) for way in ways}, "ratios": ratios, "orders": len(orders)}


def _nanoseconds(function: Timed, orders: list[dict[str, Any]]) -> float:
    start = process_time_ns()
    for order in orders:
        function(order)
    return (process_time_ns() - start) / len(orders)


if __name__ == "__main__":
    sys.exit(main())
