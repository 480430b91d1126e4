"""`aftersale receipt verify` checks a removal receipt offline, against the published key alone."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aftersale.cards.receipt import FORMAT, public_pem, sign
from aftersale.config.commands import receipt as command

STATEMENT = {"format": FORMAT, "request": "CAAAAA-BBBBB", "card": {"brand": "visa", "last_four": "4242"}}


@pytest.fixture(scope="module")
def key():
    return Ed25519PrivateKey.generate()


def test_the_command_needs_neither_a_database_nor_settings(key, tmp_path):
    (tmp_path / "receipt.json").write_text(sign(STATEMENT, key))
    (tmp_path / "public.pem").write_text(public_pem(key.public_key()))
    words = ["receipt", "verify", str(tmp_path / "receipt.json"), "--key", str(tmp_path / "public.pem")]
    environment = {"PATH": "", "DJANGO_SETTINGS_MODULE": "nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "aftersale", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "is genuine" in done.stdout
    assert "CAAAAA-BBBBB" in done.stdout


def test_the_command_tells_a_forgery_from_a_file_that_is_not_there(key, tmp_path, capsys):
    public = tmp_path / "public.pem"
    public.write_text(public_pem(key.public_key()))
    forged = tmp_path / "forged.json"
    forged.write_text(sign(STATEMENT, key).replace("4242", "4243"))
    assert command.main(["verify", str(forged), "--key", str(public)]) == 1
    assert "NOT GENUINE" in capsys.readouterr().err
    assert command.main(["verify", str(tmp_path / "none"), "--key", str(public)]) == 2
    assert command.main(["verify", str(forged), "--key", str(forged)]) == 1


def test_docs_cards_md_shows_what_the_command_says(key, tmp_path, capsys, monkeypatch):
    page = (Path(__file__).parents[2] / "docs/cards.md").read_text(encoding="utf-8")
    command_line, genuine, forged = re.findall(
        r"^```(?:sh|text)\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL
    )
    statement: dict[str, Any] = {}
    for line in genuine.splitlines()[1:]:
        name, value = line[2:34].strip(), line[35:]
        *groups, last = [each.replace(" ", "_") for each in name.split(": ")]
        inner = statement
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[last] = value
    monkeypatch.chdir(tmp_path)
    Path("removal.json").write_text(sign(statement, key))
    Path("receipt-key.pem").write_text(public_pem(key.public_key()))
    words = command_line.removeprefix("aftersale receipt ").split()
    assert command.main(words) == 0
    assert capsys.readouterr().out.strip() == genuine

    Path("removal.json").write_text(sign(statement, key).replace("4242", "4243"))
    assert command.main(words) == 1
    assert capsys.readouterr().err.strip() == forged
