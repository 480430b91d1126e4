"""A thread's rows: the thread, its posts and events, who reads it, names, drafts and reports."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import Role, Supplier, User
from aftersale.orders.models import Line, Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.returns.models import Party, Return

# Who answers for the marketplace, and sees every thread.
TEAM = (Role.AGENT, Role.FINANCE)
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000


class Kind(models.TextChoices):
    GENERAL = "general", _("general support")
    REVIEW = "review", _("order review")
    TRACKING = "tracking", _("tracking inquiry")
    RETURN = "return", _("return")
    CHARGE = "charge", _("payment")
    CARD = "card", _("saved card")
    CLAIM = "claim", _("missing item")


class ThreadState(models.TextChoices):
    OPEN = "open", _("waits for our staff")
    ANSWERED = "answered", _("answered")
    SOLVED = "solved", _("solved")
    CLOSED = "closed", _("closed")
    HELD = "held", _("held for a look")
    MERGED = "merged", _("part of another thread")


class WaitingOn(models.TextChoices):
    """Third parties; that it is the staff's or the customer's turn follows from the posts."""

    SUPPLIER = "supplier", _("the supplier")
    COURIER = "courier", _("the courier")
    BANK = "bank", _("the bank")


class Thread(models.Model):
    """One matter: public on the forum, or between its opener and our staff. Private when it touches an order.

    `state` says whose turn it is by the last post; `due_at` is when our answer is due, if one is.
    """

    reference = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    is_public = models.BooleanField()
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    opener = models.ForeignKey(User, on_delete=models.PROTECT, related_name="threads")
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second is the same"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="threads")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, blank=True, related_name="threads")
    case = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, blank=True, related_name="threads")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, null=True, blank=True, related_name="threads"
    )
    card = models.ForeignKey(
        SavedCard, on_delete=models.PROTECT, null=True, blank=True, related_name="threads"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="threads",
        help_text="whose people were asked, and see what is meant for them",
    )  # fmt: skip
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned_threads"
    )
    state = models.CharField(max_length=16, choices=ThreadState, default=ThreadState.OPEN)
    state_before = models.CharField(
        max_length=16, choices=ThreadState, blank=True, help_text="of a held one: its state when let through"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged",
        help_text="where its posts are, and its address leads",
    )  # fmt: skip
    last_number = models.PositiveIntegerField(default=0, help_text="of its posts; no number is given twice")
    solution = models.ForeignKey(
        "Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="what solved it"
    )
    opened_at = models.DateTimeField()
    last_post_at = models.DateTimeField(help_text="of what its opener can read; a note moves nothing")
    first_answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="when our answer is due")
    resolve_due_at = models.DateTimeField(
        null=True, blank=True, help_text="when it is to be solved; empty while it is the opener's turn"
    )
    waiting_on = models.CharField(
        max_length=16, choices=WaitingOn, blank=True, help_text="the third party without whom nothing goes on"
    )
    waits_until = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_post_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_public_thread_touches_nothing_private",
                condition=Q(is_public=False)
                | Q(order=None, line=None, case=None, charge=None, card=None, supplier=None),
            ),
            models.CheckConstraint(
                name="an_open_thread_has_a_due_date", condition=~Q(state="open") | Q(due_at__isnull=False)
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(kind="claim"), name="one_thread_a_claim"),
            models.CheckConstraint(
                name="a_merged_thread_leads_on",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(
                name="a_wait_has_its_end",
                condition=Q(waiting_on="", waits_until=None)
                | (~Q(waiting_on="") & Q(waits_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_held_thread_knows_its_state",
                condition=Q(state="held") & ~Q(state_before="") | ~Q(state="held") & Q(state_before=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="thread_due"),
            models.Index(fields=["resolve_due_at"], name="thread_resolve_due"),
            models.Index(fields=["opened_at"], name="thread_opened"),
            models.Index(fields=["state", "solved_at"], name="thread_solved"),
            models.Index(fields=["is_public", "-last_post_at"], name="thread_forum"),
        ]

    def __str__(self) -> str:
        return self.reference


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everybody")
    PARTICIPANTS = "participants", _("the customer and our staff")
    SUPPLIER = "supplier", _("the supplier and our staff")
    STAFF = "staff", _("our staff")


# What the opener reads of a thread, if it is not held or hidden.
TO_THE_OPENER = (Visibility.PUBLIC, Visibility.PARTICIPANTS)


class Post(models.Model):
    """What one person wrote, once: its text is never edited, only hidden or erased.

    Without an author it is Aftersale itself that speaks.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="posts")
    number = models.PositiveIntegerField(help_text="1, 2, … within the thread")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    party = models.CharField(max_length=16, choices=Party, help_text="whom the author spoke for")
    visibility = models.CharField(max_length=16, choices=Visibility)
    body = models.TextField(help_text="Markdown, without card numbers")
    cards_removed = models.JSONField(default=list, help_text="[brand, last four] of numbers taken out")
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second is the same"
    )
    posted_at = models.DateTimeField()
    is_held = models.BooleanField(default=False, help_text="a newcomer's, until our staff has read it")
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="one_post_a_number"),
            models.CheckConstraint(name="posts_are_numbered_from_one", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(fields=["author", "posted_at"], name="post_author")]

    def __str__(self) -> str:
        return f"{self.thread} {self.number}"


class EventKind(models.TextChoices):
    SOLVED = "solved", _("marked as solved")
    REOPENED = "reopened", _("opened again")
    CLOSED = "closed", _("closed")
    ASSIGNED = "assigned", _("assigned")
    HIDDEN = "hidden", _("a post was hidden")
    UNHIDDEN = "unhidden", _("a post was shown again")
    RELEASED = "released", _("a newcomer's post was let through")
    DISMISSED = "dismissed", _("reports were put aside")
    HELD = "held", _("held for a look")
    LET_THROUGH = "let_through", _("let through")
    MERGED = "merged", _("another thread was put in here")
    MERGED_AWAY = "merged_away", _("put into another thread")
    SPLIT = "split", _("posts became a thread of their own")
    SPLIT_OFF = "split_off", _("began with posts of another thread")
    UNDONE = "undone", _("taken back")
    SORTED = "sorted", _("given another kind")
    LINKED = "linked", _("linked to an incident")
    UNLINKED = "unlinked", _("unlinked from an incident")
    ACTED = "acted", _("done from the thread")
    FILE_REMOVED = "file_removed", _("a file was removed")
    WAITED = "waited", _("waits for a third party")
    WAIT_ENDED = "wait_ended", _("waits no longer")
    PUBLISHED = "published", _("published as a verdict, which asks nothing")


class ThreadEvent(models.Model):
    """What was done with a thread, appended in the same transaction; for the desk."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["kind", "at"], name="thread_event_kind")]

    def __str__(self) -> str:
        return f"{self.thread} {self.kind}"


class Notify(models.TextChoices):
    FOLLOWS = "follows", _("hears of every new post")
    MUTED = "muted", _("hears of nothing")
    READS = "reads", _("only reads")


class Reader(models.Model):
    """How far one person has read one thread, and whether they want to hear of it."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="readers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reads")
    last_read = models.PositiveIntegerField(default=0, help_text="the number of the last post seen")
    notify = models.CharField(max_length=8, choices=Notify, default=Notify.READS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_reader_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.thread}"


class ForumName(models.Model):
    """The only name under which a person stands on the public forum."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="forum_name")
    name = models.CharField(max_length=20)
    key = models.CharField(max_length=40, unique=True, help_text="the name as it is compared")

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody has begun to write: at one place, once."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=32, help_text="a thread's reference, or `new`")
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)
    body = models.TextField(blank=True)
    visibility = models.CharField(
        max_length=16, blank=True, default="", help_text="whom it is for, where its writer has a choice"
    )
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="one_draft_a_place")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.place}"


class Report(models.Model):
    """Somebody thinks that our staff should look at a post."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reports")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=500)
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="one_report_a_person")]

    def __str__(self) -> str:
        return f"report of {self.post}"
