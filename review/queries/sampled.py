"""What became of each sampled example, and so which of them an estimate is made from.

An estimate is of what the limits keep now. A decided item counts where the limits, whatever a ruling says, keep its
measurement now, and also where its example was changed after the label: so neither withdrawing, returning, mending nor
dropping by hand what was sampled betters the estimate. What a ruling keeps although a limit would drop it counts where
the ruling was there before the label, so that nobody picks what they know to be good.
"""

from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from annotate.models import Example
from review.models import Ruling, RulingItem, Sample, SampleItem
from review.policies import Policy
from review.queries.verdicts import kept, kept_by_limits, measured

# What an item can be now, beside the outcomes good, bad and disputed of those that count.
OPEN, GONE, OUT = "open", "gone", "out"

EXAMPLE = "example__"
SUBMITTED = Q(example__state=Example.State.SUBMITTED)


def with_standing(sample: Sample, policy: Policy) -> QuerySet[Any]:
    """Return a sample's items, each with its `standing` and whether it `is_kept` now, rulings included.

    The standing is the outcome of an item that counts (good, bad, disputed); "open" where it is still to be decided;
    "gone" where its example was withdrawn, returned or dropped by hand before anybody labelled it; or else "out".
    """
    by_limits = kept_by_limits(policy, EXAMPLE)
    is_kept = SUBMITTED & kept(policy, EXAMPLE)
    decided = Q(outcome__isnull=False)
    counts = _changed() | by_limits | _rescued_before()
    gone = ~SUBMITTED | (by_limits & Q(example__measurement__ruling=Ruling.Verdict.DROP))
    return SampleItem.objects.filter(sample=sample).annotate(
        is_kept=Case(When(is_kept, then=Value(True)), default=Value(False)),
        standing=Case(
            When(decided & counts, then=F("outcome")),
            When(decided, then=Value(OUT)),
            When(is_kept, then=Value(OPEN)),
            When(gone, then=Value(GONE)),
            default=Value(OUT),
            output_field=CharField(),
        ),
    )


def of_standing(sample: Sample, policy: Policy, *standings: str) -> QuerySet[Any]:
    """Return a sample's items of some standings, with which `with_standing` knows them."""
    # Said twice, as there is an index for what is decided.
    outcomes = [standing for standing in standings if standing in SampleItem.Outcome.values]
    known = Q(outcome__in=outcomes) if len(outcomes) == len(standings) else Q()
    return with_standing(sample, policy).filter(known, standing__in=standings)


def _changed() -> Q:
    """Say whether an example was changed since its label."""
    return ~SUBMITTED | Q(example__revision__gt=F("revision"))


def _rescued_before() -> Q:
    """Say whether a ruling that was there before the label keeps an example."""
    earlier = RulingItem.objects.filter(
        example=OuterRef("example"),
        revision=OuterRef("revision"),
        ruling__verdict=Ruling.Verdict.KEEP,
        ruling__undone_at=None,
        ruling__at__lte=OuterRef("outcome_at"),
    )
    return Q(measured(EXAMPLE), Exists(earlier), example__measurement__ruling=Ruling.Verdict.KEEP)
