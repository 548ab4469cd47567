"""What reviewers called bad and the newest classifier, which had not seen that, takes for good."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from annotate.access import Access
from annotate.models import Example, Project
from review.models import ClassifierVersion, Label, Queue, QueueItem
from review.quality.suspects import GOOD_FROM, disagreements, sure_words
from review.queries.adjudication import Opinion, opinions_of
from review.queries.classifiers import QUALITY
from review.queries.held_out import held_out_of
from review.queries.outcomes import BAD, untaken
from review.queries.policies import policy_of


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A label by its id, the example it is on, and the probability of good out of fold."""

    label: int
    example: int
    probability: float


@dataclass(frozen=True, slots=True)
class ShownDisagreement:
    """One of them with what a list shows: what people said of the text, and whether it waits for a second look."""

    example: Example
    probability: float
    opinions: Sequence[Opinion]
    waits: bool

    @property
    def sure(self) -> str:
        return sure_words(self.probability)


def newest_version(project: Project) -> ClassifierVersion | None:
    """Return the newest version with what it predicted of labels that it was not fitted to."""
    found = ClassifierVersion.objects.filter(project=project).exclude(held_out=b"")
    return found.defer("artefact", "card").first()


def threshold_of(project: Project) -> float:
    """Return from which score on a text counts as good: the project's limit, or halfway where there is none."""
    limit = policy_of(project)[1].limit(QUALITY)
    return GOOD_FROM if limit is None or limit.minimum is None else limit.minimum


def disagreements_of(version: ClassifierVersion, threshold: float) -> list[Disagreement]:
    """Return what still stands of the labels "bad" that a version takes for good, surest first.

    Left out are those on an earlier text, those with anything said later, a second look among it, and those that
    somebody is yet to judge without knowing of any of this.
    """
    held = held_out_of(version)
    found = [
        Disagreement(int(held.label[one.row]), int(held.example[one.row]), float(held.probability[one.row]))
        for one in disagreements(held.ids, held.good, held.probability, threshold)
    ]
    newer = Label.objects.filter(
        example=OuterRef("example"), revision=OuterRef("revision"), pk__gt=OuterRef("pk")
    )
    looked = Label.objects.filter(example=OuterRef("example"), queue=Queue.SECOND_LOOK)
    seats = QueueItem.objects.open().filter(example=OuterRef("example")).exclude(queue=Queue.SECOND_LOOK)
    labels = Label.objects.filter(
        ~Exists(newer.exclude(queue=Queue.GOLD).exclude(queue=Queue.SECOND_LOOK)),
        ~Exists(untaken(looked.filter(revision=OuterRef("revision")))),
        ~Exists(seats),
        pk__in=[one.label for one in found],
        example__revision=F("revision"),
        example__state=Example.State.SUBMITTED,
        example__dataset__project=version.project_id,
    )
    standing = set(labels.values_list("pk", flat=True))
    return [one for one in found if one.label in standing]


def disagreements_shown(access: Access, found: Sequence[Disagreement]) -> list[ShownDisagreement]:
    """Return some with what a list shows of them; the same number of queries for any number of them."""
    ids = [one.example for one in found]
    examples = Example.objects.select_related("dataset__project").defer("raw").in_bulk(ids)
    labels = Label.objects.filter(example__in=ids, revision=F("example__revision"), verdict=BAD)
    said: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in opinions_of(untaken(labels.exclude(queue=Queue.GOLD)), access):
        said[opinion.label.example_id].append(opinion)
    waiting = QueueItem.objects.open().filter(example__in=ids, queue=Queue.SECOND_LOOK)
    waits = set(waiting.values_list("example", flat=True))
    return [
        ShownDisagreement(
            examples[one.example], one.probability, said[one.example], waits=one.example in waits
        )
        for one in found
    ]
