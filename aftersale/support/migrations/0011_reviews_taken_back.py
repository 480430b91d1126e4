"""A published review asks nothing, and one that was taken back knows it."""

from django.db import migrations, models

KINDS = [
    ("solved", "marked as solved"),
    ("reopened", "opened again"),
    ("closed", "closed"),
    ("assigned", "assigned"),
    ("hidden", "a post was hidden"),
    ("unhidden", "a post was shown again"),
    ("released", "a newcomer's post was let through"),
    ("dismissed", "reports were put aside"),
    ("held", "held for a look"),
    ("let_through", "let through"),
    ("merged", "another thread was put in here"),
    ("merged_away", "put into another thread"),
    ("split", "posts became a thread of their own"),
    ("split_off", "began with posts of another thread"),
    ("undone", "taken back"),
    ("sorted", "given another kind"),
    ("linked", "linked to an incident"),
    ("unlinked", "unlinked from an incident"),
    ("acted", "done from the thread"),
    ("file_removed", "a file was removed"),
    ("waited", "waits for a third party"),
    ("wait_ended", "waits no longer"),
    ("published", "published as a verdict, which asks nothing"),
]


def tell(apps, _schema_editor):
    reviews, events = apps.get_model("support", "PublishedReview"), apps.get_model("support", "ThreadEvent")
    posts, threads = apps.get_model("support", "Post"), apps.get_model("support", "Thread")
    for row in reviews.objects.select_related("copy"):
        events.objects.create(
            thread=row.copy, kind="published", at=row.published_at, actor_id=row.copy.opener_id
        )
        threads.objects.filter(pk=row.copy_id, state="answered").update(resolve_due_at=None)
        is_seen = posts.objects.filter(thread=row.copy, hidden_at=None).exclude(visibility="staff").exists()
        if row.copy.state == "closed" and not is_seen:
            reviews.objects.filter(pk=row.pk).update(withdrawn_at=row.copy.closed_at)


def untell(apps, _schema_editor):
    apps.get_model("support", "ThreadEvent").objects.filter(kind="published").delete()


class Migration(migrations.Migration):
    dependencies = [("support", "0010_clocks")]

    operations = [
        migrations.AddField(
            model_name="publishedreview",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True, help_text="taken back by its writer, for good", null=True
            ),
        ),
        migrations.AlterField(
            model_name="threadevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=16),
        ),
        migrations.RunPython(tell, untell),
    ]
