"""What the page of the figures tells of mails taken in."""

from collections.abc import Mapping
from typing import Any

from benchmarks.section import Section, prose

CASES = {
    "one, kept": "one connection, kept",
    "one, new": "a new connection for each mail",
    "16, kept": "16 connections at once, kept",
    "16, new": "16 at once, a new one for each mail",
}


def intake(figures: Mapping[str, dict[str, Any]]) -> Section:
    each = figures["intake"]
    databases = [name for name in ("SQLite", "PostgreSQL") if name in each]
    rows = []
    for database in databases:
        for case, words in CASES.items():
            run = each[database][case]
            rows.append(
                f"| {database} | {words} | {run['ours']:,.0f} | {run['bare']:,.0f} | {run['insert']:,.0f}"
                f" | {run['ours / bare']:.2f} | {run['ours / insert']:.2f} |"
            )
    lines = [
        *prose(
            f"""Mails of 2 kB a second, each read within bounds, without card numbers, and stored in a commit
            that has reached the disk before its 250, by the real `aftersale mail serve` over LMTP. In turn
            with it: aiosmtpd by itself, which says 250 and keeps nothing, and a bare INSERT of the same bytes
            with a commit for each, on as many connections as there are clients. Medians of {each["rounds"]}
            rounds of {each["mails"]} mails; in the end each that was answered with 250 is there, once."""
        ),
        "",
        "| | | ours | aiosmtpd | bare INSERT | ours / aiosmtpd | ours / INSERT |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        *prose(
            f"""Clients and servers share {each["cores"]} cores (load {each["load"]:.1f} at the start). Ours
            asks the database in four threads; with 16 writers at once the bare INSERTs of SQLite wait for
            each other. Repeated by `python -m benchmarks --only intake`."""
        ),
    ]
    return Section("Mails taken in", lines, [])
