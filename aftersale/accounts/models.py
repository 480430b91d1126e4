"""Who there is: users in their roles, the suppliers some of them work for, and keys for machines."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.sign_in_models import KnownDevice, MailedProof, TryCount

__all__ = ["ApiKey", "KnownDevice", "MailedProof", "Role", "Supplier", "TryCount", "User"]


class Supplier(models.Model):
    """Who sends the goods of a part of an order, and takes them back."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, today; an order keeps its own")
    answer_days = models.PositiveSmallIntegerField(default=3)
    return_address = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    SUPPLIER = "supplier", _("supplier")
    AGENT = "agent", _("agent")
    FINANCE = "finance", _("finance")
    POLICY_OWNER = "policy_owner", _("policy owner")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, role=Role.AGENT, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. The e-mail is the name to sign in with, kept in lower case."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(max_length=16, choices=Role, default=Role.CUSTOMER)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    customer_code = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        blank=True,
        help_text="the marketplace's own name for a customer",
    )
    language = models.CharField(max_length=10, default="en")
    reads_mail = models.BooleanField(
        default=True, help_text="no, when the sign-in was generated at an import"
    )
    birthdate_hash = models.CharField(
        max_length=64, blank=True, help_text="keyed hash of the birthdate, to compare with; never the date"
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_supplier_s_person_has_a_supplier",
                condition=models.Q(role="supplier", supplier__isnull=False)
                | (~models.Q(role="supplier") & models.Q(supplier__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the marketplace."""
        return self.role in (Role.AGENT, Role.FINANCE, Role.POLICY_OWNER)


class ApiKey(models.Model):
    """A machine's way in: acts as `user`, limited by `scopes`. Only a hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.CharField(
        max_length=100,
        help_text="words of read, returns, refunds, cards, account, policy, threads; parted by spaces",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
