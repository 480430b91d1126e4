"""The rows of clocks and of what they measured: breaches, and how content people are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User
from aftersale.support.thread_models import Thread


class ClockName(models.TextChoices):
    FIRST = "first", _("first answer")
    NEXT = "next", _("next answer")
    RESOLVE = "resolve", _("solution")


class Breach(models.Model):
    """A clock ran out: once for each time that it ran."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="breaches")
    clock = models.CharField(max_length=8, choices=ClockName)
    due_at = models.DateTimeField(help_text="when it ran out: with the clock it names the time that it ran")
    noted_at = models.DateTimeField(help_text="in the desk's hours")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "clock", "due_at"], name="one_breach_a_cycle"),
            models.CheckConstraint(name="a_breach_is_past", condition=Q(noted_at__gte=F("due_at"))),
        ]
        indexes = [models.Index(fields=["due_at"], name="breach_due")]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.clock} {self.due_at}"


class Content(models.TextChoices):
    GOOD = "good", _("good")
    MIXED = "mixed", _("so-so")
    BAD = "bad", _("bad")


class Rating(models.Model):
    """What the opener says of one solution; never shown to anybody but our staff."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="ratings")
    solved_at = models.DateTimeField(help_text="of which solution")
    content = models.CharField(max_length=8, choices=Content)
    comment = models.CharField(max_length=1000, blank=True, help_text="without card numbers")
    rated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["thread", "solved_at"], name="one_rating_a_solution")]
        indexes = [models.Index(fields=["rated_at"], name="rating_rated")]

    def __str__(self) -> str:
        return f"rating of {self.thread_id}"


class RatingLink(models.Model):
    """The opener was asked by mail how a solution was; whoever holds the token may say so for them."""

    token = models.CharField(max_length=32, unique=True, help_text="128 random bits, lower case")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="rating_links")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rating_links")
    solved_at = models.DateTimeField(help_text="of which solution")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "solved_at"], name="one_rating_link_a_solution")
        ]
        indexes = [models.Index(fields=["person", "made_at"], name="rating_link_person")]

    def __str__(self) -> str:
        return f"rating link of {self.person_id} in {self.thread_id}"
