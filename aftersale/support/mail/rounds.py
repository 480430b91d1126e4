"""Two machines that answer each other through a thread: no header says so, but people write otherwise."""

from datetime import timedelta

from aftersale.support.mail.filing import fresh_words
from aftersale.support.models import IncomingMail, Thread

# The same words for the third time in a day, or as many mails into one thread in three hours.
_A_DAY = timedelta(days=1)
_A_WHILE = timedelta(hours=3)
_TOLD_ALREADY = 2
_IN_A_WHILE = 10


def goes_round(mail: IncomingMail, thread: Thread) -> bool:
    """Whether this sender's mails into this thread look like a machine's; a held one calls for no answer."""
    since = mail.received_at - _A_DAY
    theirs = IncomingMail.objects.filter(
        from_address=mail.from_address, post__thread=thread, received_at__gt=since
    )
    earlier = list(theirs.order_by("-received_at", "-pk")[: 2 * _IN_A_WHILE])
    lately = [each for each in earlier if each.received_at > mail.received_at - _A_WHILE]
    words = fresh_words(mail)
    said = sum(fresh_words(each) == words for each in earlier)
    return len(lately) >= _IN_A_WHILE or said >= _TOLD_ALREADY
