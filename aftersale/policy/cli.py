"""`aftersale policy …`: a policy document on the command line. Starts without Django.

Exit codes: 0 decided or clean, 1 when a check has findings, 2 for what cannot be read or decided.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .decision import Decision
from .errors import FactsError, PolicyError
from .facts import word
from .policy import Policy

# Loaded only when asked for: each needs a package that a decision does without.
MODULES = {
    "check": ("aftersale.policy.check.command", "gaps, conflicts, dead clauses and broken promises"),
    "diff": ("aftersale.policy.check.command", "what changes between two versions"),
    "backtest": ("aftersale.policy.backtest.command", "what it would have decided over past orders"),
    "why-not": ("aftersale.policy.commands", "what keeps a clause from deciding these facts"),
    "examples": ("aftersale.policy.commands", "both sides of every boundary, to approve one by one"),
    "fmt": ("aftersale.policy.commands", "the document in its usual layout"),
    "page": ("aftersale.policy.commands", "the customers' page"),
    "sql": ("aftersale.policy.backtest.command", "the same back-test as SQL for a warehouse"),
}
PACKAGES = {"z3": "z3-solver: pip install 'aftersale[check]'"}


def main(argv: Sequence[str]) -> int:
    """Runs `aftersale policy` with the words after it; returns the exit code."""
    if argv and argv[0] in MODULES:
        return _hand_over(argv)
    options = _parser().parse_args(argv)
    try:
        policy = Policy.load(options.policy)
        text = input_of(options.facts)
    except (PolicyError, OSError, UnicodeDecodeError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    if not is_told_in(policy, options.language):
        return 2
    try:
        return _answer(policy, text, options)
    except BrokenPipeError:
        return _nobody_reads()


def _hand_over(argv: Sequence[str]) -> int:
    """Runs the module of a command, or says in one sentence which package it lacks."""
    try:
        module = importlib.import_module(MODULES[argv[0]][0])
    except ModuleNotFoundError as missing:
        if missing.name not in PACKAGES:
            raise
        print(f"aftersale policy {argv[0]} needs the package {PACKAGES[missing.name]}", file=sys.stderr)
        return 2
    try:
        code: int = module.main(argv)
    except BrokenPipeError:
        return _nobody_reads()
    return code


def _nobody_reads() -> int:
    """Whoever read, `head` for one, has seen enough; nothing may be written at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale policy", description="Work with a policy document.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    decide = commands.add_parser("decide", help="one decision from facts, or one for each line of facts")
    decide.add_argument("policy", metavar="POLICY", help="the document, such as policies/marketplace.md")
    decide.add_argument(
        "--facts", required=True, metavar="FILE", help="a JSON object, or JSON Lines; - is the standard input"
    )
    decide.add_argument("--json", action="store_true", help="print the decision as a JSON object")
    decide.add_argument(
        "--partial", action="store_true", help="print the outcomes possible and the fact to ask"
    )
    decide.add_argument("--language", default="en", metavar="CODE", help="of the reason, such as zh-hans")
    for name, (_, what) in MODULES.items():
        commands.add_parser(name, help=what)
    return parser


def input_of(name: str) -> str:
    if name == "-":
        return sys.stdin.buffer.read().decode("utf-8-sig")
    return Path(name).read_text(encoding="utf-8-sig")


def _answer(policy: Policy, text: str, options: argparse.Namespace) -> int:
    """Prints the answer to one object of facts, or a line for each line of them."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not any(_is_object(line) for line in lines):
        return _answer_one(policy, text, options)
    code = 0
    for line in lines:
        try:
            answer = _decided(policy, line, options)
        except PolicyError as error:
            answer, code = {"error": str(error)}, 2
        print(json.dumps(answer, ensure_ascii=False))
    return code


def _is_object(line: str) -> bool:
    """Whether a line looks like a whole JSON object, as JSON Lines do but one object over lines does not."""
    return line.lstrip().startswith("{") and line.rstrip().endswith("}")


def _answer_one(policy: Policy, text: str, options: argparse.Namespace) -> int:
    try:
        answer = _decided(policy, text, options)
    except PolicyError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        else:
            print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    print("\n".join(_told(policy, answer, options)))
    changes = () if options.partial else policy.decide(facts_of(text)).would_change
    for change in changes or ():
        print(f"or: {policy.told_change(change, options.language)}")
    return 0


def _decided(policy: Policy, text: str, options: argparse.Namespace) -> dict[str, object]:
    """The contract's object for one JSON object of facts. Raises PolicyError."""
    facts = facts_of(text)
    if options.partial:
        left = policy.partial(facts)
        return {"outcomes": list(left.outcomes), "ask": left.ask, "policy": policy.hash}
    decision: Decision = policy.decide(facts)
    return {**decision.as_json(), "because": policy.because(decision.clause, options.language)}


def facts_of(text: str) -> dict[str, object]:
    """The facts in a JSON object. Raises FactsError."""
    try:
        facts = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "it is no JSON"
        raise FactsError(f"the facts cannot be read: {reason}", help='write {"tender": "card", …}') from None
    if not isinstance(facts, dict):
        raise FactsError("the facts are not a JSON object", help='write {"tender": "card", …}')
    return facts


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    facts: dict[str, object] = {}
    for name, value in pairs:
        if name in facts:
            raise FactsError(f"`{name}` is told twice", fact=name, given=value, help="tell each fact once")
        facts[name] = value
    return facts


def _no_number(name: str) -> object:
    raise FactsError(f"`{name}` is no number of JSON", help="write a whole number, or null when absent")


def _told(policy: Policy, answer: dict[str, object], options: argparse.Namespace) -> Iterator[str]:
    """The answer for a person to read."""
    language = options.language
    if options.partial:
        outcomes, ask = answer["outcomes"], answer["ask"]
        assert isinstance(outcomes, list)
        yield "still possible: " + ", ".join(outcomes)
        if isinstance(ask, str):
            yield f"ask next: {ask} ({policy.fact_meaning(ask, language)})"
        return
    outcome, clause, decisive, held = (answer[k] for k in ("outcome", "clause", "decisive", "holds_until"))
    assert isinstance(outcome, str) and isinstance(clause, str) and isinstance(decisive, dict)
    yield f"{outcome}: {policy.outcome_meaning(outcome, language)}"
    yield f"clause {clause}: {policy.clause_title(clause, language)}"
    yield f"  {answer['because']}"
    yield "decided by: " + ", ".join(f"{name} {word(value)}" for name, value in decisive.items())
    if isinstance(held, dict):
        yield "holds until: " + ", ".join(f"{name} {value}" for name, value in held.items())
    yield f"next: {policy.outcome_next_step(outcome, language)}"


def is_told_in(policy: Policy, language: str) -> bool:
    """Whether the policy is told in a language; says so when it is not."""
    if language.lower() in policy.languages:
        return True
    known = ", ".join(policy.languages)
    print(f"{policy.name} is not told in `{language.lower()}`\nhelp: it is told in {known}", file=sys.stderr)
    return False


def sentence(error: Exception) -> str:
    """An error as the reader meets it."""
    if isinstance(error, FileNotFoundError):
        return f"{error.filename}: there is no such file\nhelp: check the path"
    if isinstance(error, UnicodeDecodeError):
        return "this is not UTF-8 text\nhelp: save the file as UTF-8"
    return str(error)
