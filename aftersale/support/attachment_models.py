"""Files that came with a post or a mail, or wait with what somebody has begun to write."""

from django.db import models
from django.db.models import Q

from aftersale.accounts.models import User
from aftersale.support.mail_models import IncomingMail
from aftersale.support.thread_models import Post

LONGEST_NAME = 120


class Attachment(models.Model):
    """One file: of a post, of a mail, of both when a mail became a post, or of a draft at a `place`.

    Removing it deletes its bytes; the row stays and says who did it, and why.
    """

    reference = models.CharField(max_length=16, unique=True)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    mail = models.ForeignKey(
        IncomingMail, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    giver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments",
        help_text="who sent it; nobody known for a stranger's mail",
    )  # fmt: skip
    place = models.CharField(
        max_length=32, blank=True, help_text="of a draft: a thread's reference, or `new`; empty once sent"
    )
    name = models.CharField(max_length=LONGEST_NAME, help_text="without card numbers and path")
    kind = models.CharField(max_length=100, help_text="the type that its bytes have, as we serve them")
    size = models.PositiveIntegerField(help_text="bytes, as kept")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes, as kept")
    width = models.PositiveIntegerField(null=True, blank=True, help_text="pixels, of a picture")
    height = models.PositiveIntegerField(null=True, blank=True)
    cards_removed = models.JSONField(default=list, help_text="[brand, last four] of numbers taken out")
    kept_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="empty where Aftersale did it by itself",
    )  # fmt: skip
    removed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_file_is_of_a_post_a_mail_or_a_draft",
                condition=Q(place="", post__isnull=False)
                | Q(place="", mail__isnull=False)
                | (~Q(place="") & Q(giver__isnull=False, post=None, mail=None)),
            ),
            models.CheckConstraint(name="a_file_holds_something", condition=Q(size__gte=1)),
            models.CheckConstraint(
                name="a_picture_has_both_sides",
                condition=Q(width=None, height=None) | Q(width__gte=1, height__gte=1),
            ),
            models.CheckConstraint(
                name="only_a_removed_file_has_a_remover",
                condition=Q(removed_at__isnull=False) | Q(removed_by=None, removed_why=""),
            ),
        ]
        indexes = [
            models.Index(fields=["giver", "place"], name="file_of_a_draft"),
            models.Index(fields=["giver", "kept_at"], name="file_giver"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def is_picture(self) -> bool:
        return self.width is not None


class AttachmentBytes(models.Model):
    """What a file holds, in a row of its own: lists of files never load it."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, primary_key=True, related_name="stored"
    )
    content = models.BinaryField()
    thumbnail = models.BinaryField(null=True, blank=True, help_text="WebP, of a picture")

    def __str__(self) -> str:
        return f"bytes of {self.attachment_id}"
