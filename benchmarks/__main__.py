"""Measures everything and writes docs/benchmarks.md with its picture.

python -m benchmarks            many minutes: removals take nine, 1,000 at 4 a second on two databases
python -m benchmarks --quick    a rehearsal: the page goes to the terminal, nothing is written
python -m benchmarks --only removals    one section, and the others stay as they are
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mail_loops.page import picture as loops_picture
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
    _write("benchmarks.md", text)
    _write("pictures/benchmarks.svg", picture(figures))
    if FAILED not in figures["mail-loops"]:
        _write("pictures/mail-loops.svg", loops_picture(figures["mail-loops"]))
    return 0


def _only(name: str) -> int:
    figures, written = figures_of(name), DOCS / "benchmarks.md"
    if FAILED in figures:
        print(f"{name}: {figures[FAILED]}", file=sys.stderr)
        return 1
    _write("benchmarks.md", with_section(written.read_text(encoding="utf-8"), name, figures))
    if name == "mail-loops":
        _write("pictures/mail-loops.svg", loops_picture(figures))
    return 0


def _write(name: str, content: str) -> None:
    (DOCS / name).write_text(content, encoding="utf-8")
    print(f"written: docs/{name}")


if __name__ == "__main__":
    sys.exit(main())
