"""Evaluation sets of a project: what no example may hold."""

from hashlib import sha256
from itertools import batched, count

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Project
from annotate.reading import Refusal
from review.contamination import items_of
from review.models import EvaluationSet
from review.models.references import EvaluationText
from review.services.screening import screening_start

ROWS = 2_000
MOST = (
    64 << 20
)  # characters of all sets of a project: each worker that screens it holds their index in memory


class SetThere(Exception):
    """The project has a set of the same items; carries it."""

    def __init__(self, there: EvaluationSet) -> None:
        super().__init__(f"The same items are here already, as “{there}”.")
        self.there = there


def evaluation_set_add(*, project: Project, name: str, content: bytes, by: User | None) -> EvaluationSet:
    """Store a file's items as a set, and have every dataset measured against it; a removed one is put back.

    Raises annotate.reading.Refusal for a file that cannot be read, and SetThere.
    """
    items = items_of(content, name)
    digest = sha256()
    for item in items:
        text = item.encode()
        digest.update(b"%d:%b" % (len(text), text))
    return _stored(project, name, items, digest.hexdigest(), by)


@transaction.atomic
def _stored(project: Project, name: str, items: list[str], digest: str, by: User | None) -> EvaluationSet:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    there = EvaluationSet.objects.filter(project=project, sha256=digest).first()
    if there and there.removed_at is None:
        raise SetThere(there)
    if there:
        return evaluation_set_restore(evaluation_set=there, by=by, name=name)
    in_use = EvaluationText.objects.filter(evaluation_set__project=project, evaluation_set__removed_at=None)
    if (in_use.aggregate(all=Sum(Length("text")))["all"] or 0) + sum(map(len, items)) > MOST:
        raise Refusal(
            f"With {name} the project's sets hold more than {MOST >> 20} MB: remove one of them first."
        )
    added = EvaluationSet.objects.create(project=project, name=name, sha256=digest, count=len(items), by=by)
    numbers = count(1)
    for some in batched(items, ROWS, strict=False):
        EvaluationText.objects.bulk_create(
            EvaluationText(evaluation_set=added, number=next(numbers), text=item) for item in some
        )
    _measure_anew(project, by)
    return added


@transaction.atomic
def evaluation_set_remove(*, evaluation_set: EvaluationSet, by: User | None) -> EvaluationSet:
    """Look for a set's items no longer; they stay stored, so that it can be put back."""
    if EvaluationSet.objects.filter(pk=evaluation_set.pk, removed_at=None).update(removed_at=timezone.now()):
        _measure_anew(evaluation_set.project, by)
    evaluation_set.refresh_from_db()
    return evaluation_set


@transaction.atomic
def evaluation_set_restore(
    *, evaluation_set: EvaluationSet, by: User | None, name: str = ""
) -> EvaluationSet:
    """Look for a removed set's items again."""
    removed = EvaluationSet.objects.filter(pk=evaluation_set.pk, removed_at__isnull=False)
    if removed.update(removed_at=None, name=name or evaluation_set.name):
        _measure_anew(evaluation_set.project, by)
    evaluation_set.refresh_from_db()
    return evaluation_set


def _measure_anew(project: Project, by: User | None) -> None:
    for dataset in Dataset.objects.filter(project=project):
        screening_start(dataset=dataset, by=by)
