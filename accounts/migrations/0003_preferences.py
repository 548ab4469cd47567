"""People may choose how a page is shown to them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='preferences',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='How pages are shown to this person: name to value.'),
        ),
    ]
