"""`python -m benchmarks`: measure on this machine and write what was measured to docs/benchmarks.md."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
NAMES = {"shipped": "the shipped policy, 9 facts", "fifteen": "a policy of 15 facts"}


def main() -> int:
    """Run each measurement in a process of its own; write the page."""
    figures = _measured("benchmarks.policy.decide")
    PAGE.write_text(_page(figures), encoding="utf-8")
    print(f"written: {PAGE.relative_to(PAGE.parents[1])}")
    return 0


def _measured(module: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        # A missed goal ends the measurement with 1; it is written down as missed.
        subprocess.run([sys.executable, "-m", module, "--json", str(file)], check=False)
        figures: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return figures


def _page(figures: Mapping[str, Any]) -> str:
    rows = [_decision(NAMES[name], each) for name, each in figures["decisions"].items()]
    first = [_first(name, each) for name, each in figures["first decision"].items()]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `make bench`. Ratios of one run on one machine; machines differ, ratios hardly.",
            "",
            "## One decision",
            "",
            "The same orders as dicts, interleaved rounds. *By hand* is an early-return ladder in Python",
            "(`benchmarks/policy/handwritten.py`), asserted to answer the same. *Explained* is the outcome",
            "with its clause, prose, what it pays and the facts that decided. *Whole* also checks every fact",
            "and every rule of the world, and finds the day until which the answer holds; the ladder does",
            "none of that.",
            "",
            "| | explained a second | bare / by hand (goal 0.8) | explained / bare (goal 1.4) | whole, ns |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "| First decision, from the import to the answer | ms (goal 20) | MB (goal 1) | of it code |",
            "|---|---|---|---|",
            *first,
            "",
            f"Python {figures['python']}, {figures['machine']}; {figures['orders']:,} orders a round.",
            "",
        ]
    )


def _decision(name: str, each: Mapping[str, float]) -> str:
    return (
        f"| {name} | {1e3 / each['explained']:.1f} million | {_goal(each['leaf / hand'], 0.8)} |"
        f" {_goal(each['explained / leaf'], 1.4)} | {each['decide']:,.0f} |"
    )


def _first(name: str, each: Mapping[str, float]) -> str:
    return f"| {name} | {_goal(each['ms'], 20)} | {_goal(each['mb'], 1)} | {each['of it code']:.1f} MB |"


def _goal(figure: float, goal: float) -> str:
    return f"{figure:.2f}" if figure <= goal else f"{figure:.2f}, **missed**"


if __name__ == "__main__":
    sys.exit(main())
