"""The links of the mails that ask how a solution was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("support", "0011_reviews_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(help_text="128 random bits, lower case", max_length=32, unique=True),
                ),
                ("solved_at", models.DateTimeField(help_text="of which solution")),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_links",
                        to="support.thread",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["person", "made_at"], name="rating_link_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "solved_at"), name="one_rating_link_a_solution")
                ],
            },
        ),
    ]
