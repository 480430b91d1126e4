"""`aftersale demo`: a marketplace with its site, worker and mail listener, until Ctrl-C."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings

from aftersale.base.errors import AftersaleError
from aftersale.config.demo.marketplace import FOLDER, make_marketplace, start_over
from aftersale.config.demo.people import ANN, BOB, CAROL
from aftersale.config.demo.running import (
    HOST,
    ChildDied,
    free_port,
    running,
    site_command,
    wait_for_page,
    wait_for_port,
    watch,
)
from aftersale.config.ports import system_ports

WHO = [
    (ANN.email, "Ann, a customer with one order for every case"),
    (BOB.email, "Bob, another customer"),
    ("li@example.com", "Li, of the supplier Shenzhen Lumen Lighting"),
    ("mia@example.com", "Mia, an agent of the marketplace"),
    ("fin@example.com", "Finn, finance; flora@example.com is the second of the two whom a payout needs"),
    ("pia@example.com", "Pia, the owner of the policy"),
    (CAROL.email, "Carol, a customer without a password: a code is mailed to her; born on 1990-05-17"),
]


def main(arguments: list[str]) -> int:
    """Make the demo, run it, and return 0 after Ctrl-C; 1 when a part of it fails."""
    given = _parser().parse_args(arguments)
    if settings.PRODUCTION:
        print("aftersale demo: refused, as AFTERSALE_ENV says production", file=sys.stderr)
        return 1
    # Ctrl-C too: a shell that starts us in the background would have us ignore it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        if given.reset:
            start_over(say=_say)
        password = make_marketplace(ports=system_ports(), say=_say)
        return 0 if given.no_serve else _serve(free_port(given.port), password)
    except KeyboardInterrupt:
        _say("stopped; the data stays")
        return 0
    except (AftersaleError, ChildDied, TimeoutError, OSError) as error:
        print(f"aftersale demo: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale demo", description="Make a demo marketplace and run it.")
    parser.add_argument("--reset", action="store_true", help="start over from fresh data")
    parser.add_argument("--port", type=int, default=8000, help="8000, or another where that is taken")
    parser.add_argument("--no-serve", action="store_true", help="only make the data")
    return parser


def _serve(port: int, password: str) -> int:
    address, mail_port = f"http://{HOST}:{port}", free_port(8025)
    commands = {
        "site": site_command(host=HOST, port=port, workers=1, threads=4),
        "worker": [sys.executable, "-m", "aftersale", "worker"],
        "mail": [
            *(sys.executable, "-m", "aftersale", "mail", "serve"),
            *("--smtp", "--host", HOST, "--port", str(mail_port)),
        ],
    }
    with running(commands, logs=FOLDER, env={"SITE_ADDRESS": address}) as children:
        wait_for_page(f"{address}/", children)
        wait_for_port(mail_port, children)
        print(_welcome(address, password, mail_port), flush=True)
        watch(children)
    return 0


def _welcome(address: str, password: str, mail_port: int) -> str:
    people = "\n".join(f"    {email:20} {who}" for email, who in WHO)
    return f"""
  {settings.MARKETPLACE_NAME} is open at {address}

  Sign in with the password {password} as
{people}

  Mails arrive at {address}/demo/mails/
  Write one to it: {_how_to_write(mail_port)}
  Ctrl-C stops everything and keeps the data; `make demo-reset` starts over.
"""


def _how_to_write(port: int) -> str:
    """One line for a terminal, which needs nothing but a Python."""
    to = settings.MARKETPLACE_MAIL
    words = f"From: cy@example.com\\nTo: {to}\\nSubject: My lamp\\n\\nWhere is it?"
    return (
        'python3 -c "import smtplib; '
        f"smtplib.SMTP('{HOST}', {port}).sendmail('cy@example.com', '{to}', '{words}')\""
    )


def _say(line: str) -> None:
    print(f"aftersale demo: {line}", file=sys.stderr, flush=True)
