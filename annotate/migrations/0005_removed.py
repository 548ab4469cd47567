"""A reviewer can take an example out of its dataset, with a note to its author."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("annotate", "0004_returns")]
    operations: ClassVar = [
        migrations.AddField(
            "return",
            "removed",
            models.BooleanField(
                default=False, db_default=False, help_text="Taken out of its dataset instead."
            ),
        )
    ]
