"""What a check has found, for a program and for a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aftersale.policy.document import Rule
from aftersale.policy.facts import Value, show, word
from aftersale.policy.source import Text

type Code = Literal[
    "gap",
    "conflict",
    "dead",
    "never-decisive",
    "idle-override",
    "promise-broken",
    "prose-drift",
    "example-failed",
    "rule-broken",
]
type Severity = Literal["error", "warning", "waived", "not proved"]


@dataclass(frozen=True, slots=True)
class Example:
    """An order that shows a finding: all its facts, and those in which it differs from an ordinary one.

    `twin` is a second value of `fact`, when two orders that differ in it are compared.
    """

    facts: Mapping[str, Value]
    differing: tuple[str, ...]
    fact: str = ""
    twin: Value = None

    def as_json(self) -> dict[str, object]:
        """All facts, as `aftersale policy decide` reads them."""
        return {name: show(value) for name, value in self.facts.items()}

    def table(self) -> Iterator[str]:
        """The differing facts, as a table of the document writes them."""
        names = [name for name in self.facts if name in self.differing or name == self.fact]
        if not names:
            yield "example: an ordinary order"
            return
        whole = len(names) == len(self.facts)
        yield "example:" if whole else "example: an ordinary order, but for"
        rows = [[word(self.facts[name]) for name in names]]
        if self.fact:
            rows.append([word(self.twin if name == self.fact else self.facts[name]) for name in names])
        widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
        for cells in (names, ["-" * width for width in widths], *rows):
            padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
            yield f"    | {' | '.join(padded)} |"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a policy.

    `where` is the text it points at; `because` are the rules of the world without which it would not be so;
    `suggest` says what one could write.
    """

    code: Code
    severity: Severity
    clauses: tuple[str, ...]
    what: str
    where: Text
    example: Example | None = None
    because: tuple[Rule, ...] = ()
    suggest: tuple[str, ...] = field(default=())

    @property
    def counts(self) -> bool:
        """Whether the policy is not clean for it."""
        return self.severity != "waived"

    @property
    def message(self) -> str:
        """What it is, and which rules of the world make it so."""
        rules = [f"`{rule.text}` (line {rule.line})" for rule in self.because]
        if not rules:
            return self.what
        return f"{self.what}, because of the rule{'s' if len(rules) > 1 else ''}: {', '.join(rules)}"

    def as_json(self) -> dict[str, object]:
        """The object of the command line's contract."""
        return {
            "code": self.code,
            "severity": self.severity,
            "clauses": list(self.clauses),
            "message": self.message,
            "example": self.example.as_json() if self.example else None,
            "suggest": list(self.suggest),
        }

    def __str__(self) -> str:
        told = self.severity if self.severity in ("waived", "not proved") else self.code
        lines = [str(self.where.error(f"{told}: {self.message}"))]
        lines += self.example.table() if self.example else ()
        lines += [f"{'  or' if place else 'help'}: {what}" for place, what in enumerate(self.suggest)]
        return "\n".join(lines)
