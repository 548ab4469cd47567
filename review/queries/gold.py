"""Gold examples and what their answers say of reviewers: how many were right, who is paused, who has yet to qualify."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import BooleanField, Case, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from annotate.models import Membership, Project
from review.models import GoldExample, Label, Qualification, Queue, ReviewerPause
from review.queries.outcomes import untaken
from review.queries.rules import Rules, rules_of

# Whether a person may be given other than gold examples: in a statement with `freely`, `project` and `by`.
QUALIFIED = """%(freely)s
        OR EXISTS (SELECT FROM review_qualification WHERE project_id = %(project)s AND user_id = %(by)s)
        OR EXISTS (
            SELECT FROM annotate_membership
            WHERE project_id = %(project)s AND user_id = %(by)s AND role = 'manager'
        )"""


@dataclass(frozen=True, slots=True)
class GoldScore:
    """Of so many gold examples that were asked, how many were answered right."""

    right: int
    asked: int

    @property
    def accuracy(self) -> float | None:
        return self.right / self.asked if self.asked else None

    def reaches(self, accuracy: float) -> bool:
        return self.right >= needed(self.asked, accuracy)


@dataclass(frozen=True, slots=True)
class PauseState:
    """Why somebody is paused: `right` of the last `asked` checks where `needed` were; or by hand, with a note."""

    pause: ReviewerPause
    needed: int

    @property
    def by_hand(self) -> bool:
        return self.pause.by_id is not None

    @property
    def right(self) -> int:
        return self.pause.right

    @property
    def asked(self) -> int:
        return self.pause.asked


@dataclass(frozen=True, slots=True)
class QualificationState:
    """How far somebody is who has yet to qualify: `asked` of `wanted` gold examples, of which `right` are.

    `available` more can be asked of them; with fewer than are missing they cannot get on until more are marked.
    """

    right: int
    asked: int
    wanted: int
    available: int

    @property
    def lacking(self) -> int:
        return max(0, self.wanted - self.asked - self.available)


@dataclass(frozen=True, slots=True)
class GoldSupply:
    """Gold examples in use beside those that qualifying takes; `stuck` are reviewers for whom there are too few."""

    in_use: int
    wanted: int
    stuck: tuple[User, ...]


def needed(asked: int, accuracy: float) -> int:
    """Return how many of `asked` answers have to be right for that share of them; safe from 0.7 times 20 > 14."""
    return ceil(round(accuracy * asked, 9))


def gold_answers(project: Project | int, user: Any = None) -> Any:
    """Return the answers to gold examples that were not taken back, newest first, each with `is_right`.

    An answer is compared with the label that its gold example has now, at the revision that was judged.
    """
    said = Label.objects.filter(queue=Queue.GOLD, item__project=project)
    said = untaken(said if user is None else said.filter(by=user))
    return (
        said.filter(revision=F("example__gold__revision"))
        .annotate(
            is_right=Case(
                When(verdict=F("example__gold__verdict"), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .order_by("-pk")
    )


def score_since(project: Project | int, user: Any, last: int | None = None) -> GoldScore:
    """Return the score of a person's gold answers since they were last resumed, of the `last` so many where given."""
    said = gold_answers(project, user)
    if since := tried_since(project, user):
        said = said.filter(at__gt=since)
    right = list((said if last is None else said[:last]).values_list("is_right", flat=True))
    return GoldScore(sum(right), len(right))


def scores(project: Project) -> dict[int, GoldScore]:
    """Return everybody's score over the window that the rules look at, by user id; one pass over the answers."""
    window = rules_of(project).stored.gold_window
    resumed = ReviewerPause.objects.filter(project=project, user=OuterRef("by"), resumed_at__isnull=False)
    last = resumed.values("user").values(last=Max("resumed_at"))
    said = gold_answers(project).annotate(since=Subquery(last))
    found: dict[int, list[bool]] = {}
    for by, right in said.filter(Q(since=None) | Q(at__gt=F("since"))).values_list("by", "is_right"):
        found.setdefault(by, []).append(right)
    return {by: GoldScore(sum(right[:window]), len(right[:window])) for by, right in found.items()}


def tried_since(project: Project | int, user: Any) -> datetime | None:
    """Return when a person was last resumed: what they answered before counts no more."""
    pauses = ReviewerPause.objects.filter(project=project, user=user)
    since: datetime | None = pauses.aggregate(last=Max("resumed_at"))["last"]
    return since


def is_paused(project: int, user: Any) -> bool:
    """Say whether somebody may decide nothing in a project at present."""
    return ReviewerPause.objects.filter(project=project, user=user, resumed_at=None).exists()


def pause_of(project: Project, user: Any) -> PauseState | None:
    """Return why somebody is paused in a project, or None."""
    return next(iter(pauses(project, [user])), None)


def pauses(project: Project, users: Iterable[Any] | None = None) -> list[PauseState]:
    """Return who is paused in a project, newest first."""
    found = ReviewerPause.objects.filter(project=project, resumed_at=None).select_related("user", "by")
    if users is not None:
        found = found.filter(user__in=list(users))
    accuracy = rules_of(project).stored.gold_accuracy
    return [PauseState(pause, needed(pause.asked, accuracy)) for pause in found.order_by("-pk")]


def qualification_of(project: Project, user: Any, rules: Rules | None = None) -> QualificationState | None:
    """Return how far somebody is with qualifying; None where they did, or need not."""
    wanted = (rules or rules_of(project)).stored.qualification
    if not wanted or user.is_superuser or _is_qualified(project, user):
        return None
    score = score_since(project, user)
    return QualificationState(score.right, score.asked, wanted, _untried(project, user).count())


def gold_supply(project: Project) -> GoldSupply:
    """Say whether enough gold examples are marked, and who cannot qualify because there are too few."""
    wanted = rules_of(project).stored.qualification
    in_use = GoldExample.objects.filter(project=project, retired_at=None).count()
    members = Membership.objects.filter(project=project, role=Membership.Role.REVIEWER)
    people = [each.user for each in members.select_related("user").order_by("pk")] if wanted else []
    states = [(person, qualification_of(project, person)) for person in people]
    return GoldSupply(in_use, wanted, tuple(person for person, state in states if state and state.lacking))


def gold_in(project: Project) -> QuerySet[GoldExample]:
    """Return a project's gold examples with what a page shows of them, newest first."""
    return (
        GoldExample.objects.filter(project=project)
        .select_related("example__dataset__project", "by")
        .order_by("-pk")
    )


def _is_qualified(project: Project, user: Any) -> bool:
    if Qualification.objects.filter(project=project, user=user).exists():
        return True
    return Membership.objects.filter(project=project, user=user, role=Membership.Role.MANAGER).exists()


def _untried(project: Project, user: Any) -> QuerySet[GoldExample]:
    """Return the gold examples that a person may be asked in this try and was not yet."""
    asked = gold_answers(project, user)
    if since := tried_since(project, user):
        asked = asked.filter(at__gt=since)
    found = GoldExample.objects.filter(project=project, retired_at=None).exclude(
        example__in=asked.values("example")
    )
    own = Q(by=user) | Q(example__author=user) | Q(example__edited_by=user)
    return found.exclude(Q(pk__in=GoldExample.objects.filter(own).values("pk")))
