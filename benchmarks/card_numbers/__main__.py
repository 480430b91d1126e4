"""`python -m benchmarks.card_numbers [--json FILE] [--count N] [--seed N] [--show]`: the scrubber measured.

On the messages written apart from the code, and on as many drawn by a seed. `--show` prints what was missed
and what was taken. Ends with 1 when a figure is below its floor.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.card_numbers.generate import messages
from benchmarks.card_numbers.measuring import (
    Tally,
    hostile_seconds,
    judged,
    lines_a_second,
    total,
    written_apart,
)

FILE = Path(__file__).with_name("figures.json")
# The figures of the research that the scrubber was built to.
RECALL, FALSE_ALARMS, OF_A_KIND = 0.98, 0.02, 0.03
SECONDS = 0.5
LINES = 50_000  # with both cores busy


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card_numbers", description=__doc__)
    parser.add_argument("--json", type=Path, default=FILE)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=20260312)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    sets = {"written apart": judged(written_apart()), "generated": judged(messages(given.seed, given.count))}
    hostile, lines = hostile_seconds(), lines_a_second()
    for name, tallies in sets.items():
        _print(name, tallies, show=given.show)
    slowest = max(hostile, key=hostile.__getitem__)
    print(f"a megabyte of digits: {hostile['one run of digits']:.2f} s; ", end="")
    print(f"of the worst, {slowest}: {hostile[slowest]:.2f} s")
    print(f"log lines a second: {lines:,.0f}")
    figures = {name: _figures(tallies) for name, tallies in sets.items()}
    figures |= {"hostile seconds": {name: round(each, 3) for name, each in hostile.items()}}
    given.json.write_text(json.dumps(figures | {"log lines a second": round(lines)}, indent=1) + "\n")
    missed = [name for name, tallies in sets.items() if not _is_good(tallies)]
    return 1 if missed or hostile["one run of digits"] > SECONDS or lines < LINES else 0


def _print(name: str, tallies: Mapping[str, Tally], *, show: bool) -> None:
    whole = total(tallies.values())
    print(f"{name}: recall {whole.recall:.2%} of {whole.cards:,}, ", end="")
    print(f"false alarms {whole.false_alarms:.2%} of {whole.alikes:,}")
    for kind, tally in sorted(tallies.items()):
        if tally.found < tally.cards or tally.taken:
            print(f"  {kind}: {tally.found}/{tally.cards} found, {tally.taken}/{tally.alikes} taken wrongly")
        if show:
            for text in [*tally.missed[:5], *tally.wrong[:5]]:
                print(f"    {text!r}")


def _figures(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    whole = total(tallies.values())
    kinds = {
        kind: {"cards": each.cards, "found": each.found, "look-alikes": each.alikes, "taken": each.taken}
        for kind, each in sorted(tallies.items())
    }
    return {
        "recall": round(whole.recall, 4),
        "false alarms": round(whole.false_alarms, 4),
        "cards": whole.cards,
        "look-alikes": whole.alikes,
        "kinds": kinds,
    }


def _is_good(tallies: Mapping[str, Tally]) -> bool:
    whole = total(tallies.values())
    numbers = [each for kind, each in tallies.items() if kind.startswith(("order", "tracking", "id"))]
    return (
        whole.recall >= RECALL
        and whole.false_alarms <= FALSE_ALARMS
        and all(each.false_alarms <= OF_A_KIND for each in numbers)
    )


if __name__ == "__main__":
    sys.exit(main())
