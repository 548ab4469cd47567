"""Labels that the classifier doubts and that wait for a second look, as whoever decides sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from annotate.access import Access
from annotate.models import Example, Project
from annotate.queries import text_at
from review.models import ClassifierVersion, Label, Queue, QueueItem, Skip
from review.models.queue import SECOND_LOOK_RANK, QueueItemQuerySet
from review.quality.artefacts import ArtefactError
from review.quality.explanations import Explanation, Part, explained
from review.quality.suspects import Suspect
from review.queries.adjudication import Opinion, opinions_of
from review.queries.classifiers import classifier_of
from review.queries.outcomes import untaken

# Whether a second look is still asked for, in a statement with `item` and its `example`: the text is the one that was
# judged, and nobody has said anything of it since, nor taken it back; but for what was said and taken back here.
STILL_DOUBTED = f"""example.revision = item.revision AND example.state = {int(Example.State.SUBMITTED)}
        AND NOT EXISTS (
          SELECT FROM review_label newer
          WHERE newer.example_id = item.example_id AND newer.revision = item.revision
            AND newer.id > (item.pick ->> 'label')::bigint AND newer.queue <> 'gold'
            AND newer.item_id IS DISTINCT FROM item.id
        )"""  # noqa: S608  a number of our own


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubted label: what people said of the text, and what the classifier says that had not seen that.

    `verdict` is what is doubted and `probability` how probable the classifier of `version` finds it. `reasons` are the
    strongest that spoke for good and for bad, by the model that had not seen the label; where these were not kept
    `explanation` is of that version fitted to all labels, this one among them, None where it cannot be read any more.
    `mine`: the person who looks labelled it, so that only as a manager they may decide.
    """

    item: QueueItem
    opinions: tuple[Opinion, ...]
    verdict: str
    probability: float
    version: int
    reasons: tuple[Part, ...]
    explanation: Explanation | None
    mine: bool

    @property
    def sentence(self) -> str:
        """Both sides in words."""
        return Suspect(0, "", self.verdict == Label.Verdict.GOOD, self.probability).sentence

    @property
    def other(self) -> str:
        """What the classifier takes it for."""
        good, bad = Label.Verdict.GOOD, Label.Verdict.BAD
        return str(bad if self.verdict == good else good)


@dataclass(frozen=True, slots=True)
class Looked:
    """A second look that was decided: its label, the verdict that was doubted, and the text's first words."""

    opinion: Opinion
    example: Example
    doubted: str
    title: str


def second_looks(project: Project) -> QueueItemQuerySet:
    """Return the project's open second looks that are still asked for, in the order in which they are handed out."""
    newer = Label.objects.filter(
        example=OuterRef("example"), revision=OuterRef("revision"), pk__gt=OuterRef("doubted")
    )
    newer = newer.exclude(queue=Queue.GOLD).exclude(item=OuterRef("pk"))
    found = _items(project).open().alias(doubted=Cast(KeyTextTransform("label", "pick"), BigIntegerField()))
    asked = found.filter(
        ~Exists(newer),
        rank=SECOND_LOOK_RANK,
        example__revision=F("revision"),
        example__state=Example.State.SUBMITTED,
    )
    rows: QueueItemQuerySet = asked.order_by("batch", "key", "pk")
    return rows


def second_looks_for(access: Access) -> QueueItemQuerySet:
    """Return the second looks that a person may take and did not skip.

    A manager may take any at what they did not write, others only at what they did not label either.
    """
    found = second_looks(access.project).exclude(example__author=access.user)
    found = found.exclude(example__edited_by=access.user).filter(~Exists(_skips_of(access)))
    return found if access.manages else found.exclude(barred__contains=[access.user.pk])


def second_looks_waiting(access: Access) -> int:
    """Count the second looks that a person may take; over the index of open items."""
    return second_looks_for(access).count()


def second_looks_skipped(access: Access) -> int:
    """Count the second looks that a person left to somebody else."""
    return second_looks(access.project).filter(Exists(_skips_of(access))).count()


def second_look_held(access: Access, now: datetime) -> QueueItem | None:
    """Return the second look that a person holds, or None."""
    return second_looks_for(access).filter(claimed_by=access.user, claimed_until__gt=now).first()


def doubt(item: QueueItem, access: Access) -> Doubt:
    """Return a second look with what a page shows of it."""
    pick = item.pick or {}
    opinions = opinions_of(_labels_on(item).exclude(queue=Queue.SECOND_LOOK), access)
    reasons = tuple(Part("", label, amount) for label, amount in pick.get("reasons", ()))
    return Doubt(
        item, opinions, pick["verdict"], pick["probability"], pick["version"], reasons,
        None if reasons else _explained(access.project, item, pick["version"]),
        any(each.label.by_id == access.user.pk for each in opinions),
    )  # fmt: skip


def second_looks_decided(project: Project) -> QuerySet[Label]:
    """Return the labels of a project's second looks that stand, newest first."""
    said = Label.objects.filter(queue=Queue.SECOND_LOOK, item__project=project)
    return (
        untaken(said)
        .select_related("by", "item", "example__dataset__project")
        .defer("example__raw")
        .order_by("-pk")
    )


def overturned(labels: QuerySet[Label]) -> int:
    """Count the second looks that say otherwise than the label that was doubted."""
    return (
        labels.alias(doubted=KeyTextTransform("verdict", "item__pick")).exclude(verdict=F("doubted")).count()
    )


def looked_at(labels: Sequence[Label], access: Access) -> list[Looked]:
    """Return decided second looks as a list shows them."""
    found = opinions_of(labels, access)
    return [
        Looked(
            each, each.label.example, (each.label.item.pick or {})["verdict"],
            text_at(each.label.example, each.label.revision).title(),
        )
        for each in found
        if each.label.item
    ]  # fmt: skip


def _labels_on(item: QueueItem) -> QuerySet[Label]:
    said = Label.objects.filter(example=item.example_id, revision=item.revision or 0)
    return untaken(said.exclude(queue=Queue.GOLD))


def _explained(project: Project, item: QueueItem, number: int) -> Explanation | None:
    found = ClassifierVersion.objects.filter(project=project, number=number).values_list("pk", flat=True)
    version = found.first()
    try:
        text = text_at(item.example, item.revision or item.example.revision)
        return explained(classifier_of(version), text) if version else None
    except ArtefactError:
        return None


def _skips_of(access: Access) -> QuerySet[Skip]:
    return Skip.objects.filter(item=OuterRef("pk"), by=access.user)


def _items(project: Project) -> QueueItemQuerySet:
    found = QueueItem.objects.filter(project=project, queue=Queue.SECOND_LOOK)
    rows: QueueItemQuerySet = found.select_related("example__dataset__project", "claimed_by")
    return rows
