"""`aftersale serve`: the site, for production; the worker is a process of its own."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings
from django.db import connections

from aftersale.config.demo.running import HOST, site_command
from aftersale.config.ports import system_ports
from aftersale.returns.policies import publish_policy


def main(arguments: list[str]) -> int:
    """Publish the policy, then become the web server, which signals then reach. Does not return."""
    given = _parser().parse_args(arguments)
    publish_policy(ports=system_ports(), path=settings.POLICY_FILE)
    connections.close_all()
    command = site_command(host=given.host, port=given.port, workers=given.workers, threads=given.threads)
    os.execv(command[0], command)  # noqa: S606 - our own command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftersale serve", description="Serve the site.")
    parser.add_argument("--host", default=HOST, help=f"the address to listen at: {HOST} behind a proxy")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument(
        "--threads",
        type=int,
        default=4,
        help="for each worker; workers times threads is how many connections the database must bear",
    )
    return parser
