"""A fingerprint is not kept for ever: the triggers of charges no longer hold it."""

from typing import Any

from django.db import migrations

from aftersale.ledger import triggers
from aftersale.ledger.triggers import Guard
from aftersale.payments.guards import CHARGES

BEFORE = (Guard("payments_fingerprint", ("DELETE",)),)


def let_go(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, BEFORE)
    triggers.install(schema_editor.connection, CHARGES)


def hold(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_redirect_triggers")]
    operations = [migrations.RunPython(let_go, hold)]
