"""The wrong edits of `mutants` as figures: `python -m benchmarks.policy.caught [--json FILE] [--edits N]`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aftersale.policy import Policy
from benchmarks.policy.mutants import MARKETPLACE, SEED, judge, sample, share


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the shares, and with `--json` writes them."""
    parser = argparse.ArgumentParser(description="Count who notices a wrong edit of the shipped policy.")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there")
    parser.add_argument("--edits", type=int, default=108)
    options = parser.parse_args(argv)
    figures = measure(options.edits)
    print(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(how_many: int) -> dict[str, Any]:
    """The share that the checks, the examples, both and either notice, and what nobody notices."""
    original = Policy.load(MARKETPLACE)
    caught = [found for mutant in sample(original.text, how_many) if (found := judge(original, mutant))]
    return {
        "seed": SEED,
        "made": how_many,
        "edits": len(caught),
        "checks": share(c.by_checks for c in caught),
        "examples": share(c.by_examples for c in caught),
        "both": share(c.by_checks and c.by_examples for c in caught),
        "either": share(c.by_checks or c.by_examples for c in caught),
        "missed": [f"{c.mutant.kind}: {c.mutant.edit}" for c in caught if not (c.by_checks or c.by_examples)],
    }


if __name__ == "__main__":
    sys.exit(main())
