"""A sample can be recomputed by anybody, and whatever was done to one in the database is found."""

import gzip
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from annotate.models import Dataset, Example
from review.models import ReviewRules, Sample, SampleItem
from review.queries.proofs import proof_of, samples_folder
from review.sampling import bound_of_share, draw, key, population_digest
from review.services.claims import claim_next
from review.services.decisions import decision_record
from review.services.labels import label_add, label_undo
from review.services.policies import policy_save
from review.services.samples import NothingToSample, sample_draw, sample_extend
from tests.cast import Cast, make_example
from tests.review.scene import imported, in_threads, measure

pytestmark = pytest.mark.django_db
SIZE, MORE, POPULATION = 5, 3, 20


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def small(dataset: Dataset, **rules: object) -> None:
    """Let samples be small, so that a test needs few examples."""
    ReviewRules.objects.update_or_create(
        project=dataset.project, defaults={"minimum": SIZE, "overlap": 0, **rules}
    )


@pytest.fixture
def sample(dataset: Dataset, cast: Cast) -> Sample:
    """A sample of five of twenty, extended to eight, with a few labels and a decision."""
    small(dataset)
    source = imported(dataset, POPULATION)
    measure(Example.objects.filter(source_import=source))
    sample = sample_draw(dataset=dataset, source_import=source, by=cast.manager)
    for verdict in ("good", "bad", "good"):
        item = claim_next(project=dataset.project, by=cast.reviewer)
        assert item
        label_add(item=item, by=cast.reviewer, revision=1, verdict=verdict, reasons=["unsafe"])
    label_undo(project=dataset.project, by=cast.reviewer)
    decision_record(dataset=dataset, verdict="held", by=cast.manager)
    sample_extend(sample=sample, more=MORE, by=cast.manager)
    sample.refresh_from_db()
    return sample


def test_rules_say_how_many_are_drawn(dataset: Dataset) -> None:
    small(dataset, rate=0.3)
    source = imported(dataset, POPULATION)
    measure(Example.objects.filter(source_import=source))
    assert sample_draw(dataset=dataset, source_import=source, by=None).items.count() == 6


def test_drawing_more_keeps_what_was_drawn_and_goes_on_by_the_keys(sample: Sample, cast: Cast) -> None:
    ids = list(Example.objects.values_list("public_id", flat=True))
    drawn = draw(ids, bytes(sample.seed), SIZE + MORE)
    items = SampleItem.objects.order_by("key").values_list("example__public_id", flat=True)
    assert list(items) == list(drawn.chosen)
    first, second = sample.stages.all()
    assert (first.number, first.size, bytes(first.bound)) == (
        1,
        SIZE,
        key(bytes(sample.seed), drawn.chosen[4]),
    )
    assert (second.number, second.size, bytes(second.bound)) == (2, SIZE + MORE, drawn.bound)
    assert bytes(sample.bound) == drawn.bound
    assert (sample.size, second.by) == (SIZE, cast.manager)
    assert first.population_digest == second.population_digest == population_digest(ids)
    assert SampleItem.objects.filter(seats__queue="sample").count() == SIZE + MORE
    assert proof_of(sample).problems == []


def test_the_list_of_a_draw_is_what_its_digest_says(sample: Sample) -> None:
    (path,) = samples_folder().iterdir()
    assert path.name == f"{sample.population_digest}.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert lines == sorted(map(str, Example.objects.values_list("public_id", flat=True)))


def test_drawing_more_is_from_what_is_kept_then(sample: Sample, cast: Cast) -> None:
    outside = Example.objects.exclude(sample_items__sample=sample).order_by("pk")
    gone = outside[0]
    measure([gone], tokens=1)
    measure(Example.objects.filter(pk=SampleItem.objects.earliest("key").example_id), tokens=1)
    stage = sample_extend(sample=sample, more=100, by=cast.manager)
    assert (stage.population, stage.size) == (POPULATION - 2, POPULATION - 2)
    assert sample.items.count() == POPULATION - 1  # the dropped item stays one, the other was never drawn
    assert not sample.items.filter(example=gone).exists()
    measure([gone])
    policy_save(project=sample.dataset.project, policy=_default(), by=cast.manager)
    sample.refresh_from_db()
    belongs = key(bytes(sample.seed), gone.public_id) <= bytes(sample.bound)
    assert sample.items.filter(example=gone).exists() is belongs
    assert proof_of(sample).problems == []
    if belongs:
        with pytest.raises(NothingToSample, match="All that is kept"):
            sample_extend(sample=sample, more=1, by=cast.manager)


def _default() -> Any:
    from review.policies import DEFAULT_POLICY

    return DEFAULT_POLICY


@pytest.mark.django_db(transaction=True)
def test_two_who_draw_more_at_once_do_so_one_after_the_other(dataset: Dataset, cast: Cast) -> None:
    small(dataset)
    source = imported(dataset, POPULATION)
    measure(Example.objects.filter(source_import=source))
    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    stages = in_threads([lambda: sample_extend(sample=sample, more=MORE, by=cast.manager)] * 2)
    assert sorted(stage.number for stage in stages) == [2, 3]
    sample.refresh_from_db()
    assert sample.items.count() == SIZE + 2 * MORE
    assert proof_of(sample).problems == []


def test_nothing_cannot_be_drawn(sample: Sample, cast: Cast) -> None:
    with pytest.raises(ValueError, match="0 more"):
        sample_extend(sample=sample, more=0, by=cast.manager)


def test_what_people_write_enters_at_a_rate_of_its_own(dataset: Dataset, cast: Cast) -> None:
    small(dataset, written_rate=0.5)
    for _ in range(POPULATION):
        make_example(dataset, author=cast.annotator)
    measure(Example.objects.all())
    sample = sample_draw(dataset=dataset, source_import=None, by=None)
    half = bytes([0x7F] + [0xFF] * 31)
    assert bytes(sample.bound) == half == bound_of_share(0.5)
    expected = {e.public_id for e in Example.objects.all() if key(bytes(sample.seed), e.public_id) <= half}
    assert set(sample.items.values_list("example__public_id", flat=True)) == expected
    assert (sample.size, sample.population) == (len(expected), POPULATION)
    assert proof_of(sample).problems == []


def test_where_nothing_written_is_to_be_sampled_no_sample_is_drawn(dataset: Dataset, cast: Cast) -> None:
    small(dataset, written_rate=0.0)
    measure([make_example(dataset, author=cast.annotator)])
    with pytest.raises(NothingToSample):
        sample_draw(dataset=dataset, source_import=None, by=None)


FRAUDS: list[tuple[str, list[str]]] = [
    # what is done to the database, and the beginnings of what is found
    (
        "DELETE FROM review_queueitem WHERE sample_item_id = {last}; DELETE FROM review_sampleitem WHERE id = {last}",
        ["Drawn and no item, so removed or swapped (1)", "Kept now and within the bound, and no item"],
    ),
    (
        "UPDATE review_sampleitem SET example_id = {outside} WHERE id = {last}",
        [
            "Drawn and no item, so removed or swapped (1)",
            "Items with another key than their id gives",
            "Items beyond the bound, so added or swapped (1)",
            "Kept now and within the bound, and no item",
            "Items with a seat that is not their own (1)",
        ],
    ),
    (
        """INSERT INTO review_sampleitem (sample_id, example_id, key)
        SELECT {sample}, example.id, sha256(seed || public_id::text::bytea)
        FROM annotate_example example, review_sample sample
        WHERE sample.id = {sample} AND example.id = {outside}""",
        ["Items beyond the bound, so added or swapped (1)", "Items without a seat in the queue (1)"],
    ),
    (
        "UPDATE review_sample SET seed = sha256('another')",
        [
            "The seed is not the one that the sample had when the dataset was held.",
            "Draw 1: ",
            "Items with another key than their id gives, so swapped or changed (8)",
        ],
    ),
    (
        "UPDATE review_sample SET bound = sha256('x') || ''::bytea, size = 6",
        ["The sample's size is not that of its first draw.", "The sample's bound is not that of its newest draw."],
    ),
    (
        "UPDATE review_samplestage SET bound = decode(repeat('ff', 32), 'hex') WHERE number = 2",
        ["The sample's bound is not that of its newest draw.", "Draw 2: 20 ids of its list lie within its bound; 8"],
    ),
    (
        "UPDATE review_samplestage SET bound = (SELECT bound FROM review_samplestage WHERE number = 1)",
        ["Draw 2: its bound is not above that of draw 1"],
    ),
    (
        "DELETE FROM review_samplestage WHERE number = 1",
        ["The draws on record should count from 1", "The sample's size"],
    ),
    ("UPDATE review_samplestage SET ids = '' WHERE number = 1", ["Draw 1: no list of ids was kept"]),
    (
        "UPDATE review_sampleitem SET outcome = 'good' WHERE outcome = 'bad'",
        ["Items whose outcome or revision is not what their labels say (1)"],
    ),
    (
        "UPDATE review_sampleitem SET outcome = NULL WHERE outcome = 'bad'",
        ["Items whose outcome or revision is not what their labels say (1)"],
    ),
    (
        "DELETE FROM review_label WHERE verdict = 'bad'",
        ["Items whose outcome or revision is not what their labels say (1)"],
    ),
    (
        "UPDATE review_sampleitem SET revision = 2 WHERE outcome = 'bad'",
        ["Items whose outcome or revision is not what their labels say (1)"],
    ),
]  # fmt: skip


def cheat(statement: str, sample: Sample) -> None:
    """Do what only somebody can who has the database to themselves."""
    outside = Example.objects.exclude(sample_items__sample=sample).earliest("pk")
    last = SampleItem.objects.filter(sample=sample, outcome=None).latest("key")
    names = {"last": last.pk, "outside": outside.pk, "sample": sample.pk}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(statement.format(**names))
        cursor.execute("SET LOCAL session_replication_role = origin")
    sample.refresh_from_db()


@pytest.mark.parametrize(("statement", "found"), FRAUDS, ids=[fraud[0][:60] for fraud in FRAUDS])
def test_a_fraud_in_the_database_is_found(sample: Sample, statement: str, found: list[str]) -> None:
    cheat(statement, sample)
    problems = proof_of(sample).problems
    missed = [words for words in found if not any(problem.startswith(words) for problem in problems)]
    assert missed == [], problems


def rewrite(change: Callable[[list[str]], list[str]]) -> None:
    (path,) = samples_folder().iterdir()
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in change(lines)).encode()))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda lines: lines[1:], "Draw 1: its list has 19 ids; 20 are stated."),
        (
            lambda lines: [*lines[1:], f"{'f' * 8}-ffff-ffff-ffff-{'f' * 12}"],
            "Draw 1: its list is not the one",
        ),
        (lambda lines: lines[::-1], "Draw 1: its list of ids is broken: the ids of a population come in"),
        (lambda lines: [*lines, "nonsense"], "Draw 1: its list of ids is broken: line 21 is no id."),
    ],
)
def test_a_changed_list_is_found(
    sample: Sample, change: Callable[[list[str]], list[str]], found: str
) -> None:
    rewrite(change)
    assert any(problem.startswith(found) for problem in proof_of(sample).problems)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-9])]
)
def test_a_list_that_is_gone_or_cut_short_is_found(sample: Sample, spoil: Callable[[Path], None]) -> None:
    (path,) = samples_folder().iterdir()
    spoil(path)
    assert "Draw 1: its list of ids is broken: it cannot be read" in proof_of(sample).problems[0]


def verify(*asked: str) -> Iterator[str]:
    out = StringIO()
    try:
        call_command("verify_sample", *asked, stdout=out)
    except CommandError as error:
        out.write(f"failed: {error}")
    yield from out.getvalue().splitlines()


def test_the_command_says_whether_all_fits(sample: Sample) -> None:
    dataset = ("--project", "kitchen", "--dataset", "Baking")
    assert list(verify(*dataset)) == [
        f"Sample {sample.pk} of file-1.jsonl in Baking: 5 of 20, then 8 of 20 drawn, 8 items.",
        "  All of it is what was drawn.",
    ]
    cheat("UPDATE review_sampleitem SET outcome = NULL WHERE outcome = 'bad'", sample)
    *_, problem, failed = verify(str(sample.pk))
    assert problem.startswith("  Items whose outcome or revision is not what their labels say (1): ")
    assert failed == "failed: Not all of it is what was drawn."
    told, failed = verify(str(sample.pk), "--json")
    (proof,) = json.loads(told)
    assert (proof["holds"], len(proof["problems"]), proof["seed"]) == (False, 1, bytes(sample.seed).hex())
    assert [(one["number"], one["size"]) for one in proof["draws"]] == [(1, 5), (2, 8)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["999"], "Name a sample by its number"),
        (["--dataset", "Baking"], "--dataset needs --project."),
        (["--project", "kitchen", "--dataset", "Baking"], "Nothing of “Baking” is drawn yet."),
    ],
)
def test_the_command_names_what_it_cannot_find(dataset: Dataset, asked: list[str], said: str) -> None:
    assert "".join(verify(*asked)).startswith(f"failed: {said}")
