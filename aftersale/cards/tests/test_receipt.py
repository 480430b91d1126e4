"""A receipt is checked offline with the published key, and one changed byte is enough to refuse it."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aftersale.cards.receipt import FORMAT, NotGenuine, public_pem, sign, verified
from aftersale.cards.signing import receipt_key

STATEMENT = {"format": FORMAT, "request": "CAAAAA-BBBBB", "card": {"brand": "visa", "last_four": "4242"}}


@pytest.fixture(scope="module")
def key():
    return Ed25519PrivateKey.generate()


def test_the_receipt_says_what_was_signed(key):
    assert verified(sign(STATEMENT, key).encode(), key.public_key()) == STATEMENT


def test_any_changed_byte_and_any_missing_one_is_refused(key):
    genuine = sign(STATEMENT, key).encode()
    changed = [
        genuine[:at] + bytes([byte ^ bit]) + genuine[at + 1 :]
        for at, byte in enumerate(genuine)
        for bit in (1, 32)
    ]
    shorter = [genuine[:at] + genuine[at + 1 :] for at in range(len(genuine))]
    for wrong in [*changed, *shorter, genuine + b" ", b"", b"[]", b"{}", b"null", b'"x"']:
        with pytest.raises(NotGenuine):
            verified(wrong, key.public_key())


def test_the_same_statement_spelled_otherwise_is_refused(key):
    document = json.loads(sign(STATEMENT, key))
    for text in (json.dumps(document, indent=1), json.dumps({**document, "more": 1}, sort_keys=True)):
        with pytest.raises(NotGenuine):
            verified(text.encode(), key.public_key())


def test_another_s_signature_is_refused_whatever_key_the_receipt_names(key):
    forged = json.loads(sign(STATEMENT, Ed25519PrivateKey.generate()))
    forged["key"] = json.loads(sign(STATEMENT, key))["key"]
    text = json.dumps(forged, sort_keys=True, separators=(",", ":")) + "\n"
    with pytest.raises(NotGenuine):
        verified(text.encode(), key.public_key())


def test_the_house_makes_its_key_once_and_keeps_it_to_itself(settings, tmp_path):
    settings.RECEIPT_KEY_FILE = tmp_path / "key.pem"
    first = receipt_key()
    assert public_pem(first.public_key()) == public_pem(receipt_key().public_key())
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]
