"""What reviewers think of examples, derived from the labels that stand."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from annotate.models import Dataset, Example
from review.models import DatasetDecision, Label, Queue

GOOD, BAD = Label.Verdict.GOOD, Label.Verdict.BAD
UNREVIEWED, DISPUTED = "unreviewed", "disputed"


def standing_labels() -> QuerySet[Label]:
    """Return each person's newest label on each example, without those taken back and those that check a reviewer."""
    said = Label.objects.exclude(queue=Queue.GOLD)
    newer = said.filter(example=OuterRef("example"), by=OuterRef("by"), pk__gt=OuterRef("pk"))
    return said.filter(~Exists(newer)).exclude(verdict=Label.Verdict.UNDONE)


def labelled(verdict: str) -> Exists:
    """Say whether an example's current revision has a standing label of that verdict; adjudication overrules others."""
    on_this = standing_labels().filter(example=OuterRef("pk"), revision=OuterRef("revision"))
    settled = Label.objects.filter(
        queue=Queue.ADJUDICATION, example=OuterRef("example"), revision=OuterRef("revision")
    )
    overruled = ~Q(queue=Queue.ADJUDICATION) & Q(is_settled=True)
    return Exists(
        on_this.alias(is_settled=Exists(standing_of(settled))).exclude(overruled).filter(verdict=verdict)
    )


def standing_of(labels: QuerySet[Label]) -> QuerySet[Label]:
    """Leave out of `labels` those that were taken back on their item."""
    later = Label.objects.filter(item=OuterRef("item"), pk__gt=OuterRef("pk"))
    return labels.exclude(verdict=Label.Verdict.UNDONE).filter(~Exists(later))


def with_outcome(examples: QuerySet[Example]) -> QuerySet[Example]:
    """Add `outcome`: unreviewed, good, bad or disputed, from the labels on the current revision."""
    return examples.alias(has_good=labelled(GOOD), has_bad=labelled(BAD)).annotate(
        outcome=Case(
            When(Q(has_good=True, has_bad=True), then=Value(DISPUTED)),
            When(has_bad=True, then=Value(BAD.value)),
            When(has_good=True, then=Value(GOOD.value)),
            default=Value(UNREVIEWED),
            output_field=CharField(),
        )
    )


def decision_of(dataset: Dataset) -> DatasetDecision | None:
    """Return the newest decision on a dataset, which is the one that counts."""
    return DatasetDecision.objects.filter(dataset=dataset).select_related("by").order_by("-pk").first()
