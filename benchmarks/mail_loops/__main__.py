"""`python -m benchmarks.mail_loops [--hours 72] [--json FILE]`: the loops, in a database of their own."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mail_loops", description=__doc__)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as var:
        env = {"DATABASE_URL": f"sqlite:///{var}/loops.sqlite3", "AFTERSALE_VAR": var}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.mail_loops.run", str(given.hours)],
            env={**os.environ, **env},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    figures = done.stdout.splitlines()[-1]
    print(figures)
    if given.json:
        given.json.write_text(json.dumps(json.loads(figures)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
