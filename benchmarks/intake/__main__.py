"""`python -m benchmarks.intake [--mails 400] [--rounds 3] [--json FILE]`: mails a second, on both databases.

The real `aftersale mail serve` takes mails of 2 kB in by LMTP; each is stored, in a commit that reaches the
disk, before its 250. In turn with it: aiosmtpd by itself, which stores nothing, and bare INSERTs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.intake.clients import brought_a_second, mails
from benchmarks.intake.inserts import inserted_a_second, make_table
from tests.postgres import NoPostgres, postgres

# How many at once, and whether each keeps its connection.
CASES = {"one, kept": (1, True), "one, new": (1, False), "16, kept": (16, True), "16, new": (16, False)}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__)
    parser.add_argument("--mails", type=int, default=400, help="in each case and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args(argv)
    figures: dict[str, Any] = {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "mails": given.mails,
        "rounds": given.rounds,
    }
    with tempfile.TemporaryDirectory() as folder:
        figures["SQLite"] = measured(f"sqlite:///{folder}/intake.sqlite3", given.mails, given.rounds)
    try:
        with postgres(durable=True) as url:
            figures["PostgreSQL"] = measured(url, given.mails, given.rounds)
    except NoPostgres as missing:
        print(f"PostgreSQL: {missing}", file=sys.stderr)
    if given.json:
        given.json.write_text(json.dumps(figures), encoding="utf-8")
    return 0


def measured(url: str, count: int, rounds: int) -> dict[str, dict[str, float]]:
    """Medians of mails a second by case, ours and the peers' in turn, and of the ratios."""
    with tempfile.TemporaryDirectory() as var:
        env = {**os.environ, "DATABASE_URL": url, "AFTERSALE_VAR": var}
        migrate = [sys.executable, "-m", "aftersale", "django", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=env, check=True)
        make_table(url)
        with _listener(env, Path(var)) as ours, _bare() as bare:
            runs: dict[str, list[dict[str, float]]] = {case: [] for case in CASES}
            for number in range(rounds):
                for case, (clients, keep) in CASES.items():
                    letters = mails(count, f"{case.replace(', ', '-')}.{number}")
                    run = {
                        "ours": brought_a_second(ours, letters, clients=clients, keep=keep),
                        "bare": brought_a_second(bare, letters, clients=clients, keep=keep),
                        "insert": inserted_a_second(url, letters, clients=clients),
                    }
                    run |= {
                        "ours / bare": run["ours"] / run["bare"],
                        "ours / insert": run["ours"] / run["insert"],
                    }
                    runs[case].append(run)
            _check(env, rounds * len(CASES) * count)
    figures = {
        case: {name: statistics.median(run[name] for run in each) for name in each[0]}
        for case, each in runs.items()
    }
    print(json.dumps(figures, indent=1), flush=True)
    return figures


@contextmanager
def _listener(env: dict[str, str], folder: Path) -> Iterator[int]:
    """The port of our own, as a process."""
    words = [sys.executable, "-m", "aftersale", "mail", "serve", "--port", "0"]
    process = subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        port = 0
        for line in process.stderr:
            if '"listening"' in line:
                port = int(json.loads(line)["at"].rpartition(":")[2])
                break
        # Its log goes on, to a file, as an operator's does.
        with (folder / "log").open("w") as log:
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
            yield port
        process.terminate()
        process.wait(timeout=30)
        drain.wait(timeout=30)
    finally:
        process.kill()


@contextmanager
def _bare() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.intake.bare"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def _check(env: dict[str, str], wanted: int) -> None:
    """Each mail that was answered with 250 is there, once."""
    asked = (
        "from aftersale.support.models import IncomingMail as M;"
        " print(M.objects.count(), M.objects.values('digest').distinct().count())"
    )
    words = [sys.executable, "-m", "aftersale", "django", "shell", "--no-imports", "--command", asked]
    said = subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout.split()
    if [int(each) for each in said[-2:]] != [wanted, wanted]:
        raise AssertionError(f"{wanted} mails were answered with 250, and these are there: {said}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
