"""Which judges gave the scores that a release rests on."""

from collections.abc import Iterator

from django.db import connection

from review.models import JudgeRubric, Release
from review.policies import Policy
from review.scorers import JUDGED, judge_identity
from review.stated import AppliedJudge

SLUG = JUDGED[0]
BY = """
SELECT scorer.options ->> 'rubric', scorer.options ->> 'model', count(*)
FROM review_releaseitem item
JOIN review_measurement measurement ON measurement.example_id = item.example_id AND measurement.judge IS NOT NULL
JOIN review_scorerversion scorer ON scorer.slug = %(slug)s AND scorer.id = ANY(measurement.scorers)
WHERE item.release_id = %(release)s
GROUP BY scorer.id ORDER BY count(*) DESC, scorer.id
"""


def judges_of(release: Release, policy: Policy) -> tuple[AppliedJudge, ...]:
    """State which models judged a frozen release's examples by which rubrics; nothing where no limit asks for that."""
    limit = policy.limit(SLUG)
    return tuple(_judges(release)) if limit and limit.bounds() else ()


def _judges(release: Release) -> Iterator[AppliedJudge]:
    rubrics = JudgeRubric.objects.filter(project=release.project).values_list("text", "number")
    numbers = {judge_identity(text, "").options["rubric"]: number for text, number in rubrics}
    with connection.cursor() as cursor:
        cursor.execute(BY, {"slug": SLUG, "release": release.pk})
        for digest, model, examples in cursor.fetchall():
            yield AppliedJudge(numbers.get(digest, 0), digest, model, examples)
