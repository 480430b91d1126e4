"""The worker looks for what was solved a while ago, round after round."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0017_weeks_are_counted")]

    operations = [
        migrations.AddIndex("thread", models.Index(fields=["state", "solved_at"], name="thread_solved")),
    ]
