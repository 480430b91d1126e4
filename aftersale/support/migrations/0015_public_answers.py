"""Questions and their answers that our staff would let everybody read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("support", "0014_draft_visibility"),
    ]

    operations = [
        migrations.AddField(
            model_name="publishedreview",
            name="is_answer",
            field=models.BooleanField(default=False, help_text="no verdict, but a question with its answer"),
        ),
        migrations.CreateModel(
            name="PublicAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("question", models.TextField(max_length=20000)),
                ("solution", models.TextField(max_length=20000)),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="of the three texts; another one is asked anew"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "waits for who asked"),
                            ("agreed", "public"),
                            ("declined", "stays private"),
                        ],
                        default="offered",
                        max_length=8,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_answer",
                        to="support.thread",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state="offered", decided_at=None)
                        | (~models.Q(state="offered") & models.Q(decided_at__isnull=False)),
                        name="a_decision_has_its_moment",
                    )
                ],
            },
        ),
    ]
