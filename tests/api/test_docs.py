"""docs/api.md is true: its commands are typed into a shell, against a live desk, and bring what it shows.

References and keys are another's each time, so names of the document stand for those of the run. After a
change, `AFTERSALE_WRITE_DOCS=yes pytest tests/api/test_docs.py` writes what the document shows again.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections

from aftersale.accounts.services import set_birthdate
from aftersale.api.tests.cast import pia
from aftersale.cards.tests.cast import a_card
from aftersale.returns.tests import cast

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|json|http)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\b[A-Z][0-9A-Z]{5}-[0-9A-Z]{5}\b")
MORE = "…"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@dataclass
class Shell:
    """A shell that keeps its variables from one block to the next."""

    address: str
    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    def run(self, block: str) -> str:
        for told, real in self.names.items():
            block = block.replace(told, real)
        block = block.replace("http://127.0.0.1:8000", self.address)
        keep = "for v in DESK KEY LI CARDS ASKS OWNER; do declare -p $v 2>/dev/null; done > state; true"
        script = f"touch state; . ./state\n{block}\n{keep}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _env(self) -> dict[str, str]:
        tools = self.folder / "tools"
        if not tools.exists():
            tools.mkdir()
            write_command(tools / "aftersale", f'PYTHONPATH={ROOT} exec {sys.executable} -m aftersale "$@"')
            if not shutil.which("curl"):
                write_command(tools / "curl", f'exec {sys.executable} {ROOT}/tests/api/curl.py "$@"')
        return os.environ | {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "DATABASE_URL": database(),
            "AFTERSALE_CLOCK": cast.TODAY.isoformat(),
            "no_proxy": "*",
        }


@pytest.fixture
def desk(put_behind_the_door, monkeypatch):
    """The site on a port of its own: Ann's orders, one of them unpaid, her birthdate and two saved cards."""
    monkeypatch.setattr(cast, "_numbers", count(1))
    world = put_behind_the_door()
    cast.an_order(world, lines=[(2, 6000)])
    set_birthdate(person="ann@example.com", birthdate=date(1990, 5, 17))
    cast.an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None)
    a_card(world.ports, world.ann, "visa-good", "ann@home.example")
    a_card(world.ports, world.ann, "mastercard-funds-hour", "ann@example.com")
    pia(world)
    with make_server("127.0.0.1", 0, closing(WSGIHandler()), handler_class=Silent) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Silent(WSGIRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass


def closing(site: WSGIHandler) -> Any:
    """The site, which leaves no connection open in the server's thread."""

    def answered(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer: Any = site(environ, start_response)
        body = b"".join(answer)
        answer.close()
        connections.close_all()
        return [body]

    return answered


def test_what_the_document_shows_is_what_comes(desk, tmp_path):
    shell, text, came = Shell(desk, tmp_path), DOCUMENT.read_text(encoding="utf-8"), ""
    shown: list[str] = []

    def checked(match: re.Match[str]) -> str:
        nonlocal came
        kind, block = match[1], match[2]
        if kind == "sh":
            came = shell.run(block)
            return match[0]
        shown.append(block)
        return f"```{kind}\n{true_to(kind, block, came, shell.names)}```"

    fresh = BLOCK.sub(checked, text)
    if os.environ.get("AFTERSALE_WRITE_DOCS") == "yes":
        DOCUMENT.write_text(fresh, encoding="utf-8")
    else:
        assert len(shown) > 10
        assert fresh == text


def true_to(kind: str, block: str, came: str, names: dict[str, str]) -> str:
    """The block, as it would be written of what came: the same fields, the names that the document gives."""
    head, _, shown = block.rpartition("\n\n") if kind == "http" else ("", "", block)
    came_head, _, body = came.rpartition("\n\n") if kind == "http" else ("", "", came)
    template, real = json.loads(shown), json.loads(body)
    learn(template, real, names)
    backwards = {actual: told for told, actual in names.items()}
    text = pretty(fitted(template, real))
    for actual, told in backwards.items():
        text = text.replace(actual, told)
    first, *headers = came_head.splitlines() or [""]
    kept = {line.partition(":")[0] for line in head.splitlines()[1:]}
    lines = [first.replace("HTTP/1.0", "HTTP/1.1")] if first else []
    lines += [line for line in headers if line.partition(":")[0] in kept]
    return "".join(f"{line}\n" for line in lines) + ("\n" if lines else "") + text + "\n"


def pretty(value: Any, indent: str = "", before: int = 0) -> str:
    """JSON as people write it: on one line where that is short."""
    short = json.dumps(value, ensure_ascii=False)
    if len(indent) + before + len(short) <= 96 or not isinstance(value, dict | list) or not value:
        return short
    deeper = indent + "  "
    if isinstance(value, list):
        parts, ends = [pretty(each, deeper) for each in value], "[]"
    else:
        parts = [f'"{key}": {pretty(each, deeper, len(key) + 4)}' for key, each in value.items()]
        ends = "{}"
    return ends[0] + "\n" + ",\n".join(deeper + part for part in parts) + "\n" + indent + ends[1]


def learn(told: Any, real: Any, names: dict[str, str]) -> None:
    """Which name of this run stands where the document has its own."""
    if isinstance(told, dict) and isinstance(real, dict):
        for key in told.keys() & real.keys():
            if key == "id":
                names[f'"id": {told[key]}'] = f'"id": {real[key]}'
            learn(told[key], real[key], names)
    elif isinstance(told, list) and isinstance(real, list):
        for each, other in zip(told, real, strict=False):
            learn(each, other, names)
    elif isinstance(told, str) and isinstance(real, str):
        names.update(zip(NAME.findall(told), NAME.findall(real), strict=False))


def fitted(told: Any, real: Any) -> Any:
    """What came, with the fields that the document shows."""
    if isinstance(told, dict) and isinstance(real, dict):
        shown = {key: fitted(told[key], real[key]) for key in told if key in real}
        rest = {} if MORE in told else {key: real[key] for key in real if key not in told}
        return shown | rest | ({MORE: MORE} if MORE in told else {})
    if isinstance(told, list) and isinstance(real, list) and told:
        return [fitted(told[min(place, len(told) - 1)], each) for place, each in enumerate(real)]
    if isinstance(told, str) and isinstance(real, str) and is_of_the_run(real):
        return told or real
    return real


def is_of_the_run(text: str) -> bool:
    """The first letters of a key, which was drawn outside the test, or a policy's hash."""
    return bool(re.fullmatch("[0-9a-z]{8}|[0-9a-f]{64}", text))


def write_command(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def database() -> str:
    """The address of the test's own database."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{Path(str(told['NAME'])).resolve()}"
    return (
        f"postgresql://{told['USER']}:{told['PASSWORD']}@/{told['NAME']}"
        f"?host={told['HOST']}&port={told['PORT']}"
    )
