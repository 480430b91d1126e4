"""A customer's verdict on an order that they let everybody read: a copy, never the private thread itself."""

from django.db import models
from django.db.models import F, Q

from aftersale.support.thread_models import Thread


class PublishedReview(models.Model):
    """The public `copy` of what somebody wrote of an order: it was bought here, no more is told."""

    source = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="published")
    copy = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="bought_here")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="taken back by its writer, for good")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_published_review_is_a_copy", condition=~Q(source=F("copy")))
        ]

    def __str__(self) -> str:
        return f"{self.copy} of {self.source}"
