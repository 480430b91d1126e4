"""The real listener, but for one thing: at a point of a mail's storing it says so and waits to be killed.

    python -m tests.mail.stopping_listener POINT FILE

FILE appears when POINT is reached. It listens by LMTP on a free port.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.config.logs import log_as_lines
from aftersale.config.mail_listener import Door, Limits, listen
from aftersale.config.ports import system_ports
from aftersale.support.mail import delivering, intake
from aftersale.support.models import IncomingMail
from tests.crash.stopping import stop_at

_keep = vars(intake)["keep"]


def keep(**told: Any) -> None:
    """The last thing before the commit."""
    _keep(**told)
    stop_at("before the commit")


def accept(**told: Any) -> IncomingMail:
    row = intake.accept(**told)
    stop_at("before the 250")
    return row


if __name__ == "__main__":
    vars(intake)["keep"] = keep
    vars(delivering)["accept"] = accept
    log_as_lines()
    listen(Door(ports=system_ports(), speaks_smtp=False, limits=Limits()), host="127.0.0.1", port=0)
