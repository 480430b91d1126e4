"""`python -m benchmarks.removals [--removals 1000] [--json FILE]`: the worker's delay, on both databases.

Removals are submitted at random moments, 4 a second on average; the real worker, with everything else it has
to do, asks a provider of which one call in twenty fails. Ends with 1 when a removal was lost or a card could
be charged afterwards.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.postgres import NoPostgres, postgres

A_SECOND = 4


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.removals", description=__doc__)
    parser.add_argument("--removals", type=int, default=1000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args(argv)
    figures: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as folder:
        figures["SQLite"] = measured(given.removals, {"DATABASE_URL": f"sqlite:///{folder}/removals.sqlite3"})
        try:
            with postgres() as url:
                figures["PostgreSQL"] = measured(given.removals, {"DATABASE_URL": url})
        except NoPostgres as missing:
            print(f"PostgreSQL: {missing}", file=sys.stderr)
    if given.json:
        given.json.write_text(json.dumps(figures), encoding="utf-8")
    return 0


def measured(removals: int, env: dict[str, str]) -> dict[str, Any]:
    """The figures of one run, in a process of its own."""
    with tempfile.TemporaryDirectory() as var:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.removals.run", str(removals), str(A_SECOND)],
            env={**os.environ, **env, "AFTERSALE_VAR": var},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(figures, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
