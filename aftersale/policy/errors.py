"""Every error of the policy room.

PolicyError
├── DocumentError         the document cannot be read: what, file:line:column, the line, a caret, help
│   └── TranslationError  a translation does not say what its original says
├── FactsError            the facts cannot be decided on: unknown, a wrong value, a broken rule of the world
└── UndecidedError        the document gives no single answer to facts that are in order
    ├── GapError          no clause matches
    └── ConflictError     two clauses, neither stronger than the other, disagree
"""

from collections.abc import Iterable


class PolicyError(Exception):
    """The root: whoever catches it has caught all this room raises on purpose."""


class DocumentError(PolicyError):
    """Three parts: `what` is wrong, where (`file`, `line`, `column`, both from 1), and `help`: what to do."""

    def __init__(
        self,
        what: str,
        *,
        file: str,
        line: int = 0,
        column: int = 1,
        width: int = 1,
        source: str = "",
        help: str = "",
    ) -> None:
        self.what, self.file, self.line, self.column, self.help = what, file, line, column, help
        where = f"{file}:{line}:{column}" if line else file
        parts = [f"{where}: {what}"]
        if line:
            parts += ["    " + source, "    " + _blank(source[: column - 1]) + "^" * max(width, 1)]
        if help:
            parts.append(f"help: {help}")
        super().__init__("\n".join(parts))


class TranslationError(DocumentError):
    """A translation lacks a clause, has one too many, or leaves out a number that the original speaks."""


class FactsError(PolicyError):
    """`fact` is at fault ("" for a rule), `given` its value, `accepted` what would do; `rule` is broken."""

    def __init__(
        self,
        what: str,
        *,
        fact: str = "",
        given: object = None,
        accepted: str = "",
        rule: str = "",
        help: str = "",
    ) -> None:
        self.what, self.fact, self.given, self.accepted, self.rule = what, fact, given, accepted, rule
        self.help = help or (f"`{fact}` is {accepted}" if accepted else "")
        super().__init__(what + (f"\nhelp: {self.help}" if self.help else ""))


class UndecidedError(PolicyError):
    """The document is at fault, not the facts; the check of the policy finds these before customers do."""


class GapError(UndecidedError):
    """No clause matches; the message shows the facts that led there."""


class ConflictError(UndecidedError):
    """Two winners disagree; `clauses` names both."""

    def __init__(self, what: str, *, clauses: tuple[str, str], help: str = "") -> None:
        self.clauses = clauses
        super().__init__(what + (f"\nhelp: {help}" if help else ""))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word nearest to a mistyped one, as a question; "" when none is near."""
    nearest, best = "", max(2, len(word) // 3) + 1
    for candidate in sorted(known):
        steps = _edits(word.lower(), candidate.lower(), best)
        if steps < best:
            nearest, best = candidate, steps
    return f"did you mean `{nearest}`?" if nearest else ""


def _edits(one: str, other: str, limit: int) -> int:
    """How many letters to add, drop, change or swap; stops counting at `limit`."""
    if abs(len(one) - len(other)) >= limit:
        return limit
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                steps = min(steps, older[j - 2] + 1)
            row.append(steps)
    return row[-1]


def _blank(text: str) -> str:
    """As wide as `text` on a screen, but empty: tabs stay, Chinese characters take two columns."""
    return "".join("\t" if c == "\t" else "\u3000" if c > "\u2e7f" else " " for c in text)
