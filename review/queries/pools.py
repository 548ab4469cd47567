"""What the classifier may pick from for the targeted queue."""

from django.db.models import Exists, OuterRef

from annotate.models import Example, Project
from annotate.records import Conversation
from review.models import Label, Queue, QueueItem, SampleItem
from review.queries.policies import policy_of
from review.queries.verdicts import kept

PICKED_BY = "classifier"


def pool_of(project: Project) -> list[tuple[int, float | None]]:
    """Return what the limits keep, nobody judged and nobody is to judge anyway: ids with their scores of good.

    The members of the sample are judged anyway, whether they have a seat now or not.
    """
    _, policy = policy_of(project)
    open_seats = QueueItem.objects.open().filter(example=OuterRef("pk")).exclude(queue=Queue.GOLD)
    labels = Label.objects.filter(example=OuterRef("pk"), revision=OuterRef("revision"))
    sampled = SampleItem.objects.filter(example=OuterRef("pk"))
    found = Example.objects.submitted().filter(kept(policy), dataset__project=project)
    found = found.filter(~Exists(open_seats), ~Exists(labels.exclude(queue=Queue.GOLD)), ~Exists(sampled))
    return list(found.values_list("pk", "measurement__quality").order_by("pk").iterator())


def picks_waiting(project: Project) -> int:
    """Count what the classifier picked and nobody has decided yet."""
    waiting = QueueItem.objects.open().filter(project=project, queue=Queue.TARGETED)
    return waiting.filter(pick__by=PICKED_BY).count()


def random_labels(project: Project) -> int:
    """Count the examples of a project with a label that a random draw brought."""
    said = Label.objects.filter(example__dataset__project=project, item__sample_item__isnull=False)
    return said.exclude(verdict=Label.Verdict.UNDONE).values("example").distinct().count()


def conversations_of(ids: list[int]) -> list[Conversation]:
    """Return the texts of examples, in their order."""
    rows = Example.objects.filter(pk__in=ids).values_list("pk", "turns", "metadata")
    texts = {pk: Conversation.from_json(turns, metadata) for pk, turns, metadata in rows}
    return [texts[pk] for pk in ids]
