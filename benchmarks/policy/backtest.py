"""How fast a back-test is: `python -m benchmarks.policy.backtest [--json FILE] [--orders N] [--rounds N]`.

Makes N random orders (10 million; seeded) as one Parquet file in a temporary folder, then in one process, in
interleaved rounds, in CPU seconds of all threads:

- `max`: a bare `max()` of every column that a back-test reads;
- `hand`: the rules hand-written as one CASE, with counts and sums by clause; it checks no row;
- `checked`: the same with a hand-written check of each fact and each rule of the world, as ours has;
- `backtest`: `run`, the whole of it: opening the file, checking each row, counting, deciding, the report;
- `against`: `run` with another version;
- `scan` and `cube`: an edit priced by `run`, and on orders that were grouped before; asserted equal.

`hand` and `backtest` are asserted to give the same orders and the same money by clause. The peak of memory is
that of a fresh process that runs one back-test.
"""

import argparse
import json
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from aftersale.policy import Policy
from aftersale.policy.backtest import Report, run
from aftersale.policy.backtest.cube import Cube

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "policies" / "marketplace.md"
GOALS = {"backtest / hand": 1.1, "backtest / max": 1.1, "cube / scan": 1 / 50}
MOST_MEGABYTES = 1000

# The chances are of no shop in particular: most is paid by card, most is unwanted, most comes back in time.
_ORDERS = """
COPY (
  WITH rolled AS (
    SELECT i, hash(i * 10 + 1 + {seed}) a, hash(i * 10 + 2 + {seed}) b, hash(i * 10 + 3 + {seed}) c,
      hash(i * 10 + 4 + {seed}) d, hash(i * 10 + 5 + {seed}) e, hash(i * 10 + 6 + {seed}) f
    FROM range({count}) numbers(i)
  ), bought AS (
    SELECT *, 1 + (d % 100 > 60)::INT + (d % 100 > 85)::INT + (d % 100 > 95)::INT AS units,
      CASE WHEN b % 100 < 60 THEN 'unwanted' WHEN b % 100 < 80 THEN 'defective'
        WHEN b % 100 < 92 THEN 'wrong' ELSE 'missing' END AS reason
    FROM rolled
  )
  SELECT
    CASE WHEN a % 100 < 70 THEN 'card' WHEN a % 100 < 85 THEN 'bank_transfer' ELSE 'balance' END AS tender,
    reason,
    CASE WHEN c % 100 >= 3 THEN ((c >> 10) % 90 + CASE WHEN c % 100 > 90 THEN 30 ELSE 0 END)::SMALLINT END
      AS days,
    (a >> 20) % 100 < 30 AS marked_delivered,
    CASE WHEN (b >> 20) % 100 < 70 THEN 'defective_or_wrong' ELSE 'any_reason' END AS supplier_terms,
    e % 100 < 40 AS mainland_supplier, (e >> 20) % 100 < 10 AS rma, units::SMALLINT AS units_with_customer,
    CASE WHEN reason = 'missing' THEN (d >> 20) % (units + 1) ELSE 1 + (d >> 20) % units END::SMALLINT
      AS units_returned,
    (100 + f % 20000)::BIGINT AS amount, CASE WHEN f >> 20 & 3 = 0 THEN 'USD' ELSE 'EUR' END AS currency
  FROM bought
) TO '{path}' (FORMAT parquet)
"""
_READ = (
    "tender reason days marked_delivered supplier_terms mainland_supplier rma units_with_customer"
    " units_returned amount currency"
).split()

# What a person writes who knows that `first match` is read from the top: each line leans on those above.
_BY_HAND = """
CASE
  WHEN tender = 'balance' THEN CASE WHEN reason = 'missing' THEN 'balance-missing' ELSE 'balance' END
  WHEN tender = 'card' AND rma AND mainland_supplier THEN 'rma-card'
  WHEN reason = 'missing' THEN CASE
    WHEN tender = 'bank_transfer' AND days > 60 THEN 'missing-bank-late'
    WHEN NOT mainland_supplier THEN 'missing-claim'
    WHEN tender = 'bank_transfer' AND rma THEN 'rma-bank-missing'
    WHEN units_returned < units_with_customer THEN 'together'
    WHEN units_with_customer >= 1 THEN 'missing-rma' ELSE 'missing-claim' END
  WHEN tender = 'bank_transfer' THEN CASE
    WHEN reason = 'unwanted' THEN 'bank-unwanted' WHEN days > 60 THEN 'bank-late' ELSE 'bank-faulty' END
  WHEN days > 60 OR marked_delivered THEN CASE
    WHEN reason = 'unwanted' THEN 'card-unwanted-over' WHEN rma THEN 'rma-elsewhere'
    WHEN reason = 'wrong' AND mainland_supplier AND units_returned < units_with_customer THEN 'together'
    ELSE 'card-faulty-over' END
  WHEN reason = 'unwanted' AND supplier_terms = 'defective_or_wrong' THEN
    CASE WHEN rma THEN 'rma-elsewhere' ELSE 'card-supplier-terms' END
  ELSE 'card-in-time' END
"""
_IN_ORDER = """
  tender IN ('card', 'balance', 'bank_transfer') AND reason IN ('unwanted', 'defective', 'wrong', 'missing')
  AND (days IS NULL OR days BETWEEN 0 AND 36500) AND marked_delivered IS NOT NULL
  AND supplier_terms IN ('defective_or_wrong', 'any_reason') AND mainland_supplier IS NOT NULL
  AND rma IS NOT NULL AND units_with_customer BETWEEN 0 AND 10000 AND units_returned BETWEEN 0 AND 10000
  AND units_returned <= units_with_customer AND (reason = 'missing' OR units_returned >= 1) AND amount >= 0
"""
_PEAK = """
import resource, sys
from aftersale.policy import Policy
from aftersale.policy.backtest import run
assert run(Policy.load(sys.argv[1]), sys.argv[2], by=["tender"]).orders
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints ratios, and with `--json` writes the figures; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure a back-test against hand-written SQL.")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there")
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="aftersale-benchmark-") as folder:
        path = Path(folder) / "orders.parquet"
        with duckdb.connect() as connection:
            connection.execute(_ORDERS.format(seed=1, count=options.orders, path=path))
        figures = measure(path, options.rounds)
        figures["megabytes"] = _peak(path)
    missed = _print(figures, options.orders)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "duckdb": duckdb.__version__,
            "orders": options.orders,
        }
        report = {**figures, **machine, "system": platform.platform()}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def measure(path: Path, rounds: int) -> dict[str, float]:
    """The best CPU seconds for each way, and the medians of the rounds' ratios."""
    policy = Policy.load(POLICY)
    old = _edited(policy, 45)
    began = _cpu()
    cube = Cube.build(policy, str(path))
    built = _cpu() - began
    times: dict[str, list[float]] = {}

    def timed(name: str, way: Callable[[], Any]) -> Any:
        start = _cpu()
        answer = way()
        times.setdefault(name, []).append(_cpu() - start)
        return answer

    chance = random.Random(1)
    with duckdb.connect() as connection:
        for _ in range(rounds):
            query = f"SELECT {', '.join(f'max({name})' for name in _READ)} FROM '{path}'"
            timed("max", lambda query=query: connection.execute(query).fetchall())
            by_hand = timed("hand", lambda: _hand(connection, path, _BY_HAND))
            checked = f"CASE WHEN {_IN_ORDER} THEN {_BY_HAND} ELSE 'refused' END"
            timed("checked", lambda checked=checked: _hand(connection, path, checked))
            report = timed("backtest", lambda: run(policy, str(path)))
            _agree(report, by_hand)
            timed("against", lambda: run(policy, str(path), against=old))
            edit = _edited(policy, chance.randrange(1, 100))
            scan = timed("scan", lambda edit=edit: run(edit, str(path)))
            price = timed("cube", lambda edit=edit: cube.price(edit))
            assert price.lines == scan.lines
    pairs = [("backtest", "hand"), ("backtest", "checked"), ("backtest", "max"), ("cube", "scan")]
    pairs += [("cube", "hand"), ("against", "backtest")]
    ratios = {
        f"{one} / {other}": statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))
        for one, other in pairs
    }
    return {**{name: min(seconds) for name, seconds in times.items()}, **ratios, "cube built": built}


def _edited(policy: Policy, days: int) -> Policy:
    return Policy.parse(policy.text.replace("days more than 60", f"days more than {days}"), f"{days}.md")


def _hand(
    connection: duckdb.DuckDBPyConnection, path: Path, clause: str
) -> dict[tuple[str, str], tuple[int, int]]:
    rows = connection.execute(
        f"SELECT clause, currency, count(*), sum(amount) FROM (SELECT {clause} AS clause, currency, amount"
        f" FROM '{path}') GROUP BY clause, currency"
    ).fetchall()
    return {(clause, currency): (count, total) for clause, currency, count, total in rows}


def _agree(report: Report, by_hand: dict[tuple[str, str], tuple[int, int]]) -> None:
    """Asserts the same orders by clause, and for what is refunded the same money."""
    for line in report.lines:
        same = {currency: told for (clause, currency), told in by_hand.items() if clause == line.clause}
        assert line.orders == sum(count for count, _ in same.values()), line
        if line.outcome == "refund":
            assert line.pays == {currency: total for currency, (_, total) in same.items()}, line
    assert report.orders == sum(count for count, _ in by_hand.values())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak(path: Path) -> float:
    words = [sys.executable, "-c", _PEAK, str(POLICY), str(path)]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _print(figures: dict[str, float], orders: int) -> int:
    """Prints everything with its goal; returns how many goals are missed."""
    print(f"{orders:,} orders, CPU seconds, best round:")
    for name in ("max", "hand", "checked", "backtest", "against", "scan", "cube built"):
        print(f"  {name:20} {figures[name]:.2f}")
    print(f"  {'cube':20} {figures['cube']:.4f}")
    missed = 0
    for ratio, goal in GOALS.items():
        missed += figures[ratio] > goal
        verdict = "reached" if figures[ratio] <= goal else "missed"
        print(f"  {ratio:20} {figures[ratio]:.3f}  goal {goal:.3g}  {verdict}")
    for ratio in ("backtest / checked", "against / backtest", "cube / hand"):
        print(f"  {ratio:20} {figures[ratio]:.3f}")
    missed += figures["megabytes"] > MOST_MEGABYTES
    print(f"  peak of one back-test {figures['megabytes']:.0f} MB, goal {MOST_MEGABYTES} MB")
    print(f"  {orders / figures['backtest'] / 1e6:.1f} M orders a CPU second")
    return missed


if __name__ == "__main__":
    sys.exit(main())
