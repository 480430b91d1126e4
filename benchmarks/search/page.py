"""What the page of the figures tells of searches."""

from collections.abc import Mapping
from typing import Any

from benchmarks.section import Section, prose


def search(figures: Mapping[str, dict[str, Any]]) -> Section:
    each = figures["search"]
    runs = {name: each[name] for name in ("SQLite", "PostgreSQL") if name in each}
    told = " and ".join(f"{1e3 * run['p95']:.0f} ms on {name}" for name, run in runs.items())
    rows = [
        f"| {name} | {kind} | {who} | {cell['found']:,.0f} | {_ms(cell['p50'])} | {_ms(cell['p95'])}"
        f" | {_ms(cell['bare'])} | {_ms(cell['like'])} | {cell['p50'] / cell['like']:.2f} |"
        for name, run in runs.items()
        for kind, cells in run["cells"].items()
        for who, cell in cells.items()
    ]
    lines = [
        *prose(
            f"""{each["posts"]:,} seeded posts of some 250 letters in threads of about five, every seventh in
            Chinese; words are as common as words are. A search is all that its page reads: how many threads
            of which kinds, the first 20 with what a list tells, and where the words stand in them, as far as
            the asker may see. 95 of 100 took less than {told}. *The index alone* looks the same tokens up and
            gives the 20 newest threads to anybody: no rights, no counts, no excerpts. *LIKE* (ILIKE on
            PostgreSQL) reads the first 20 threads with the same rights, counts nothing and shows no excerpt.
            Both find the same threads for Chinese words; of others LIKE finds at least ours."""
        ),
        "",
        "| | looked for | by | threads found | p50 | p95 | the index alone, p50 | LIKE, p50 | ours / LIKE |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        *prose(
            f"""{each["words"]} queries of each kind, each twice. {each["cores"]} cores shared with other work
            (load {each["load"]:.1f} at the start). Repeated by `python -m benchmarks --only search`."""
        ),
    ]
    return Section("Searches", lines, [])


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.1f} ms"
