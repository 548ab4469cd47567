"""The numbers of a project's reviewers: what the queries counted, put through the pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from annotate.access import Access
from review.estimates import Interval, wilson
from review.estimates.agreement import Agreement, RaterAgreement, agreement
from review.estimates.reasons import ReasonAgreement, reason_agreement
from review.estimates.reliability import kappa_of
from review.models import Qualification
from review.queries.gold import GoldScore, PauseState, pauses, scores
from review.queries.reviewers import Work, labelled_twice, overruled, overturned, skips, staff_of, work_done
from review.queries.rules import Rules, rules_of


@dataclass(frozen=True, slots=True)
class ReviewerNumbers:
    """One reviewer: what they did, how far others agree, their gold score, whether they may go on.

    `settled` of their labels were adjudicated, `against` of these otherwise; `looked` had a second look, which found
    `overturned` of these otherwise. `gold` is nobody's own to see: after
    each answer it would tell which example was one.
    """

    user: User
    role: str
    work: Work
    agreed: RaterAgreement | None
    gold: GoldScore
    settled: int
    against: int
    looked: int
    overturned: int
    skipped: int
    pause: PauseState | None
    qualified: bool

    @property
    def kappa(self) -> float | None:
        return kappa_of(self.agreed.confusion.counts) if self.agreed else None

    @property
    def bad(self) -> Interval | None:
        """The interval around their bad share of what was drawn at random."""
        return wilson(self.work.sampled_bad, self.work.sampled)


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The reviewers of a project, with how far they agree with each other, by verdict and by reason."""

    people: Sequence[ReviewerNumbers]
    agreement: Agreement
    reasons: Sequence[ReasonAgreement]
    names: dict[int, User]
    rules: Rules


def reviewers_of(access: Access) -> Reviewers:
    """Return the numbers of everybody who reviews or reviewed in a project; only one's own for who does not manage.

    The number of queries does not depend on how many reviewers, labels or disagreements there are.
    """
    project, rules = access.project, rules_of(access.project)
    told = labelled_twice(project)
    agreed = agreement((one.item, one.rater, one.verdict) for one in told)
    by_reason = reason_agreement(
        ((one.item, one.rater, one.reasons) for one in told), [reason.slug for reason in rules.offered]
    )
    roles = {each.user_id: each.role for each in staff_of(project)}
    work = work_done(project)
    raters = {int(str(one.rater)) for one in agreed.raters}
    wanted = {*roles, *work, *raters} if access.manages else {access.user.pk}
    names = User.objects.in_bulk([*wanted, *raters])
    found = _people(access, rules, {pk: names[pk] for pk in wanted}, roles, work=work, agreed=agreed)
    people = sorted(found, key=lambda one: (one.pause is None, -one.work.decided, one.user.pk))
    return Reviewers(people, agreed, by_reason, names, rules)


def _people(
    access: Access,
    rules: Rules,
    users: dict[int, User],
    roles: dict[int, str],
    *,
    work: dict[int, Work],
    agreed: Agreement,
) -> list[ReviewerNumbers]:
    project = access.project
    raters = {one.rater: one for one in agreed.raters}
    gold, settled, skipped = scores(project), overruled(project), skips(project)
    looked = overturned(project)
    paused = {state.pause.user_id: state for state in pauses(project)}
    qualified = set(Qualification.objects.filter(project=project).values_list("user", flat=True))
    needless = not rules.stored.qualification
    return [
        ReviewerNumbers(
            user=user,
            role=roles.get(pk, "no longer here"),
            work=work.get(pk, Work()),
            agreed=raters.get(pk),
            gold=gold.get(pk, GoldScore(0, 0)),
            settled=settled.get(pk, (0, 0))[0],
            against=settled.get(pk, (0, 0))[1],
            looked=looked.get(pk, (0, 0))[0],
            overturned=looked.get(pk, (0, 0))[1],
            skipped=skipped.get(pk, 0),
            pause=paused.get(pk),
            qualified=needless or pk in qualified or roles.get(pk) != "reviewer",
        )
        for pk, user in users.items()
        if pk in work or pk in raters or pk in skipped or roles.get(pk) == "reviewer" or not access.manages
    ]
