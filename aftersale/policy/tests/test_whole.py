"""Whole numbers under linear limits: found when there are some, and None only when there are none."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.policy.whole import Limit, Name, TooHard, fitting

NAMES: list[Name] = ["x", "y", "z"]
LIMITS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(NAMES), st.integers(-4, 4)), st.integers(-12, 12)), max_size=5
)
BOX: list[Limit] = [({name: sign}, 5) for name in NAMES for sign in (1, -1)]


@given(LIMITS, st.fixed_dictionaries({name: st.integers(-7, 7) for name in NAMES}))
def test_what_is_found_fits_and_what_is_not_found_is_not_there(
    limits: list[Limit], wish: dict[Name, int]
) -> None:
    points = [dict(zip(NAMES, point, strict=True)) for point in product(range(-5, 6), repeat=3)]
    fits = [point for point in points if all(sum(n * point[k] for k, n in t.items()) <= b for t, b in limits)]
    found = fitting([*BOX, *limits], NAMES, wish)
    if not fits:
        assert found is None
    else:
        assert found in fits
        assert abs(found["x"] - wish["x"]) == min(abs(point["x"] - wish["x"]) for point in fits)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ([({"x": 2, "y": -2}, 1), ({"x": -2, "y": 2}, -1)], None),  # twice a difference is never 1
        ([({"x": 1, "y": -1}, -1), ({"y": 1, "x": -1}, -1)], None),  # each less than the other
        ([({"x": -3}, -(10**12))], {"x": -(-(10**12) // 3), "y": 0}),
        ([], {"x": 0, "y": 0}),
    ],
)
def test_numbers_without_end_are_settled_too(limits: list[Limit], found: dict[str, int] | None) -> None:
    assert fitting(limits, ["x", "y"], {}) == found


def test_what_would_take_for_ever_is_never_taken_for_a_no() -> None:
    gap: list[Limit] = [({"x": 30_001, "y": -30_000}, -1), ({"x": -30_001, "y": 30_000}, 2)]
    gap += [({"x": sign}, 10**7) for sign in (1, -1)]
    tight: list[Limit] = [({"x": 6, "y": 10, "z": 15}, 1), ({"x": -6, "y": -10, "z": -15}, -1)]
    for limits in (gap, tight):
        try:
            found = fitting(limits, ["x", "y", "z"], {"x": 10**6})
        except TooHard:
            continue
        assert found is not None
        assert all(sum(n * found[k] for k, n in t.items()) <= b for t, b in limits)
