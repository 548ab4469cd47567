"""Which languages a dataset's examples are in."""

from django.conf.locale import LANG_INFO
from django.db import connection

from annotate.models import Dataset
from review.queries.patterns import CURRENT

UNDETERMINED = "und"
# The languages that the classifier tells apart and Django has no name for.
NAMES = {
    "ace": "Acehnese", "am": "Amharic", "an": "Aragonese", "as": "Assamese", "ba": "Bashkir", "bcl": "Central Bikol",
    "crh": "Crimean Tatar", "dz": "Dzongkha", "ext": "Extremaduran", "ff": "Fulah", "fo": "Faroese",
    "gcf": "Antillean Creole", "gcr": "Guianese Creole", "gn": "Guarani", "gom": "Konkani", "grc": "Ancient Greek",
    "gu": "Gujarati", "guw": "Gun", "ha": "Hausa", "hbo": "Ancient Hebrew", "jv": "Javanese", "ki": "Kikuyu",
    "ku": "Kurdish", "la": "Latin", "lg": "Ganda", "lij": "Ligurian", "ln": "Lingala", "lo": "Lao", "mg": "Malagasy",
    "mt": "Maltese", "nso": "Northern Sotho", "oc": "Occitan", "om": "Oromo", "or": "Odia", "pcm": "Nigerian Pidgin",
    "ps": "Pashto", "qu": "Quechua", "rw": "Kinyarwanda", "sa": "Sanskrit", "se": "Northern Sami", "si": "Sinhala",
    "sn": "Shona", "so": "Somali", "st": "Southern Sotho", "tl": "Tagalog", "vec": "Venetian", "vo": "Volapük",
    "wa": "Walloon", "xh": "Xhosa", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu", "zxx": "No words of a language",
}  # fmt: skip
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
    if code == UNDETERMINED:
        return "No language told"
    return NAMES.get(code) or LANG_INFO.get(code, {}).get("name", code)
