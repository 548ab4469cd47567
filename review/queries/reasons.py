"""Which examples a reason concerns, and what explains each: the rows behind every number of the funnel."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from annotate.models import Dataset, Example, Project
from annotate.queries import Page, keyset_page
from review.models import ClusterMember, Measurement, Ruling, RulingItem
from review.policies import Policy
from review.queries.funnels import Funnel
from review.queries.outcomes import BAD, DISPUTED
from review.queries.releases import RELEASED, UNDECIDED, with_standing
from review.queries.verdicts import UNMEASURED, dropped_by, measured, outside
from review.verdicts import BY_HAND

KEPT, RESCUED = "kept", "rescued"
FLAGGED, OUTSIDE, LANGUAGE, STANDING = "flagged:", "outside:", "language:", "standing:"
APPROVED = f"{STANDING}released"
STANDINGS = {"released": RELEASED, BAD.value: BAD.value, DISPUTED: DISPUTED, UNDECIDED: UNDECIDED}
PAGE_SIZE = 50


class NoSuchReason(Exception):
    """The policy has no limit of that name, or none that drops or flags as asked."""


def examples_by(dataset: Dataset, policy: Policy, by: str) -> QuerySet[Example]:
    """Return a dataset's submitted examples that one reason concerns.

    `by` is the slug of the limit that drops them first, "hand", "kept", "unmeasured", "rescued" (kept by a ruling
    although a limit would drop them), "outside:" and a slug (outside that limit, whatever fell before), "flagged:"
    and a slug, "language:" and a language's code, or "standing:" and what a release made now would do with them
    ("released", "bad", "disputed", "undecided"). Raises NoSuchReason.
    """
    examples = Example.objects.submitted().filter(dataset=dataset)
    drops = {limit.slug: outside(limit) for limit in policy.limits if limit.bounds() and limit.drops}
    flags = {limit.slug: outside(limit) for limit in policy.limits if limit.bounds() and not limit.drops}
    kind, _, slug = by.rpartition(":")
    wanted = {"": drops, OUTSIDE[:-1]: drops, FLAGGED[:-1]: flags}.get(kind, {})
    if kind and slug in wanted:
        return examples.filter(measured() & wanted[slug])
    if by.startswith(LANGUAGE) and slug:
        return examples.filter(measured(), measurement__language=slug)
    if by.startswith(STANDING) and slug in STANDINGS:
        standing: QuerySet[Example] = with_standing([dataset], policy).filter(standing=STANDINGS[slug])
        return standing
    if by == RESCUED:
        return examples.filter(measured() & reduce(or_, drops.values(), Q(pk__in=[])), measurement__ruling=1)
    if by in {*drops, BY_HAND, KEPT, UNMEASURED}:
        return examples.alias(by=dropped_by(policy)).filter(by="" if by == KEPT else by)
    raise NoSuchReason


def count_of(found: Funnel, by: str) -> int:
    """Return what the funnel counts for a reason; 0 where it has no such step."""
    kind, _, slug = by.rpartition(":")
    steps = {step.slug: step for step in found.steps}
    if kind:
        return steps[slug].outside if slug in steps else 0
    known = {KEPT: found.kept, RESCUED: found.rescued, UNMEASURED: found.unmeasured}
    return known[by] if by in known else steps[by].dropped_here if by in steps else 0


def reasons_page(examples: QuerySet[Example], *, after: int | None, before: int | None) -> Page:
    """Cut one page in id order, each example with its measurement."""
    read = examples.select_related("measurement").defer("raw")
    return keyset_page(read, size=PAGE_SIZE, after=after, before=before)


def measurement_of(example: Example) -> Measurement | None:
    """Return the measurement of an example's present text, or None."""
    found: Measurement | None = getattr(example, "measurement", None)
    return found if found and found.revision == example.revision else None


def memberships_of(examples: Collection[Example]) -> dict[int, list[ClusterMember]]:
    """Return by example the clusters it is in without being their keeper, with those keepers."""
    members = ClusterMember.objects.filter(example__in=[example.pk for example in examples])
    found: dict[int, list[ClusterMember]] = {}
    for member in members.select_related("cluster__keeper__dataset__project").order_by("kind"):
        if member.cluster.keeper_id != member.example_id:
            found.setdefault(member.example_id, []).append(member)
    return found


def rulings_on(examples: Collection[Example]) -> dict[int, Ruling]:
    """Return by example the ruling that counts: the newest on its present text that was not taken back."""
    items = RulingItem.objects.filter(
        example__in=[example.pk for example in examples], ruling__undone_at=None
    )
    revisions = {example.pk: example.revision for example in examples}
    return {
        item.example_id: item.ruling
        for item in items.select_related("ruling__by").order_by("ruling_id")
        if item.revision == revisions[item.example_id]
    }


def rulings_page(project: Project, *, before: int = 0) -> tuple[Sequence[Ruling], int]:
    """Return a page of a project's rulings, newest first, and the id to go on before; 0 at the end."""
    rulings = Ruling.objects.filter(project=project).select_related("by", "undone_by").order_by("-pk")
    rows = list((rulings.filter(pk__lt=before) if before else rulings)[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else 0
