"""Entries are append-only and accounts stay, by triggers of the database."""

from typing import Any

from django.db import migrations

from aftersale.ledger import triggers


def install(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, triggers.LEDGER)


def remove(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, triggers.LEDGER)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
