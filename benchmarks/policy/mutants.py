"""How many wrong edits of the shipped policy its owner is told of: by the checks, the examples, either.

    python -m benchmarks.policy.mutants [HOW MANY]

Each mutant is the document with one plausible slip. Those that change nothing, for which the diff finds no
order that is answered otherwise, are no slips and are left out.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aftersale.policy import Policy, PolicyError
from aftersale.policy.check import check_policy
from aftersale.policy.diff import compare

MARKETPLACE = Path(__file__).parents[2] / "policies" / "marketplace.md"
SEED = 60
GOAL = 0.95
_VALUES = (
    ("card", "balance", "bank_transfer"),
    ("unwanted", "defective", "wrong", "missing"),
    ("defective_or_wrong", "any_reason"),
)
_FLAGS = ("marked_delivered", "mainland_supplier", "rma", "late", "over", "faulty", "some stay behind")
_COMPARED = {"more than": "at least", "at least": "more than", "less than": "at most", "at most": "less than"}


class Mutant(NamedTuple):
    """A document with one slip: its kind, what was done, and the text."""

    kind: str
    edit: str
    text: str


class Caught(NamedTuple):
    """Who noticed a mutant."""

    mutant: Mutant
    by_checks: bool
    by_examples: bool


def main(how_many: int) -> int:
    original = Policy.load(MARKETPLACE)
    caught = [found for mutant in sample(original.text, how_many) if (found := judge(original, mutant))]
    kinds = Counter(c.mutant.kind for c in caught)
    print(f"{len(caught)} wrong edits of {MARKETPLACE.name} (seed {SEED}), by kind: caught by either / all")
    for kind, all_of in sorted(kinds.items()):
        mine = [c for c in caught if c.mutant.kind == kind]
        print(f"  {kind:22} {sum(c.by_checks or c.by_examples for c in mine):3} / {all_of}")
    print(f"the checks alone    {share(c.by_checks for c in caught):6.1%}")
    print(f"the examples alone  {share(c.by_examples for c in caught):6.1%}")
    print(f"both of them        {share(c.by_checks and c.by_examples for c in caught):6.1%}")
    either = share(c.by_checks or c.by_examples for c in caught)
    print(f"either              {either:6.1%}   goal {GOAL:.0%}")
    for found in caught:
        if not (found.by_checks or found.by_examples):
            print(f"  missed: {found.mutant.kind}: {found.mutant.edit}")
    return 0 if either >= GOAL else 1


def share(which: Iterator[bool]) -> float:
    """The share of what is true."""
    all_of = list(which)
    return sum(all_of) / len(all_of)


def sample(text: str, how_many: int, seed: int = SEED) -> list[Mutant]:
    """So many mutants, kind by kind in turn, so that a frequent kind does not crowd out the others."""
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in mutants(text):
        by_kind.setdefault(mutant.kind, []).append(mutant)
    # The same sample for the same seed; nothing secret hangs on it.
    chance = random.Random(seed)
    for some in by_kind.values():
        chance.shuffle(some)
    chosen: list[Mutant] = []
    while len(chosen) < how_many and any(by_kind.values()):
        chosen += [some.pop() for some in by_kind.values() if some]
    return chosen[:how_many]


def judge(original: Policy, mutant: Mutant) -> Caught | None:
    """Who notices the mutant; None when it changes nothing.

    What the reader of documents refuses counts for the checks: the owner is told at the first look.
    """
    try:
        policy = Policy.parse(mutant.text, name=MARKETPLACE.name)
    except PolicyError:
        return Caught(mutant, by_checks=True, by_examples=False)
    if not mutant.kind.startswith("prose") and not compare(original, policy).changes:
        return None
    codes = {finding.code for finding in check_policy(policy) if finding.counts}
    return Caught(mutant, bool(codes - {"example-failed"}), "example-failed" in codes)


def mutants(text: str) -> Iterator[Mutant]:
    """Every mutant of a document."""
    lines = text.split("\n")
    clauses = [n for n, line in enumerate(lines) if line.startswith("### ")]
    formal = [n for n, line in enumerate(lines) if re.match(r"- (when|\w[\w ]* means)|  and ", line)]
    for number in formal:
        for kind, edited in _conditions(lines[number]):
            yield _mutant(kind, lines, number, edited)
    for number, line in enumerate(lines):
        if line.startswith("- then: "):
            for outcome in ("deny", "claim", "return_all", "ask_supplier", "refund"):
                if outcome not in line:
                    yield _mutant("another outcome", lines, number, f"- then: {outcome}")
        if line.startswith("- overrides: "):
            names = line.removeprefix("- overrides: ").split(", ")
            for name in names:
                left = [other for other in names if other != name]
                yield _mutant(
                    "an override dropped", lines, number, "- overrides: " + ", ".join(left) if left else ""
                )
    yield from _prose(lines, clauses)
    for start, end in zip(clauses, [*clauses[1:], len(lines)], strict=True):
        yield Mutant("a clause dropped", lines[start], "\n".join(lines[:start] + lines[end:]))


def _mutant(kind: str, lines: list[str], number: int, edited: str) -> Mutant:
    text = "\n".join([*lines[:number], edited, *lines[number + 1 :]])
    return Mutant(kind, f"line {number + 1}: {edited.strip() or '(dropped)'}", text)


def _conditions(line: str) -> Iterator[tuple[str, str]]:
    """One slip in a line of a condition."""
    for found in re.finditer(r"\b\d+\b", line):
        number = int(found[0])
        for near in sorted({number - 1, number + 1, 30 if number > 9 else 2} - {number}):
            yield "another number", line[: found.start()] + str(near) + line[found.end() :]
    for worded, instead in _COMPARED.items():
        if worded in line:
            yield "another comparison", line.replace(worded, instead, 1)
    for values in _VALUES:
        for found in re.finditer(r"\b(" + "|".join(values) + r")\b", line):
            for other in values:
                if other != found[0]:
                    yield "another value", line[: found.start()] + other + line[found.end() :]
    yield from _structure(line)


def _structure(line: str) -> Iterator[tuple[str, str]]:
    """One slip in how a condition is put together."""
    for flag in _FLAGS:
        for found in re.finditer(rf"(not )?\b{flag}\b(?! means)", line):
            turned = flag if found[1] else f"not {flag}"
            yield "turned round", line[: found.start()] + turned + line[found.end() :]
    for found in re.finditer(r" (and|or) ", line):
        other = " or " if found[1] == "and" else " and "
        yield "and for or", line[: found.start()] + other + line[found.end() :]
    head, _, condition = line.partition(": ")
    parts = condition.split(" and ")
    if head == "- when" and "(" not in condition.replace("one of (", "") and len(parts) > 1:
        for place in range(len(parts)):
            left = " and ".join(parts[:place] + parts[place + 1 :])
            yield "a condition dropped", f"{head}: {left}"


def _prose(lines: list[str], clauses: list[int]) -> Iterator[Mutant]:
    """One slip in what the customer reads."""
    for start in clauses:
        for number in range(start + 2, start + 8):
            line = lines[number]
            if line.startswith("- "):
                break
            for found in re.finditer(r"\b60\b", line):
                yield _mutant(
                    "prose: a number", lines, number, line[: found.start()] + "45" + line[found.end() :]
                )
            for found in re.finditer(r"\bby (card|bank transfer)\b", line):
                other = "bank transfer" if found[1] == "card" else "card"
                edited = line[: found.start()] + f"by {other}" + line[found.end() :]
                yield _mutant("prose: a value", lines, number, edited)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 108))
