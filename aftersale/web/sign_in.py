"""Sign-in's own mails go through the outbox, like every other."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are brought by imports and the operator; nobody signs up by themselves."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
