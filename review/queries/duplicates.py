"""Which examples of a project say the same: its clusters, and what a text that is not stored yet would join."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from annotate.models import Dataset, Example, Project
from review.compared import compared_text
from review.models import ClusterMember, DuplicateCluster
from review.neardup.live import text_bands, text_similarities
from review.neardup.rule import SIMILARITY
from review.neardup.shingles import CHARACTERS, WORDS, Shingles
from review.scorers import GROUPING, identities

SHINGLES: Mapping[str, Shingles] = {"characters": CHARACTERS, "words": WORDS}
BUCKET = 200  # examples of one band that are looked at
CLOSEST = 100  # candidates that are compared

# Those that share the most bands are the likeliest: only they are compared.
SHARED = """
SELECT found.example_id, count(*) AS shared
FROM unnest(%(bands)s::bigint[]) AS asked (h)
CROSS JOIN LATERAL (
    SELECT band.example_id FROM review_band band WHERE band.h = asked.h ORDER BY band.example_id LIMIT %(bucket)s
) found
WHERE found.example_id <> %(leaving_out)s
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(closest)s
"""
_CLOSE = """
SELECT example.id, example.public_id, example.dataset_id, example.revision, example.state, example.turns
FROM ({shared}) near
JOIN annotate_example example ON example.id = near.example_id
JOIN review_measurement measurement
    ON measurement.example_id = example.id AND measurement.revision = example.revision
WHERE example.state = {submitted} AND measurement.exact_copy IS DISTINCT FROM 1
"""
CLOSE = _CLOSE.format(shared=SHARED, submitted=int(Example.State.SUBMITTED))


def shingles_of_project(options: Mapping[str, Mapping[str, object]]) -> Shingles:
    """Return what is compared under a project's options (`queries.scorers.options_of`)."""
    return SHINGLES[str(identities(options)[GROUPING[0]].options["shingles"])]


def salt_of(project: Project) -> str:
    """Return what keeps a project's bands apart from those of every other in the same table."""
    return str(project.pk)


def exact_matches(project: Project, exact_hash: UUID | str) -> QuerySet[Example]:
    """Return the project's examples that say exactly the same, oldest first."""
    same = Q(measurement__exact_hash=exact_hash, measurement__revision=F("revision"))
    datasets = Dataset.objects.filter(project=project).values("pk")
    return Example.objects.submitted().filter(same, dataset__in=datasets).order_by("pk")


def near_matches(
    project: Project,
    text: str,
    shingles: Shingles,
    similarity: float = SIMILARITY,
    leaving_out: Example | None = None,
) -> list[tuple[Example, float]]:
    """Return the project's examples that overlap with a text by `similarity` or more, the closest first.

    `text` is that of `compared_text`. Compared is what has been grouped, without exact copies; of a band that more
    than 200 share, the oldest 200. The examples come without what a page of them does not show.
    """
    bands = text_bands(text, shingles, salt_of(project))
    if not bands:
        return []
    asked = {
        "bands": bands,
        "bucket": BUCKET,
        "closest": CLOSEST,
        "leaving_out": leaving_out.pk if leaving_out else 0,
    }
    found = list(Example.objects.raw(CLOSE, asked))
    shares = text_similarities(text, [compared_text(example.turns) for example in found], shingles)
    close = [(one, share) for one, share in zip(found, shares, strict=True) if share >= similarity]
    return sorted(close, key=lambda pair: (-pair[1], pair[0].pk))


def clusters_of(project: Project, kind: str) -> QuerySet[DuplicateCluster]:
    """Return a project's clusters of one kind, the largest first."""
    clusters = DuplicateCluster.objects.filter(project=project, kind=kind)
    return clusters.select_related("keeper__dataset__project").order_by("-size", "pk")


def members_of(clusters: Sequence[DuplicateCluster]) -> QuerySet[ClusterMember]:
    """Return the members of clusters with `is_keeper`, and `stands` while the text is the one compared.

    Cluster after cluster, the keeper first, then the most similar.
    """
    compared = Q(example__revision=F("revision"), example__state=Example.State.SUBMITTED)
    members = ClusterMember.objects.filter(cluster__in=clusters).annotate(
        is_keeper=_is(Q(example=F("cluster__keeper"))), stands=_is(compared)
    )
    members = members.select_related("example__dataset__project", "example__source_import", "chosen_by")
    return members.order_by("cluster", "-is_keeper", "-similarity", "example")


def _is(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
