"""What our staff does with a file: takes it away, for good."""

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.eyes import refuse_others
from aftersale.support.models import Attachment, AttachmentBytes, EventKind
from aftersale.support.posting import clean_reason, note_event


@transaction.atomic
def remove_attachment(*, ports: Ports, by: User, file: Attachment, reason: str) -> Attachment:
    """Delete what a file holds, and keep that it was there, who removed it and why.

    Raises BadInput, NotForYou.
    """
    refuse_others(by)
    reason = clean_reason(reason)
    file = Attachment.objects.select_for_update(of=("self",)).select_related("post__thread").get(pk=file.pk)
    if file.removed_at is not None:
        return file
    AttachmentBytes.objects.filter(attachment=file).delete()
    file.removed_at, file.removed_by, file.removed_why = ports.clock.now(), by, reason
    file.save(update_fields=["removed_at", "removed_by", "removed_why"])
    if file.post is not None:
        words = {"number": file.post.number, "file": file.name, "reason": reason}
        note_event(file.post.thread, EventKind.FILE_REMOVED, file.removed_at, by, **words)
    return file
