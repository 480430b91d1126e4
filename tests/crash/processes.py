"""Our own commands as processes on the test's database, killed where a test says so."""

import os
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from aftersale.config.ports import system_ports

PATIENCE = 120


def work_off(later):
    """A fresh worker, `later`, until nothing is due."""
    clock = system_ports().clock.now() + later
    with started("-m", "aftersale", "worker", "--once", AFTERSALE_CLOCK=clock.isoformat()) as worker:
        assert worker.wait(PATIENCE) == 0


def verify_is_clean():
    with started("-m", "aftersale", "verify", stdout=subprocess.PIPE) as command:
        said, _ = command.communicate(timeout=PATIENCE)
        assert command.returncode == 0, said.decode()


class started:  # noqa: N801 - reads as the word it is
    """One of our own commands as a process, on this test's database; dead at the end, come what may."""

    def __init__(self, *words, stdout=None, stderr=None, **env):
        folder = Path(__file__).resolve().parents[2]
        command = [sys.executable, *words]
        env = {**os.environ, "DATABASE_URL": database(), **env}
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdout=stdout, stderr=stderr)

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def database():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    configured, (_, _, query) = settings.DATABASES["default"], os.environ["DATABASE_URL"].partition("?")
    user, host = configured["USER"], os.environ["DATABASE_URL"].partition("://")[2].partition("/")[0]
    return f"postgresql://{host or user}/{name}?{query}"


def wait_until(true, worker=None):
    for _ in range(PATIENCE * 50):
        if true():
            return
        assert worker is None or worker.poll() is None, "the worker ended by itself"
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
