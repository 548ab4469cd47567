"""What tests of the pages about people share: addresses, labels that are given, gold examples that are answered."""

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import GoldExample, QueueItem
from review.services.claims import claim_next
from review.services.gold import gold_mark
from review.services.labels import label_add
from tests.cast import Cast
from tests.review.scene import imported

STREAM = "/p/kitchen/review/"
REVIEWERS, LABELS = "/p/kitchen/reviewers/", "/p/kitchen/reviewers/labels/"
ADJUDICATION, GOLD = "/p/kitchen/adjudication/", "/p/kitchen/gold/"
SETTINGS = f"{STREAM}settings/"


def say(project: Project, by: User, *verdicts: str, seconds: float | None = None) -> None:
    """Let somebody label what comes next, bad always for the reason "unsafe"."""
    for verdict in verdicts:
        item = claim_next(project=project, by=by)
        assert item
        label_add(
            item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"], note=f"because of {by.pk}",
            seconds=seconds,
        )  # fmt: skip


def gold_answered(
    dataset: Dataset, project: Project, by: User, cast: Cast, right: list[bool]
) -> list[GoldExample]:
    """Let somebody answer as many new gold examples, all of them bad ones."""
    examples = Example.objects.filter(source_import=imported(dataset, len(right))).order_by("pk")
    found = [gold_mark(example=one, verdict="bad", reasons=["unsafe"], by=cast.manager) for one in examples]
    for one, is_right in zip(found, right, strict=True):
        seat = QueueItem.objects.create(
            project=project, queue="gold", example=one.example, rank=0, key=b"", for_user=by, revision=1
        )
        label_add(item=seat, by=by, revision=1, verdict="bad" if is_right else "good", reasons=["unsafe"])
    return found
