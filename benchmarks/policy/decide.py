"""How fast one decision is: `python -m benchmarks.policy.decide [--json FILE] [--rounds N]`.

For the shipped policy and one of fifteen facts, in one run, interleaved rounds, on the same orders as dicts:

- `hand`: the same rules hand-written, an early-return ladder (`handwritten.py`), asserted equal first;
- `leaf`: the bare decision of the compiled policy;
- `explained`: the leaf's record (outcome, clause, its prose, what it pays) and the decisive facts' values;
- `read`: checking the facts and the rules of the world, which a ladder leaves out; timed apart;
- `decide`: reading, deciding, and the whole `Decision` with the day until which it holds.

Then the first decision, in a fresh process, from the import to the answer: milliseconds, and the resident
memory it adds, that of the imported code apart. `cold` has nothing imported before; `in a site` has the
modules of the standard library that a web process has.
"""

import argparse
import json
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aftersale.policy import Fact, FactsError, Policy
from benchmarks.policy import handwritten

ROOT = Path(__file__).parents[2]
DOCUMENTS = {
    "shipped": ROOT / "policies" / "marketplace.md",
    "fifteen": Path(__file__).with_name("fifteen.md"),
}
LADDERS = {"shipped": handwritten.marketplace, "fifteen": handwritten.fifteen}
ORDERS = 2_000
GOALS = {"leaf / hand": 0.8, "explained / leaf": 1.4}
FIRST_GOALS = {"ms": 20.0, "mb": 1.0}

type Timed = Callable[[Mapping[str, Any]], object]

_ORDER = {
    "tender": "card",
    "reason": "wrong",
    "days": 5,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": True,
    "rma": False,
    "units_with_customer": 2,
    "units_returned": 2,
}
_FIRST = """
import sys, time, resource
if sys.argv[2] == "in a site":
    import collections.abc, contextlib, datetime, enum, functools, hashlib, json, pathlib, re, typing
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6
memory, start = resident(), time.perf_counter()
from aftersale.policy import Policy
code = resident() - memory
policy = Policy.load(sys.argv[1])
assert policy.decide(__import__("json").loads(sys.argv[3])).outcome == "refund"
print((time.perf_counter() - start) * 1e3, resident() - memory, code)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints ratios, and with `--json` writes the figures; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure one decision against a hand-written ladder.")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there")
    parser.add_argument("--rounds", type=int, default=60, help="interleaved rounds over all orders")
    options = parser.parse_args(argv)
    figures = {name: measure(name, options.rounds) for name in DOCUMENTS}
    first = {kind: first_decision(kind) for kind in ("in a site", "cold")}
    missed = _print(figures, first)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "system": platform.platform(),
            "machine": platform.machine(),
        }
        report = {"decisions": figures, "first decision": first, "orders": ORDERS, **machine}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def measure(name: str, rounds: int) -> dict[str, float]:
    """Nanoseconds for each way to decide (the best round), and the median of the rounds' ratios."""
    policy, ladder = Policy.load(DOCUMENTS[name]), LADDERS[name]
    orders = some_orders(policy)
    for order in orders:
        reason = policy.reasons[policy.decide_leaf(order)]
        assert ladder(order) == (reason.outcome, reason.clause), order
        assert policy.trace(order)[0] is reason
    ways: dict[str, Timed] = {
        "hand": ladder,
        "leaf": policy.decide_leaf,
        "explained": policy.trace,
        "read": policy.read,
        "decide": policy.decide,
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, function in ways.items():
            times[way].append(_nanoseconds(function, orders))
    ratios = {
        f"{one} / {other}": statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))
        for one, other in (("leaf", "hand"), ("explained", "leaf"), ("decide", "hand"))
    }
    return {**{way: min(times[way]) for way in ways}, **ratios, "leaves": float(len(policy.reasons))}


def some_orders(policy: Policy, seed: int = 1) -> list[dict[str, Any]]:
    """Orders that the world allows, each value as likely as another, numbers near the boundaries."""
    chance = random.Random(seed)
    orders: list[dict[str, Any]] = []
    while len(orders) < ORDERS:
        try:
            orders.append(
                dict(policy.read({fact.name: _value(fact, chance) for fact in policy.facts.values()}))
            )
        except FactsError:
            continue
    return orders


def _value(fact: Fact, chance: random.Random) -> object:
    if fact.may_be_absent and chance.random() < 0.1:
        return None
    if fact.kind == "one of":
        return chance.choice(fact.values)
    if fact.kind == "yes or no":
        return chance.random() < 0.5
    return chance.randint(0, {"days": 120, "paid": 10_000}.get(fact.name, 3))


def _nanoseconds(function: Timed, orders: list[dict[str, Any]]) -> float:
    start = time.perf_counter_ns()
    for order in orders:
        function(order)
    return (time.perf_counter_ns() - start) / len(orders)


def first_decision(kind: str, times: int = 7) -> dict[str, float]:
    """The best of some fresh processes: milliseconds and added megabytes up to the first decision."""
    words = [sys.executable, "-c", _FIRST, str(DOCUMENTS["shipped"]), kind, json.dumps(_ORDER)]
    runs = []
    for _ in range(times + 1):  # the first writes the bytecode
        done = subprocess.run(words, cwd=ROOT, env={}, check=True, capture_output=True, text=True)
        runs.append(tuple(map(float, done.stdout.split())))
    ms, mb, code = (min(figures) for figures in list(zip(*runs[1:], strict=True)))
    return {"ms": ms, "mb": mb, "of it code": code}


def _print(figures: dict[str, dict[str, float]], first: dict[str, dict[str, float]]) -> int:
    """Prints everything with its goal; returns how many goals are missed."""
    missed = 0
    for name, figure in figures.items():
        print(f"{name} ({figure['leaves']:.0f} leaves), nanoseconds a decision, best round:")
        ways = ("hand", "leaf", "explained", "read", "decide")
        print("  " + ", ".join(f"{way} {figure[way]:.0f}" for way in ways))
        print(f"  decide / hand     {figure['decide / hand']:.1f}")
        print(f"  {1e3 / figure['explained']:.1f} M explained decisions a second")
        for ratio, goal in GOALS.items():
            missed += figure[ratio] > goal
            print(f"  {ratio:17} {figure[ratio]:.2f}  goal {goal}  {_verdict(figure[ratio], goal)}")
    for kind, figure in first.items():
        print(f"first decision, {kind}:")
        for unit, goal in FIRST_GOALS.items():
            missed += kind != "cold" and figure[unit] > goal
            print(f"  {unit:17} {figure[unit]:.1f}  goal {goal:g}  {_verdict(figure[unit], goal)}")
        print(f"  mb of code        {figure['of it code']:.1f}")
    return missed


def _verdict(value: float, goal: float) -> str:
    return "reached" if value <= goal else "missed"


if __name__ == "__main__":
    sys.exit(main())
