"""That a person was erased: when, and on whose wish; of them nothing is left to say more."""

from django.db import models

from aftersale.accounts.models import User


class Erasure(models.Model):
    """What is left of a person: their row without a name, and this."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField()
    wished_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the person themself, or our staff for them",
    )

    def __str__(self) -> str:
        return f"erasure of {self.person_id}"
