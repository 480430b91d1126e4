"""Signing in, by allauth: its mails go through the outbox, its limits are ours, its secrets are sealed."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.devices import (
    browser_of,
    device_hash,
    forget_devices,
    known_device,
    recognise_device,
)
from aftersale.accounts.models import User
from aftersale.accounts.services import set_language
from aftersale.accounts.sessions import note_session
from aftersale.accounts.tries import (
    Limit,
    code_limits,
    give_back,
    network_of,
    password_limits,
    second_step_limits,
    take_try,
)
from aftersale.base.ports import Ports
from aftersale.base.private import sealed, unsealed
from aftersale.base.services import post_notification
from aftersale.web.doors import language_now
from aftersale.web.language import show_pages_in

# allauth's mail -> the notification, the words it needs, and the words that tell mails of one kind apart
_MAILS: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "account/email/login_code": ("sign-in-code", ("code",), {}),
    "account/email/unknown_account": ("sign-in-unknown", (), {}),
    "account/email/password_reset_key": ("password-reset", ("password_reset_url",), {}),
    "account/email/password_reset": ("password-changed", (), {}),
    "account/email/password_changed": ("password-changed", (), {}),
    "account/email/password_set": ("password-changed", (), {}),
    "mfa/email/totp_activated": ("second-step-changed", (), {"what": "app_added"}),
    "mfa/email/totp_deactivated": ("second-step-changed", (), {"what": "app_removed"}),
    "mfa/email/webauthn_added": ("second-step-changed", (), {"what": "passkey_added"}),
    "mfa/email/webauthn_removed": ("second-step-changed", (), {"what": "passkey_removed"}),
    "mfa/email/recovery_codes_generated": ("second-step-changed", (), {"what": "codes_made"}),
}
_DEVICE_COOKIE_AGE = timedelta(days=365)
_LONGEST_TOKEN = 64
PROVEN_AT = "proven_at"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are brought by imports and the operator; nobody signs up by themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many tries from here. Wait a quarter of an hour, or sign in another way: nobody's tries stop"
            " your mailed code or your passkey."
        ),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail by the outbox; the worker sends it within seconds."""
        kind, names, more = _MAILS[template_prefix]
        ports = _ports(allauth_context.request)
        post_notification(
            ports=ports,
            kind=kind,
            key=ports.ids.key(),
            recipient=email,
            language=language_now(),
            words={"email": email, **more, **{name: str(context[name]) for name in names}},
        )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A try is used up before the password is compared, and given back when it was right."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            give_back(self._limits(request, credentials))
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if not take_try(self._limits(request, credentials), now=_ports(request).clock.now()):
            raise self.validation_error("too_many_login_attempts")

    def _limits(self, request: HttpRequest, credentials: dict[str, Any]) -> list[Limit]:
        email = str(credentials.get("email", ""))
        return password_limits(email=email, network=_network(request), device=_known(request, email))

    def set_password(self, user: User, password: str) -> None:
        """A new password makes every other device a new one."""
        super().set_password(user, password)
        forget_devices(user, keep=device_hash(user, _token(allauth_context.request)))

    def login(self, request: HttpRequest, user: User) -> None:
        """The page's language becomes the person's: the chosen one, or at first the browser's."""
        is_unknown = user.last_login is None and user.language == settings.LANGUAGE_CODE
        if is_unknown or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            set_language(person=user, language=language_now())
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Know the device, tell of a new one, write the session down, and show the person's language."""
        response: HttpResponse = super().post_login(request, user, **more)
        ports, token = _ports(request), _token(request)
        token = token or ports.ids.key()
        agent, address = request.headers.get("User-Agent", ""), self.get_client_ip(request)
        recognise_device(ports=ports, user=user, token=token, browser=browser_of(agent), address=address)
        request.session[PROVEN_AT] = ports.clock.now().timestamp()
        note_session(
            ports=ports,
            user=user,
            session=request.session,
            address=address,
            agent=agent,
            device=device_hash(user, token),
        )
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            token,
            max_age=_DEVICE_COOKIE_AGE,
            secure=settings.PRODUCTION,
            httponly=True,
            samesite="Lax",
        )
        show_pages_in(response, user.language)
        return response


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The keys of authenticators are sealed where they lie."""

    def encrypt(self, text: str) -> str:
        return sealed("second-step", text)

    def decrypt(self, encrypted_text: str) -> str:
        return unsealed("second-step", encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What the form proposes to call the next passkey."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def _get_site_name(self) -> str:
        return str(settings.MARKETPLACE_NAME)


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Asking for a mailed code: limited by device and network, never for the account as a whole."""

    def clean_email(self) -> str:
        request, email = allauth_context.request, str(self.cleaned_data["email"])
        limits = code_limits(email=email, network=_network(request), device=_known(request, email))
        if not take_try(limits, now=_ports(request).clock.now()):
            raise ValidationError(_("Too many codes were asked for from here. Wait a quarter of an hour."))
        return str(super().clean_email())


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]
    """An authenticator's code or a recovery code, limited by device and network."""

    def clean_code(self) -> str:
        request, code = allauth_context.request, str(self.cleaned_data["code"])
        device = _known(request, self.user.email)
        limits = second_step_limits(user=self.user.pk, network=_network(request), device=device)
        if not take_try(limits, now=_ports(request).clock.now()):
            raise ValidationError(_("Too many tries from here. Wait a quarter of an hour, or use a passkey."))
        steps = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        for step in steps:
            if step.wrap().validate_code(code):
                give_back(limits)
                self.authenticator = step
                return code
        raise ValidationError(_("This code is not right. An app's code is good for half a minute."))


def _ports(request: HttpRequest) -> Ports:
    ports: Ports = request.ports  # type: ignore[attr-defined]
    return ports


def _token(request: HttpRequest) -> str:
    """The device's own secret; empty where there is none."""
    return str(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))[:_LONGEST_TOKEN]


def _known(request: HttpRequest, email: str) -> str:
    return known_device(email, _token(request))


def _network(request: HttpRequest) -> str:
    return network_of(AccountAdapter().get_client_ip(request))
