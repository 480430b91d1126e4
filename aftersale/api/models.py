"""Answers kept by the idempotency key of their request: sent again, it brings the first answer."""

from django.db import models
from django.db.models import Q

from aftersale.accounts.models import User


class KeptAnswer(models.Model):
    """One wish of one user: claimed while it is answered, then its answer for ever.

    The answer is written in the transaction of what was done. A claim alone says that nothing was done; when
    whoever held it has gone, it runs out.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="kept_answers")
    key = models.CharField(max_length=255, help_text="the request's Idempotency-Key")
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of method, address and body")
    claim = models.CharField(max_length=64, help_text="who answers it, or has")
    claimed_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    media_type = models.CharField(max_length=64, blank=True)
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_user_s_key"),
            models.CheckConstraint(
                name="an_answer_has_a_status",
                condition=Q(status__isnull=True, answered_at__isnull=True)
                | Q(status__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status or 'no'} answer to {self.key}"
