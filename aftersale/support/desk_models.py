"""The rows of the desk's tools: threads put together and taken apart, macros, incidents, who is here."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User
from aftersale.support.thread_models import LONGEST_SUBJECT, Kind, Post, Thread


class MoveKind(models.TextChoices):
    MERGE = "merge", _("put together")
    SPLIT = "split", _("taken apart")


class Move(models.Model):
    """Posts went from one thread into another of the same opener; with what undoing it needs."""

    reference = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8, choices=MoveKind)
    source = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="moves_in")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kept: Any = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text="both threads before and after, and who followed"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="posts_move_to_another_thread", condition=~Q(source=models.F("target"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class MovedPost(models.Model):
    """What number a post had where it was written, and what number it got."""

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="posts")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="moves")
    from_number = models.PositiveIntegerField()
    to_number = models.PositiveIntegerField()

    class Meta:
        ordering = ["move", "to_number"]
        constraints = [
            models.UniqueConstraint(fields=["move", "post"], name="a_post_moves_once_a_move"),
            models.UniqueConstraint(fields=["move", "from_number"], name="one_moved_post_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.from_number}"


class Presence(models.Model):
    """When somebody of our staff last looked at a thread; what is a minute old counts for nothing."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presences")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_presence_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.thread}"


class Macro(models.Model):
    """A prepared answer. What it says and does stands in its versions; the newest counts."""

    reference = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80, unique=True)
    is_active = models.BooleanField(default=True)
    used = models.PositiveIntegerField(default=0, help_text="answers that were sent with it")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MacroVersion(models.Model):
    """What a macro said from a day on; written once."""

    macro = models.ForeignKey(Macro, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    texts: Any = models.JSONField(help_text="language -> Markdown with variables in braces")
    actions: Any = models.JSONField(default=list, help_text="names of what is done after the answer")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["macro", "number"]
        constraints = [models.UniqueConstraint(fields=["macro", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.macro} {self.number}"


class Incident(models.Model):
    """Something that many threads are about: answered once, for all of them."""

    reference = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=LONGEST_SUBJECT)
    text = models.TextField(blank=True, help_text="what our staff knows of it")
    kind = models.CharField(
        max_length=16, choices=Kind, blank=True, help_text="suggested to new threads of this kind"
    )
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second is the same"
    )
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.reference


class IncidentLink(models.Model):
    """A thread that is about an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="incident_links")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "thread"], name="one_link_a_thread")]

    def __str__(self) -> str:
        return f"{self.incident} {self.thread}"


class IncidentAnswer(models.Model):
    """One answer for all threads of an incident; the worker posts it into each."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(help_text="Markdown, without card numbers")
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second is the same"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"answer of {self.incident}"


class IncidentTask(models.Model):
    """What is to be done in one thread of an incident: post its answer, or solve it where there is none."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    answer = models.ForeignKey(
        IncidentAnswer, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, help_text="why nothing was done there")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "thread"], name="one_answer_a_thread"),
            models.UniqueConstraint(
                fields=["incident", "thread"], condition=Q(answer=None), name="one_solving_a_thread"
            ),
        ]
        indexes = [models.Index(fields=["done_at", "id"], name="incident_task_due")]

    def __str__(self) -> str:
        return f"{self.incident} in {self.thread}"
