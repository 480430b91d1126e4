"""`aftersale receipt verify FILE --key PUBLIC`: whether a removal receipt is genuine, without a network."""

import argparse
import sys
from pathlib import Path
from typing import Any

from aftersale.cards.receipt import NotGenuine, read_public, verified


def main(arguments: list[str]) -> int:
    """Tell what the receipt says and return 0; 1 when it is not genuine, 2 when a file cannot be read."""
    given = _parser().parse_args(arguments)
    try:
        statement = verified(given.file.read_bytes(), read_public(given.key.read_bytes()))
    except NotGenuine as error:
        print(f"aftersale receipt: {given.file} is NOT GENUINE: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"aftersale receipt: {error}", file=sys.stderr)
        return 2
    print(f"{given.file} is genuine: these bytes were signed with the key in {given.key}")
    for name, value in _flat(statement):
        print(f"  {name:32} {value}")
    return 0


def _flat(statement: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    rows = []
    for name, value in statement.items():
        told = f"{before}{name.replace('_', ' ')}"
        rows += _flat(value, f"{told}: ") if isinstance(value, dict) else [(told, value)]
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale receipt", description="Check a removal receipt.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="whether a receipt is genuine; needs no network")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt, as it was downloaded")
    verify.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="PUBLIC",
        help="the marketplace's public key, from its own page and never from whoever gave you the receipt",
    )
    return parser
