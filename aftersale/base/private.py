"""What is private: hashes of what must be recognised and never read, and seals on what we must read again."""

import base64

from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed_hash(what: str, text: str) -> str:
    """A hash of `text` that nobody can try out without our key; each `what` has hashes of its own."""
    secret: str = settings.PRIVATE_HASH_KEY
    return salted_hmac(f"aftersale.{what}", text, secret=secret, algorithm="sha256").hexdigest()


def sealed(what: str, text: str) -> str:
    """`text` as nobody can read it from the database without our key; each `what` has a key of its own."""
    return _seal(what).encrypt(text.encode()).decode()


def unsealed(what: str, seal: str) -> str:
    """What `sealed` was given; raises cryptography's InvalidToken where the key or the seal is another."""
    return _seal(what).decrypt(seal.encode()).decode()


def _seal(what: str) -> Fernet:
    key = salted_hmac(f"aftersale.seal.{what}", "", secret=settings.PRIVATE_HASH_KEY, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(key.digest()))
