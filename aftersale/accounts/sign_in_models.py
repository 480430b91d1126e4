"""What signing in leaves behind: devices that are known, codes that were mailed, and counted tries."""

from django.db import models
from django.db.models import Q


class KnownDevice(models.Model):
    """A browser that this person signed in with. The cookie is its own secret; only a keyed hash is kept."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="known_devices")
    device_hash = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device_hash"], name="a_device_is_known_once")]

    def __str__(self) -> str:
        return f"a device of {self.user}"


class MailedProof(models.Model):
    """A code that was mailed to prove who asks, for one purpose; a keyed hash of it."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="mailed_proofs")
    purpose = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose", "sent_at"], name="mailed_proofs_of_a_user")]

    def __str__(self) -> str:
        return f"a code for {self.user}: {self.purpose}"


class TryCount(models.Model):
    """How often something was tried since the first time within a stretch that ends."""

    name = models.CharField(max_length=128, unique=True)
    used = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(name="tries_are_not_negative", condition=Q(used__gte=0))]

    def __str__(self) -> str:
        return f"{self.used} tries"
