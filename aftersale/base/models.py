"""The outbox: what we owe people by mail, as rows written in the same transaction as what they tell."""

from typing import Any

from django.db import models


class NotificationState(models.TextChoices):
    WANTED = "wanted"
    SENT = "sent"
    UNNEEDED = "unneeded"
    UNDELIVERABLE = "undeliverable"
    FAILED = "failed"  # our own code could not write it


class Notification(models.Model):
    """One mail to one person. Rendered from templates/notifications/<kind>/ when it is sent."""

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200, unique=True, help_text="what it is about: told once")
    recipient = models.EmailField()
    language = models.CharField(max_length=10)
    words = models.JSONField(default=dict, help_text="what the template fills in; never a card number")
    state = models.CharField(max_length=16, choices=NotificationState, default=NotificationState.WANTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="not before; also the end of a worker's lease")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, help_text="random; the same at every attempt")
    bounce_token = models.CharField(
        max_length=32, unique=True, null=True, help_text="random: who names it knows that it did not arrive"
    )
    references: Any = models.JSONField(default=list, help_text="Message-IDs it follows, oldest first")
    is_automatic = models.BooleanField(default=False, help_text="nobody is to answer it, no machine either")
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="when it came back")
    bounce_status = models.CharField(
        max_length=16, blank=True, help_text="why, as mail servers say it: 5.1.1 is for good, 4.2.2 may pass"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="notification_due"),
            models.Index(fields=["recipient", "bounced_at"], name="notification_bounced"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"


class DemoMail(models.Model):
    """A mail as the demo's mail port received it, to be read on a page of its own."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers: Any = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
