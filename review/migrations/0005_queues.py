"""Queues: an example has seats in the review queue; what a sample holds is apart from who looks at it."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import review.models.reviewing
from django.conf import settings
from django.db import migrations, models

SEATS = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO review_queueitem (
    id, project_id, queue, example_id, sample_item_id, rank, batch, key, claimed_by_id, claimed_until, decided_at
)
SELECT item.id, dataset.project_id, 'sample', item.example_id, item.id, 20, item.sample_id, item.key,
    item.claimed_by_id, item.claimed_until, item.decided_at
FROM review_sampleitem item
JOIN review_sample sample ON sample.id = item.sample_id
JOIN annotate_dataset dataset ON dataset.id = sample.dataset_id;
SELECT setval(pg_get_serial_sequence('review_queueitem', 'id'), max(id)) FROM review_queueitem HAVING max(id) > 0;
UPDATE review_sampleitem item SET outcome = label.verdict, revision = label.revision, outcome_at = item.decided_at
FROM (SELECT DISTINCT ON (item_id) item_id, verdict, revision FROM review_label ORDER BY item_id, id DESC) label
WHERE label.item_id = item.id AND label.verdict <> 'undone' AND item.decided_at IS NOT NULL;
INSERT INTO review_samplestage (
    sample_id, number, bound, size, population, population_digest, ids, policy_id, by_id, created_at
)
SELECT id, 1, bound, size, population, population_digest, '', policy_id, by_id, created_at FROM review_sample;
"""
APPEND_ONLY = """
CREATE TRIGGER samplestage_append_only BEFORE UPDATE OR DELETE ON review_samplestage
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_change();
CREATE TRIGGER readinesssign_append_only BEFORE UPDATE OR DELETE ON review_readinesssign
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_change();
"""
CHANGEABLE = """
DROP TRIGGER samplestage_append_only ON review_samplestage;
DROP TRIGGER readinesssign_append_only ON review_readinesssign;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0004_returns'),
        ('review', '0004_remote_scores'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GoldExample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.IntegerField()),
                ('verdict', models.CharField(choices=[('good', 'good'), ('bad', 'bad')], max_length=4)),
                ('reasons', models.JSONField(default=list)),
                ('note', models.TextField(blank=True, help_text='Why; shown to whoever was paused.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='QueueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.CharField(choices=[('sample', 'sample'), ('overlap', 'second opinion'), ('adjudication', 'adjudication'), ('mended', 'mended'), ('targeted', 'targeted'), ('gold', 'gold')], max_length=12)),
                ('rank', models.SmallIntegerField()),
                ('batch', models.BigIntegerField(db_default=0, default=0)),
                ('key', models.BinaryField(max_length=32)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('revision', models.IntegerField(help_text='The text to judge where it is fixed: what the other seat judged, a gold example.', null=True)),
                ('pick', models.JSONField(help_text='Why a targeted item was picked, as it was then.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReadinessSign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.CharField(max_length=40)),
                ('holds', models.BooleanField()),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReviewerPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('right', models.IntegerField(help_text='Of the last `asked` gold examples.')),
                ('asked', models.IntegerField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('resumed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rate', models.FloatField(default=0.05, help_text='Of an import.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('minimum', models.IntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)])),
                ('written_rate', models.FloatField(default=1.0, help_text='Of what people write.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('overlap', models.FloatField(default=0.2, help_text='Labelled twice.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('gold_rate', models.FloatField(default=0.05, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('gold_window', models.IntegerField(default=20, validators=[django.core.validators.MinValueValidator(5)])),
                ('gold_accuracy', models.FloatField(default=0.7, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('qualification', models.IntegerField(default=0, help_text='Gold examples before the first real one.', validators=[django.core.validators.MinValueValidator(0)])),
                ('findings_first', models.BooleanField(default=False)),
                ('fix_second_look', models.BooleanField(default=False)),
                ('tolerated', models.FloatField(default=0.05, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('confidence', models.FloatField(default=0.95, validators=[django.core.validators.MinValueValidator(0.5), django.core.validators.MaxValueValidator(0.999)])),
                ('alpha_wanted', models.FloatField(default=0.667, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('target', models.IntegerField(default=1000, validators=[django.core.validators.MinValueValidator(1)])),
                ('reasons', models.JSONField(default=review.models.reviewing.default_reasons)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='SampleStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('bound', models.BinaryField(max_length=32)),
                ('size', models.IntegerField()),
                ('population', models.BigIntegerField()),
                ('population_digest', models.CharField(max_length=64)),
                ('ids', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.RemoveIndex(
            model_name='sampleitem',
            name='sampleitem_open',
        ),
        migrations.RemoveIndex(
            model_name='sampleitem',
            name='sampleitem_held',
        ),
        migrations.AddField(
            model_name='label',
            name='queue',
            field=models.CharField(choices=[('sample', 'sample'), ('overlap', 'second opinion'), ('adjudication', 'adjudication'), ('mended', 'mended'), ('targeted', 'targeted'), ('gold', 'gold'), ('fix', 'fix')], default='sample', max_length=12),
        ),
        migrations.AddField(
            model_name='label',
            name='seconds',
            field=models.FloatField(help_text='Spent on the decision, idle time left out.', null=True),
        ),
        migrations.AddField(
            model_name='sampleitem',
            name='outcome',
            field=models.CharField(choices=[('good', 'good'), ('bad', 'bad'), ('disputed', 'disputed')], max_length=8, null=True),
        ),
        migrations.AddField(
            model_name='sampleitem',
            name='outcome_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='sampleitem',
            name='revision',
            field=models.IntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='label',
            name='reasons',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list),
        ),
        migrations.AddIndex(
            model_name='sampleitem',
            index=models.Index(condition=models.Q(('outcome__isnull', False)), fields=['sample', 'outcome_at'], include=('outcome', 'example', 'revision'), name='sampleitem_known'),
        ),
        migrations.AddIndex(
            model_name='sampleitem',
            index=models.Index(fields=['sample', 'key'], name='sampleitem_order'),
        ),
        migrations.AddField(
            model_name='goldexample',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='goldexample',
            name='example',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gold', to='annotate.example'),
        ),
        migrations.AddField(
            model_name='goldexample',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gold_examples', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='queueitem',
            name='claimed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queueitem',
            name='example',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='queue_items', to='annotate.example'),
        ),
        migrations.AddField(
            model_name='queueitem',
            name='for_user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queueitem',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='queueitem',
            name='sample_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='review.sampleitem'),
        ),
        migrations.AddField(
            model_name='samplestage',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='samplestage',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.policyversion'),
        ),
        migrations.AddField(
            model_name='samplestage',
            name='sample',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='review.sample'),
        ),
        migrations.RunSQL(SEATS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='label',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='review.queueitem'),
        ),
        migrations.AlterField(
            model_name='skip',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skips', to='review.queueitem'),
        ),
        migrations.AddField(
            model_name='readinesssign',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='readinesssign',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readiness_signs', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='reviewerpause',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewerpause',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='reviewerpause',
            name='resumed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewerpause',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewrules',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewrules',
            name='project',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review_rules', to='annotate.project'),
        ),
        migrations.RemoveField(
            model_name='sampleitem',
            name='claimed_by',
        ),
        migrations.RemoveField(
            model_name='sampleitem',
            name='claimed_until',
        ),
        migrations.RemoveField(
            model_name='sampleitem',
            name='decided_at',
        ),
        migrations.AddIndex(
            model_name='goldexample',
            index=models.Index(fields=['project', 'retired_at'], name='gold_in_use'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(condition=models.Q(('decided_at', None)), fields=['project', 'rank', 'batch', 'key', 'id'], name='queueitem_open'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(condition=models.Q(('claimed_by__isnull', False), ('decided_at', None)), fields=['claimed_by'], name='queueitem_held'),
        ),
        migrations.AddConstraint(
            model_name='queueitem',
            constraint=models.UniqueConstraint(condition=models.Q(('sample_item__isnull', False)), fields=('sample_item', 'queue'), name='queueitem_seat'),
        ),
        migrations.AddConstraint(
            model_name='reviewerpause',
            constraint=models.UniqueConstraint(condition=models.Q(('resumed_at', None)), fields=('project', 'user'), name='paused_once'),
        ),
        migrations.AddConstraint(
            model_name='samplestage',
            constraint=models.UniqueConstraint(fields=('sample', 'number'), name='samplestage_number'),
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
