"""The index of words, in each database's own way; what is there already is put in."""

from django.db import migrations

from aftersale.support import search


def forwards(apps, schema_editor):
    search.create(schema_editor.connection)
    for post in apps.get_model("support", "Post").objects.select_related("thread").iterator():
        search.index_post(post)


def backwards(apps, schema_editor):
    search.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("support", "0001_threads")]

    operations = [migrations.RunPython(forwards, backwards)]
