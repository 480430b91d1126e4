"""Sign-in's own mails go through the outbox, like every other."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context

from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.web.doors import language_now

# allauth's mail -> the notification, and the words it needs
_MAILS: dict[str, tuple[str, tuple[str, ...]]] = {
    "account/email/login_code": ("sign-in-code", ("code",)),
    "account/email/unknown_account": ("sign-in-unknown", ()),
    "account/email/password_reset_key": ("password-reset", ("password_reset_url",)),
    "account/email/password_reset": ("password-changed", ()),
    "account/email/password_changed": ("password-changed", ()),
    "account/email/password_set": ("password-changed", ()),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are brought by imports and the operator; nobody signs up by themselves."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail by the outbox; the worker sends it within seconds."""
        kind, names = _MAILS[template_prefix]
        ports: Ports = allauth_context.request.ports
        post_notification(
            ports=ports,
            kind=kind,
            key=ports.ids.key(),
            recipient=email,
            language=language_now(),
            words={"email": email, **{name: str(context[name]) for name in names}},
        )
