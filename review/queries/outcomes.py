"""What reviewers think of examples, derived from the labels that stand."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import DatasetDecision, Label, Queue
from review.models.queue import SETTLING

GOOD, BAD = Label.Verdict.GOOD, Label.Verdict.BAD
UNREVIEWED, DISPUTED = "unreviewed", "disputed"


def untaken(labels: QuerySet[Label], until: int | None = None) -> QuerySet[Label]:
    """Leave out what was taken back, which is said by a later row of the same person on the same item.

    With `until` only by rows up to the one of that id.
    """
    back = Label.objects.filter(
        verdict=Label.Verdict.UNDONE, example=OuterRef("example"), by=OuterRef("by"), pk__gt=OuterRef("pk")
    )
    if until is not None:
        back = back.filter(pk__lte=until)
    # A label that is of no item, as a reviewer's own text brings it, is taken back by a row that is of none.
    return labels.exclude(verdict=Label.Verdict.UNDONE).filter(
        ~Exists(back.filter(item=OuterRef("item"))) & ~Q(Exists(back.filter(item=None)), item=None)
    )


def standing_labels() -> QuerySet[Label]:
    """Return each person's newest label on each example, without those taken back and those that check a reviewer."""
    return _said().filter(~Exists(_newer()))


def newest_decision(project: Project, by: User) -> Label | None:
    """Return what a person decided last in a project and did not take back, of whatever queue."""
    mine = Label.objects.filter(by=by, example__dataset__project=project)
    return untaken(mine).order_by("-pk").first()


def labelled(verdict: str) -> Exists:
    """Say whether an example's current revision has a standing label of that verdict.

    What adjudication or a second look said overrules others, and the newer of the two the older one.
    """
    on_this = _said().filter(example=OuterRef("pk"), revision=OuterRef("revision"))
    settled = untaken(Label.objects.filter(queue__in=SETTLING)).filter(
        example=OuterRef("example"), revision=OuterRef("revision")
    )
    last = Q(queue__in=SETTLING) & ~Exists(settled.filter(pk__gt=OuterRef("pk")))
    alone = ~Q(queue__in=SETTLING) & ~Exists(settled) & ~Exists(_newer())
    return Exists(on_this.filter(last | alone, verdict=verdict))


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


def _said() -> QuerySet[Label]:
    return untaken(Label.objects.exclude(queue=Queue.GOLD))


def _newer() -> QuerySet[Label]:
    """Return what the same person said of the same example later."""
    return _said().filter(example=OuterRef("example"), by=OuterRef("by"), pk__gt=OuterRef("pk"))
