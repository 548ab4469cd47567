"""Labels and decisions are history: the database itself refuses to change or delete one."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TRIGGER label_append_only BEFORE UPDATE OR DELETE ON review_label
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_change();
CREATE TRIGGER datasetdecision_append_only BEFORE UPDATE OR DELETE ON review_datasetdecision
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_change();
"""
BACKWARD = """
DROP TRIGGER label_append_only ON review_label;
DROP TRIGGER datasetdecision_append_only ON review_datasetdecision;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("review", "0001_initial"),
        ("annotate", "0002_append_only"),
    ]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
