"""People may move the keys they work with."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='keys',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='Keys this person has moved: action to key.'),
        ),
    ]
