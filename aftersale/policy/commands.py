"""`aftersale policy why-not`, `examples`, `fmt` and `page` on the command line.

Exit codes: 0 done, 1 when examples are missing or the layout is not the usual one, 2 unreadable.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from .boundaries import Boundaries, Shown, tables, with_examples
from .cli import facts_of, input_of, is_told_in, sentence
from .errors import PolicyError, did_you_mean
from .fmt import formatted
from .page import page_of
from .policy import Policy


def main(argv: Sequence[str]) -> int:
    """Runs one of the commands with the words after it; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        policy = Policy.load(options.policy)
        return _COMMANDS[options.command](policy, options)
    except BrokenPipeError:
        raise
    except (PolicyError, OSError, UnicodeDecodeError) as error:
        print(sentence(error), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale policy")
    commands = parser.add_subparsers(dest="command", required=True)
    why_not = commands.add_parser("why-not", description="What keeps a clause from deciding these facts.")
    examples = commands.add_parser("examples", description="An example for both sides of every boundary.")
    fmt = commands.add_parser("fmt", description="Put a document into its usual layout; it stays what it is.")
    page = commands.add_parser("page", description="The customers' page of a policy, as Markdown.")
    for command in (why_not, examples, fmt, page):
        command.add_argument("policy", metavar="POLICY", help="the document, such as policies/marketplace.md")
    why_not.add_argument("clause", metavar="CLAUSE", help="the id of a clause")
    why_not.add_argument(
        "--facts", required=True, metavar="FILE", help="a JSON object; - is the standard input"
    )
    why_not.add_argument("--json", action="store_true", help="print it for a program")
    examples.add_argument("--missing", action="store_true", help="only those the document does not have yet")
    examples.add_argument("--write", action="store_true", help="ask for each, and write the approved ones")
    fmt.add_argument("--check", action="store_true", help="write nothing; fail when something would change")
    page.add_argument("--language", default="en", metavar="CODE", help="such as zh-hans")
    page.add_argument("--html", action="store_true", help="a fragment of HTML instead")
    return parser


def _why_not(policy: Policy, options: argparse.Namespace) -> int:
    if options.clause not in policy.clauses:
        help = did_you_mean(options.clause, policy.clauses) or "the clauses are " + ", ".join(policy.clauses)
        print(f"`{options.clause}` is not a clause of {policy.name}\nhelp: {help}", file=sys.stderr)
        return 2
    why = policy.why_not(facts_of(input_of(options.facts)), options.clause)
    print(json.dumps(why.as_json(), ensure_ascii=False) if options.json else why)
    return 0


def _examples(policy: Policy, options: argparse.Namespace) -> int:
    boundaries = Boundaries(policy)
    if options.write:
        return _write(policy, boundaries.missing())
    examples = boundaries.missing() if options.missing else boundaries.examples()
    if examples:
        print("\n".join(tables(policy, examples)))
    return 1 if options.missing and examples else 0


def _write(policy: Policy, missing: Sequence[Shown]) -> int:
    """Asks for each missing example whether it is right, and writes those that are into the document."""
    approved: list[Shown] = []
    all_the_rest = False
    for place, example in enumerate(missing, 1):
        if not all_the_rest:
            print("\n".join(tables(policy, [example])))
            answer = _asked(f"({place} of {len(missing)}) is this right? [y]es, [n]o, [a]ll, [q]uit: ")
            if answer == "q":
                break
            all_the_rest = answer == "a"
            if answer == "n":
                continue
        approved.append(example)
    if approved:
        path = Path(policy.name)
        path.write_text(with_examples(policy, approved), encoding="utf-8", newline="\n")
    left = len(missing) - len(approved)
    examples = "example" if len(approved) == 1 else "examples"
    print(f"{policy.name}: {len(approved)} {examples} added, {left} left out")
    return 1 if left else 0


def _asked(question: str) -> str:
    """The first letter of an answer that is one of those offered; the end of the input is a `q`."""
    while True:
        print(question, end="", flush=True)
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            print()
        answer = line.strip().lower()[:1]
        if not line or answer in ("y", "n", "a", "q"):
            return answer or "q"


def _fmt(policy: Policy, options: argparse.Namespace) -> int:
    text = formatted(policy.text, policy.name)
    if text == policy.text:
        print(f"{policy.name}: in its usual layout")
        return 0
    if options.check:
        changed = _first_difference(policy.text.splitlines(), text.splitlines())
        print(f"{policy.name}:{changed}: not in its usual layout\nhelp: aftersale policy fmt {policy.name}")
        return 1
    Path(policy.name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{policy.name}: laid out")
    return 0


def _first_difference(old: Sequence[str], new: Sequence[str]) -> int:
    pairs: Iterable[tuple[str, str]] = zip(old, new, strict=False)
    return next((n for n, (one, other) in enumerate(pairs, 1) if one != other), min(len(old), len(new)) or 1)


def _page(policy: Policy, options: argparse.Namespace) -> int:
    if not is_told_in(policy, options.language):
        return 2
    page = page_of(policy, options.language)
    print(page.html() if options.html else page.markdown(), end="")
    return 0


_COMMANDS = {"why-not": _why_not, "examples": _examples, "fmt": _fmt, "page": _page}
