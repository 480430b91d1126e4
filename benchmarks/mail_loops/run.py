"""One run on the database of DATABASE_URL: `python -m benchmarks.mail_loops.run HOURS` writes JSON."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import json
import os
import sys
from typing import Any

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from benchmarks.mail_loops.responders import KINDS
from benchmarks.mail_loops.simulation import ALL, GUARDS, mails_to_one_who_wrote, mails_to_two_in_a_thread

# In a thread, the guards that stop some of them.
IN_A_THREAD = {
    "marked": ["", "headers"],
    "bulk": ["", "headers"],
    "bare": ["", "rounds", ALL],
    "helpdesk": ["", "rounds"],
    "bouncing badly": ["", "rounds"],
}


def main(hours: int) -> dict[str, Any]:
    """Mails sent to each kind, with all guards and without some; the first is with all."""
    call_command("migrate", verbosity=0)
    lane = {
        name: {
            without: mails_to_one_who_wrote(kind, without=without, hours=hours)
            for without in ("", *GUARDS, ALL)
        }
        for name, kind in KINDS.items()
    }
    threads = {
        name: {
            without: mails_to_two_in_a_thread(kind, without=without, hours=hours)
            for without in IN_A_THREAD.get(name, [""])
        }
        for name, kind in KINDS.items()
    }
    told = {name: kind.told for name, kind in KINDS.items()}
    return {"hours": hours, "told": told, "lane": lane, "threads": threads}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
