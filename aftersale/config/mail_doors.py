"""What `aftersale mail serve` and `aftersale mail accept` do, once Django knows its settings."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings

from aftersale.config.logs import log_as_lines
from aftersale.config.mail_listener import Door, Limits, listen
from aftersale.config.ports import system_ports
from aftersale.support.mail.delivering import Fate, deliver
from aftersale.support.mail.parsing import LARGEST

# Of sysexits.h, as mail servers read them: done, refused for ever, no such address, try again later.
CODES = {Fate.TAKEN: 0, Fate.REFUSED: 65, Fate.NOBODY: 67, Fate.LATER: 75}


def serve(given: argparse.Namespace) -> int:
    """Listen until a signal ends it."""
    log_as_lines()
    limits = Limits(connections=given.connections, threads=given.threads, patience=given.patience)
    door = Door(ports=system_ports(), speaks_smtp=given.smtp, limits=limits)
    port = settings.MAIL_IN_PORT if given.port is None else given.port
    try:
        listen(door, host=given.host or settings.MAIL_IN_HOST, port=port)
    except OSError as error:
        print(f"aftersale mail serve: {error}", file=sys.stderr)
        return 1
    return 0


def accept(given: argparse.Namespace) -> int:
    """Take in the mail on standard input, and answer in the codes of sysexits.h."""
    log_as_lines()
    raw = sys.stdin.buffer.read(LARGEST + 1)
    outcome = deliver(
        ports=system_ports(), raw=raw, sender=given.sender, recipient=given.recipient, via="pipe"
    )
    if outcome.reason:
        # Mail servers quote it to whoever sent the mail.
        print(f"not taken: {outcome.reason}", file=sys.stderr)
    return CODES[outcome.fate]
