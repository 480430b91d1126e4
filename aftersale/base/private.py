"""Hashes of what must be recognised and never read: birthdates, card fingerprints, links in mails."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed_hash(what: str, text: str) -> str:
    """A hash of `text` that nobody can try out without our key; each `what` has hashes of its own."""
    secret: str = settings.PRIVATE_HASH_KEY
    return salted_hmac(f"aftersale.{what}", text, secret=secret, algorithm="sha256").hexdigest()
