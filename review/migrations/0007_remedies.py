"""What a reviewer did about a bad example: fixed it, returned it to its author, removed it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("annotate", "0005_removed"), ("review", "0006_one_seat_each")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Remedy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("fix", "fixed"), ("return", "returned"), ("remove", "removed")],
                        max_length=6,
                    ),
                ),
                ("revision", models.IntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "asked",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="review.queueitem",
                    ),
                ),
                (
                    "example",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remedies",
                        to="annotate.example",
                    ),
                ),
                (
                    "label",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remedy",
                        to="review.label",
                    ),
                ),
                (
                    "returned",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="annotate.return",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
    ]
