"""Why a mail of ours was lost, from the part of a report that says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0015_public_answers")]

    operations = [
        migrations.AddField(
            model_name="incomingmail",
            name="returned_status",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why our mail was lost, as its report says: 5.1.1; 2.0.0 where it was another's",
                max_length=16,
            ),
            preserve_default=False,
        ),
    ]
