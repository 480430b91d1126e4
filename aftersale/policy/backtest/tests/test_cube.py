"""The cube prices an edit as a scan of all orders does, to the last unit."""

import random
import re
from pathlib import Path

import pytest

from aftersale.policy import Policy
from aftersale.policy.backtest import BacktestError, run
from aftersale.policy.backtest.cube import Cube
from aftersale.policy.errors import DocumentError

from .worlds import policy_of, random_rows, write_parquet

ROWS = 10_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cube, str]:
    policy = policy_of("marketplace")
    path = write_parquet(policy, random_rows(policy, ROWS), tmp_path_factory.mktemp("cube") / "o.parquet")
    return Cube.build(policy, str(path)), str(path)


def edits(text: str, count: int) -> list[str]:
    """Random edits of thresholds, conditions, outcomes, rules and precedence, examples left out."""
    chance, found = random.Random(11), []
    plain = re.sub(r"#### Examples\n+(\|.*\n)+", "", text)
    swaps = [
        (r"more than 60", lambda: f"more than {chance.randrange(1, 120)}"),
        (r"and not late", lambda: chance.choice(["", "and late"])),
        (r"then: (refund|deny|claim|ask_supplier)", lambda: f"then: {chance.choice(['refund', 'deny'])}"),
        (r"at least 1", lambda: f"at least {chance.randrange(2, 4)}"),
        (r"units_returned less than units_with_customer", lambda: "units_with_customer - units_returned = 1"),
        (r"and mainland_supplier", lambda: "and not mainland_supplier"),
        (r"\| 100 % \|", lambda: "| 0 % |"),
        (r"- late means days more than 60", lambda: "- late means days + units_returned more than 31"),
        (r"- overrides: [a-z, -]+\n", lambda: "\n"),
    ]
    while len(found) < count:
        pattern, new = chance.choice(swaps)
        places = list(re.finditer(pattern, plain))
        place = chance.choice(places)
        edited = plain[: place.start()] + new() + plain[place.end() :]
        try:
            Policy.parse(edited)
        except DocumentError:
            continue
        found.append(edited)
    return found


def test_twenty_random_edits_cost_what_a_scan_says(shop: tuple[Cube, str]) -> None:
    cube, path = shop
    for edited in edits(policy_of("marketplace").text, 20):
        policy = Policy.parse(edited)
        scan, price = run(policy, path), cube.price(policy)
        assert (price.lines, price.refused) == (scan.lines, scan.refused)


def test_shares_and_sums_are_rounded_order_by_order(tmp_path: Path) -> None:
    policy = policy_of("odd")
    path = str(write_parquet(policy, random_rows(policy, 5_000), tmp_path / "odd.parquet"))
    cube = Cube.build(policy, path)
    for old, new in (
        ("at most 30", "at most 15"),
        ("33 %", "66 %"),
        ("rounded half up + 7", "rounded up + 9"),
    ):
        edited = Policy.parse(policy.text.replace(old, new))
        scan, price = run(edited, path), cube.price(edited)
        assert (price.lines, price.refused) == (scan.lines, scan.refused)


def test_a_version_that_the_cube_cannot_price_is_refused(shop: tuple[Cube, str]) -> None:
    cube, _ = shop
    text = policy_of("marketplace").text
    with pytest.raises(BacktestError, match="percentage"):
        cube.price(Policy.parse(text.replace("| 100 % |", "| 85 % |")))
    with pytest.raises(BacktestError, match="other facts"):
        cube.price(Policy.parse(text.replace("0 to 36500", "0 to 36000")))
