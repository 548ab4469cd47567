"""What would leave in a release, and where a release lies."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Count, F, Q, Value, When

from annotate.models import Dataset, Example
from review.cards import CARD_NAME
from review.models import DatasetDecision, Release
from review.policies import Policy
from review.queries.outcomes import BAD, DISPUTED, GOOD, decision_of, labelled
from review.queries.verdicts import dropped_by

RELEASED = ""
UNDECIDED = "undecided"


def accepted(datasets: Sequence[Dataset]) -> Q:
    """Say whether an example lies in a dataset while it is accepted, and was there when that was decided.

    What was imported or written later has no part in the estimate that was before the manager.
    """
    covered = Q(pk__in=[])
    for dataset in datasets:
        decision = decision_of(dataset)
        if decision and decision.verdict == DatasetDecision.Verdict.ACCEPTED:
            imported = Q(source_import__done_at__lte=decision.at)
            written = Q(source_import=None, edited_at__lte=decision.at)
            covered |= Q(dataset=dataset) & (imported | written)
    return covered


def with_standing(datasets: Sequence[Dataset], policy: Policy) -> Any:
    """Return the datasets' examples, each with its `standing`: "" when it would be released, else why not.

    That is the slug of the limit that drops it, "unmeasured", "disputed", "bad" or "undecided": neither
    labelled good nor in an accepted dataset.
    """
    examples = Example.objects.submitted().filter(dataset__in=datasets)
    examples = examples.alias(verdict=dropped_by(policy), good=labelled(GOOD), bad=labelled(BAD))
    return examples.annotate(
        standing=Case(
            When(~Q(verdict=""), then=F("verdict")),
            When(Q(good=True, bad=True), then=Value(DISPUTED)),
            When(bad=True, then=Value(BAD.value)),
            When(Q(good=True) | accepted(datasets), then=Value(RELEASED)),
            default=Value(UNDECIDED),
            output_field=CharField(),
        )
    )


def standings(datasets: Sequence[Dataset], policy: Policy) -> dict[str, int]:
    """Count the datasets' examples by what would become of them in a release now; "" is released."""
    rows = with_standing(datasets, policy).values("standing").annotate(count=Count("pk")).order_by("standing")
    return {row["standing"]: row["count"] for row in rows}


def releases_folder() -> Path:
    """Return where the releases of all projects lie."""
    return Path(settings.MEDIA_ROOT) / "releases"


def release_folder(release: Release) -> Path:
    """Return where a finished release's files lie; they never change."""
    return releases_folder() / str(release.public_id)


def card_text(release: Release) -> str:
    """Return the card of a finished release as it was written."""
    return (release_folder(release) / CARD_NAME).read_text("utf-8")
