"""`aftersale keys`: make, list and revoke API keys."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.accounts.models import ApiKey
from aftersale.accounts.queries import all_keys, person_called
from aftersale.accounts.services import LONGEST_KEY, SCOPES, make_api_key, revoke_api_key
from aftersale.base.errors import AftersaleError, BadInput
from aftersale.base.ports import Ports
from aftersale.config.ports import system_ports


def main(arguments: list[str]) -> int:
    """Do what the words say and return 0; 1 with a sentence where it cannot be."""
    given = _parser().parse_args(arguments)
    verbs = {"add": _add, "list": _list, "revoke": _revoke}
    try:
        verbs[given.verb](given, system_ports())
    except AftersaleError as error:
        print(f"aftersale keys: {error}", file=sys.stderr)
        return 1
    return 0


def _add(given: argparse.Namespace, ports: Ports) -> None:
    if not 1 <= given.days <= LONGEST_KEY.days:
        raise BadInput("days", given.days, f"a whole number from 1 to {LONGEST_KEY.days}")
    key, secret = make_api_key(
        ports=ports,
        user=person_called(given.person),
        name=given.name,
        scopes=given.scopes.split(","),
        expires_at=ports.clock.now() + timedelta(days=given.days),
    )
    print(secret)
    what = f"“{key.name}” acts as {key.user.email}, for {key.scopes}, until {key.expires_at:%Y-%m-%d}"
    print(f"This key {what}. It is shown this once.", file=sys.stderr)


def _list(_given: argparse.Namespace, ports: Ports) -> None:
    keys = all_keys()
    if not keys:
        print("There are no keys yet: `aftersale keys add` makes one.", file=sys.stderr)
    for key in keys:
        until = f"{_state(key, ports):8}  until {key.expires_at:%Y-%m-%d}"
        print(f"{key.prefix}  {until}  {key.user.email}  {key.scopes}  {key.name}")


def _revoke(given: argparse.Namespace, ports: Ports) -> None:
    key = revoke_api_key(ports=ports, prefix=given.prefix)
    print(f"The key {key.prefix} (“{key.name}”) is revoked.")


def _state(key: ApiKey, ports: Ports) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at <= ports.clock.now() else "living"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale keys", description="Keys for machines that use the API.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = verbs.add_parser("add", help="make a key and show its secret, once")
    add.add_argument("person", metavar="CODE_OR_EMAIL", help="whom the key acts as")
    add.add_argument("--name", required=True, help="what it is for")
    add.add_argument("--scopes", default="read", help=f"parted by commas, some of {','.join(SCOPES)}")
    add.add_argument("--days", type=int, default=90, help=f"how long it lives, at most {LONGEST_KEY.days}")
    verbs.add_parser("list", help="show every key, without its secret")
    revoke = verbs.add_parser("revoke", help="end a key, at once and for good")
    revoke.add_argument("prefix", metavar="PREFIX", help="the first letters of the key, as `list` shows them")
    return parser
