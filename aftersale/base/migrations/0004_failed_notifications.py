"""Mails that our own code could not write end as failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0003_headers_and_bounces")]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="state",
            field=models.CharField(
                choices=[
                    ("wanted", "Wanted"),
                    ("sent", "Sent"),
                    ("unneeded", "Unneeded"),
                    ("undeliverable", "Undeliverable"),
                    ("failed", "Failed"),
                ],
                default="wanted",
                max_length=16,
            ),
        ),
    ]
