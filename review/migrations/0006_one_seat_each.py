"""One seat each: nobody has both seats at one example; who qualified is stored; a settled dispute is marked."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("review", "0005_queues"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("right", models.IntegerField()),
                ("asked", models.IntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="annotate.project"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("project", "user"), name="qualified_once")],
            },
        ),
        migrations.AddField(
            model_name="queueitem",
            name="barred",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
        ),
        migrations.AddField(
            model_name="sampleitem",
            name="settled",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(condition=models.Q(queue="gold"), fields=["by", "-id"], name="label_gold"),
        ),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(queue__in=["sample", "overlap"], claimed_by__isnull=False),
                fields=("sample_item", "claimed_by"),
                name="queueitem_seat_each",
            ),
        ),
    ]
