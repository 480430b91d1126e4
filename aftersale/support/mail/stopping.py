"""No more mails: the link in each by which its reader ends them, and what a person wants of them at all."""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.support.models import MailPreference, Notify, Reader, StopToken, Thread

# What its holder may ask for: no mails of this thread, of no thread at all, or of this one again.
STEPS = ("thread", "all", "again")


def stop_address(*, ports: Ports, thread: Thread, person: User) -> str:
    """The page by which this person ends the mails about this thread, without signing in."""
    fresh = {"token": ports.ids.key()[1:], "made_at": ports.clock.now()}
    row, _ = StopToken.objects.get_or_create(thread=thread, person=person, defaults=fresh)
    return f"{settings.SITE_ADDRESS}/mails/stop/{row.token}/"


def stop_token(token: str) -> StopToken:
    """Whose mails about which thread the link is for, wherever that was put since. Raises NotYours."""
    rows = StopToken.objects.select_related("thread", "person")
    found = rows.filter(token=token, person__is_active=True).first()
    if found is None:
        raise NotYours("there is no such link")
    while found.thread.merged_into is not None:
        found.thread = found.thread.merged_into
    return found


@transaction.atomic
def stop_mails(*, link: StopToken, step: str) -> None:
    """Do what the link's holder asks for; twice is once. Raises BadInput."""
    if step not in STEPS:
        raise BadInput("step", step, f"one of {', '.join(STEPS)}")
    if step == "all":
        want_thread_mails(person=link.person, wanted=False)
        return
    notify = Notify.FOLLOWS if step == "again" else Notify.MUTED
    Reader.objects.update_or_create(thread=link.thread, person=link.person, defaults={"notify": notify})
    if step == "again":
        want_thread_mails(person=link.person, wanted=True)


@transaction.atomic
def want_thread_mails(*, person: User, wanted: bool) -> MailPreference:
    """Send this person mails about the threads that they follow, or about none at all."""
    wish = {"wants_thread_mails": wanted}
    return MailPreference.objects.update_or_create(person=person, defaults=wish)[0]


def wants_thread_mails(person: User) -> bool:
    return not MailPreference.objects.filter(person=person, wants_thread_mails=False).exists()


def readers_by_mail(thread: Thread) -> QuerySet[User]:
    """Who follows the thread and hears of it by mail."""
    followers = User.objects.filter(reads__thread=thread, reads__notify=Notify.FOLLOWS)
    followers = followers.exclude(mail_preference__wants_thread_mails=False)
    return followers.filter(is_active=True, reads_mail=True)
