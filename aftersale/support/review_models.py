"""What everybody may read of a private thread, because who asked agreed: a copy, never the thread itself."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User
from aftersale.support.thread_models import LONGEST_BODY, LONGEST_SUBJECT, Thread


class PublishedReview(models.Model):
    """The public `copy`: a verdict on an order, marked as bought here; or a question and its answer."""

    source = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="published")
    copy = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="bought_here")
    is_answer = models.BooleanField(default=False, help_text="no verdict, but a question with its answer")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="taken back by its writer, for good")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_published_review_is_a_copy", condition=~Q(source=F("copy")))
        ]

    def __str__(self) -> str:
        return f"{self.copy} of {self.source}"


class OfferState(models.TextChoices):
    OFFERED = "offered", _("waits for who asked")
    AGREED = "agreed", _("public")
    DECLINED = "declined", _("stays private")


class PublicAnswer(models.Model):
    """A question and its answer that our staff would let everybody read, as they would stand there.

    Nothing is public before who asked has read this version and agreed.
    """

    source = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="public_answer")
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    question = models.TextField(max_length=LONGEST_BODY)
    solution = models.TextField(max_length=LONGEST_BODY)
    version = models.PositiveIntegerField(
        default=1, help_text="of the three texts; another one is asked anew"
    )
    state = models.CharField(max_length=8, choices=OfferState, default=OfferState.OFFERED)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_decision_has_its_moment",
                condition=Q(state="offered", decided_at=None)
                | (~Q(state="offered") & Q(decided_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"public answer of {self.source}"
