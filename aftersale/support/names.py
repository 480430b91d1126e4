"""The names of the forum: nobody stands there under their own, or one that speaks for us."""

import unicodedata

from django.conf import settings
from django.db import IntegrityError, transaction

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.models import TEAM, ForumName

ACCEPTED = "3 to 20 letters, digits and dashes that speak for nobody else"
_SPEAKS_FOR_US = ("staff", "support", "admin", "moderator", "official", "aftersale", "客服", "官方", "管理员")


def forum_name_of(*, ports: Ports, person: User) -> ForumName:
    """The person's name on the forum; one is made where there is none."""
    known = ForumName.objects.filter(person=person).first()
    if known is not None:
        return known
    kind = "staff" if person.role in TEAM else "guest"
    name = f"{kind}-{ports.ids.reference('')[:7].lower().replace('-', '')}"
    return ForumName.objects.get_or_create(person=person, defaults={"name": name, "key": _key(name)})[0]


def choose_forum_name(*, ports: Ports, person: User, name: str) -> ForumName:
    """Stand on the forum under `name`, for what was written before, too. Raises BadInput."""
    name = clean_text(name, field="forum_name", longest=20, accepted=ACCEPTED)
    key = _key(name)
    ours = [*_SPEAKS_FOR_US, _key(settings.MARKETPLACE_NAME)]
    # Our own people speak for us under the name that they were given.
    is_fine = len(name) >= 3 and all(each.isalnum() or each == "-" for each in name)
    if not is_fine or person.role in TEAM or any(word in key for word in ours):
        raise BadInput("forum_name", name, ACCEPTED)
    row = forum_name_of(ports=ports, person=person)
    try:
        with transaction.atomic():
            ForumName.objects.filter(pk=row.pk).update(name=name, key=key)
    except IntegrityError:
        raise BadInput("forum_name", name, "a name that nobody else has") from None
    row.refresh_from_db()
    return row


def _key(name: str) -> str:
    """What two names share that a reader takes for one."""
    return "".join(each for each in unicodedata.normalize("NFKC", name).casefold() if each.isalnum())
