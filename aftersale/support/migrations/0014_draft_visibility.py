"""A draft keeps whom it is for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0013_incident_intents")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="visibility",
            field=models.CharField(
                blank=True,
                default="",
                help_text="whom it is for, where its writer has a choice",
                max_length=16,
            ),
        ),
    ]
