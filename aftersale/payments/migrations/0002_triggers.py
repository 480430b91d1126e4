"""Money rows stay, and their facts with them, by triggers of the database."""

from typing import Any

from django.db import migrations

from aftersale.ledger import triggers
from aftersale.payments.guards import PAYMENTS


def install(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, PAYMENTS)


def remove(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, PAYMENTS)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
