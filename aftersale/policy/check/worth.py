"""Which of two outcomes gives more: what is paid is compared first, then the rank."""

import z3

from aftersale.policy.outcomes import Outcome

from .encode import Formula, Number, Variables, sum_formula
from .world import World


def gives_less(one: World, other: World) -> Formula:
    """The first order comes to an outcome that gives less than what the second comes to.

    Orders that no clause decides are left to the check for gaps.
    """
    pairs = [
        z3.And(one.comes_to[a], other.comes_to[b], less)
        for a, left in one.document.outcomes.items()
        for b, right in other.document.outcomes.items()
        if a in one.comes_to and b in other.comes_to
        if not z3.is_false(less := _less(left, right, one.variables, other.variables))
    ]
    return z3.Or(pairs)


def _less(left: Outcome, right: Outcome, mine: Variables, others: Variables) -> Formula:
    """Percentages compare with percentages and sums with sums; nothing is zero of both; then the rank."""
    by_rank = z3.BoolVal(left.name != right.name and left.rank < right.rank)
    if left.pays is None and right.pays is None:
        percents = (left.pays_percent or 0, right.pays_percent or 0)
        return by_rank if percents[0] == percents[1] else z3.BoolVal(percents[0] < percents[1])
    if left.pays_percent or right.pays_percent:
        return by_rank
    paid, theirs = paid_minor(left, mine), paid_minor(right, others)
    return z3.Or(paid < theirs, z3.And(paid == theirs, by_rank))


def paid_minor(outcome: Outcome, variables: Variables) -> Number:
    """What an outcome pays in minor units, when it pays a sum or nothing."""
    return z3.IntVal(0) if outcome.pays is None else sum_formula(outcome.pays, variables)
