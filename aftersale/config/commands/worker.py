"""`aftersale worker`: send notifications, settle refunds, keep deadlines; `--once` until nothing is due."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os
import signal
from types import FrameType

import django
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings

from aftersale.config.logs import log_as_lines
from aftersale.config.ports import system_mail, system_ports
from aftersale.config.worker import Worker, house_steps
from aftersale.payments.providers.registry import system_providers
from aftersale.policy.errors import PolicyError
from aftersale.returns.policies import publish_policy


def main(arguments: list[str]) -> int:
    """Work until a signal ends it after the row in hand; 1 when `--once` met an error."""
    parser = argparse.ArgumentParser(prog="aftersale worker", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop when nothing is due")
    given = parser.parse_args(arguments)
    log_as_lines()
    publish_the_policy()
    worker = make_worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: _stop(worker, number, _frame))
    if given.once:
        return 0 if worker.run_once() else 1
    worker.run()
    return 0


def make_worker() -> Worker:
    """The house's worker with the real ports."""
    ports = system_ports()
    worker = Worker([])
    worker.steps = house_steps(
        ports=ports,
        mail=system_mail(ports.clock),
        providers=system_providers(clock=ports.clock, ids=ports.ids),
        stop=worker.stop,
    )
    return worker


def publish_the_policy() -> None:
    """Keep the policy document of today; a broken one must not stop refunds, so the last stays."""
    try:
        publish_policy(ports=system_ports(), path=settings.POLICY_FILE)
    except (PolicyError, OSError) as error:
        structlog.get_logger("worker").warning("policy not published", error=str(error))


def _stop(worker: Worker, number: int, _frame: FrameType | None) -> None:
    if worker.stop.asked:
        # The second signal means it: whatever is in hand is safe to break off.
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    worker.stop.asked = True
