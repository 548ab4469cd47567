"""How many examples people approve in a day."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotate.models import Dataset
from review.models import Label, Queue
from review.queries.outcomes import GOOD, untaken


def good_by_day(datasets: Sequence[Dataset], first: date) -> dict[date, int]:
    """Count from a day on how many examples of datasets people called good, each once a day.

    Accepting a dataset approves many at once; that is no pace and not counted.
    """
    since = timezone.make_aware(datetime.combine(first, time.min))
    said = Label.objects.filter(verdict=GOOD, example__dataset__in=datasets, at__gte=since)
    said = untaken(said.exclude(queue=Queue.GOLD))
    by_day = said.annotate(on=TruncDate("at")).values("on")
    rows = by_day.annotate(count=Count("example", distinct=True)).order_by()
    return {row["on"]: row["count"] for row in rows}
