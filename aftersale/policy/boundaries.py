"""Examples made from the decision tree: an order for every leaf, and for both sides of every boundary.

Each obeys the rules of the world and differs from the ordinary order as little as it can; what the
document's own examples show already can be left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .document import Document
from .errors import PolicyError
from .facts import Fact, Value, word
from .fmt import table_lines
from .nodes import Sum
from .policy import Policy
from .reach import Ruled, Sought, Tests, passing, stretches
from .space import Dimension, value_of
from .tree import Leaf
from .whole import TooHard

# A leaf, one of the dimensions tested on its way (-1: the leaf alone), and the value of it there.
type Point = tuple[int, int, object]


class NoTree(PolicyError):
    """The clauses have too little in common for a decision tree, so there are no boundaries to show."""


class Shown(NamedTuple):
    """An example: all its facts, the outcome, and the clause that decides, under which it belongs."""

    facts: dict[str, Value]
    outcome: str
    clause: str


class Boundaries:
    """What the examples of a policy should show: every leaf, at each end of each of its tests."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.engine = policy, policy.engine
        if self.engine.grown is None:
            raise NoTree(f"{policy.name}: there are too many ways to decide to show one example of each")
        self.ordinary = ordinary_order(policy.document)

    def examples(self, shown: Sequence[Mapping[str, Value]] = ()) -> list[Shown]:
        """The examples still needed beside orders that are shown already, by the clauses' own order.

        Raises UndecidedError where the document has no answer, or two.
        """
        seen = {point for order in shown for point in self._points_of(order)}
        found: list[Shown] = []
        for leaf in self.engine.leaves:
            for point, order in self._wanted(leaf, seen):
                if order is not None and point not in seen:
                    decision = self.policy.decide(order)
                    found.append(Shown(order, decision.outcome, decision.clause))
                    seen.update(self._points_of(order))
        places = {name: place for place, name in enumerate(self.policy.clauses)}
        return sorted(found, key=lambda example: places[example.clause])

    def missing(self) -> list[Shown]:
        """The examples that the document does not have yet."""
        return self.examples([e.facts for c in self.policy.clauses.values() for e in c.examples])

    def _points_of(self, order: Mapping[str, Value]) -> Iterator[Point]:
        """The points that an order shows."""
        leaf = self.engine.leaves[self.policy.decide_leaf(order)]
        yield leaf.number, -1, None
        for place in leaf.path:
            dimension = self.engine.dimensions[place]
            cell = dimension.cell(order)
            is_number = not dimension.values and cell != dimension.absent
            yield leaf.number, place, value_of(Sum(dimension.key), order) if is_number else (cell,)

    def _wanted(self, leaf: Leaf, seen: set[Point]) -> Iterator[tuple[Point, dict[str, Value] | None]]:
        """The points of a leaf, each with an order that shows it; None where the world allows none."""
        yield (leaf.number, -1, None), self._order(leaf, {})
        for place, mask in leaf.path.items():
            dimension = self.engine.dimensions[place]
            cells = [1 << bit for bit in range(mask.bit_length()) if mask & 1 << bit]
            for cell in cells:
                point = leaf.number, place, (cell,)
                if (dimension.values or cell == dimension.absent) and point not in seen:
                    yield point, self._order(leaf, {place: cell})
            if dimension.values:
                continue
            for end in dict.fromkeys(end for ends in stretches(dimension, mask) for end in ends):
                if end is not None and (leaf.number, place, end) not in seen:
                    yield (leaf.number, place, end), self._order(leaf, {}, (dimension, end))

    def _order(
        self, leaf: Leaf, cells: Mapping[int, int], at: tuple[Dimension, int] | None = None
    ) -> dict[str, Value] | None:
        """The order nearest to the ordinary one that comes to a leaf, in some cells or at one number."""
        sought = Sought(self.policy.facts, {})
        if at and not sought.limit(at[0].key, at[1], at[1]):
            return None
        path = {**leaf.path, **cells}
        tests = [(self.engine.dimensions[place], mask) for place, mask in path.items()]
        orders = [_found(branch, self.ordinary) for branch in _followed(sought, tests, self.engine.ruled)]
        return min((order for order in orders if order is not None), key=self._strangeness, default=None)

    def _strangeness(self, order: Mapping[str, Value]) -> int:
        return sum(order[name] != value for name, value in self.ordinary.items())


def _followed(sought: Sought, tests: Tests, ruled: Sequence[Ruled]) -> Iterator[Sought]:
    """As many branches as can be followed: any order of them shows the point."""
    try:
        yield from passing(sought, tests, ruled)
    except TooHard:
        return


def _found(branch: Sought, wish: Mapping[str, Value]) -> dict[str, Value] | None:
    """The order of a branch; None as well where that is too hard to say."""
    try:
        return branch.found(wish)
    except TooHard:
        return None


def ordinary_order(document: Document) -> dict[str, Value]:
    """The document's ordinary order; where it does not say a fact, the plainest value of its kind."""
    plain = {name: _plainest(fact, document) for name, fact in document.facts.items()}
    return {**plain, **document.ordinary}


def tables(policy: Policy, examples: Sequence[Shown]) -> list[str]:
    """The examples as Markdown, a table under the heading of each clause."""
    lines: list[str] = []
    for name, clause in policy.clauses.items():
        rows = [example for example in examples if example.clause == name]
        if rows:
            lines += [*([""] if lines else []), f"### {name}: {clause.title}", "", "#### Examples", ""]
            lines += table_lines(_rows(policy.document, rows))
    return lines


def with_examples(policy: Policy, examples: Sequence[Shown]) -> str:
    """The document's text with examples added under their clauses, where its tables have room for them."""
    lines = policy.text.removeprefix("\ufeff").splitlines()
    for name in reversed(list(policy.clauses)):
        rows = [example for example in examples if example.clause == name]
        if rows:
            start = policy.clauses[name].line
            end = next((n for n in range(start, len(lines)) if _level(lines[n]) in (1, 2, 3)), len(lines))
            lines[start:end] = _section_with(policy.document, lines[start:end], rows)
    return "\n".join(lines).rstrip("\n") + "\n"


def _section_with(document: Document, section: list[str], rows: Sequence[Shown]) -> list[str]:
    """A clause's lines, without its heading, with rows added to its last table of examples, or a new one."""
    while section and not section[-1].strip():
        section.pop()
    heading = next((n for n, line in enumerate(section) if _level(line) == 4), None)
    last = _last_table(section) if heading is not None else None
    fits: list[Shown] = []
    if last is not None:
        header = [cell.strip() for cell in section[last].strip().strip("|").split("|")]
        fits = [row for row in rows if _has_room(document, header, row)]
        section += ["| " + " | ".join(_cells(row, header)) + " |" for row in fits]
    others = [row for row in rows if row not in fits]
    if others:
        section += [] if heading is not None else ["", "#### Examples"]
        section += ["", *table_lines(_rows(document, others))]
    return [*section, ""]


def _last_table(section: Sequence[str]) -> int | None:
    """The line of the header of the table that ends a section."""
    place = len(section)
    while place and section[place - 1].lstrip().startswith("|"):
        place -= 1
    return place if place < len(section) else None


def _has_room(document: Document, header: Sequence[str], row: Shown) -> bool:
    left_out = [name for name in document.facts if name not in header]
    return all(name in document.ordinary and row.facts[name] == document.ordinary[name] for name in left_out)


def _rows(document: Document, rows: Sequence[Shown]) -> list[list[str]]:
    """A header and rows that leave out what is as in an ordinary order."""
    ordinary = document.ordinary
    names = [
        name
        for name in document.facts
        if name not in ordinary or any(row.facts[name] != ordinary[name] for row in rows)
    ]
    header = [*names, "outcome", "clause"]
    return [header, *(_cells(row, header) for row in rows)]


def _cells(row: Shown, header: Sequence[str]) -> list[str]:
    told = {name: word(value) for name, value in row.facts.items()}
    told |= {"outcome": row.outcome, "clause": row.clause}
    return [told[name] for name in header]


def _level(line: str) -> int:
    return len(line) - len(line.lstrip("#")) if line.startswith("#") else 0


def _plainest(fact: Fact, document: Document) -> Value:
    if fact.kind == "one of":
        return fact.values[0]
    if fact.kind == "yes or no":
        return False
    if fact.kind == "date":
        return document.in_force_from
    return max(0 if fact.lo is None else fact.lo, min(0 if fact.hi is None else fact.hi, 0))
