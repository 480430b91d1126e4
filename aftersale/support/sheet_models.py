"""What was known when a thread was opened, kept as it stood, and what Aftersale itself answered to it."""

from typing import Any

from django.db import models

from aftersale.support.thread_models import Post, Thread


class FactSheet(models.Model):
    """The order, its payments, parcels and decisions at the opening of a thread: written once, never again.

    Nothing in it that a page would not show its opener: no token, no card but its brand and last four.
    """

    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="sheet")
    taken_at = models.DateTimeField()
    facts: Any = models.JSONField(help_text="order, return, charge, card: what the thread touches")
    answers: Any = models.JSONField(default=list, help_text="what Aftersale itself said to it at once")
    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="spoken", help_text="where it did"
    )

    def __str__(self) -> str:
        return f"facts of {self.thread}"
