"""`aftersale policy check` and `aftersale policy diff` on the command line.

Exit codes: 0 clean or compared, 1 for findings and for what is not proved in time, 2 unreadable.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from aftersale.policy.diff import compare
from aftersale.policy.errors import PolicyError
from aftersale.policy.policy import Policy

from . import check_policy
from .finding import Finding
from .world import DEFAULT_SECONDS


def main(argv: Sequence[str]) -> int:
    """Runs `check` or `diff` with the words after it; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        policies = [Policy.load(path) for path in options.policies]
    except FileNotFoundError as error:
        return _unreadable(f"{error.filename}: there is no such file\nhelp: check the path")
    except UnicodeDecodeError:
        return _unreadable("this is not UTF-8 text\nhelp: save the file as UTF-8")
    except (PolicyError, OSError) as error:
        return _unreadable(str(error))
    if options.command == "check":
        return _check(policies[0], options)
    difference = compare(*policies, seconds=options.timeout)
    if options.json:
        print(json.dumps(difference.as_json(), ensure_ascii=False))
    else:
        print(difference)
    return 0 if difference.proved else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale policy")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", description="Prove that a policy is free of gaps and contradictions."
    )
    check.add_argument("policies", nargs=1, metavar="POLICY", help="the document")
    check.add_argument(
        "--history", default="", metavar="ORDERS", help="past orders that must keep the rules of the world"
    )
    diff = commands.add_parser("diff", description="What changes between two versions of a policy, proved.")
    diff.add_argument("policies", nargs=2, action="extend", metavar=("OLD", "NEW"), help="the documents")
    for command in (check, diff):
        command.add_argument("--json", action="store_true", help="print it for a program")
        command.add_argument(
            "--timeout",
            type=seconds,
            default=DEFAULT_SECONDS,
            metavar="SECONDS",
            help=f"how long one proof may take ({DEFAULT_SECONDS:g})",
        )
    return parser


def seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 86_400:
        raise argparse.ArgumentTypeError("write a number of seconds above 0")
    return number


def _unreadable(what: str) -> int:
    print(what, file=sys.stderr)
    return 2


def _check(policy: Policy, options: argparse.Namespace) -> int:
    findings = check_policy(policy, seconds=options.timeout)
    past = ""
    if options.history:
        # DuckDB takes its time to load: only whoever asks about the past waits for it.
        history = importlib.import_module(f"{__package__}.history")
        try:
            report, broken = history.broken_rules(policy, options.history)
        except (PolicyError, OSError) as error:
            return _unreadable(str(error))
        past = f"its rules of the world are tested on {report.rows:,} past orders of {report.where}"
        findings += broken
    counted = sum(finding.counts for finding in findings)
    if options.json:
        print(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding}\n")
        print(f"{Path(policy.name)}: {_summary(policy, findings, counted)}")
        if past:
            print(past)
    return 1 if counted else 0


def _summary(policy: Policy, findings: Sequence[Finding], counted: int) -> str:
    examples = sum(len(clause.examples) for clause in policy.clauses.values())
    sizes = {"clause": len(policy.clauses), "promise": len(policy.promises), "example": examples}
    size = ", ".join(f"{number} {name}{'s' if number != 1 else ''}" for name, number in sizes.items())
    waived = len(findings) - counted
    told = f"{counted} finding{'s' if counted != 1 else ''}" if counted else "clean"
    return f"{told} ({size}{f', {waived} waived' if waived else ''})"
