"""Clusters of duplicates as the grouping leaves them, made without one."""

from collections.abc import Sequence

from annotate.models import Example
from review.models import ClusterMember, DuplicateCluster
from tests.review.scene import measure


def clustered(
    examples: Sequence[Example], *, kind: str = "near", similarities: Sequence[float] = ()
) -> DuplicateCluster:
    """Store a cluster of measured examples; the first is its keeper, the others fall by the limit."""
    keeper, *others = examples
    alike = list(similarities) or [0.9] * len(others)
    cluster = DuplicateCluster.objects.create(
        project=keeper.dataset.project, kind=kind, keeper=keeper, size=len(examples)
    )
    ClusterMember.objects.bulk_create(
        ClusterMember(
            cluster=cluster, kind=kind, example=example, revision=example.revision, similarity=similarity
        )
        for example, similarity in zip(examples, [max(alike, default=1.0), *alike], strict=True)
    )
    measure([keeper])
    for example, similarity in zip(others, alike, strict=True):
        value: dict[str, object] = (
            {"exact_copy": 1} if kind == "exact" else {f"{kind}_similarity": similarity}
        )
        measure([example], **value)
    return cluster
