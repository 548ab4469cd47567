"""Measurements as they are stored: what some scorers found of some examples, merged into what others found."""

import json
from collections.abc import Collection, Mapping

from django.db import connection

from review.models import ScorerVersion
from review.queries.scorers import Options, scorer_ids
from review.scorers import (
    GROUPING,
    JUDGED,
    JUDGED_FIELDS,
    LEARNT,
    LEARNT_FIELDS,
    SCORERS,
    Identity,
    identities,
)
from review.scorers.base import Measured

SET_LEVEL = ("exact_copy", "prompt_twins", "near_similarity", "semantic_similarity")
FIELDS = {scorer.slug: scorer.fields for scorer in SCORERS} | {
    LEARNT[0]: LEARNT_FIELDS,
    JUDGED[0]: JUDGED_FIELDS,
}
ALL_FIELDS = tuple(field for fields in FIELDS.values() for field in fields)

# Whoever measured the newer text wins, in whatever order two workers come to write. Of the same text, each scorer
# renews what is its own; of a newer one, everything else becomes unknown.
WRITE = """
INSERT INTO review_measurement AS old (example_id, dataset_id, revision, ruling, scorers, details{columns})
SELECT example_id, %(dataset)s, revision, 0, %(scorers)s::int[], details{columns}
FROM jsonb_populate_recordset(NULL::review_measurement, %(rows)s::jsonb)
ON CONFLICT (example_id) DO UPDATE SET
    revision = excluded.revision,
    ruling = CASE WHEN excluded.revision > old.revision THEN 0 ELSE old.ruling END,
    scorers = CASE WHEN excluded.revision > old.revision THEN excluded.scorers ELSE ARRAY(
        SELECT id FROM unnest(old.scorers) id WHERE id <> ALL (%(replaced)s::int[])
    ) || excluded.scorers END,
    details = CASE WHEN excluded.revision > old.revision THEN excluded.details ELSE NULLIF(
        (COALESCE(old.details, '{{}}') - %(slugs)s::text[]) || COALESCE(excluded.details, '{{}}'), '{{}}'
    ) END{assignments}
WHERE excluded.revision >= old.revision
"""


def scorer_versions(options: Options) -> dict[str, int]:
    """Return the ids of the ScorerVersions that these options ask for, by slug; missing rows are made."""
    ids = scorer_ids(options)
    for slug, found in identities(options).items():
        ids[slug] = ids[slug] or scorer_version(found)
    return ids


def scorer_version(found: Identity) -> int:
    """Return the id of the ScorerVersion of a scorer as used; a missing row is made."""
    row, _ = ScorerVersion.objects.get_or_create(
        digest=found.digest,
        defaults={"slug": found.slug, "version": found.version, "options": dict(found.options)},
    )
    return row.pk


def measurements_write(
    *,
    dataset_id: int,
    found: Mapping[int, tuple[int, Measured]],
    by: Mapping[str, int],
    renewed: Collection[str] = (),
) -> None:
    """Store what the scorers `by` (slug to ScorerVersion id) found, by example id with the revision they read.

    Nothing is written over the measurement of a newer revision. The scorers named as `renewed` read what is stored
    here: their values stay, and are due anew.
    """
    fields = [field for slug in by for field in FIELDS[slug]]
    rows = [{"example_id": pk, "revision": revision, **values} for pk, (revision, values) in found.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(fields),
            {
                "dataset": dataset_id,
                "rows": json.dumps(rows),
                "scorers": sorted(by.values()),
                "replaced": _replaced({*by, *renewed}),
                "slugs": list(by),
            },
        )


def _statement(fields: list[str]) -> str:
    kept = [field for field in (*ALL_FIELDS, *SET_LEVEL) if field not in fields]
    newer = "CASE WHEN excluded.revision > old.revision THEN NULL ELSE old.{0} END"
    assignments = [f"{field} = excluded.{field}" for field in fields]
    assignments += [f"{field} = {newer.format(field)}" for field in kept]
    return WRITE.format(
        columns="".join(f", {field}" for field in fields),
        assignments="".join(f", {one}" for one in assignments),
    )


def _replaced(by: set[str]) -> list[int]:
    """Return the ids of what these scorers measured before; another exact hash has to be grouped anew."""
    slugs = {*by, GROUPING[0]} if "exact" in by else by
    return list(ScorerVersion.objects.filter(slug__in=slugs).values_list("pk", flat=True))
