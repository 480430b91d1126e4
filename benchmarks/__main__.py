"""Measures everything and writes docs/benchmarks.md with its picture.

python -m benchmarks            about a minute
python -m benchmarks --quick    a rehearsal: the page goes to the terminal, nothing is written
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page import page
from benchmarks.picture import picture
from benchmarks.running import all_figures

DOCS = Path(__file__).parents[1] / "docs"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; write the page and the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and write the page.")
    parser.add_argument("--quick", action="store_true", help="few rounds, few orders, and nothing is written")
    quick = parser.parse_args(argv).quick
    figures = all_figures(quick=quick)
    text = page(figures)
    if quick:
        print(text)
        return 0
    for name, content in (("benchmarks.md", text), ("pictures/benchmarks.svg", picture(figures))):
        (DOCS / name).write_text(content, encoding="utf-8")
        print(f"written: docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
