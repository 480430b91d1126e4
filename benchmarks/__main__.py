"""Measures everything and writes docs/benchmarks.md with its picture.

python -m benchmarks            about a minute
python -m benchmarks --quick    a rehearsal: the page goes to the terminal, nothing is written
python -m benchmarks --only removals    one section, and the others stay as they are
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page import ALONE, page, with_section
from benchmarks.picture import picture
from benchmarks.running import FAILED, all_figures, figures_of

DOCS = Path(__file__).parents[1] / "docs"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; write the page and the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and write the page.")
    parser.add_argument("--quick", action="store_true", help="few rounds, few orders, and nothing is written")
    parser.add_argument("--only", choices=sorted(ALONE), help="measure and write this section alone")
    given = parser.parse_args(argv)
    if given.only:
        return _only(given.only)
    quick = given.quick
    figures = all_figures(quick=quick)
    text = page(figures)
    if quick:
        print(text)
        return 0
    for name, content in (("benchmarks.md", text), ("pictures/benchmarks.svg", picture(figures))):
        (DOCS / name).write_text(content, encoding="utf-8")
        print(f"written: docs/{name}")
    return 0


def _only(name: str) -> int:
    figures, written = figures_of(name), DOCS / "benchmarks.md"
    if FAILED in figures:
        print(f"{name}: {figures[FAILED]}", file=sys.stderr)
        return 1
    written.write_text(with_section(written.read_text(encoding="utf-8"), name, figures), encoding="utf-8")
    print("written: docs/benchmarks.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
