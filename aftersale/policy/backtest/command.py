"""`aftersale policy backtest` and `aftersale policy sql` on the command line.

Exit codes: 0 tested, 2 for orders that are refused (the rest is counted, and printed) or cannot be read.
`--skip-refused` makes refused orders no failure.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aftersale.policy.errors import PolicyError
from aftersale.policy.policy import Policy
from aftersale.policy.sql import DIALECTS, statement

from . import run
from .html import page
from .orders import Orders

_QUIET_SECONDS = 2.0


def main(argv: Sequence[str]) -> int:
    """Runs `backtest` or `sql` with the words after it; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        policy = Policy.load(options.policy)
        if options.command == "sql":
            print(statement(policy, DIALECTS[options.dialect], options.table))
            return 0
        return _backtest(policy, options)
    except FileNotFoundError as error:
        return _failed(f"{error.filename}: there is no such file\nhelp: check the path")
    except UnicodeDecodeError:
        return _failed("this is not UTF-8 text\nhelp: save the file as UTF-8")
    except (PolicyError, OSError) as error:
        return _failed(str(error))


def _backtest(policy: Policy, options: argparse.Namespace) -> int:
    orders = Orders(options.orders, dict(options.column), dict(options.same), options.table)
    against = Policy.load(options.against) if options.against else None
    by = [name for names in options.by for name in names.split(",") if name]
    report = run(policy, orders, engine=options.engine, against=against, by=by, progress=_progress())
    if options.html:
        options.html.write_text(page(report), encoding="utf-8")
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        print(report)
    return 2 if report.refused and not options.skip_refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale policy")
    commands = parser.add_subparsers(dest="command", required=True)
    test = commands.add_parser("backtest", description="What a policy would have decided, and paid.")
    test.add_argument("policy", metavar="POLICY", help="the document")
    test.add_argument("orders", metavar="ORDERS", help=".parquet, .csv, .jsonl, .sqlite3 or postgresql://…")
    test.add_argument("--against", metavar="OLD", help="another version: print the difference to it")
    test.add_argument("--by", action="append", default=[], metavar="NAMES", help="month,supplier,tender,…")
    test.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    test.add_argument("--table", default="", help="a database's table or view; else the site's decisions")
    for name, metavar, help in (
        ("--column", "NAME=COLUMN", "the column of a fact, or of amount, currency, at, supplier or order"),
        ("--same", "FACT=VALUE", "a fact's value in every row"),
    ):
        test.add_argument(name, metavar=metavar, help=help, type=_pair, action="append", default=[])
    test.add_argument("--json", action="store_true", help="print it for a program")
    test.add_argument("--html", type=Path, metavar="FILE", help="write a page with charts")
    test.add_argument("--skip-refused", action="store_true", help="exit 0 even if rows were refused")
    sql = commands.add_parser("sql", description="The back-test of a policy as SQL for another engine.")
    sql.add_argument("policy", metavar="POLICY", help="the document")
    sql.add_argument("--dialect", choices=list(DIALECTS), default="duckdb")
    sql.add_argument("--table", default="orders", help="what to read from (orders)")
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name.strip(), value.strip()


def _progress() -> Callable[[float], None]:
    """Says on the standard error how far a long run is; a short one says nothing."""
    started, told = time.monotonic(), -1

    def tell(part: float) -> None:
        nonlocal told
        tenth = int(part * 10)
        if time.monotonic() - started > _QUIET_SECONDS and tenth > told:
            told = tenth
            print(f"backtest: {tenth * 10} %", file=sys.stderr, flush=True)

    return tell


def _failed(what: str) -> int:
    print(what, file=sys.stderr)
    return 2
