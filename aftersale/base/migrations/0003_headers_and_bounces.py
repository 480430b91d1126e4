from typing import Any

from django.conf import settings
from django.db import migrations, models

from aftersale.base.ports import RandomIds


def name_waiting_mails(apps: Any, schema_editor: Any) -> None:
    """Give what still waits to be sent its Message-ID, and an address that hears when it comes back."""
    ids, domain = RandomIds(), settings.MARKETPLACE_MAIL.rpartition("@")[2]
    waiting = apps.get_model("base", "Notification").objects.filter(state="wanted")
    for mail in waiting.iterator():
        mail.message_id = f"<{ids.key()}@{domain}>"
        mail.bounce_token = ids.key()[1:]
        mail.save(update_fields=["message_id", "bounce_token"])


class Migration(migrations.Migration):
    dependencies = [("base", "0002_cache_table")]
    operations = [
        migrations.AddField(model_name="demomail", name="headers", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="notification",
            name="bounce_status",
            field=models.CharField(
                blank=True,
                help_text="why, as mail servers say it: 5.1.1 is for good, 4.2.2 may pass",
                max_length=16,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notification",
            name="bounce_token",
            field=models.CharField(
                help_text="random: who names it knows that it did not arrive",
                max_length=32,
                null=True,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="bounced_at",
            field=models.DateTimeField(blank=True, help_text="when it came back", null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="is_automatic",
            field=models.BooleanField(default=False, help_text="nobody is to answer it, no machine either"),
        ),
        migrations.AddField(
            model_name="notification",
            name="message_id",
            field=models.CharField(default="", help_text="random; the same at every attempt", max_length=255),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notification",
            name="references",
            field=models.JSONField(default=list, help_text="Message-IDs it follows, oldest first"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="state",
            field=models.CharField(
                choices=[
                    ("wanted", "Wanted"),
                    ("sent", "Sent"),
                    ("unneeded", "Unneeded"),
                    ("undeliverable", "Undeliverable"),
                ],
                default="wanted",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["recipient", "bounced_at"], name="notification_bounced"),
        ),
        migrations.RunPython(name_waiting_mails, migrations.RunPython.noop),
    ]
