"""What providers told us by events, once each, and how far their own lists of refunds were read."""

from django.db import models

from aftersale.payments.providers.events import Topic

__all__ = ["ProviderEvent", "ProviderList"]


class ProviderEvent(models.Model):
    """A hint that a provider sent: names alone. It is followed by asking the provider, then it is done."""

    provider = models.CharField(max_length=32)
    event = models.CharField(max_length=128, help_text="the provider's name for the event")
    topic = models.CharField(max_length=12, choices=Topic)
    about = models.CharField(max_length=128, help_text="the provider's name for what it is about")
    ours = models.CharField(max_length=128, blank=True, help_text="our own name for it")
    received_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0, help_text="how often a worker took it")
    due_at = models.DateTimeField(null=True, help_text="not before; also the end of a worker's lease")
    last_error = models.CharField(max_length=200, blank=True)
    followed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="an_event_is_stored_once"),
            models.CheckConstraint(
                name="an_event_is_due_or_followed",
                condition=models.Q(due_at__isnull=False, followed_at__isnull=True)
                | models.Q(due_at__isnull=True, followed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="event_due")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event}"


class ProviderList(models.Model):
    """How far a provider's list of refunds was read, and when it is read again."""

    provider = models.CharField(max_length=32, unique=True)
    read_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.provider
