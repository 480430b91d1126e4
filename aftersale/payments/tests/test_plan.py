"""However Ann returns what she bought, in whatever parts and order, she gets back exactly what she paid."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.payments.plan import difference, layered_matrix, price_matrix, worth

# Cents of EUR, yen and thousandths of a dinar are all whole minor units; yen orders may cost millions.
AMOUNTS = st.one_of(st.integers(0, 50), st.integers(0, 20_000), st.integers(0, 5_000_000))


@st.composite
def orders(draw):
    """Components and tenders that add up to the same."""
    components = draw(st.lists(AMOUNTS, min_size=1, max_size=8))
    cuts = sorted(draw(st.lists(st.integers(0, sum(components)), min_size=1, max_size=3)))
    edges = [0, *cuts, sum(components)]
    return components, [late - early for early, late in pairwise(edges)]


@st.composite
def returns(draw):
    """A component as paid by each tender, its units, and sizes of returns that take all of them."""
    cells = tuple(draw(st.lists(AMOUNTS, min_size=1, max_size=4)))
    units = draw(st.integers(1, 50))
    sizes, left = [], units
    while left:
        sizes.append(draw(st.integers(1, left)))
        left -= sizes[-1]
    return cells, units, sizes


@given(orders())
def test_a_price_matrix_adds_up_both_ways(order):
    components, tenders = order
    matrix = price_matrix(components, tenders)
    assert [sum(row) for row in matrix] == components
    assert [sum(column) for column in zip(*matrix, strict=True)] == tenders
    assert difference(components, tenders) == 0


@given(orders())
def test_each_cell_is_less_than_two_minor_units_from_its_exact_share(order):
    components, tenders = order
    total = sum(components) or 1
    for component, row in zip(components, price_matrix(components, tenders), strict=True):
        assert min(row) >= 0
        assert all(
            abs(cell * total - component * tender) < len(tenders) * total
            for cell, tender in zip(row, tenders, strict=True)
        )


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.lists(AMOUNTS, min_size=1, max_size=4))
def test_payments_that_do_not_add_up_give_back_no_more_than_either_side(components, tenders):
    matrix = price_matrix(components, tenders)
    assert all(0 <= sum(row) <= paid for row, paid in zip(matrix, components, strict=True))
    columns = zip(*matrix, strict=True)
    assert all(0 <= sum(column) <= paid for column, paid in zip(columns, tenders, strict=True))
    assert sum(map(sum, matrix)) == min(sum(components), sum(tenders))
    assert difference(components, tenders) == sum(tenders) - sum(components)


@given(returns())
def test_partial_returns_end_at_exactly_what_each_tender_paid(case):
    cells, units, sizes = case
    given_back, before = [0] * len(cells), 0
    for now in sizes:
        shares = worth(cells, units=units, before=before, now=now)
        assert min(shares) >= 0
        given_back = [sum(pair) for pair in zip(given_back, shares, strict=True)]
        before += now
    assert tuple(given_back) == cells


@given(returns(), st.randoms(use_true_random=False))
def test_units_may_come_back_in_any_order(case, random):
    cells, units, _ = case
    order = random.sample(range(units), units)
    given_back = [0] * len(cells)
    for unit in order:
        shares = worth(cells, units=units, before=unit, now=1)
        given_back = [sum(pair) for pair in zip(given_back, shares, strict=True)]
    assert tuple(given_back) == cells


@given(returns())
def test_a_tender_that_does_not_pay_leaves_the_others_shares_alone(case):
    cells, units, sizes = case
    before, paid = 0, 0
    for now in sizes:
        paid += worth(cells, units=units, before=before, now=now)[0]  # the others are refused each time
        before += now
    assert paid == cells[0]


@given(returns())
def test_nobody_is_ever_a_whole_cent_above_the_exact_share(case):
    cells, units, _ = case
    for kept in range(units + 1):
        so_far = worth(cells, units=units, before=0, now=kept)
        assert 2 * abs(sum(so_far) * units - sum(cells) * kept) <= units
        assert all(got * units - cell * kept < units for got, cell in zip(so_far, cells, strict=True))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(1, 12))
def test_giving_many_cents_at_once_is_giving_them_one_by_one(cells, units):
    given_back = [0] * len(cells)
    for unit in range(1, units + 1):
        while sum(given_back) < (2 * sum(cells) * unit + units) // (2 * units):
            behind = [cell * unit - had * units for cell, had in zip(cells, given_back, strict=True)]
            given_back[behind.index(max(behind))] += 1
        assert worth(cells, units=units, before=0, now=unit) == tuple(given_back)


@settings(max_examples=20)
@given(st.lists(AMOUNTS, min_size=1, max_size=4))
def test_a_single_unit_is_worth_what_was_paid(cells):
    assert worth(cells, units=1, before=0, now=1) == tuple(cells)
    assert worth(cells, units=1, before=1, now=0) == (0,) * len(cells)


def test_three_units_for_ten_euros_come_back_as_333_334_and_333():
    assert [worth((1000,), units=3, before=unit, now=1) for unit in range(3)] == [(333,), (334,), (333,)]


def test_an_order_without_a_price_is_worth_nothing():
    assert price_matrix([0, 0], [0]) == ((0,), (0,))
    assert price_matrix([], [5]) == ()
    assert worth((0, 0), units=4, before=1, now=2) == (0, 0)


def test_ten_thousand_units_are_worth_what_was_paid_for_all_of_them():
    cells = (7_777_777, 1_234_567, 3, 0)
    whole = worth(cells, units=10_000, before=0, now=10_000)
    halves = [worth(cells, units=10_000, before=unit, now=1) for unit in range(10_000)]
    assert whole == cells
    assert tuple(map(sum, zip(*halves, strict=True))) == cells


@pytest.mark.parametrize(("before", "now"), [(-1, 1), (0, 4), (3, 1), (0, -1)])
def test_units_that_there_are_not_are_our_own_mistake(before, now):
    with pytest.raises(AssertionError):
        worth((10,), units=3, before=before, now=now)


@given(orders(), st.lists(AMOUNTS, max_size=3))
def test_what_is_paid_later_changes_no_share_of_what_was_paid_before(order, later):
    components, tenders = order
    unpaid = [component + 1 for component in components]
    before = layered_matrix(unpaid, [tenders])
    after = layered_matrix(unpaid, [tenders, *([amount] for amount in later)])
    assert [row[: len(tenders)] for row in after] == list(before) == list(price_matrix(unpaid, tenders))


@given(orders())
def test_the_payment_of_the_rest_pays_exactly_what_was_left_of_each_component(order):
    components, (first, *rest) = order
    matrix = layered_matrix(components, [[first], [sum(rest)]])
    assert [sum(row) for row in matrix] == components
    assert [sum(column) for column in zip(*matrix, strict=True)] == [first, sum(rest)]


def test_an_order_that_came_in_unpaid_is_paid_by_the_first_payment_alone():
    assert layered_matrix([70, 30], [[], [100]]) == ((70,), (30,))
