"""The page of the figures: a section a subject, what was missed and what was tried, and how to repeat it."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.goals import Goal
from benchmarks.intake.page import intake
from benchmarks.mail_loops.page import mail_loops
from benchmarks.policy.peers.__main__ import PEERS
from benchmarks.running import FAILED, Figures
from benchmarks.search.page import search
from benchmarks.section import Section, prose
from benchmarks.thread_page.page import thread_page
from benchmarks.tried import TRIED

POLICIES = {"shipped": "the shipped policy, 9 facts", "fifteen": "a policy of 15 facts"}
ENGINES = {
    "zen": ("GoRules ZEN", 30),
    "cel": ("Google CEL, in C++", 25),
    "json_logic": ("json-logic, in Python", 100),
    "datalogic": ("json-logic, in Rust", 100),
    "cedar": ("Cedar", 250),
}
FORMS = {
    "clauses": "the clauses",
    "table": "a decision table",
    "expression": "the clauses, as one bare expression",
    "tree": "our decision tree",
}


def page(figures: Mapping[str, Figures]) -> str:
    """The whole page."""
    sections = [
        _section("One decision", figures, ["decide"], _decision),
        _section("Other engines", figures, [f"peer {name}" for name in ENGINES], _engines),
        _section("First decision", figures, ["decide"], _first),
        _section("A back-test", figures, ["backtest"], _backtest),
        _section("Proofs", figures, ["proofs"], _proofs),
        _section("Wrong edits", figures, ["edits"], _edits),
        _section("Removing a card", figures, ["removals"], _removals),
        _section("Mails taken in", figures, ["intake"], intake),
        _section("Mail loops", figures, ["mail-loops"], mail_loops),
        _section("Searches", figures, ["search"], search),
        _section("A long thread", figures, ["thread-page"], thread_page),
    ]
    goals = [goal for section in sections for goal in section.goals]
    failed = sum(FAILED in each for each in figures.values())
    unmeasured = f" {failed} of {len(figures) - 1} measurements could not be made." if failed else ""
    lines = [
        "# Benchmarks",
        "",
        *prose(
            """Written by `make bench`. Ratios of one run on one machine: absolute figures differ from
            machine to machine, ratios much less."""
        ),
        "",
        "![Decisions a second, ours and those of other engines](pictures/benchmarks.svg)",
        "",
        *prose(
            f"""**{sum(goal.reached for goal in goals)} of {len(goals)} goals are reached.** Those that
            are not are marked, and told at the end.{unmeasured}"""
        ),
        "",
    ]
    for section in sections:
        lines += [f"## {section.title}", "", *section.lines, ""]
    lines += ["## What is missed", "", *_missed(goals), "", *_how(figures)]
    return "\n".join(lines)


def _section(
    title: str,
    figures: Mapping[str, Figures],
    names: Sequence[str],
    write: Callable[[Mapping[str, Figures]], Section],
) -> Section:
    """A section of the measurements that gave figures, and a line for each that did not."""
    failed = {name: figures[name][FAILED] for name in names if FAILED in figures[name]}
    lines = [line for name, why in failed.items() for line in (f"Not measured: {name}: {why}", "")]
    if len(failed) == len(names):
        return Section(title, lines[:-1], [])
    section = write(figures)
    return Section(title, [*lines, *section.lines], section.goals)


def _decision(figures: Mapping[str, Figures]) -> Section:
    rows, goals = [], []
    for name, each in figures["decide"]["decisions"].items():
        bare = Goal(f"bare / by hand, {POLICIES[name]}", each["leaf / hand"], 0.8)
        told = Goal(f"explained / bare, {POLICIES[name]}", each["explained / leaf"], 1.4)
        goals += [bare, told]
        speed = f"{1e3 / each['explained']:.1f} million"
        rows.append(f"| {POLICIES[name]} | {speed} | {bare} | {told} | {each['decide']:,.0f} ns |")
    lines = [
        *prose(
            """The same validated orders as dicts, interleaved rounds. *By hand* is an early-return
            ladder in Python (`benchmarks/policy/handwritten.py`), asserted to answer the same.
            *Explained* is the outcome with its clause, prose, what it pays and the facts that decided.
            *Whole* also checks every fact and every rule of the world, and finds the day until which
            the answer holds; the ladder does none of that."""
        ),
        "",
        "| | explained, a second | bare / by hand (goal 0.8) | explained / bare (goal 1.4) | whole |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return Section("One decision", lines, goals)


def _engines(figures: Mapping[str, Figures]) -> Section:
    rows, goals = [], []
    for peer, (name, wanted) in ENGINES.items():
        each = figures[f"peer {peer}"]
        if FAILED in each:
            continue
        for form, times in each["ratios"]["bare"].items():
            goal = Goal(
                f"{name}, {FORMS[form]}", times, wanted, f"{peer} {form}", at_least=True, form="{:.0f} x"
            )
            goals.append(goal)
            explained = each["ratios"]["explained"][form]
            ns = each["ns"][form]
            rows.append(
                f"| {name} | {FORMS[form]} | {ns / 1e3:,.2f} µs | {explained:.0f} x | {wanted} x | {goal} |"
            )
    lines = [
        *prose(
            """The shipped policy, said to each engine in its own language from the same parsed clauses
            (`benchmarks/policy/peers/`). Before anything is timed each must name our clause on all
            2,000 seeded orders. Then ours and theirs decide the same dicts in turn. The last columns
            say how many times quicker ours is, in medians of processor time."""
        ),
        "",
        "| Engine | told as | a decision | ours, explained | goal for bare | ours, bare |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        *prose(
            """*Our decision tree* is what our compiler makes of the clauses, handed to the engine as
            nested conditions: nobody would write it, yet it leaves an engine less to test. *Bare* is
            the number of a leaf, by which clause, prose and amount are found; the engines give the
            clause alone. Much of an engine's time goes into carrying nine facts from Python to it: from
            its own language it would be quicker."""
        ),
    ]
    return Section("Other engines", lines, goals)


def _first(figures: Mapping[str, Figures]) -> Section:
    rows, goals = [], []
    for kind, each in figures["decide"]["first decision"].items():
        ms = Goal(f"first decision, {kind}", each["ms"], 20, "first ms", form="{:.0f} ms")
        mb = Goal(f"memory of the first decision, {kind}", each["mb"], 1, "first mb", form="{:.1f} MB")
        if kind != "cold":
            goals += [ms, mb]
        told = (str(ms), str(mb)) if kind != "cold" else (f"{each['ms']:.0f} ms", f"{each['mb']:.1f} MB")
        rows.append(f"| {kind} | {told[0]} | {told[1]} | {each['of it code']:.1f} MB |")
    lines = [
        *prose(
            """A fresh process, from the import to the answer: importing, reading the document, growing
            and compiling the tree. *In a site* has the modules of the standard library that a web
            process has anyway; *cold* has nothing, and no goal."""
        ),
        "",
        "| | time (goal 20 ms) | memory (goal 1 MB) | of it code |",
        "|---|---|---|---|",
        *rows,
    ]
    return Section("First decision", lines, goals)


def _backtest(figures: Mapping[str, Figures]) -> Section:
    each = figures["backtest"]
    hand = Goal("back-test / SQL by hand", each["backtest / hand"], 1.1, "backtest hand")
    most = Goal("back-test / bare max()", each["backtest / max"], 1.1, "backtest max")
    cube = Goal(
        "a scan / pricing an edit on the cube",
        1 / each["cube / scan"],
        50,
        "cube",
        at_least=True,
        form="{:.0f} x",
    )
    memory = Goal("peak memory of a back-test", each["megabytes"], 1000, "backtest mb", form="{:,.0f} MB")
    lines = [
        *prose(
            f"""{each["orders"]:,} random orders in one Parquet file, read by DuckDB, in processor seconds
            of all threads. *By hand* is one CASE in SQL that leans on the order of its lines and checks
            no row; ours numbers each row by the kind of order it is, checks and decides each kind once,
            and so refuses every broken row. Both must give the same orders and the same money by
            clause."""
        ),
        "",
        "| | processor seconds |",
        "|---|---|",
        f"| a bare `max()` of the same columns | {each['max']:.2f} |",
        f"| SQL by hand | {each['hand']:.2f} |",
        f"| SQL by hand that also checks each row | {each['checked']:.2f} |",
        f"| the back-test | {each['backtest']:.2f} |",
        f"| the back-test against another version | {each['against']:.2f} |",
        f"| grouping the orders once into the cube | {each['cube built']:.2f} |",
        f"| pricing an edit on the cube | {each['cube']:.4f} |",
        "",
        "| | | goal |",
        "|---|---|---|",
        *(f"| {goal.what} | {goal} | {goal.wanted} |" for goal in (hand, most, cube, memory)),
        f"| back-test / SQL by hand that also checks each row | {each['backtest / checked']:.2f} | none |",
        "",
        "Every price from the cube is asserted to be that of the scan, to the cent.",
    ]
    return Section("A back-test", lines, [hand, most, cube, memory])


def _proofs(figures: Mapping[str, Figures]) -> Section:
    each = figures["proofs"]
    goals = [
        Goal(
            "all checks of the shipped policy, warm",
            each["all checks"]["wall"],
            0.15,
            "checks",
            form="{:.2f} s",
        ),
        Goal("no conflict among 300 clauses", each["300 clauses"]["wall"], 0.5, "300", form="{:.2f} s"),
    ]
    processor = [each["all checks"]["processor"], each["300 clauses"]["processor"]]
    lines = [
        "Gaps, conflicts, dead clauses and promises, proved for every order there could be, not for some.",
        "",
        "| | time | of it processor | goal |",
        "|---|---|---|---|",
        *(f"| {g.what} | {g} | {p:.2f} s | {g.wanted} |" for g, p in zip(goals, processor, strict=True)),
        "",
        f"The first check of a process, with the import of the solver: {each['first check']['wall']:.2f} s.",
    ]
    return Section("Proofs", lines, goals)


def _edits(figures: Mapping[str, Figures]) -> Section:
    each = figures["edits"]
    goal = Goal("checks or examples", 100 * each["either"], 95, "edits", at_least=True, form="{:.1f} %")
    unseen = ["", "Nobody notices:", "", *(_item(edit) for edit in each["missed"])] if each["missed"] else []
    lines = [
        *prose(
            f"""Of {each["made"]} seeded slips in the shipped document (another number, a turned
            condition, a dropped `overrides`, prose that says something else) {each["edits"]} change
            what is decided or said. Its owner is told of them by:"""
        ),
        "",
        "| | caught | goal |",
        "|---|---|---|",
        f"| the checks | {each['checks']:.1%} | |".replace("%", " %"),
        f"| the examples in the document | {each['examples']:.1%} | |".replace("%", " %"),
        f"| both | {each['both']:.1%} | |".replace("%", " %"),
        f"| either | {goal} | {goal.wanted} |",
        *unseen,
    ]
    return Section("Wrong edits", lines, [goal])


def _removals(figures: Mapping[str, Figures]) -> Section:
    each = figures["removals"]
    runs = {name: each[name] for name in ("SQLite", "PostgreSQL") if name in each}
    count = next(iter(runs.values()))["removals"]
    rows = [
        f"| {name} | {kind} | {number:,} | {run[kind]['p50']:.2f} s | {run[kind]['p99']:.2f} s"
        f" | {run[kind]['most']:.2f} s |"
        for name, run in runs.items()
        for kind, number in (("all", run["removals"]), ("asked once", run["removals"] - run["asked again"]))
    ]
    lines = [
        *prose(
            f"""{count:,} removals, submitted at random moments, 4 a second on average, on each database, and
            the real worker with all its other steps. One call in twenty to the provider fails: half of those
            are lost, half are done and answered to nobody. The delay is that from *Submit Removal Request*
            until the provider was looked at and had no such card; it is all ours, as the provider answers at
            once. None was lost. After each submission one of the cards submitted so far was asked to be
            charged, which our own gate refused; in the end so did the provider for every card."""
        ),
        "",
        "| | | removals | p50 | p99 | most |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        *prose(
            f"""*Asked once* are those whose calls were all answered. The others were asked again after 2
            seconds, 4, 8 and so on; of {sum(run["asked again"] for run in runs.values())} such cards
            {sum(run["gone already"] for run in runs.values())} were gone already when they were asked for
            again. Repeated by `python -m benchmarks --only removals`, here with {each["cores"]} cores shared
            with other work (load {each["load"]:.1f} at the start)."""
        ),
    ]
    return Section("Removing a card", lines, [])


# The sections that can be measured and written anew by themselves, as they have no goals to count.
ALONE: dict[str, Callable[[Mapping[str, Figures]], Section]] = {
    "removals": _removals,
    "intake": intake,
    "mail-loops": mail_loops,
    "search": search,
    "thread-page": thread_page,
}


def with_section(text: str, name: str, figures: Figures) -> str:
    """The page `text`, with this section written anew and all others as they are."""
    title, lines, _ = ALONE[name]({name: figures})
    fresh = "\n".join([f"## {title}", "", *lines, "", ""])
    before, found, rest = text.partition(f"## {title}\n")
    if found:
        return before + fresh + rest[rest.index("\n## ") + 1 :]
    before, found, rest = text.partition("## What is missed\n")
    return before + fresh + found + rest


def _missed(goals: Sequence[Goal]) -> list[str]:
    missed = [goal for goal in goals if not goal.reached]
    if not missed:
        return ["Nothing."]
    lines = []
    for goal in missed:
        told = f"**{goal.what}**: {goal.form.format(goal.value)}, wanted {goal.wanted}."
        lines.append(_item(f"{told} {TRIED.get(goal.about, '')}"))
    return lines


def _how(figures: Mapping[str, Figures]) -> list[str]:
    machine = figures["machine"]
    peers = [figures[f"peer {name}"] for name in PEERS]
    versions = [f"{each['package']} {each['version']}" for each in peers if FAILED not in each]
    ours = [f"{package} {machine[package]}" for package in ("Python", "duckdb", "z3-solver")]
    return [
        "## How it was measured",
        "",
        "```",
        "make bench                                 # all of it, and this page",
        "python -m benchmarks.policy.decide         # one decision, and the first",
        "python -m benchmarks.policy.proofs",
        "python -m benchmarks.policy.caught         # wrong edits",
        "python -m benchmarks.policy.backtest",
        ".tools/peers/bin/python -m benchmarks.policy.peers zen",
        "```",
        "",
        *prose(
            """Each measurement is a process of its own. The other engines come from the package index,
            pinned in `requirements/peers.txt`, into an environment of their own."""
        ),
        "",
        *prose(
            f"""{machine["system"]}, {machine["architecture"]}, {machine["cores"]} cores shared with
            other work (load {machine["load"]:.1f} at the start). Ratios and the times of other engines
            are medians of interleaved rounds; all other times are of the best round."""
        ),
        "",
        *prose(f"{', '.join([*ours, *versions])}."),
        "",
    ]


def _item(text: str) -> str:
    """A point of a list."""
    return "\n  ".join(prose(f"- {text}"))
