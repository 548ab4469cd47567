"""What the pages share on which somebody decides with both sides before them: adjudication and second looks."""

from django.contrib import messages
from django.http import HttpRequest

from annotate.access import Access
from review.models import Label, Queue
from review.queries.outcomes import newest_decision
from review.services.gold import NotGold, gold_from_label


def gold_marked(request: HttpRequest, access: Access, label: Label) -> None:
    """Make a label the right one of a gold example, and say so, or why not."""
    try:
        gold_from_label(label=label, by=access.user)
    except NotGold as refused:
        messages.warning(request, f"It is no gold example. {refused}")
    else:
        messages.success(request, "It is a gold example now.")


def can_undo_in(access: Access, queue: Queue) -> bool:
    """Say whether what somebody decided last in the project is of that queue."""
    newest = newest_decision(access.project, access.user)
    return newest is not None and newest.queue == queue
