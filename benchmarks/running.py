"""Runs each measurement in a process of its own; one that fails leaves the reason in place of its figures."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.peers_python import peers_python

ROOT = Path(__file__).parents[1]
PEERS = ("datalogic", "zen", "cel", "json_logic", "cedar")
FAILED = "failed"
LONGEST = 1800
OURS = {
    "decide": ("benchmarks.policy.decide", ("--rounds", "10")),
    "proofs": ("benchmarks.policy.proofs", ("--rounds", "2")),
    "edits": ("benchmarks.policy.caught", ("--edits", "20")),
    "removals": ("benchmarks.removals", ("--removals", "20")),
    "intake": ("benchmarks.intake", ("--mails", "32", "--rounds", "1")),
    "mail-loops": ("benchmarks.mail_loops", ("--hours", "2")),
    "search": ("benchmarks.search", ("--posts", "2000", "--words", "2")),
    "thread-page": ("benchmarks.thread_page", ("--posts", "60", "--requests", "3")),
    "backtest": ("benchmarks.policy.backtest", ("--orders", "300000", "--rounds", "2")),
}

type Figures = dict[str, Any]


def all_figures(*, quick: bool) -> dict[str, Figures]:
    """The figures of every measurement by its name, those of the peers as "peer zen" and so on."""
    figures = {"machine": _machine()}
    for name, (module, less) in OURS.items():
        figures[name] = measured(Path(sys.executable), module, less if quick else ())
    try:
        python: Path | None = peers_python()
    except (subprocess.CalledProcessError, OSError) as error:
        python, reason = None, _last_line(getattr(error, "stderr", "") or str(error))
    for peer in PEERS:
        rounds = ("--rounds", "3") if quick else ()
        figures[f"peer {peer}"] = (
            measured(python, "benchmarks.policy.peers", (peer, *rounds))
            if python
            else {FAILED: f"the peers could not be installed: {reason}"}
        )
    return figures


def figures_of(name: str) -> Figures:
    """The figures of one measurement of ours."""
    return measured(Path(sys.executable), OURS[name][0], ())


def measured(python: Path, module: str, options: Sequence[str]) -> Figures:
    """What one measurement writes, or why it wrote nothing."""
    print(f"measuring: {module} {' '.join(options)}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        words = [str(python), "-m", module, *options, "--json", str(file)]
        # A missed goal ends a measurement with 1; it is written down as missed.
        try:
            done = subprocess.run(
                words, cwd=ROOT, check=False, capture_output=True, text=True, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return {FAILED: f"it did not end within {LONGEST // 60} minutes"}
        print(done.stdout, f"it took {time.monotonic() - began:.0f} seconds", flush=True)
        if not file.exists():
            return {FAILED: _last_line(done.stderr) or f"it ended with {done.returncode}"}
        figures: Figures = json.loads(file.read_text(encoding="utf-8"))
        return figures


def _last_line(text: str) -> str:
    """What went wrong, in the words of whoever failed; where our files lie is nobody's concern."""
    return (text.strip().splitlines() or [""])[-1].replace(f"{ROOT}/", "")


def _machine() -> Figures:
    return {
        "Python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 0,
        "load": os.getloadavg()[0],
        "duckdb": _version("duckdb"),
        "z3-solver": _version("z3-solver"),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
