"""`aftersale accounts`: give people a way to sign in."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import sys
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.accounts.models import Role
from aftersale.accounts.second_step import forget_second_step
from aftersale.accounts.services import add_person, set_birthdate, set_fresh_password
from aftersale.base.errors import AftersaleError
from aftersale.config.ports import system_ports


def main(arguments: list[str]) -> int:
    """Do what the words say and return 0; 1 with a sentence where it cannot be."""
    given = _parser().parse_args(arguments)
    try:
        if given.verb == "birthdate":
            return _keep_birthdate(given)
        if given.verb == "forget-second-step":
            user = forget_second_step(person=given.person)
            print(f"{user.email} signs in without a second step, until one is set up again")
            return 0
        if given.verb == "add":
            _add(given)
        _tell_password(given.email if given.verb == "add" else given.person)
    except AftersaleError as error:
        print(f"aftersale accounts: {error}", file=sys.stderr)
        return 1
    return 0


def _add(given: argparse.Namespace) -> None:
    add_person(
        ports=system_ports(), email=given.email, name=given.name, role=given.role, supplier=given.supplier
    )


def _keep_birthdate(given: argparse.Namespace) -> int:
    user = set_birthdate(person=given.person, birthdate=given.date)
    print(f"a keyed hash of the birthdate of {user.email} is kept; the date itself is not")
    return 0


def _tell_password(person: str) -> None:
    user, password = set_fresh_password(ports=system_ports(), person=person)
    print(f"{user.email} signs in with the password {password}")
    print("It is shown this once: hand it over on a safe way, and have it changed.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale accounts", description="Give people a way to sign in.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = verbs.add_parser("add", help="add someone, with a fresh password")
    add.add_argument("--role", required=True, choices=Role.values)
    add.add_argument("--email", required=True)
    add.add_argument("--name", required=True)
    add.add_argument("--supplier", default="", help="the code of the supplier that this person works for")
    sign_in = verbs.add_parser("sign-in", help="give someone a fresh password, the old one ends")
    sign_in.add_argument("person", metavar="CODE_OR_EMAIL", help="the e-mail, or a customer's code")
    forget = verbs.add_parser(
        "forget-second-step", help="for someone who lost the phone, the passkeys and the recovery codes"
    )
    forget.add_argument("person", metavar="CODE_OR_EMAIL", help="the e-mail, or a customer's code")
    birthdate = verbs.add_parser("birthdate", help="keep a hash of someone's birthdate, as a proof")
    birthdate.add_argument("person", metavar="CODE_OR_EMAIL", help="the e-mail, or a customer's code")
    birthdate.add_argument("date", type=date.fromisoformat, help="such as 1990-05-17")
    return parser
