"""What is kept of a person to sign in and to be reached by goes for good; the row stays for what names it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from aftersale.accounts.models import ApiKey, User
from aftersale.accounts.sessions import end_other_sessions
from aftersale.accounts.sign_in_models import KnownDevice, MailedProof
from aftersale.base.models import DemoMail, Notification, NotificationState
from aftersale.base.ports import Ports

# A name that no server takes mail for.
_NOBODY = "erased-{pk}@customers.invalid"


def forget_person(*, ports: Ports, person: User) -> str:
    """Within the caller's transaction. Answers the address that was theirs, for the rooms above."""
    now, address = ports.clock.now(), person.email
    end_other_sessions(user=person, this="")
    for rows in (KnownDevice, MailedProof, Authenticator, EmailAddress):
        rows.objects.filter(user=person).delete()
    ApiKey.objects.filter(user=person, revoked_at=None).update(revoked_at=now)
    ApiKey.objects.filter(user=person).update(name="")
    person.email, person.name, person.customer_code = _NOBODY.format(pk=person.pk), "", None
    person.birthdate_hash, person.password = "", make_password(None)
    person.is_active = person.reads_mail = False
    person.last_login = None
    person.save()
    _forget_mails(address, person.email)
    return address


def is_erased(person: User) -> bool:
    return not person.is_active and person.email == _NOBODY.format(pk=person.pk)


def _forget_mails(address: str, instead: str) -> None:
    """That mails were sent is still counted; to whom, and what stood in them, is not known any more."""
    mails = Notification.objects.filter(recipient__iexact=address)
    mails.filter(state=NotificationState.WANTED).update(state=NotificationState.UNNEEDED)
    mails.update(recipient=instead, words={}, last_error="", references=[])
    DemoMail.objects.filter(recipient__iexact=address).delete()
