"""Rows about money are never deleted: the database refuses, whoever asks."""

from django.apps import apps
from django.db.models import PROTECT, ForeignKey

from tests.house.files import must_be_none

MONEY = {"orders", "payments", "ledger"}


def test_every_key_to_a_row_about_money_protects_it():
    found = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.remote_field.model._meta.app_label in MONEY
        if field.remote_field.on_delete is not PROTECT
    ]
    must_be_none(found, "write on_delete=models.PROTECT:")
