"""Labels of a day are found without a look at all of them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0005_removed'),
        ('review', '0008_tallies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='label',
            index=models.Index(fields=['at'], name='label_by_time'),
        ),
    ]
