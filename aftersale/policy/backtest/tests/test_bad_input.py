"""Orders that cannot be read, in part or at all: a clear answer, and nothing is silently left out."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from aftersale.policy.backtest import BacktestError, Orders, run
from aftersale.policy.cli import main

from .worlds import MARKETPLACE, policy_of, random_rows, write_csv

HEADER = "tender,reason,days,marked_delivered,supplier_terms,mainland_supplier,rma,units_with_customer,"
HEADER += "units_returned,amount,order"
GOOD = "card,unwanted,10,no,any_reason,no,no,2,2,1250,A1"
BROKEN = {
    "crad,unwanted,10,no,any_reason,no,no,2,2,1250,B1": "`tender` is one of card, balance, bank_transfer",
    "card,unwanted,12.5,no,any_reason,no,no,2,2,1250,B2": "`days` is a whole number from 0 to 36500",
    "card,unwanted,10,maybe,any_reason,no,no,2,2,1250,B3": "`marked_delivered` is yes or no",
    "card,unwanted,10,no,any_reason,no,,2,2,1250,B4": "`rma` is yes or no",
    "card,unwanted,10,no,any_reason,no,no,1,2,1250,B5": "units_returned at most units_with_customer",
    "card,unwanted,10,no,any_reason,no,no,2,0,1250,B6": "units_returned at least 1",
    "card,unwanted,10,no,any_reason,no,no,2,2,12.50,B7": "`amount` is a whole number of minor units",
    "card,unwanted,10,no,any_reason,no,no,2,2,-1,B8": "`amount` is a whole number of minor units",
    "card,unwanted,99999999999999999999,no,any_reason,no,no,2,2,1250,B9": "`days` is a whole number",
    "card,unwanted": "Expected Number of Columns",
}


def _csv(path: Path, good: int) -> Path:
    """Broken rows among good ones, spread over the file."""
    lines, step = [GOOD] * good, good // len(BROKEN)
    for place, row in enumerate(BROKEN):
        lines.insert(place * (step + 1), row)
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


def _ten_are_listed(path: Path, good: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(MARKETPLACE), str(path), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["orders"] == good
    assert report["refused"] == 10
    step = good // 10 + 1
    told = [(row["row"], row["because"]) for row in report["first_refused"]]
    for (row, because), place, reason in zip(told, range(10), BROKEN.values(), strict=True):
        assert row == place * step + 1
        assert reason in because
    assert main(["backtest", str(MARKETPLACE), str(path), "--skip-refused"]) == 0
    assert f"10 of {good + 10:,} rows are refused" in capsys.readouterr().out


def test_ten_broken_rows_are_listed_and_the_rest_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _ten_are_listed(_csv(tmp_path / "o.csv", 20_000), 20_000, capsys)


@pytest.mark.slow
def test_ten_broken_rows_among_a_million(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _ten_are_listed(_csv(tmp_path / "o.csv", 1_000_000), 1_000_000, capsys)


def test_missing_columns_are_named_and_can_be_mapped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        f"{HEADER.replace('days,', 'Tage,').replace('rma,', '')}\n{GOOD.replace(',no,no,', ',no,')}\n"
    )
    assert main(["backtest", str(MARKETPLACE), str(path)]) == 2
    error = capsys.readouterr().err
    assert "no column says these facts `days`, `rma`" in error
    assert "--column days=" in error
    words = ["backtest", str(MARKETPLACE), str(path), "--column", "days=Tage", "--same", "rma=no"]
    assert main(words) == 0
    assert "card-in-time" in capsys.readouterr().out


def test_another_type_is_read_where_its_meaning_is_plain_and_else_refused(tmp_path: Path) -> None:
    path, policy = str(tmp_path / "o.parquet"), policy_of("marketplace")
    plain = (
        "'card' AS tender, 'wrong' AS reason, CAST(10 AS DOUBLE) AS days, 0 AS marked_delivered,"
        " 'any_reason' AS supplier_terms, 'no' AS mainland_supplier, false AS rma,"
        " CAST(2 AS DECIMAL(9,0)) AS units_with_customer, '2' AS units_returned, 500 AS amount"
    )

    def tested(columns: str) -> object:
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT {columns}) TO '{path}'")
        return [(line.clause, line.orders, line.pays) for line in run(policy, path).lines]

    assert tested(plain) == [("card-in-time", 1, {"": 500})]
    assert tested(plain.replace("CAST(10 AS", "CAST(10.5 AS")) == []
    for old, new in (
        ("'card' AS", "1 AS"),
        ("0 AS marked", "DATE '2026-01-01' AS marked"),
        ("CAST(10 AS DOUBLE)", "true"),
        ("500 AS amount", "CAST(5 AS DECIMAL(9,2)) AS amount"),
    ):
        with pytest.raises(BacktestError, match=r"which is|but its column"):
            tested(plain.replace(old, new))


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("o.parquet", b"not parquet at all", "cannot be read"),
        ("o.csv", b"", "must name the columns"),
        ("o.csv", b"\xff\xfe\x00", "cannot be read"),
        ("o.jsonl", b'[{"tender": "card"}]', "one list"),
        ("o.jsonl", b"", "no column says"),
        ("o.xlsx", b"", "its ending does not say"),
        ("o.sqlite3", b"no database", "cannot be read"),
        ("o.csv", b"tender,tender\n", "each once"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BacktestError, match=what):
        run(policy_of("marketplace"), str(path))
    with pytest.raises(BacktestError, match="there is no such file"):
        run(policy_of("marketplace"), str(tmp_path / "none.csv"))


def test_lines_that_are_no_json_are_counted_and_named(tmp_path: Path) -> None:
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    path = tmp_path / "o.jsonl"
    path.write_text(f"{json.dumps(row)}\n{{broken\n{json.dumps({**row, 'days': None})}\n17\n")
    report = run(policy_of("marketplace"), str(path))
    assert (report.orders, report.refused) == (2, 2)
    assert [row.row for row in report.first_refused] == [2, 4]


def test_a_table_of_a_database_is_read_like_a_file(tmp_path: Path) -> None:
    rows = random_rows(policy_of("marketplace"), 500)
    path = tmp_path / "o.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"CREATE TABLE past ({', '.join(f'"{name}"' for name in rows[0])})")
        values = [[str(v) if hasattr(v, "isoformat") else v for v in row.values()] for row in rows]
        file.executemany(f"INSERT INTO past VALUES ({', '.join('?' * len(rows[0]))})", values)
        file.commit()
    policy = policy_of("marketplace")
    told = run(policy, Orders(str(path), table="past"), by=["month"])
    text = run(policy, str(write_csv(rows, tmp_path / "o.csv")), by=["month"])
    assert (told.lines, told.tables, told.reasons) == (text.lines, text.tables, text.reasons)
    with pytest.raises(BacktestError, match="no such table"):
        run(policy, Orders(str(path), table="nothing"))
