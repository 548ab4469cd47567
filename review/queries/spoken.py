"""Which languages a dataset's examples are in."""

from django.conf.locale import LANG_INFO
from django.db import connection

from annotate.models import Dataset
from review.queries.patterns import CURRENT

UNDETERMINED = "und"
COUNTED = """
SELECT language, count(*) FROM review_measurement measurement WHERE {current} AND language IS NOT NULL
GROUP BY language ORDER BY count(*) DESC, language
"""


def languages_of(dataset: Dataset) -> dict[str, int]:
    """Count a dataset's measured examples by language (ISO 639 code), the most first."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(current=CURRENT), [[dataset.pk]])
        return dict(cursor.fetchall())


def language_name(code: str) -> str:
    """Name a language in English: "French" for "fr"; the code itself where it has no name here."""
    return "No language told" if code == UNDETERMINED else LANG_INFO.get(code, {}).get("name", code)
