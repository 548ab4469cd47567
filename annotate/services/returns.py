"""Examples handed back to their authors with a note, or taken out with one."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from annotate.access import WRITERS
from annotate.models import Example, Membership, Return
from annotate.services.examples import StaleRevision


class NoAuthor(Exception):
    """There is nobody to hand an example back to: it was imported, or its author writes here no longer."""


@transaction.atomic
def example_return(
    *, example: Example, by: User, revision: int, note: str, reasons: Sequence[str] = ()
) -> Return:
    """Hand a submitted example back to its author with a note and reasons in words.

    Raises NoAuthor, and StaleRevision where it is not submitted at that revision any more.
    """
    if not has_author(example):
        raise NoAuthor
    left = Return(example=example, by=by, revision=revision, note=note, reasons=list(reasons))
    return _leave(left, Example.State.RETURNED)


@transaction.atomic
def example_remove(
    *, example: Example, by: User, revision: int, note: str = "", reasons: Sequence[str] = ()
) -> Return:
    """Withdraw a submitted example and keep who did and why; its author reads it.

    Raises StaleRevision where it is not submitted at that revision any more.
    """
    left = Return(example=example, by=by, revision=revision, note=note, reasons=list(reasons), removed=True)
    return _leave(left, Example.State.WITHDRAWN)


@transaction.atomic
def return_undo(*, returned: Return, by: User) -> bool:
    """Take a return or a removal back, its note with it; False where the author or somebody else acted since."""
    left = Example.State.WITHDRAWN if returned.removed else Example.State.RETURNED
    same = Example.objects.filter(pk=returned.example_id, state=left, revision=returned.revision)
    if not same.update(state=Example.State.SUBMITTED):
        return False
    returned.delete()
    return True


def has_author(example: Example) -> bool:
    """Say whether somebody wrote an example who still writes in its project."""
    author = example.author
    if author is None or not author.is_active:
        return False
    writers = Membership.objects.filter(project=example.dataset.project_id, role__in=WRITERS)
    return author.is_superuser or writers.filter(user=author).exists()


def _leave(left: Return, state: int) -> Return:
    found = Example.objects.filter(pk=left.example_id)
    submitted = found.filter(state=Example.State.SUBMITTED, revision=left.revision)
    if not submitted.update(state=state):
        raise StaleRevision(found.select_related("dataset__project").get())
    left.save()
    return left
