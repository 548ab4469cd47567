"""What of a selection would be released now, and the scores that lines may stand in the order of."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, When

from annotate.models import Dataset, Project
from review.models import Selection, SelectionItem
from review.policies import Policy
from review.queries.classifiers import QUALITY
from review.queries.releases import RELEASED, with_standing
from review.queries.scorers import NO_SUCH_ID, options_of, scorer_ids
from review.stated import AppliedSelection

EDITED = "edited"
UNSELECTED = "unselected"
GONE = "gone"


def scorer_now(project: Project, policy: Policy) -> int:
    """Return the ScorerVersion that the active classifier scores by; one that scored nothing where none is active."""
    return scorer_ids(options_of(project, policy), [QUALITY]).get(QUALITY, NO_SUCH_ID)


def score_by(scorer: int) -> Case:
    """Return an example's score by that ScorerVersion; null where another version gave it, or none did."""
    given = When(measurement__scorers__contains=[scorer], then=F("measurement__quality"))
    return Case(given, default=None, output_field=FloatField(null=True))


def as_selected(selection: Selection) -> Exists:
    """Say whether the selection chose an example in the wording that it has now."""
    items = SelectionItem.objects.filter(selection=selection, example=OuterRef("pk"))
    return Exists(items.filter(revision=OuterRef("revision")))


def missing_of(selection: Selection, datasets: Sequence[Dataset], policy: Policy) -> dict[str, int]:
    """Count by reason what was chosen and would not be released now: its standing, "edited" since, or "gone"."""
    mine = SelectionItem.objects.filter(selection=selection).values("example")
    rows = with_standing(datasets, policy).filter(pk__in=mine).annotate(same=as_selected(selection))
    counts: Counter[str] = Counter()
    for row in rows.values("standing", "same").annotate(count=Count("pk")).order_by():
        counts[row["standing"] or ("" if row["same"] else EDITED)] += row["count"]
    counts[GONE] = (selection.examples or 0) - counts.total()
    del counts[RELEASED]
    return {reason: count for reason, count in counts.items() if count}


def applied_selection(selection: Selection, missing: dict[str, int]) -> AppliedSelection:
    """State a finished selection, and what of it is not released."""
    return AppliedSelection(
        name=selection.name,
        public_id=str(selection.public_id),
        asked=selection.size,
        chosen=selection.examples or 0,
        digest=selection.digest,
        classifier=selection.classifier.number,
        classifier_digest=selection.classifier.digest,
        spread=selection.spread,
        topics=selection.topics,
        seed=selection.seed,
        pool=selection.pool or 0,
        missing=missing,
    )
