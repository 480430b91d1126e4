"""Redirects stay, and which refund each is of, by triggers of the database."""

from typing import Any

from django.db import migrations

from aftersale.ledger import triggers
from aftersale.payments.guards import REDIRECTS


def install(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, REDIRECTS)


def remove(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, REDIRECTS)


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_redirects")]
    operations = [migrations.RunPython(install, remove)]
