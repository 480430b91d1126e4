"""Every check and test: `make test` runs them all on both databases, `make check` the quick ones on SQLite.

Two stages run side by side. Nothing stops at the first failure; what a failed stage said is shown in full.
It ends with the tests passed for each database: none on one of them, or one skipped, is a failure.
"""

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import psycopg

from tests.postgres import NoPostgres, postgres

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
LONGEST = 50 * 60
PYTHON = sys.executable
UNITS = ["aftersale", "tests", "--ignore=tests/stories"]
STORIES = ["tests/stories"]
# Enough for the settings to be those of production; none of these is used anywhere else.
PRODUCTION = {
    "AFTERSALE_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "desk.example",
    "SITE_ADDRESS": "https://desk.example",
    "MAIL_HOST": "mail.example",
}


@dataclass
class Stage:
    """One command, and what came of it."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    database: str = ""
    kind: str = ""
    output: str = ""
    code: int | None = None
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.code == 0 and not self.skipped and (self.passed > 0 or not self.kind)


def main(arguments: list[str]) -> int:
    if arguments not in (["all"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    started = time.monotonic()
    quick = arguments == ["check"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_scratch()))
        stages = [*_tests_on("SQLite", "", quick=quick), *_checks()]
        if not quick:
            stages += _tests_on("PostgreSQL", _start_postgres(stack), quick=quick)
        stages.sort(key=lambda stage: stage.kind == "stories")  # the longest first, the browser at the end
        _run_all(stages, folder)
    return _report(stages, time.monotonic() - started)


def _checks() -> list[Stage]:
    django = [PYTHON, "-m", "aftersale", "django"]
    tool = Path(PYTHON).parent
    return [
        Stage("types", [str(tool / "mypy")]),
        Stage("format", [str(tool / "ruff"), "format", "--check", "--output-format=concise", "."]),
        Stage("lint", [str(tool / "ruff"), "check", "--output-format=concise", "."]),
        Stage("imports", [str(tool / "lint-imports"), "--no-logo"]),
        Stage("missing migrations", [*django, "makemigrations", "--check", "--dry-run"]),
        Stage("production settings", [*django, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]


def _tests_on(database: str, server: str, *, quick: bool) -> list[Stage]:
    pytest = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    units = Stage(f"tests on {database}", [*pytest, *UNITS], _database(server, "tests"), database, "tests")
    if quick:
        units.command += ["-m", "not slow"]
        return [units]
    # Playwright leaves an event loop behind, on which Django refuses to query: a process of its own.
    browser = {"DJANGO_ALLOW_ASYNC_UNSAFE": "1", "AFTERSALE_CHROMIUM": _chromium()}
    env = _database(server, "stories") | browser
    return [units, Stage(f"stories on {database}", [*pytest, *STORIES], env, database, "stories")]


def _database(server: str, name: str) -> dict[str, str]:
    """The variable that leads a stage to a database of its own; without a server, to a file of its own."""
    if not server:
        return {"DATABASE_URL": ""}
    return {"DATABASE_URL": urlsplit(server)._replace(path=f"/aftersale_{name}").geturl()}


def _chromium() -> str:
    found = ROOT / ".venv" / "chromium"
    return found.read_text(encoding="utf-8").strip() if found.exists() else ""


def _start_postgres(stack: ExitStack) -> str:
    try:
        server = stack.enter_context(postgres())
        with psycopg.connect(server, autocommit=True) as connection:
            version = connection.info.server_version
            for name in ("tests", "stories"):
                connection.execute(f"DROP DATABASE IF EXISTS aftersale_{name}")
                connection.execute(f"CREATE DATABASE aftersale_{name}")
    except (NoPostgres, psycopg.Error) as problem:
        print(f"PostgreSQL: {problem}", file=sys.stderr)
        return "postgresql://no-server.invalid/"
    print(f"PostgreSQL {version // 10000}.{version % 10000}, SQLite {sqlite3.sqlite_version}")
    return server


@contextmanager
def _scratch() -> Iterator[str]:
    """A folder for this run's databases and results; in memory where it can be, as tests wait for disks."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    with tempfile.TemporaryDirectory(prefix="aftersale-tests-", dir=memory if roomy else None) as folder:
        yield folder


def _run_all(stages: list[Stage], folder: Path) -> None:
    running: set[subprocess.Popen[bytes]] = set()
    stop = threading.Event()
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for future in [pool.submit(_run, stage, folder, running, stop) for stage in stages]:
            future.result()
    except KeyboardInterrupt:
        stop.set()
        for process in list(running):
            process.send_signal(signal.SIGINT)
        raise SystemExit(130) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _run(stage: Stage, folder: Path, running: set[subprocess.Popen[bytes]], stop: threading.Event) -> None:
    if stop.is_set():
        return
    _say(f"  ... {stage.name}")
    started = time.monotonic()
    var = folder / stage.name.replace(" ", "-").lower()
    var.mkdir()
    # Each process that a test starts finds our modules compiled, and nothing is written beside them.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    env = {**os.environ, "AFTERSALE_VAR": str(var), **compiled, **stage.env}
    command = [*stage.command, f"--junitxml={var}/results.xml"] if stage.kind else stage.command
    with (var / "output").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        running.add(process)
        try:
            stage.code = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            stage.code = process.wait()
            output.write(f"\nstopped after {LONGEST} seconds\n".encode())
        running.discard(process)
    stage.output = (var / "output").read_text(encoding="utf-8", errors="replace").rstrip()
    stage.seconds = time.monotonic() - started
    if stage.kind:
        _count(stage, var / "results.xml")
    verdict = "ok    " if stage.good else "FAILED"
    closing = stage.output.rpartition("\n")[2].strip("= ") if stage.kind else ""
    _say(f"{verdict} {stage.name:22} {stage.seconds:6.1f} s  {closing}")


def _count(stage: Stage, results: Path) -> None:
    if not results.exists():
        return
    for suite in ElementTree.parse(results).iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        stage.failed += bad
        stage.passed += int(suite.get("tests", 0)) - bad - int(suite.get("skipped", 0))
        for case in suite.iter("testcase"):
            if (skip := case.find("skipped")) is not None:
                reason = skip.get("message", "")
                stage.skipped.append(f"{case.get('classname')}::{case.get('name')}: {reason}")


_speaking = threading.Lock()


def _say(line: str) -> None:
    with _speaking:
        print(line, flush=True)


def _report(stages: list[Stage], seconds: float) -> int:
    for stage in stages:
        if not stage.good:
            print(f"\n---- {stage.name}: {' '.join(stage.command)}\n{stage.output}")
    tests = [stage for stage in stages if stage.kind]
    databases = list(dict.fromkeys(stage.database for stage in tests))
    print()
    for kind in dict.fromkeys(stage.kind for stage in tests):
        counts = {stage.database: stage.passed for stage in tests if stage.kind == kind}
        print(
            f"{'browser stories' if kind == 'stories' else 'tests':16}"
            + "  ".join(f"{counts[database]:5} passed on {database}" for database in databases)
        )
    for stage in tests:
        for line in stage.output.splitlines():
            if line.startswith("left out: "):
                print(f"{line} (of the {stage.name})")
    failed = [stage for stage in stages if not stage.good]
    for stage in failed:
        print(f"failed: {stage.name}{_why(stage)}")
    for database in databases:
        _totals([stage for stage in tests if stage.database == database], f"{database}: ")
    passed = sum(stage.passed for stage in tests)
    print(f"==== {passed} passed in {seconds:.2f}s ====")
    _totals(tests)
    return 1 if failed else 0


def _why(stage: Stage) -> str:
    if stage.skipped:
        return "".join(f"\n    skipped {line}" for line in stage.skipped)
    return " (no test passed)" if stage.kind and not stage.passed else ""


def _totals(stages: list[Stage], before: str = "") -> None:
    skipped = sum(len(stage.skipped) for stage in stages)
    failed = sum(stage.failed or (not stage.good and not stage.skipped) for stage in stages)
    print(
        f"{before}{sum(stage.passed for stage in stages)} passed, {failed} failed"
        + (f", {skipped} skipped" if skipped else "")
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
