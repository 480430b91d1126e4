"""Removal receipts: a statement, signed, that anybody can check offline with the published key.

A receipt is one line of canonical JSON, and only its exact bytes verify: any other spelling of the same
statement is refused. The key comes from elsewhere: a receipt's own word about it proves nothing. No Django.
"""

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "aftersale removal receipt 1"


class NotGenuine(Exception):
    """These bytes are not a receipt that this key signed; the message says what is wrong."""


def sign(statement: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The receipt of `statement`."""
    assert statement["format"] == FORMAT
    signature = key.sign(_canonical(statement)).hex()
    document = {"key": fingerprint(key.public_key()), "signature": signature, "statement": statement}
    return _canonical(document).decode() + "\n"


def verified(receipt: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """The statement, when `key` signed exactly these bytes. Raises NotGenuine."""
    try:
        document = json.loads(receipt)
        statement, signature = document["statement"], bytes.fromhex(document["signature"])
        is_ours = document["key"] == fingerprint(key) and statement["format"] == FORMAT
        # Capitals are hexadecimal, too, and would be another spelling of the same signature.
        spelled = {**document, "signature": signature.hex()}
        is_canonical = receipt == _canonical(spelled) + b"\n"
    except (ValueError, KeyError, TypeError) as error:
        raise NotGenuine("this is no removal receipt") from error
    if set(document) != {"key", "signature", "statement"} or not is_canonical:
        raise NotGenuine("its bytes are not as they were signed")
    if not is_ours:
        raise NotGenuine("it was signed with another key, or is of another format")
    try:
        key.verify(signature, _canonical(statement))
    except InvalidSignature:
        raise NotGenuine("the signature does not belong to the statement") from None
    return dict(statement)


def public_pem(key: Ed25519PublicKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def read_public(pem: bytes) -> Ed25519PublicKey:
    """The key of a published file. Raises NotGenuine when it is none."""
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise NotGenuine("the key file holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise NotGenuine("the key file holds a key of another kind than Ed25519")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """A short name of the key, to see which of several is meant."""
    form = serialization.PublicFormat.Raw
    return hashlib.sha256(key.public_bytes(serialization.Encoding.Raw, form)).hexdigest()[:16]


def _canonical(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode()
