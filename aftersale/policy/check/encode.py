"""Facts, conditions and sums in Z3; an absent fact makes every comparison false and its opposite true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import z3

from aftersale.policy.facts import Fact, Value
from aftersale.policy.nodes import Condition, IsOneOf, Join, Known, Not, Percent, Sum, Term, Within

type Formula = Any
type Number = Any
type Variables = Mapping[str, Variable]

TRUE: Formula = z3.And([])
FALSE: Formula = z3.Or([])


@dataclass(frozen=True, slots=True)
class Variable:
    """One fact: a Bool for each value of a choice, one for yes or no, an Int for what is counted.

    `known` is whether it is not absent.
    """

    fact: Fact
    known: Formula
    number: Number = None
    yes: Formula = None
    values: Mapping[str, Formula] = field(default_factory=dict)

    def has(self, value: Value) -> Formula:
        """The fact has this value; None is absent."""
        if value is None:
            return z3.Not(self.known)
        if self.fact.kind == "one of":
            return self.values.get(str(value), FALSE)
        if self.fact.kind == "yes or no":
            return z3.And(self.known, self.yes if value else z3.Not(self.yes))
        return z3.And(self.known, self.number == count(value))

    def domain(self) -> list[Formula]:
        """What values of the fact's kind fulfil."""
        if self.fact.kind == "one of":
            choices = list(self.values.values())
            one = [z3.Or(choices)] if not self.fact.may_be_absent else []
            return one + [z3.Or(z3.Not(a), z3.Not(b)) for i, a in enumerate(choices) for b in choices[:i]]
        lo, hi = self.fact.lo, self.fact.hi
        if self.fact.kind == "date":
            lo, hi = date.min.toordinal(), date.max.toordinal()
        ends = [] if lo is None else [self.number >= lo]
        return ends if hi is None else [*ends, self.number <= hi]

    def value(self, model: Formula) -> Value:
        """The fact's value in a model, completed."""
        if not is_true(self.known, model):
            return None
        if self.fact.kind == "one of":
            chosen = [v for v, choice in self.values.items() if is_true(choice, model)]
            return chosen[0] if chosen else None
        if self.fact.kind == "yes or no":
            return is_true(self.yes, model)
        number: int = model.eval(self.number, model_completion=True).as_long()
        return date.fromordinal(number) if self.fact.kind == "date" else number


def is_true(formula: Formula, model: Formula) -> bool:
    """Whether a formula is true in a model, completed."""
    return bool(z3.is_true(model.eval(formula, model_completion=True)))


def count(value: Value) -> int:
    """A counted value as a whole number; a date is its ordinal day."""
    return value.toordinal() if isinstance(value, date) else int(value or 0)


def variable(fact: Fact, mark: str = "") -> Variable:
    """The Z3 constants of a fact, told apart from those of other orders by a mark."""
    name = fact.name + mark
    if fact.kind == "one of":
        values = {value: z3.Bool(f"{name} is {value}") for value in fact.values}
        known = z3.Or(list(values.values())) if fact.may_be_absent else TRUE
        return Variable(fact, known, values=values)
    known = z3.Bool(f"{name} is known") if fact.may_be_absent else TRUE
    if fact.kind == "yes or no":
        return Variable(fact, known, yes=z3.Bool(name))
    return Variable(fact, known, number=z3.Int(name))


def condition_formula(condition: Condition, facts: Variables) -> Formula:
    """A condition over these facts."""
    match condition:
        case IsOneOf(name, values):
            return _any([facts[name].has(value) for value in values])
        case Known(name):
            return facts[name].known
        case Within(terms, lo, hi):
            total = _terms(terms, facts)
            ends = [] if lo is None else [total >= lo]
            ends += [] if hi is None else [total <= hi]
            absent = [facts[n].known for n in Sum(terms).facts if facts[n].fact.may_be_absent]
            return _all([*absent, *ends])
        case Not(part):
            return z3.Not(condition_formula(part, facts))
        case Join(how, parts):
            formulas = [condition_formula(part, facts) for part in parts]
            return _all(formulas) if how == "and" else _any(formulas)


def sum_formula(total: Sum, facts: Variables) -> Number:
    """A sum's value, none of its facts being absent."""
    return _terms(total.terms, facts) + total.plus


def _terms(terms: tuple[tuple[int, Term], ...], facts: Variables) -> Number:
    numbers = []
    for times, term in terms:
        number = _percent(term, facts) if isinstance(term, Percent) else facts[term].number
        numbers.append(number if times == 1 else times * number)
    if not numbers:
        return z3.IntVal(0)
    return numbers[0] if len(numbers) == 1 else z3.Sum(numbers)


def _percent(term: Percent, facts: Variables) -> Number:
    """Z3 divides towards minus infinity when the divisor is positive, as Python does."""
    parts = term.percent * sum_formula(term.of, facts)
    if term.rounding == "down":
        return parts / 100
    return -(-parts / 100) if term.rounding == "up" else (2 * parts + 100) / 200


def _all(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else z3.And(parts)


def _any(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else z3.Or(parts)
