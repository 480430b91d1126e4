"""An operator writes a profile for the shop's own files; what is wrong with it is said by name."""

import shutil
from pathlib import Path

import duckdb
import pytest

from aftersale.orders.errors import ProfileError, SourceError
from aftersale.orders.importing.profile import SHIPPED, load_profile
from aftersale.orders.importing.tables import REMARKS, TABLES, readers_of, required_of
from aftersale.orders.models import Order, ParcelEvent
from aftersale.orders.services import import_orders

QUERIES = {
    "suppliers": "SELECT 'S' AS code, 'Shop' AS name, 'FR' AS country",
    "customers": "SELECT buyer AS code, buyer AS name FROM sales",
    "orders": """SELECT origin, no AS code, buyer AS customer, getvariable('currency') AS currency,
        getvariable('zone') AS zone, day AS ordered_at FROM sales""",
    "lines": """SELECT no AS "order", 1 AS number, 'S' AS supplier, 'A' AS sku, what AS title, 1 AS units
        FROM sales""",
    "components": """SELECT origin, no AS "order", 'line' AS kind, 1 AS line, price AS net FROM sales""",
    "tenders": """SELECT no AS "order", 1 AS number, 'card' AS kind, price AS captured, 'r' || no AS reference
        FROM sales""",
    "parcels": """SELECT no AS "order", 'S' AS supplier, 'P' AS code FROM sales""",
    "events": """SELECT no AS "order", 'P' AS parcel, 'delivered' AS kind, day AS "at" FROM sales;""",
}
TOML = """
[files]
sales = "sales*.*"
[csv]
delimiter = ";"
[constants]
currency = "EUR"
zone = "Europe/Paris"
"""


@pytest.fixture
def profile(tmp_path):
    folder = tmp_path / "my_shop"
    folder.mkdir()
    (folder / "profile.toml").write_text(TOML)
    for table, sql in QUERIES.items():
        (folder / f"{table}.sql").write_text(sql)
    return folder


@pytest.fixture
def sales(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "sales1.csv").write_text("\ufeffno;buyer;day;what;price\n1;Ann;2026-05-01 12:00;Lamp;10.50\n")
    (folder / "sales2.csv").write_text('no;buyer;day;what;price\n2;Bob;2026-05-02 12:00;"A ""big""; pot";3\n')
    return folder


@pytest.fixture
def bring_in(db, ports, profile, sales):
    return lambda: import_orders(ports=ports, profile=str(profile), source=sales)


def test_a_shop_s_own_csv_files_come_in(bring_in):
    report = bring_in()
    assert (report.new, report.rejections) == (2, [])
    order = Order.objects.get(code="2")
    assert (order.source, order.lines.get().title) == ("my_shop", 'A "big"; pot')
    # Noon in Paris, whose zone the profile declares.
    assert order.ordered_at.isoformat() == "2026-05-02T10:00:00+00:00"
    assert ParcelEvent.objects.get(parcel__group__order=order).source == "import"


def test_parquet_with_its_own_types_comes_in(bring_in, sales):
    for file in sales.glob("*.csv"):
        file.unlink()
    duckdb.execute(
        "COPY (SELECT 7 AS no, 'Ann' AS buyer, TIMESTAMP '2026-05-01 12:00' AS day, 'Lamp' AS what,"
        f" 10.50::DECIMAL(9, 2) AS price) TO '{sales}/sales.parquet'"
    )
    assert bring_in().new == 1
    assert Order.objects.get().tenders.get().captured_minor == 1050


def test_a_refused_row_says_where_it_stands(bring_in, sales):
    (sales / "sales3.csv").write_text(
        "no;buyer;day;what;price\n3;Cy;2026-05-01;Pot;1\n4;Di;2026-05-01;Pot;1,5\n"
    )
    report = bring_in()
    assert {(one.origin, one.order) for one in report.rejections if one.table == "components"} == {
        ("sales3.csv, row 2", "4")
    }
    assert not Order.objects.exists()


def test_a_row_that_is_no_csv_keeps_all_out(bring_in, sales):
    (sales / "sales3.csv").write_text("no;buyer;day;what;price\n3;Cy;2026-05-01;Pot;1;2;3\n")
    report = bring_in()
    assert [(one.origin, one.reason.split(":")[0]) for one in report.rejections] == [
        ("sales3.csv, line 2", "too many columns")
    ]
    assert not Order.objects.exists()


WRONG = {
    "a column of no table": (
        "lines",
        QUERIES["lines"].replace("'A' AS sku", "'A' AS sku, 1 AS colour"),
        "colour",
    ),
    "a column left out": ("orders", "SELECT no AS code FROM sales", "customer"),
    "a name that no file has": ("orders", QUERIES["orders"].replace("buyer", "byer"), "byer"),
    "no SQL": ("orders", "SELEC", "syntax error"),
    "two statements": ("orders", f"{QUERIES['orders']}; SELECT 1", "one SELECT"),
    "something else than a query": ("orders", "DROP TABLE sales", "one SELECT"),
    "money as a float": ("components", QUERIES["components"].replace("price", "price::DOUBLE"), "not exact"),
    "another file of this machine": ("orders", "SELECT * FROM read_csv('/etc/passwd')", "disabled"),
}


@pytest.mark.parametrize(("table", "sql", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_query_is_named(bring_in, profile, table, sql, said):
    (profile / f"{table}.sql").write_text(sql)
    with pytest.raises(ProfileError, match=said) as error:
        bring_in()
    assert error.value.file == f"my_shop/{table}.sql"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("files = 1", r"write \[files\]"),
        ("", r"no \[files\]"),
        ("[files", "cannot be read"),
        (TOML.replace("[csv]", "[cvs]"), "cvs"),
        (TOML.replace('";"', '";;"'), "one character"),
        (TOML.replace("Europe/Paris", "Paris"), "time zone"),
        (TOML.replace("sales =", "'sales; x' ="), "cannot name a table"),
    ],
)
def test_a_wrong_description_is_named(profile, toml, said):
    (profile / "profile.toml").write_text(toml)
    with pytest.raises(ProfileError, match=said):
        load_profile(str(profile))


def test_a_missing_or_a_strange_query_is_named(profile):
    shutil.copy(profile / "lines.sql", profile / "linse.sql")
    with pytest.raises(ProfileError, match=r"linse\.sql"):
        load_profile(str(profile))
    (profile / "linse.sql").unlink()
    (profile / "lines.sql").unlink()
    with pytest.raises(ProfileError, match=r"lines\.sql: is missing"):
        load_profile(str(profile))


def test_a_profile_that_is_none_is_named_with_those_that_are(db):
    with pytest.raises(ProfileError, match="give aftersale or olist, or a folder"):
        load_profile("amazon")


def test_files_that_are_not_there_are_named(bring_in, sales, ports):
    for file in sales.glob("*.csv"):
        file.unlink()
    with pytest.raises(SourceError, match=r"no file sales\*\.\* is here"):
        bring_in()
    with pytest.raises(SourceError, match="no such file"):
        import_orders(ports=ports, profile="aftersale", source=sales / "gone.jsonl")
    (sales / "sales.xls").write_text("")
    with pytest.raises(SourceError, match="end in"):
        bring_in()


@pytest.mark.parametrize("name", [folder.name for folder in SHIPPED.iterdir()])
def test_every_shipped_profile_can_be_read(name):
    assert load_profile(name).about


def test_the_document_names_every_column():
    document = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
    for table in (*TABLES, REMARKS):
        columns = [
            name if name in required_of(table) else f"[{name}]"
            for name in readers_of(table)
            if name != "origin"
        ]
        assert f"| `{table}.sql` | {', '.join(columns)} |" in document
