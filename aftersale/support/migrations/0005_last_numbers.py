"""Each thread learns the last number that it gave to a post."""

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count(apps, _schema_editor):
    thread, post = apps.get_model("support", "Thread"), apps.get_model("support", "Post")
    last = post.objects.filter(thread=OuterRef("pk")).order_by().values("thread")
    last = last.annotate(last=Max("number")).values("last")
    thread.objects.update(last_number=Coalesce(Subquery(last), 0))


class Migration(migrations.Migration):
    dependencies = [("support", "0004_desk_tools")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
