"""What the page of the figures tells of a long thread's page."""

from collections.abc import Mapping
from typing import Any

from benchmarks.section import Section, prose


def thread_page(figures: Mapping[str, dict[str, Any]]) -> Section:
    each = figures["thread-page"]
    runs = {name: each[name] for name in ("SQLite", "PostgreSQL") if name in each}
    rows = [
        f"| {name} | {what} | {1e3 * cell['p50']:.1f} ms | {1e3 * cell['p95']:.1f} ms | {cell['queries']}"
        f" | {cell['p50'] / run['bare template']['p50']:.1f} |"
        for name, run in runs.items()
        for what, cell in run.items()
    ]
    lines = [
        *prose(
            f"""A public thread of {each["posts"]} posts, and a private one about an order. Whole requests
            through Django's test client, with all middleware and no socket: a page holds 30 posts, and of
            the private thread also the order, what may be sent back of it, and for an agent the tools of the
            desk. *Bare template*: 30 of the same posts by one query, each text made into HTML, in one line of
            template, without rights, session or form. *Bare JSON*: the same rows as they are."""
        ),
        "",
        "| | | p50 | p95 | queries | p50 / bare template |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        *prose(
            f"""{each["requests"]} requests of each, in turn. {each["cores"]} cores shared with other work
            (load {each["load"]:.1f} at the start). Repeated by `python -m benchmarks --only thread-page`."""
        ),
    ]
    return Section("A long thread", lines, [])
