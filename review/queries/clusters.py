"""Clusters of duplicates as people look through them: the largest first, their members the most alike first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from annotate.models import Dataset, Example, Project
from review.models import ClusterMember, DuplicateCluster, Measurement

BEFORE, AFTER = 5, 15
MEMBERS, FEWEST = 10, 2
COMPARED = (
    20_000  # characters of a keeper that a page compares in all: long texts take long, so fewer are on a page
)
# The value that tells whether a kind was looked for at all.
FIELDS = {"exact": "exact_copy", "near": "near_similarity", "semantic": "semantic_similarity"}


@dataclass(frozen=True, slots=True)
class Window:
    """A cluster among those before and after it, the largest first."""

    cluster: DuplicateCluster
    before: Sequence[DuplicateCluster]
    after: Sequence[DuplicateCluster]
    more: bool

    @property
    def previous(self) -> DuplicateCluster | None:
        return self.before[-1] if self.before else None

    @property
    def next(self) -> DuplicateCluster | None:
        return self.after[0] if self.after else None


@dataclass(frozen=True, slots=True)
class Members:
    """A page of a cluster's members without its keeper; `first` counts from 1 among `total`."""

    rows: Sequence[ClusterMember]
    first: int
    total: int
    number: int
    pages: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def cluster_counts(project: Project) -> dict[str, int]:
    """Return how many clusters of each kind the project has."""
    kinds = DuplicateCluster.objects.filter(project=project).values_list("kind")
    return dict.fromkeys(FIELDS, 0) | dict(kinds.annotate(count=Count("pk")))


def cluster_window(project: Project, kind: str, pk: int | None) -> Window | None:
    """Return one cluster, or the largest where it is no more, among its neighbours; None where there is none."""
    clusters = DuplicateCluster.objects.filter(project=project, kind=kind, size__gt=1)
    clusters = clusters.select_related("project", "keeper__dataset__project").order_by("-size", "pk")
    here = clusters.filter(pk=pk).first() if pk else None
    here = here or clusters.first()
    if here is None:
        return None
    larger = Q(size__gt=here.size) | Q(size=here.size, pk__lt=here.pk)
    smaller = Q(size__lt=here.size) | Q(size=here.size, pk__gt=here.pk)
    before = clusters.filter(larger, size__gte=here.size).reverse()[:BEFORE]
    after = list(clusters.filter(smaller, size__lte=here.size)[: AFTER + 1])
    return Window(here, list(before)[::-1], after[:AFTER], len(after) > AFTER)


def members_page(cluster: DuplicateCluster, number: int = 1) -> Members:
    """Return a page of a cluster's members, the most similar first; the last page where there is no such one."""
    members = ClusterMember.objects.filter(cluster=cluster).exclude(example=cluster.keeper_id)
    size = max(FEWEST, min(MEMBERS, COMPARED // max(1, len(cluster.keeper.conversation.text()))))
    total = members.count()
    pages = max(1, -(-total // size))
    number = min(number, pages)
    first = (number - 1) * size
    read = members.select_related(
        "example__dataset__project", "example__source_import", "example__measurement", "chosen_by"
    ).defer("example__raw")
    rows = list(read.order_by("-similarity", "example")[first : first + size])
    return Members(rows, first + 1, total, number, pages)


def keeper_member(cluster: DuplicateCluster) -> ClusterMember | None:
    """Return the membership of the cluster's keeper, with who chose it."""
    members = ClusterMember.objects.filter(cluster=cluster, example=cluster.keeper_id)
    read = members.select_related("example__source_import", "example__dataset__project", "chosen_by")
    return read.first()


def members_of(cluster: DuplicateCluster) -> QuerySet[Example]:
    """Return all examples of a cluster, its keeper too."""
    return Example.objects.filter(pk__in=ClusterMember.objects.filter(cluster=cluster).values("example"))


def kept_by_hand(cluster: DuplicateCluster) -> int:
    """Count the members, the keeper aside, whose present text a ruling keeps."""
    members = members_of(cluster).exclude(pk=cluster.keeper_id)
    return members.filter(measurement__ruling=1, measurement__revision=F("revision")).count()


def is_looked_for(project: Project, kind: str) -> bool:
    """Say whether duplicates of a kind were looked for among any of the project's examples."""
    datasets = Dataset.objects.filter(project=project).values("pk")
    found = Measurement.objects.filter(dataset__in=datasets, **{f"{FIELDS[kind]}__isnull": False})
    return found.exists()
