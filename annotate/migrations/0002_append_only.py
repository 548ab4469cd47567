"""Revisions are history: the database itself refuses to change or delete one."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION annotate_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revision_append_only BEFORE UPDATE OR DELETE ON annotate_revision
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_change();
"""
BACKWARD = """
DROP TRIGGER revision_append_only ON annotate_revision;
DROP FUNCTION annotate_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("annotate", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
