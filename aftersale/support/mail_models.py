"""Mail's rows: what came in, the slow lane's conversations with our answers, and who may reply by mail."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User
from aftersale.support.thread_models import LONGEST_SUBJECT, Post, Thread, Visibility


class Nature(models.TextChoices):
    PERSON = "person", _("written by a person")
    AUTOMATIC = "automatic", _("an automatic answer")
    BOUNCE = "bounce", _("a report that a mail was not delivered")
    LIST = "list", _("sent to a list")
    OURS = "ours", _("sent by ourselves")


class Verdict(models.TextChoices):
    """What our own mail server says of the sender, in its topmost Authentication-Results."""

    PASSED = "passed", _("the sender is who the mail says")
    FAILED = "failed", _("the sender is not who the mail says")
    UNKNOWN = "unknown", _("nothing proves the sender")


class MailState(models.TextChoices):
    STORED = "stored", _("not read yet")
    POSTED = "posted", _("became a post")
    CONVERSATION = "conversation", _("waits in the slow lane")
    HELD = "held", _("waits for our staff to look")
    NOTED = "noted", _("kept, changes nothing")
    DROPPED = "dropped", _("put aside by our staff")


class Reason(models.TextChoices):
    """Why a mail is held, or was kept and changed nothing."""

    COPY = "copy", _("the same mail was read before")
    OURS = "ours", _("we sent it ourselves")
    BOUNCE = "bounce", _("a mail of ours was not delivered")
    AUTOMATIC = "automatic", _("an automatic answer")
    FORGED = "forged", _("the sender is not who the mail says")
    NO_SENDER = "no_sender", _("it does not name one sender")
    TOO_MANY = "too_many", _("too many mails of one sender in a short time")
    STRANGER = "stranger", _("an answer to a thread from another address than its reader's")
    LIST = "list", _("sent to a list")
    REFUSED = "refused", _("it could not become a post")
    UNREADABLE = "unreadable", _("it could not be read, several times")


class IncomingMail(models.Model):
    """One mail as it was received: without card numbers, and stored before its sender hears that we have it.

    The table is the queue: the worker reads what is `stored`.
    """

    via = models.CharField(max_length=16, help_text="lmtp, pipe, or the provider whose webhook it was")
    envelope_sender = models.CharField(max_length=320, blank=True, help_text="empty for a bounce")
    recipient = models.CharField(max_length=320)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the mail as it came")
    message_id = models.CharField(max_length=998, blank=True)
    references: Any = models.JSONField(default=list, help_text="Message-IDs that it answers, oldest first")
    from_address = models.CharField(max_length=320, blank=True, help_text="empty where there is not just one")
    from_name = models.CharField(max_length=200, blank=True)
    nature = models.CharField(max_length=16, choices=Nature)
    verdict = models.CharField(max_length=16, choices=Verdict, default=Verdict.UNKNOWN)
    returned_status = models.CharField(
        max_length=16,
        blank=True,
        help_text="why our mail was lost, as its report says: 5.1.1; 2.0.0 where it was another's",
    )
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(blank=True, help_text="all of it, quoted lines too")
    cards_removed = models.JSONField(default=list, help_text="[brand, last four] of numbers taken out")
    files_left_out: Any = models.JSONField(default=list, help_text="names of files that are not kept")
    size = models.PositiveIntegerField(help_text="bytes")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=MailState, default=MailState.STORED)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    refusal = models.CharField(max_length=200, blank=True, help_text="why it could not become a post")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="not before; also the end of a worker's lease")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="mails")
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="mails",
        help_text="which it is about, as far as its token or its references say",
    )  # fmt: skip
    conversation = models.ForeignKey(
        "MailConversation", on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "digest"], name="one_mail_a_delivery"),
            models.CheckConstraint(
                name="a_posted_mail_has_its_post", condition=~Q(state="posted") | Q(post__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="mail_due"),
            models.Index(fields=["message_id"], name="mail_message_id"),
            models.Index(fields=["from_address", "received_at"], name="mail_from"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.recipient}"


class ConversationState(models.TextChoices):
    WAITING = "waiting", _("waits for our staff")
    ANSWERED = "answered", _("answered by mail")
    OPENED = "opened", _("became a thread")
    CLOSED = "closed", _("closed")


class MailConversation(models.Model):
    """What one address asked by mail: the slow lane, until its sender opens a thread with one click."""

    reference = models.CharField(max_length=16, unique=True)
    token = models.CharField(
        max_length=64, unique=True, help_text="of its page; whoever holds it reads the mailbox"
    )
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=16, choices=ConversationState, default=ConversationState.WAITING)
    received_at = models.DateTimeField(help_text="of its first mail: the wait counts from here")
    waiting_since = models.DateTimeField(help_text="of the earliest mail without an answer of ours")
    last_mail_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned_conversations"
    )
    taken_until = models.DateTimeField(
        null=True, blank=True, help_text="nobody else is given it before; then it is given again"
    )
    thread = models.OneToOneField(
        Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="from_mail"
    )

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_opened_conversation_has_its_thread",
                condition=Q(state="opened", thread__isnull=False) | (~Q(state="opened") & Q(thread=None)),
            )
        ]
        indexes = [
            models.Index(fields=["state", "waiting_since"], name="conversation_queue"),
            models.Index(fields=["address", "received_at"], name="conversation_address"),
            models.Index(fields=["received_at"], name="conversation_received"),
        ]

    def __str__(self) -> str:
        return self.reference


class Correspondent(models.Model):
    """An address that wrote to us: its row is locked while a mail of it is read, one after the other."""

    address = models.CharField(max_length=320, unique=True)
    domain = models.CharField(max_length=255)
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="when it last heard so from us")

    class Meta:
        indexes = [
            models.Index(fields=["domain", "acknowledged_at"], name="correspondent_domain"),
            models.Index(fields=["acknowledged_at"], name="correspondent_acknowledged"),
        ]

    def __str__(self) -> str:
        return self.address


class MailAnswer(models.Model):
    """What our staff answered to a conversation, sent by mail."""

    conversation = models.ForeignKey(MailConversation, on_delete=models.PROTECT, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(help_text="Markdown, without card numbers")
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second is the same"
    )
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["answered_at", "pk"]

    def __str__(self) -> str:
        return f"answer to {self.conversation}"


class ReplyToken(models.Model):
    """The right of one person to write into one thread by mail, for no more eyes than `ceiling`."""

    token = models.CharField(max_length=32, unique=True, help_text="128 random bits, lower case")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="reply_tokens")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reply_tokens")
    ceiling = models.CharField(max_length=16, choices=Visibility)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "person", "ceiling"],
                condition=Q(revoked_at=None),
                name="one_live_reply_token",
            )
        ]
        indexes = [models.Index(fields=["thread", "person"], name="reply_token_of")]

    def __str__(self) -> str:
        return f"reply token of {self.person_id} in {self.thread}"


class Pick(models.Model):
    """One matter that somebody of our staff was given as the next; every tenth is the slow lane's."""

    at = models.DateTimeField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="picks")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    conversation = models.ForeignKey(
        MailConversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_pick_is_of_one_lane",
                condition=Q(thread=None, conversation__isnull=False)
                | Q(thread__isnull=False, conversation=None),
            )
        ]

    def __str__(self) -> str:
        return f"pick {self.pk}"
