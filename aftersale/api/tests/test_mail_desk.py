"""The slow lane, read by a machine of our staff: page by page, to its end."""

import pytest

from aftersale.api.tests.cast import machine
from aftersale.support.tests.letters import write_in


@pytest.mark.parametrize("path", ["/mail-desk", "/mail-desk/held"])
def test_mia_reads_every_mail_that_waits_the_oldest_first(world, path):
    headers = {"List_Id": "<news.shop.example>"} if path.endswith("held") else {}
    for number in range(5):
        write_in(world, subject=f"Question {number}", **headers)
        world.clock.move(minutes=number % 2)  # some came in the same moment
    mia, seen, cursor = machine(world, world.mia), [], ""
    while cursor is not None:
        told = mia.get(f"{path}?limit=2&cursor={cursor}").json()
        assert len(told["items"]) <= 2
        seen += [each["subject"] for each in told["items"]]
        cursor = told["next_cursor"]
    assert seen == [f"Question {number}" for number in range(5)]
