"""The real worker, but for one thing: at a point of reading a mail it says so and waits to be killed.

    python -m tests.crash.stopping_mail_reader POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.config.ports import system_ports
from aftersale.config.worker import Step, Worker
from aftersale.support.mail import conversations, reading
from tests.crash.stopping import stop

# Where it dies -> the function of which room it is, and whether it has run by then.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "after the lease": (reading, "_sort_one", False),
    "before the post": (reading, "reply", False),
    "after the post": (reading, "reply", True),
    "after the conversation": (conversations, "_begin", True),
    "after the acknowledgement": (conversations, "acknowledge", True),
}


if __name__ == "__main__":
    room, name, has_run = POINTS[sys.argv[1]]
    real = vars(room)[name]

    def stopping(*words: Any, **named: Any) -> None:
        if has_run:
            real(*words, **named)
        stop()

    vars(room)[name] = stopping
    ports = system_ports()
    worker = Worker([])
    worker.steps = [Step("read mail", lambda: reading.read_due_mail(ports=ports, stop=worker.stop))]
    worker.run()
