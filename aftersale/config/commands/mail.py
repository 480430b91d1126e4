"""`aftersale mail`: take mails in, as a server behind your mail server, or one from its pipe."""

import argparse
import importlib
import sys
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

from aftersale.config.environment import SettingError

# What sysexits.h calls EX_TEMPFAIL: a mail server keeps the mail and tries again.
LATER = 75


class _Parser(argparse.ArgumentParser):
    """A slip in a mail server's configuration must not send its mails back."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(LATER, f"{self.prog}: {message}\n")


def main(arguments: list[str]) -> int:
    """Do what the words say; 75 when it cannot even begin."""
    given = _parser().parse_args(arguments)
    try:
        # Here, so that a wrong setting is one sentence, and for a pipe a reason to try again.
        doors = importlib.import_module("aftersale.config.mail_doors")
    except (SettingError, ImproperlyConfigured, ImportError, OSError) as error:
        print(f"aftersale mail: {error}", file=sys.stderr)
        return LATER
    code: int = getattr(doors, given.verb)(given)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="aftersale mail", description="Take mails in.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Parser)
    serve = verbs.add_parser("serve", help="listen for mails by LMTP, until a signal ends it")
    serve.add_argument("--smtp", action="store_true", help="speak SMTP instead of LMTP")
    serve.add_argument("--host", help="the address to listen at; MAIL_IN_HOST where it is not given")
    serve.add_argument("--port", type=int, help="MAIL_IN_PORT where it is not given; 0 takes a free one")
    serve.add_argument("--connections", type=int, default=50, help="how many at once; 50")
    serve.add_argument("--threads", type=int, default=4, help="connections to the database; 4")
    serve.add_argument("--patience", type=float, default=300, help="seconds for one command or mail; 300")
    accept = verbs.add_parser("accept", help="take in the mail on standard input")
    accept.add_argument("--sender", help="the envelope's sender: empty for a bounce, left out if not known")
    accept.add_argument("--recipient", required=True, help="the envelope's recipient")
    return parser
