"""What the commands print, and their exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aftersale.policy.backtest import run
from aftersale.policy.backtest.html import charts, page
from aftersale.policy.cli import main

from .worlds import MARKETPLACE, policy_of, random_rows, write_csv

DELIVERED = "2026-01-05,card,unwanted,10,no,any_reason,no,no,2,2,1250,EUR,S1"
HEADER = "at,tender,reason,days,marked_delivered,supplier_terms,mainland_supplier,rma,units_with_customer"
HEADER += ",units_returned,amount,currency,supplier"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    late = DELIVERED.replace("2026-01", "2026-02").replace(",10,", ",50,").replace("EUR", "JPY")
    path.write_text("\n".join([HEADER, DELIVERED, late, DELIVERED.replace("card", "balance"), ""]))
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.md"
    text = policy_of("marketplace").text
    path.write_text(text.replace("days more than 60", "days more than 45"), encoding="utf-8")
    return path


def test_a_person_reads_counts_and_money_and_what_changes(
    orders: Path, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["backtest", str(MARKETPLACE), str(orders), "--against", str(old), "--by", "month"]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = [line.split() for line in printed.out.splitlines()]
    assert ["refund", "2", "12.50", "EUR", "1,250", "JPY"] in lines
    assert ["deny", "1", "nothing"] in lines
    assert ["deny", "card-unwanted-over", "refund", "card-in-time", "1", "+1,250", "JPY"] in lines
    assert ["2026-02", "1", "1,250", "JPY", "+1,250", "JPY"] in lines
    assert f"against {policy_of('marketplace').hash[:12]}" not in printed.out


def test_a_program_reads_minor_units(orders: Path, old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(MARKETPLACE), str(orders), "--json", "--by", "supplier,tender"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["orders"], report["refused"], report["against"]) == (3, 0, None)
    paid = {"outcome": "refund", "clause": "card-in-time", "orders": 2, "pays": {"EUR": 1250, "JPY": 1250}}
    assert report["lines"][0] == paid
    assert list(report["by"]) == ["supplier", "tender"]
    assert list(report["by"]["tender"]) == ["balance", "card"]


def test_the_page_is_whole_and_its_charts_carry_no_style(orders: Path, old: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    words = ["backtest", str(MARKETPLACE), str(orders), "--against", str(old), "--by", "month"]
    assert main([*words, "--html", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and "style=" not in text and "<script" not in text
    drawn = text.split("<svg")[1:]
    assert len(drawn) == 3  # orders, and the difference in each of two currencies
    for svg in drawn:
        parsed = ElementTree.fromstring("<svg" + svg.partition("</svg>")[0] + "</svg>")
        assert parsed.get("role") == "img" and parsed.findtext("title")


def test_names_of_suppliers_are_no_code_in_the_page(tmp_path: Path) -> None:
    rows = [{**row, "supplier": "<b>&S"} for row in random_rows(policy_of("marketplace"), 50)]
    report = run(policy_of("marketplace"), str(write_csv(rows, tmp_path / "o.csv")), by=["supplier"])
    assert "<b>" not in page(report) + "".join(charts(report))


def test_a_breakdown_that_nothing_tells_is_named(orders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(MARKETPLACE), str(orders), "--by", "days"]) == 2
    assert "cannot be counted by `days`" in capsys.readouterr().err


def test_sql_is_printed_for_a_warehouse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", str(MARKETPLACE), "--dialect", "snowflake", "--table", "sales.orders"]) == 0
    text = capsys.readouterr().out
    assert "FROM sales.orders" in text and '"UNITS_RETURNED" < "UNITS_WITH_CUSTOMER"' in text


@pytest.mark.slow
@pytest.mark.only_on("sqlite")  # it makes a database of its own
def test_the_sites_own_database_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    env = {**os.environ, "AFTERSALE_VAR": str(tmp_path), "DATABASE_URL": ""}
    words = [sys.executable, "-m", "aftersale", "demo", "--no-serve"]
    subprocess.run(words, env=env, check=True, capture_output=True, timeout=120)
    database = next(tmp_path.glob("*.sqlite3"))
    assert main(["backtest", str(MARKETPLACE), str(database), "--json", "--by", "supplier"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["orders"] > 5 and report["refused"] == 0
    assert all(line["pays"] for line in report["lines"] if line["outcome"] == "refund")
