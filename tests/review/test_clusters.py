"""What a manager decides about a cluster holds at once, and can be taken back."""

from collections.abc import Sequence
from typing import Any

import pytest

from annotate.models import Dataset, Example
from jobs.models import Job
from review.models import ClusterMember, DuplicateCluster, Measurement, Ruling
from review.services import clusters
from review.services.cluster_rows import EXACT, NEAR, Group, clusters_store
from review.services.clusters import ClusterGone, NotAMember, cluster_keep_all, keeper_choose
from review.services.locks import Busy
from review.services.rulings import NothingToRule, ruling_undo
from tests.cast import Cast, conversation
from tests.review.scene import imported, in_threads, measure

pytestmark = pytest.mark.django_db


def cluster_of(dataset: Dataset, kind: str, count: int = 3) -> tuple[DuplicateCluster, list[Example]]:
    """Store a cluster of new examples of which the first is kept, as the search for duplicates does."""
    source = imported(dataset, count, text=conversation())
    examples = list(Example.objects.filter(source_import=source).order_by("pk"))
    values: Any = {"exact_copy": 1} if kind == EXACT else {"near_similarity": 0.8}
    measure(examples[:1])
    measure(examples[1:], **values)
    group = Group({example.pk: (1, 0.8) for example in examples})
    (written,) = clusters_store(project_id=dataset.project_id, kind=kind, groups=[group])
    assert written.keeper == examples[0].pk
    return DuplicateCluster.objects.get(pk=written.pk), examples


def values_of(examples: Sequence[Example], field: str) -> list[Any]:
    found = dict(Measurement.objects.values_list("example", field))
    return [found[example.pk] for example in examples]


def test_another_keeper_of_near_duplicates_counts_at_once(dataset: Dataset, cast: Cast) -> None:
    cluster, examples = cluster_of(dataset, NEAR)
    keeper_choose(cluster=cluster, example=examples[1], by=cast.manager)
    keeper_choose(cluster=cluster, example=examples[2], by=cast.manager)
    assert values_of(examples, "near_similarity") == [0.8, 0.8, 0.0]
    cluster.refresh_from_db()
    assert cluster.keeper == examples[2]
    member = ClusterMember.objects.get(chosen_at__isnull=False)
    assert (member.example, member.chosen_by) == (examples[2], cast.manager)
    assert not Job.objects.filter(kind="group").exists()


def test_another_keeper_of_exact_duplicates_is_compared_with_the_others(dataset: Dataset, cast: Cast) -> None:
    cluster, examples = cluster_of(dataset, EXACT)
    scorers = set(Measurement.objects.values_list("scorers", flat=True)[0])
    keeper_choose(cluster=cluster, example=examples[1], by=cast.manager)
    assert values_of(examples, "exact_copy") == [1, 0, 1]
    left = [len(scorers - set(found)) for found in values_of(examples, "scorers")]
    assert left == [1, 1, 0], "both are looked at again"
    assert Job.objects.active().filter(kind="group").count() == 1


def test_only_a_member_as_it_was_compared_can_be_the_keeper(dataset: Dataset, cast: Cast) -> None:
    cluster, examples = cluster_of(dataset, NEAR)
    _, others = cluster_of(dataset, NEAR, count=2)
    Example.objects.filter(pk=examples[1].pk).update(revision=2)
    Example.objects.filter(pk=examples[2].pk).update(state=Example.State.WITHDRAWN)
    for example in (others[0], examples[1], examples[2]):
        with pytest.raises(NotAMember):
            keeper_choose(cluster=cluster, example=example, by=cast.manager)
    assert values_of(examples, "near_similarity") == [0.0, 0.8, 0.8]


def test_a_cluster_that_is_no_more_is_refused(dataset: Dataset, cast: Cast) -> None:
    cluster, examples = cluster_of(dataset, NEAR)
    DuplicateCluster.objects.get(pk=cluster.pk).delete()
    with pytest.raises(ClusterGone):
        keeper_choose(cluster=cluster, example=examples[1], by=cast.manager)
    with pytest.raises(ClusterGone):
        cluster_keep_all(cluster=cluster, note="", by=cast.manager)


def test_all_are_kept_by_hand_until_that_is_undone(dataset: Dataset, cast: Cast) -> None:
    cluster, examples = cluster_of(dataset, NEAR)
    ruling = cluster_keep_all(cluster=cluster, note="All are good.", by=cast.manager)
    assert (ruling.verdict, ruling.note, ruling.count) == (Ruling.Verdict.KEEP, "All are good.", 3)
    assert values_of(examples, "ruling") == [1, 1, 1]
    with pytest.raises(NothingToRule):
        cluster_keep_all(cluster=cluster, note="", by=cast.manager)
    ruling_undo(ruling=ruling, by=cast.manager)
    assert values_of(examples, "ruling") == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_choice_waits_for_no_screening_longer_than_a_person_would(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import transaction

    cluster, examples = cluster_of(dataset, NEAR)
    monkeypatch.setattr(clusters, "PATIENCE", 0.0)

    def choose() -> None:
        with pytest.raises(Busy):
            keeper_choose(cluster=cluster, example=examples[1], by=cast.manager)

    with transaction.atomic():
        Measurement.objects.filter(example=examples[2]).update(ruling=0)
        in_threads([choose])
    assert values_of(examples, "near_similarity") == [0.0, 0.8, 0.8]
    assert not ClusterMember.objects.filter(chosen_at__isnull=False).exists()
