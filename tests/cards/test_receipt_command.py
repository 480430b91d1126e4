"""`aftersale receipt verify` checks a removal receipt offline, against the published key alone."""

import subprocess
import sys

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
