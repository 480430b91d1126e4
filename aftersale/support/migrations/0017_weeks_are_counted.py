"""What reports count is found by its week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0016_returned_status")]

    operations = [
        migrations.AddIndex("threadevent", models.Index(fields=["kind", "at"], name="thread_event_kind")),
        migrations.AddIndex(
            "mailconversation", models.Index(fields=["received_at"], name="conversation_received")
        ),
    ]
