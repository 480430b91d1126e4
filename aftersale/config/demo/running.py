"""The site and the worker as child processes: started together, stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

HOST = "127.0.0.1"
LONGEST_START = 60.0
LONGEST_STOP = 15.0


class ChildDied(Exception):
    """A process that must go on has ended; the text holds the last it said."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours and the file that keeps what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise ChildDied when it has ended."""
        code = self.process.poll()
        if code is not None:
            said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:]
            last = "".join(f"\n    {line}" for line in said)
            raise ChildDied(f"the {self.name} ended with code {code}; the last it said:{last}")


def site_command(*, host: str, port: int, workers: int, threads: int) -> list[str]:
    """Granian with the site; `threads` bounds the database connections of each of its `workers`."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--no-ws"),
        # Without it a worker that is asked to stop while it starts is waited for without end.
        *("--workers-kill-timeout", "3"),
        "aftersale.config.wsgi:application",
    ]


def free_port(wanted: int) -> int:
    """`wanted` when it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            taken: int = probe.getsockname()[1]
            return taken
    raise OSError("no port is free")


@contextmanager
def running(commands: dict[str, list[str]], *, logs: Path, env: dict[str, str]) -> Iterator[list[Child]]:
    """Run each command until the block ends. They share a process group of their own.

    Ctrl-C in a terminal so reaches us alone, and we stop them in order.
    """
    children: list[Child] = []
    try:
        for name, command in commands.items():
            log = logs / f"{name}.log"
            with log.open("wb") as output:
                process = subprocess.Popen(  # noqa: S603 - our own commands
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **env},
                    process_group=children[0].process.pid if children else 0,
                )
            children.append(Child(name, process, log))
        yield children
    finally:
        _stop(children)


def wait_for_page(address: str, children: list[Child]) -> None:
    """Return once the site answers. Raises ChildDied, or TimeoutError after a minute."""
    latest = time.monotonic() + LONGEST_START
    while time.monotonic() < latest:
        for child in children:
            child.check()
        if _answers(address):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within {LONGEST_START:.0f} seconds")


def wait_for_port(port: int, children: list[Child]) -> None:
    """Return once something listens there. Raises ChildDied, or TimeoutError after a minute."""
    latest = time.monotonic() + LONGEST_START
    while time.monotonic() < latest:
        for child in children:
            child.check()
        with suppress(OSError), socket.create_connection((HOST, port), timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listened at port {port} within {LONGEST_START:.0f} seconds")


def watch(children: list[Child]) -> None:
    """Wait until a child ends, and raise ChildDied."""
    while True:
        for child in children:
            child.check()
        time.sleep(0.5)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):  # noqa: S310 - our own address
            return True
    except HTTPError as error:
        return error.code < 500
    except (URLError, OSError):
        return False


def _stop(children: list[Child]) -> None:
    # A second Ctrl-C would leave them running without us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.process.terminate()
    latest = time.monotonic() + LONGEST_STOP
    for child in children:
        try:
            child.process.wait(max(0.1, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
    # What a child started and left behind goes too: the group is ours alone.
    if children:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(children[0].process.pid, signal.SIGKILL)
