"""The first step of a release: which revision of which example it holds, and what is stated of them, in one look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from annotate.models import Dataset, Example
from jobs.kinds import Run
from review.manifests import (
    AppliedPolicy,
    Counts,
    Decision,
    Manifest,
    Provenance,
)
from review.models import DatasetDecision, Release, SampleStage
from review.policies import Policy
from review.proofs import DrawProof, SampleProof
from review.queries.classifiers import applied_classifier
from review.queries.disclosure import seed_is_open
from review.queries.judged import judges_of
from review.queries.overlaps import contamination_of
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, standings, with_standing
from review.queries.reports import SampleReport, dataset_report
from review.queries.selected import (
    EDITED,
    UNSELECTED,
    applied_selection,
    as_selected,
    missing_of,
    score_by,
    scorer_now,
)
from review.queries.spoken import UNDETERMINED
from review.sampling import RULE
from review.services.moments import one_moment
from review.stated import AppliedSelection, Order
from review.version import winnow_version

FREEZE = "INSERT INTO review_releaseitem (release_id, position, example_id, revision)"
# What a proof takes from the estimate as it is.
FOUND = ("reviewed", "bad", "share", "low", "high", "exact_low", "exact_high", "upper", "confidence")
NOTHING_WRITTEN: dict[str, Any] = {
    "position": 0,
    "offset": 0,
    "examples": 0,
    "lossy": {},
    "left_out": {},
}


def release_freeze(run: Run, release: Release) -> None:
    """Choose the examples of a release and state what is known of them, all from one moment of the database."""
    with one_moment():
        datasets = list(release.datasets.order_by("pk"))
        version, policy = policy_of(release.project)
        total = _items_freeze(release, datasets, policy)
        facts = _facts(release, datasets, policy, version.version if version else 1)
        selection = _selection(release, datasets, policy)
        counts = replace(_counts(datasets, policy, total, selection), by_language=_languages(release))
        order = _order(release, policy)
        release.manifest = replace(facts, counts=counts, selection=selection, order=order).as_dict()
        release.save(update_fields=["manifest"])
        run.save(checkpoint=NOTHING_WRITTEN, done=0, total=total)


def _items_freeze(release: Release, datasets: Sequence[Dataset], policy: Policy) -> int:
    chosen = with_standing(datasets, policy).filter(standing=RELEASED)
    if release.selection:
        chosen = chosen.filter(as_selected(release.selection))
    score = score_by(scorer_now(release.project, policy))
    order = (score.desc(nulls_last=True), F("pk")) if release.best_first else (F("dataset_id"), F("pk"))
    chosen = chosen.annotate(to=Value(release.pk), position=Window(RowNumber(), order_by=order))
    rows = chosen.order_by("position").values_list("to", "position", "pk", "revision")
    select, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{FREEZE} {select}", params)
        return int(cursor.rowcount)


def _selection(release: Release, datasets: Sequence[Dataset], policy: Policy) -> AppliedSelection | None:
    if release.selection is None:
        return None
    return applied_selection(release.selection, missing_of(release.selection, datasets, policy))


def _languages(release: Release) -> dict[str, int]:
    # Counted here, as a measurement of the frozen text may have made way for a newer one when the file is done.
    code = Coalesce("example__measurement__language", Value(UNDETERMINED))
    return dict(release.items.annotate(code=code).values_list("code").annotate(Count("pk")))


def _order(release: Release, policy: Policy) -> Order:
    if not release.best_first:
        return Order()
    # The items carry no relation back from examples: a release of a million has a million of them.
    held = Example.objects.filter(pk__in=release.items.values("example"))
    score = score_by(scorer_now(release.project, policy))
    return Order("score", held.annotate(score=score).filter(score=None).count())


def _facts(release: Release, datasets: Sequence[Dataset], policy: Policy, version: int) -> Manifest:
    """State everything but how many there are of what, and what is known only when the file is written."""
    reports = [dataset_report(dataset) for dataset in datasets]
    return Manifest(
        winnow=winnow_version(),
        release=release.name,
        project=release.project.slug,
        format=release.format,
        created_at=_utc(release.created_at),
        counts=Counts(0, {}, {}, {}),
        datasets=tuple(Provenance(d.slug, d.name, d.source, d.licence, d.origin) for d in datasets),
        policy=AppliedPolicy(version, **policy.to_json()),
        samples=tuple(_proof(sample) for report in reports for sample in report.samples),
        decisions=tuple(_decision(report.decision) for report in reports if report.decision),
        contamination=contamination_of(release),
        classifier=applied_classifier(release.project, policy),
        selection=None,
        order=Order(),
        files=(),
        example_ids_digest="",
        judges=judges_of(release, policy),
    )


def _counts(
    datasets: Sequence[Dataset], policy: Policy, total: int, selection: AppliedSelection | None
) -> Counts:
    others = standings(datasets, policy)
    approved = others.pop(RELEASED, 0)
    dropped = {limit.slug: others.pop(limit.slug, 0) for limit in policy.limits}
    if selection:
        edited = selection.missing.get(EDITED, 0)
        others |= {EDITED: edited, UNSELECTED: approved - total - edited}
    return Counts(examples=0, by_dataset={}, by_source={}, dropped=dropped, held_back=others)


def _proof(report: SampleReport) -> SampleProof:
    sample, found = report.sample, report.found
    draws = tuple(_draw(stage) for stage in sample.stages.order_by("number"))
    newest = draws[-1]
    return SampleProof(
        dataset=sample.dataset.slug,
        source_import=str(sample.source_import or ""),
        rule=RULE,
        seed=bytes(sample.seed).hex() if seed_is_open(sample) else "",
        size=newest.size,
        population=newest.population,
        population_digest=newest.population_digest,
        bound=newest.bound,
        kept=report.kept,
        disputed=report.counts.disputed,
        gone=report.counts.gone,
        seed_digest=sample.seed_digest,
        draws=draws,
        **{name: getattr(found, name) for name in FOUND},
    )


def _draw(stage: SampleStage) -> DrawProof:
    bound, drawn_at = bytes(stage.bound).hex(), _utc(stage.created_at)
    return DrawProof(stage.number, stage.size, stage.population, stage.population_digest, bound, drawn_at)


def _decision(decision: DatasetDecision) -> Decision:
    by = decision.by.pseudonym if decision.by else ""
    return Decision(decision.dataset.slug, decision.verdict, by, _utc(decision.at), decision.note)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
