"""An incident is opened once for each submit."""

from django.db import migrations, models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def number(apps, _schema_editor):
    apps.get_model("support", "Incident").objects.update(
        intent=Concat(Value("before:"), Cast(F("pk"), CharField(max_length=20)))
    )


class Migration(migrations.Migration):
    dependencies = [("support", "0012_rating_links")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="intent",
            field=models.CharField(default="", max_length=100),
            preserve_default=False,
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="incident",
            name="intent",
            field=models.CharField(
                help_text="one for each submit: a second is the same", max_length=100, unique=True
            ),
        ),
    ]
