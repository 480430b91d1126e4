"""`aftersale serve`: the site, for production; the worker is a process of its own."""

import argparse
import os

from aftersale.config.demo.running import HOST, site_command


def main(arguments: list[str]) -> int:
    """Become the web server: a supervisor's signals then reach it directly. Does not return."""
    given = _parser().parse_args(arguments)
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
