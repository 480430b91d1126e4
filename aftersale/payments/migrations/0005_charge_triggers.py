"""Charges stay, and their facts with them, by triggers of the database."""

from typing import Any

from django.db import migrations

from aftersale.ledger import triggers
from aftersale.payments.guards import CHARGES


def install(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, CHARGES)


def remove(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, CHARGES)


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_charges")]
    operations = [migrations.RunPython(install, remove)]
