"""Rows of the mails that threads send: who wants none, and the link in each by which to say so."""

from django.db import models

from aftersale.accounts.models import User
from aftersale.support.thread_models import Thread


class MailPreference(models.Model):
    """What one person wants of mails about threads; who has no row hears of all that they follow."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mail_preference")
    wants_thread_mails = models.BooleanField(default=True)
    address_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="what came back before this counts no more"
    )

    def __str__(self) -> str:
        return f"mail preference of {self.person_id}"


class StopToken(models.Model):
    """The link in one person's mails about one thread that ends them, without signing in."""

    token = models.CharField(max_length=32, unique=True, help_text="128 random bits, lower case")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="stop_tokens")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stop_tokens")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_stop_token_a_person")]

    def __str__(self) -> str:
        return f"stop token of {self.person_id} in {self.thread}"
