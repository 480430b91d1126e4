"""`aftersale import PROFILE SOURCE`: bring orders in from files, or say for each row why not."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings
from django.db import OperationalError, ProgrammingError

from aftersale.base.errors import AftersaleError
from aftersale.base.ports import Ports
from aftersale.config.ports import system_ports
from aftersale.orders.importing.profile import shipped_profiles
from aftersale.orders.importing.report import ImportReport
from aftersale.orders.importing.writing import TakeIn
from aftersale.orders.models import Order
from aftersale.orders.services import import_orders
from aftersale.payments.providers.sandbox.services import know_charges_of
from aftersale.returns.services import take_in_orders


def main(arguments: list[str]) -> int:
    """Import, print what came of it, and return 0; 1 where anything kept it out."""
    given = _parser().parse_args(arguments)
    ports = system_ports()
    try:
        report = import_orders(
            ports=ports,
            profile=given.profile,
            source=given.source,
            skip_rejected=given.skip_rejected,
            take_in=taken_in_by(ports),
            say=_say,
        )
        if given.report:
            given.report.write_text("".join(f"{line}\n" for line in report.json_lines()), encoding="utf-8")
    except (AftersaleError, OSError) as error:
        print(f"aftersale import: {error}", file=sys.stderr)
        return 1
    except (OperationalError, ProgrammingError) as error:
        print(f"aftersale import: the database says: {error}", file=sys.stderr)
        print("Where it has no tables yet, make them: aftersale django migrate", file=sys.stderr)
        return 1
    _tell(report, skip_rejected=given.skip_rejected)
    return 0 if report.imported else 1


def taken_in_by(ports: Ports) -> TakeIn:
    """What the rooms above do with new orders: open their books; and a demo's provider knows the charges."""

    def take_in(orders: Sequence[Order]) -> None:
        take_in_orders(ports=ports, orders=orders)
        for order in [] if settings.PRODUCTION else orders:
            know_charges_of(order)

    return take_in


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aftersale import",
        description="Bring orders in from files. Importing the same files again changes nothing.",
    )
    profiles = ", ".join(shipped_profiles())
    parser.add_argument("profile", metavar="PROFILE", help=f"{profiles}, or the folder of your own")
    parser.add_argument("source", metavar="SOURCE", type=Path, help="a file, or a folder of files")
    parser.add_argument(
        "--skip-rejected", action="store_true", help="import the orders of which every row is good"
    )
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="write every refused row there, as JSON Lines"
    )
    return parser


def _say(done: int, of_all: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of_all} orders", end="\n" if done == of_all else "", file=sys.stderr, flush=True)


def _tell(report: ImportReport, *, skip_rejected: bool) -> None:
    _list("rejected", report.rejections)
    _list("left out", report.left_out)
    _list("payments that do not add up; the orders are taken as they are", report.mismatches)
    if not report.imported:
        what = "a row that cannot be read may belong to any order" if skip_rejected else "a row was rejected"
        print(f"Nothing was imported: {what}.")
        if not skip_rejected:
            print("Mend the rows above, or import the other orders with --skip-rejected.")
        return
    print(
        f"orders: {report.new} new, {report.unchanged} unchanged, {report.rejected_orders} rejected\n"
        f"also new: customers {report.new_customers}, suppliers {report.new_suppliers},"
        f" parcels {report.new_parcels}, parcel events {report.new_events}"
    )


def _list(title: str, remarks: Sequence[object]) -> None:
    if remarks:
        print(f"{title}:")
        for remark in remarks:
            print(f"  {remark}")
