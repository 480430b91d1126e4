"""What an operator sees of an import: every refused row, and an exit code that a script can trust."""

import json

import pytest

from aftersale.config.commands import import_orders
from aftersale.orders.models import Order

TENDER = {"number": 1, "kind": "card", "captured": "899", "reference": "ch_1"}
GOOD = {
    "type": "order",
    "code": "WM-1",
    "customer": "ANN",
    "currency": "JPY",
    "zone": "Asia/Tokyo",
    "ordered_at": "2026-01-03T12:00:00+09:00",
    "lines": [{"number": 1, "supplier": "LI", "sku": "L", "title": "Lamp", "units": 1, "net": "900"}],
    "tenders": [TENDER],
}
PEOPLE = [
    {"type": "supplier", "code": "LI", "name": "Li Lamps", "country": "CN"},
    {"type": "customer", "code": "ANN", "name": "Ann"},
]


@pytest.fixture
def run(db, tmp_path, capsys):
    def run(documents, *options):
        file = tmp_path / "orders.jsonl"
        file.write_text("\n".join(json.dumps(one) for one in documents))
        code = import_orders.main(["aftersale", str(file), *options])
        return code, capsys.readouterr()

    return run


def test_a_good_file_comes_in_and_its_mismatch_is_told(run):
    code, said = run([*PEOPLE, GOOD])
    assert code == 0
    assert "orders: 1 new, 0 unchanged, 0 rejected" in said.out
    assert "order WM-1: costs 900 JPY, paid 899 JPY, difference -1 JPY" in said.out
    code, said = run([*PEOPLE, GOOD])
    assert code == 0
    assert "orders: 0 new, 1 unchanged, 0 rejected" in said.out


def test_a_refused_row_fails_the_command_and_names_the_way_on(run, tmp_path):
    bad = {**GOOD, "code": "WM-2", "tenders": [{**TENDER, "captured": "899.50"}]}
    code, said = run([*PEOPLE, GOOD, bad])
    assert code == 1
    assert "record 4 (tenders), order WM-2: `captured` cannot be `899.50`" in said.out
    assert "Nothing was imported" in said.out
    assert "--skip-rejected" in said.out
    assert not Order.objects.exists()

    report = tmp_path / "report.jsonl"
    code, said = run([*PEOPLE, GOOD, bad], "--skip-rejected", "--report", str(report))
    assert code == 0
    assert "orders: 1 new, 0 unchanged, 1 rejected" in said.out
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(one["what"], one["order"]) for one in told] == [("rejected", "WM-2"), ("payments", "WM-1")]


def test_a_profile_or_a_file_that_is_not_there_is_one_sentence(db, capsys):
    assert import_orders.main(["amazon", "nothing.csv"]) == 1
    assert import_orders.main(["aftersale", "nothing.jsonl"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "aftersale import: amazon: is no profile: give aftersale or olist, or a folder with a profile.toml",
        "aftersale import: nothing.jsonl: there is no such file or folder",
    ]
