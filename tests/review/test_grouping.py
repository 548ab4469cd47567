"""Grouping finds what says the same, whichever way and in whatever portions it comes."""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from accounts.models import User
from annotate.models import Dataset, Example, Project
from annotate.records import Conversation, Turn
from annotate.services.examples import example_reopen, example_submit, example_withdraw
from jobs.models import Job
from jobs.services import job_cancel
from review.models import Band, ClusterMember, DuplicateCluster, Label, Measurement, Sample
from review.neardup.rule import Rule
from review.policies import DEFAULT_POLICY, Policy
from review.services import grouping_batch, grouping_due, grouping_exact, grouping_lookup, grouping_near
from review.services.clusters import keeper_choose
from review.services.grouping import grouping_start, groupings_catch_up
from review.services.policies import policy_save
from review.services.screening import screening_start
from tests.cast import Cast, conversation, make_example
from tests.review.grouped import SEVERAL, check, clusters, family, grouped, stored
from tests.review.scene import WORDS, done, screened, unlike

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Give what has groupings compare all texts in a batch, however few are new."""

    def choose(batch: bool) -> None:
        monkeypatch.setattr(grouping_near, "FEW", -1 if batch else 2_000)
        monkeypatch.setattr(grouping_batch, "SORTED", 100)

    return choose


@pytest.mark.parametrize("batch", [False, True], ids=["lookup", "batch"])
def test_everything_that_says_the_same_is_found(
    dataset: Dataset, at_once: Callable[[bool], None], batch: bool
) -> None:
    at_once(batch)
    stored(dataset, SEVERAL)
    job = grouped(dataset)
    check()
    assert len(clusters("near")) == 2 and len(clusters("exact")) == 1
    assert (job.result["grouped"], job.result["copies"], job.result["clusters"]) == (
        10,
        1,
        {"exact": 1, "near": 2},
    )
    assert job.result["near"]["way"] == ("batch" if batch else "lookup")
    assert Band.objects.count() == 25 * 9, "an exact copy has no bands"
    assert job.parts.get().done == job.total == 10


def test_what_was_grouped_is_not_grouped_again(dataset: Dataset) -> None:
    stored(dataset, SEVERAL)
    grouped(dataset)
    before = list(ClusterMember.objects.order_by("pk").values())
    assert done(grouping_start(project=dataset.project, by=None)).result["grouped"] == 0
    assert list(ClusterMember.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("seed", range(4))
def test_piece_by_piece_comes_to_the_same_as_all_at_once(
    dataset: Dataset, at_once: Callable[[bool], None], seed: int
) -> None:
    """Texts come in random portions, each grouped either way; a text that comes late may join two clusters."""
    random = Random(seed)
    texts = [
        text for number in range(5) for text in family(100 * seed + number, *random.choices(range(8), k=3))
    ]
    random.shuffle(texts)
    while texts:
        count = random.randint(1, 8)
        stored(dataset, texts[:count])
        del texts[:count]
        at_once(random.random() < 0.3)
        grouped(dataset)
        check()


def test_an_example_that_links_two_clusters_makes_them_one(dataset: Dataset) -> None:
    words = [f"{word}{number}" for number, word in enumerate(WORDS[:24])]
    first, last = words[:16], words[8:]
    stored(dataset, [conversation("", " ".join(part)) for part in (first, first[:-1], last, last[1:])])
    grouped(dataset)
    assert {len(group) for group in clusters("near")} == {2}
    older = min(DuplicateCluster.objects.values_list("pk", flat=True))
    # Three quarters of either are in between.
    stored(dataset, [conversation("", " ".join(words[2:18])), conversation("", " ".join(words[4:20])),
                     conversation("", " ".join(words[6:22]))])  # fmt: skip
    grouped(dataset)
    check()
    assert [len(group) for group in clusters("near")] == [7]
    assert DuplicateCluster.objects.get().pk == older


def edit(example: Example, by: User, text: Conversation) -> None:
    example.refresh_from_db()
    example_submit(example=example, conversation=text, based_on=example.revision, by=by)


def test_an_edited_example_leaves_its_clusters_and_splits_what_it_held_together(
    dataset: Dataset, cast: Cast
) -> None:
    words = [f"{word}{number}" for number, word in enumerate(WORDS[:26])]
    chain = stored(dataset, [conversation("", " ".join(words[at : at + 20])) for at in (0, 3, 6)])
    twins = stored(dataset, family(5)[:1] * 2)
    grouped(dataset)
    check()
    assert clusters("near") == {frozenset(row.pk for row in chain)}
    edit(chain[1], cast.manager, unlike(7))
    edit(twins[0], cast.manager, unlike(8))
    grouped(dataset)
    check()
    assert not DuplicateCluster.objects.exists()


def test_a_copy_takes_the_place_of_a_keeper_that_is_withdrawn_and_gives_it_back(
    dataset: Dataset, cast: Cast
) -> None:
    first, copy, other = stored(dataset, [*family(1), *family(1), family(1, 2)[1]])
    grouped(dataset)
    assert clusters("near") == {frozenset({first.pk, other.pk})}
    assert groupings_catch_up() == []
    example_withdraw(example=first, by=cast.manager)
    (job,) = groupings_catch_up()
    assert groupings_catch_up() == []
    done(job)
    check()
    assert clusters("near") == {frozenset({copy.pk, other.pk})} and not clusters("exact")
    assert groupings_catch_up() == []
    example_reopen(example=first, by=cast.manager)
    done(grouping_start(project=dataset.project, by=None))
    check()
    assert clusters("exact") == {frozenset({first.pk, copy.pk})}


def test_other_instructions_have_no_twins_any_more(dataset: Dataset, cast: Cast) -> None:
    one, _ = stored(dataset, [conversation("Why?", "Heat."), conversation("Why?", "Yeast.")])
    grouped(dataset)
    assert set(Measurement.objects.values_list("prompt_twins", flat=True)) == {1}
    edit(one, cast.manager, conversation("How?", "Heat."))
    grouped(dataset)
    check()


def test_projects_do_not_meet(dataset: Dataset, cast: Cast) -> None:
    elsewhere = Dataset.objects.create(project=Project.objects.get(slug="elsewhere"), name="B", slug="b")
    for each in (dataset, elsewhere):
        stored(each, [family(1)[0]])
        grouped(each)
    assert not DuplicateCluster.objects.exists()
    assert set(Measurement.objects.values_list("exact_copy", "near_similarity")) == {(0, 0.0)}


def test_a_system_prompt_makes_nothing_alike(dataset: Dataset) -> None:
    prompt = Turn("system", "Answer as a baker with much patience would. " * 20)
    stored(dataset, [Conversation((prompt, *unlike(number).turns)) for number in range(2)])
    grouped(dataset)
    assert not DuplicateCluster.objects.exists()


def test_a_keeper_chosen_by_hand_stays_while_its_text_does(dataset: Dataset, cast: Cast) -> None:
    texts = family(1, 1, 1, 1)
    examples = stored(dataset, texts[:3])
    grouped(dataset)
    cluster = DuplicateCluster.objects.get()
    chosen = next(row for row in reversed(examples) if row != cluster.keeper)
    keeper_choose(cluster=cluster, example=chosen, by=cast.manager)
    longest = make_example(dataset, text=conversation(*(f"{turn.content}!!!" for turn in texts[3].turns)))
    grouped(dataset)
    cluster.refresh_from_db()
    assert (cluster.keeper, cluster.size) == (chosen, 4)
    make_example(dataset, text=family(1, 1, 1, 1, 1)[4])
    grouped(dataset)
    cluster.refresh_from_db()
    assert (cluster.keeper, cluster.size) == (chosen, 5)
    assert Measurement.objects.get(example=chosen).near_similarity == 0
    edit(chosen, cast.manager, family(1, 2)[1])
    grouped(dataset)
    cluster = DuplicateCluster.objects.get()
    assert (cluster.keeper, cluster.size) == (longest, 5)
    assert not ClusterMember.objects.filter(chosen_at__isnull=False).exists()


def test_a_copy_that_is_labelled_good_is_kept_once_another_comes(dataset: Dataset, cast: Cast) -> None:
    _, copy, other = stored(dataset, [*family(1), *family(1), family(1, 2)[1]])
    grouped(dataset)
    Label.objects.create(example=copy, revision=1, verdict="good", by=cast.reviewer)
    stored(dataset, family(1))
    grouped(dataset)
    check()
    assert clusters("near") == {frozenset({copy.pk, other.pk})}


def test_a_kept_copy_chosen_by_hand_is_compared_in_the_place_of_the_other(
    dataset: Dataset, cast: Cast
) -> None:
    first, copy, other = stored(dataset, [*family(1), *family(1), family(1, 2)[1]])
    grouped(dataset)
    keeper_choose(cluster=DuplicateCluster.objects.get(kind="exact"), example=copy, by=cast.manager)
    done(Job.objects.active().get(kind="group"))
    assert clusters("near") == {frozenset({copy.pk, other.pk})}
    copies = dict(Measurement.objects.values_list("example", "exact_copy"))
    assert copies == {first.pk: 1, copy.pk: 0, other.pk: 0}
    assert Measurement.objects.get(example=first).near_similarity == 0


def test_other_shingles_compare_everything_anew(dataset: Dataset, cast: Cast) -> None:
    stored(dataset, family(1, 4))
    grouped(dataset)
    assert len(clusters("near")) == 1
    scorers = len(Measurement.objects.first().scorers)  # type: ignore[union-attr]
    for shingles, found in (("words", 0), ("characters", 1)):
        policy = Policy(DEFAULT_POLICY.limits, {"near": {"shingles": shingles}})
        policy_save(project=dataset.project, policy=policy, by=cast.manager)
        assert done(grouping_start(project=dataset.project, by=None)).result["grouped"] == 2
        assert len(clusters("near")) == found
    assert len(Measurement.objects.first().scorers) == scorers  # type: ignore[union-attr]


def test_a_crowded_band_is_cut_and_told(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping_due, "Rule", partial(Rule, cap=3))
    stored(dataset, family(1, *[1] * 7))
    job = grouped(dataset)
    assert clusters("near") == {frozenset(Example.objects.values_list("pk", flat=True))}
    assert job.result["cut"]["records"] > 0


def test_small_portions_come_to_the_same(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((grouping_exact, "MEMBERS"), (grouping_near, "MEMBERS"), (grouping_lookup, "CHUNK"),
                         (grouping_due, "MARKED"), (grouping_exact, "TWINS")):  # fmt: skip
        monkeypatch.setattr(module, name, 2)
    stored(dataset, [*SEVERAL, *family(2)])
    grouped(dataset)
    check()


def test_samples_are_drawn_when_all_of_a_dataset_is_compared(dataset: Dataset) -> None:
    other = Dataset.objects.create(project=dataset.project, name="Other", slug="other")
    stored(dataset, [unlike(1)])
    stored(other, [unlike(2)])
    done(screening_start(dataset=dataset, by=None))
    waiting = screening_start(dataset=other, by=None)
    done(Job.objects.active().get(kind="group"))
    assert list(Sample.objects.values_list("dataset", flat=True)) == [dataset.pk]
    done(waiting)
    done(Job.objects.active().get(kind="group"))
    assert set(Sample.objects.values_list("dataset", flat=True)) == {dataset.pk, other.pk}


def test_a_second_start_returns_the_grouping_under_way(dataset: Dataset, cast: Cast) -> None:
    first = grouping_start(project=dataset.project, by=None)
    assert grouping_start(project=dataset.project, by=None) == first
    job_cancel(job=first, by=cast.manager)
    assert grouping_start(project=dataset.project, by=None) != first


def test_screened_groups(dataset: Dataset) -> None:
    stored(dataset, SEVERAL)
    screened(dataset)
    check()
