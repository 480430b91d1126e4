"""The house's own key for receipts, in the file that RECEIPT_KEY_FILE names; made at its first use."""

import contextlib
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def receipt_key() -> Ed25519PrivateKey:
    """The key, made now when the file is not there."""
    path: Path = settings.RECEIPT_KEY_FILE
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} holds a key of another kind than Ed25519"
    return key


def public_receipt_key() -> Ed25519PublicKey:
    return receipt_key().public_key()


def _make(path: Path) -> None:
    """Write a new key whole before it gets its name, so that of two makers one key counts."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
