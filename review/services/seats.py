"""Seats of the mended queue: what came of a bad example, for somebody to look at."""

from annotate.models import Example
from review.models import Queue, QueueItem
from review.models.queue import RANKS


def seat_for_another(example: Example) -> QueueItem | None:
    """Ask for a look at an example once it is submitted; None where that is asked for already.

    Nobody who wrote or edited it gets it, as everywhere; the oldest come first.
    """
    waiting = QueueItem.objects.open().filter(example=example, queue=Queue.MENDED)
    if waiting.exists():
        return None
    return QueueItem.objects.create(
        project=example.dataset.project,
        queue=Queue.MENDED,
        example=example,
        rank=RANKS[Queue.MENDED],
        key=b"",
    )
