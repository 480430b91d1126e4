"""docs/failed-charges.md is true: its tables are the data's, its snippet runs, its operations exist."""

import doctest
import re
from pathlib import Path

from aftersale.api.document import document
from aftersale.payments.budgets import LIMITS
from aftersale.payments.declines import TABLE, Family
from aftersale.payments.declines.table import DOCUMENT, read_table
from aftersale.web.declines_shown import wait_told
from aftersale.web.templatetags.aftersale_web import brand_name

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "failed-charges.md").read_text(encoding="utf-8")


def test_the_snippet_says_what_the_table_says():
    test = doctest.DocTestParser().get_doctest(TEXT, {}, "failed-charges.md", None, 0)
    assert len(test.examples) >= 7
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_table_of_families_is_the_data():
    rows = re.findall(r"^\| ([A-K]) \| `(\w+)` \| `(\w+)` \| (\w+) \| (.+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (row.letter, row.family.value, row.answer.name, row.answer.add_again.value, _waits(row))
        for row in TABLE.families.values()
    ]


def _waits(row) -> str:
    if row.final:
        return "never"
    waits = ", ".join(wait_told(wait) for wait in row.retry_waits)
    return f"as the advice says, else {waits}" if waits else "none"


def test_its_counts_are_those_of_the_table():
    counts = re.search(r"(\d+) families, (\d+) answers, (\d+) codes and (\d+) words of\s+advice", TEXT)
    assert counts
    found = (TABLE.families, TABLE.answers, TABLE.codes, TABLE.advice)
    assert [int(number) for number in counts.groups()] == [len(rows) for rows in found]


def test_the_limits_are_those_that_are_kept():
    rows = re.findall(r"^\| ([\w ]+) \| (\d+) \| (\d+ \w+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (
            brand_name(limit.brand) if limit.brand else "all others",
            str(limit.attempts),
            "24 hours" if limit.window.days == 1 else wait_told(limit.window),
        )
        for limit in LIMITS
    ]


def test_its_example_of_a_change_is_read():
    (block,) = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    changed = read_table(DOCUMENT.read_text(encoding="utf-8") + block)
    assert changed.codes[-1].family == Family.HIDDEN


def test_the_operations_that_it_names_exist():
    names = {op["operationId"] for ops in document("/api/v1/")["paths"].values() for op in ops.values()}
    part = TEXT.partition("The same by the API:")[2].partition("## ")[0]
    named = set(re.findall(r"`(\w+)`", part))
    assert len(named) == 12
    assert named <= names
