"""Compiles the tree, or past its cap the plain chain of clauses, to a Python function."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from .document import Document
from .facts import Fact, Value
from .nodes import Condition, IsOneOf, Join, Known, Not, Percent, Sum, Within
from .space import Dimension, percent_of
from .tree import Branch, Leaf, Tree

type Facts = Mapping[str, Value]


class Writer:
    """Writes the lines of one function over a dict of facts, reading each fact where it is first needed.

    With `keeps` every fact read on the way is a local variable at the leaf, `_` and its name, for `leaf` to
    speak of.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        dimensions: list[Dimension],
        leaf: Callable[[Leaf], str],
        *,
        keeps: bool,
    ) -> None:
        self.facts, self.dimensions, self.leaf, self.keeps = facts, dimensions, leaf, keeps
        self.names = {name: f"_{name}" for name in facts}
        self.lines: list[str] = []

    def tree(self, tree: Tree, read: frozenset[str], indent: str) -> None:
        """The lines of a tree, the facts in `read` being local variables already."""
        while isinstance(tree, Branch):
            dimension = self.dimensions[tree.dimension]
            test, swapped = self._test(dimension, tree.mask, tree.allowed)
            for name in [n for n in dimension.facts if n not in read]:
                if (
                    self.keeps
                    or name in self._tested_below(tree)
                    or len(re.findall(rf"\b_{name}\b", test)) > 1
                ):
                    self.lines.append(f"{indent}_{name} = facts[{name!r}]")
                else:
                    test = re.sub(rf"\b_{name}\b", f"facts[{name!r}]", test)
            read = read.union(dimension.facts)
            yes, no = (tree.no, tree.yes) if swapped else (tree.yes, tree.no)
            self.lines.append(f"{indent}if {test}:")
            self.tree(yes, read, indent + " ")
            tree = no
        self.lines.append(f"{indent}return {self.leaf(tree)}")

    def _tested_below(self, tree: Branch) -> set[str]:
        """The facts that the two sides of a branch still test."""
        names: set[str] = set()
        for side in (tree.yes, tree.no):
            if isinstance(side, Branch):
                names |= self._tested_below(side)
                names.update(self.dimensions[side.dimension].facts)
        return names

    def _test(self, dimension: Dimension, mask: int, allowed: int) -> tuple[str, bool]:
        """The test that a value lies in the mask, and whether it is written the other way round."""
        if dimension.values:
            return self._choice(dimension, mask, allowed)
        rest = allowed & ~mask
        swapped = self._effort(dimension, rest, allowed) < self._effort(dimension, mask, allowed)
        return self._stretches(dimension, rest if swapped else mask, allowed), swapped

    def _effort(self, dimension: Dimension, mask: int, allowed: int) -> int:
        """How much there is to write for a mask: a side without the absent cell in one run is least."""
        return len(_runs(mask & ~dimension.absent, allowed & ~dimension.absent)) + 2 * bool(
            mask & dimension.absent
        )

    def _choice(self, dimension: Dimension, mask: int, allowed: int) -> tuple[str, bool]:
        name = self.names[dimension.facts[0]]
        rest = allowed & ~mask
        swapped = rest.bit_count() < mask.bit_count() or (rest.bit_count() == 1 and rest == dimension.absent)
        cells = rest if swapped else mask
        if cells == dimension.absent:
            return f"{name} is None", swapped
        picked = [value for i, value in enumerate(dimension.values) if cells >> i & 1]
        if dimension.values == (False, True) and not allowed & dimension.absent:
            return (name if picked == [True] else f"not {name}"), swapped
        if len(picked) == 1 and not cells & dimension.absent:
            return (
                f"{name} is {picked[0]}" if isinstance(picked[0], bool) else f"{name} == {picked[0]!r}"
            ), swapped
        choices: list[object] = [*picked, None] if cells & dimension.absent else [*picked]
        return f"{name} in {tuple(choices)!r}", swapped

    def _stretches(self, dimension: Dimension, mask: int, allowed: int) -> str:
        """A test for runs of cells, and perhaps the absent one."""
        known = allowed & ~dimension.absent
        runs = [self._run(dimension, run, known) for run in _runs(mask & ~dimension.absent, known)]
        absent = [self.names[n] for n in dimension.facts if self.facts[n].may_be_absent]
        if mask & dimension.absent:
            return " or ".join([*(f"{name} is None" for name in absent), *runs])
        guards = [f"{name} is not None" for name in absent] if allowed & dimension.absent else []
        tests = [text for text in (" or ".join(runs),) if text]
        if guards and len(runs) > 1:
            tests = [f"({tests[0]})"]
        return " and ".join([*guards, *tests])

    def _run(self, dimension: Dimension, run: int, known: int) -> str:
        """A test for one run of the known cells; "" when it is all of them."""
        first, last = (run & -run).bit_length() - 1, run.bit_length() - 1
        over = self._compared(dimension, ">", dimension.cuts[first - 1]) if known & ((1 << first) - 1) else ""
        under = self._compared(dimension, "<=", dimension.cuts[last]) if known >> (last + 1) else ""
        return " and ".join(filter(None, (over, under)))

    def _compared(self, dimension: Dimension, sign: str, cut: int) -> str:
        """A sum compared with a whole number; of two plain facts and nothing else, one with the other."""
        (times, term), *others = dimension.key
        if cut in (0, -1) and times == 1 and len(others) == 1 and others[0][0] == -1:
            pair = [written(Sum(((1, part),)), self.facts, self.names) for part in (term, others[0][1])]
            signs = {(">", 0): ">", (">", -1): ">=", ("<=", 0): "<=", ("<=", -1): "<"}
            return f"{pair[0]} {signs[sign, cut]} {pair[1]}"
        return f"{written(Sum(dimension.key), self.facts, self.names)} {sign} {cut}"


def _runs(mask: int, known: int) -> list[int]:
    """The mask cut where a known cell outside it lies between."""
    runs, run = [], 0
    for place in range(known.bit_length()):
        cell = known & 1 << place
        if mask & cell:
            run |= cell
        elif cell and run:
            runs.append(run)
            run = 0
    return [*runs, run] if run else runs


def written(total: Sum, facts: Mapping[str, Fact], names: Mapping[str, str]) -> str:
    """A sum as a Python expression over local variables."""
    parts = []
    for times, term in total.terms:
        if isinstance(term, Percent):
            piece = f"percent_of({term.percent}, {written(term.of, facts, names)}, {term.rounding!r})"
        else:
            piece = names[term] + (".toordinal()" if facts[term].kind == "date" else "")
        sign = "-" if times < 0 else "+"
        parts.append(f"{sign} {piece}" if abs(times) == 1 else f"{sign} {abs(times)} * {piece}")
    if total.plus or not parts:
        parts.append(f"{'-' if total.plus < 0 else '+'} {abs(total.plus)}")
    text = " ".join(parts).removeprefix("+ ")
    return text if len(parts) == 1 and not text.startswith("-") else f"({text})"


def condition_text(condition: Condition, facts: Mapping[str, Fact]) -> str:
    """A condition as a Python expression over the dict `facts`, absent as the language has it."""
    match condition:
        case Not(part):
            return f"(not {condition_text(part, facts)})"
        case Join(how, parts):
            return "(" + f" {how} ".join(condition_text(part, facts) for part in parts) + ")"
        case Known(fact):
            return f"(facts[{fact!r}] is not None)"
        case IsOneOf(fact, values):
            return f"(facts[{fact!r}] in {values!r})"
        case Within(terms, lo, hi):
            total = Sum(terms)
            tests = [f"facts[{name!r}] is not None" for name in total.facts if facts[name].may_be_absent]
            value = written(total, facts, {name: f"facts[{name!r}]" for name in total.facts})
            low, high = "" if lo is None else f"{lo} <= ", "" if hi is None else f" <= {hi}"
            return "(" + " and ".join([*tests, f"{low}{value}{high}"]) + ")"


def chain_ends(document: Document) -> Iterator[tuple[str, str]]:
    """The ends of the chain: each clause alone, each with a rival that could disagree, then the gap."""
    order, stronger = document.precedence
    for place, name in enumerate(order):
        yield name, ""
        for rival in order[place + 1 :]:
            if document.clauses[rival].then != document.clauses[name].then and name not in stronger[rival]:
                yield name, rival
    yield "", ""


def chain_lines(document: Document, texts: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """The clauses one after another, strongest first, each followed by the rivals that would disagree.

    `texts` gives what to return for each of `chain_ends`.
    """
    order, stronger = document.precedence
    tests = {name: condition_text(document.clauses[name].when, document.facts) for name in order}
    for place, name in enumerate(order):
        yield f" if {tests[name]}:"
        for rival in order[place + 1 :]:
            if (name, rival) in texts:
                beaten = [f"not {tests[winner]}" for winner in order if winner in stronger[rival]]
                yield f"  if {' and '.join([tests[rival], *beaten])}: return {texts[name, rival]}"
        yield f"  return {texts[name, '']}"
    yield f" return {texts['', '']}"


def reader_lines(facts: Mapping[str, Fact], rules: Iterable[Condition]) -> Iterator[str]:
    """The facts copied when plainly in order and all rules hold; else None, and a slower look tells why."""
    yield f" if len(facts) != {len(facts)}: return None"
    for name, fact in facts.items():
        yield f" _{name} = facts[{name!r}]"
        absent = f"_{name} is not None and " if fact.may_be_absent else ""
        yield f" if {absent}not ({_fits(f'_{name}', fact)}): return None"
    for rule in rules:
        yield f" if not {condition_text(rule, facts)}: return None"
    yield " return {" + ", ".join(f"{name!r}: _{name}" for name in facts) + "}"


def _fits(value: str, fact: Fact) -> str:
    """A test that a value is of the fact's kind, as the policy holds it."""
    if fact.kind == "one of":
        return f"{value}.__class__ is str and {value} in {fact.values!r}"
    if fact.kind == "yes or no":
        return f"{value} is True or {value} is False"
    if fact.kind == "date":
        return f"{value}.__class__ is date"
    low = "" if fact.lo is None else f" and {value} >= {fact.lo}"
    high = "" if fact.hi is None else f" and {value} <= {fact.hi}"
    return f"{value}.__class__ is int{low}{high}"


def compiled(name: str, lines: Iterable[str], known: Mapping[str, object]) -> Callable[[Facts], object]:
    """The function of these lines, whose one argument is `facts`."""
    scope: dict[str, object] = {"percent_of": percent_of, "date": date, **known}
    # The lines are ours: names and texts of the document enter them only as checked names and by `repr`.
    exec(compile("\n".join([f"def {name}(facts):", *lines]), f"<{name}>", "exec"), scope)  # noqa: S102
    function = scope[name]
    assert callable(function)
    return function
