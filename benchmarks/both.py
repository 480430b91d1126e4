"""Runs a measurement on both databases, each time in a process and on a database of its own."""

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


def on_both(module: str, told: str, argv: Sequence[str], **sizes: int) -> int:
    """`python -m MODULE.run SIZES` with each DATABASE_URL; `sizes` are options with what is usual."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=told)
    for name, usual in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args(argv)
    chosen = {name: getattr(given, name) for name in sizes}
    figures: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0], **chosen}
    words = [f"{module}.run", *(str(size) for size in chosen.values())]
    with tempfile.TemporaryDirectory() as folder:
        figures["SQLite"] = _measured(words, f"sqlite:///{folder}/bench.sqlite3")
    try:
        with postgres(durable=True) as url:
            figures["PostgreSQL"] = _measured(words, url)
    except NoPostgres as missing:
        print(f"PostgreSQL: {missing}", file=sys.stderr)
    if given.json:
        given.json.write_text(json.dumps(figures), encoding="utf-8")
    return 0


def _measured(words: Sequence[str], url: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as var:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env={**os.environ, "DATABASE_URL": url, "AFTERSALE_VAR": var},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(figures, indent=1), flush=True)
    return figures
