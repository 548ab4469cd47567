"""What reviewers did with examples they found bad, and what came of it: for authors and for the next reviewer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from annotate.access import Access
from annotate.diff import TurnDiff, diff_conversations
from annotate.models import Example
from annotate.queries import text_at
from review.models import Label, Queue, QueueItem, Remedy
from review.queries.outcomes import BAD, GOOD, standing_labels, with_outcome
from review.queries.rules import rules_of

SHOWN = 20
ACCEPTED, REFUSED, WAITS, WITH_AUTHOR, OUT = "accepted", "not accepted", "waits", "with its author", "removed"


@dataclass(frozen=True, slots=True)
class Story:
    """A reviewer's fix, return or removal: why, what was changed since, and how it stands.

    `changes` go from the text that was labelled bad to the newest. `refused` is the label that found that bad
    again, `again` its reasons in words.
    """

    remedy: Remedy
    label: Label
    example: Example
    reasons: tuple[str, ...]
    changes: tuple[TurnDiff, ...]
    state: str
    refused: Label | None = None
    again: tuple[str, ...] = ()


def stories_of(access: Access) -> list[Story]:
    """Return what reviewers did with the person's own examples in the project, newest first, each example once."""
    mine = Example.objects.in_project(access.project).written_by(access.user)
    return _stories(access, mine, SHOWN)


def story_of(access: Access, example: Example) -> Story | None:
    """Return what a reviewer did last with an example that they found bad, or None."""
    return next(iter(_stories(access, Example.objects.filter(pk=example.pk), 1)), None)


def bad_before(item: QueueItem) -> Label | None:
    """Return the label whose text an item of the mended queue came from; None for any other item."""
    if item.queue != Queue.MENDED:
        return None
    remedies = Remedy.objects.filter(example=item.example_id, undone_at=None).order_by("-pk")
    remedy = remedies.select_related("label__by").first()
    return remedy.label if remedy else None


def reason_words(access: Access, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return reasons as the project words them."""
    words = {reason.slug: reason.label for reason in rules_of(access.project).reasons}
    return tuple(words.get(slug, slug) for slug in slugs)


def _stories(access: Access, examples: QuerySet[Example], most: int) -> list[Story]:
    newest = Remedy.objects.filter(example__in=examples, undone_at=None).order_by("example", "-pk")
    rows = Remedy.objects.filter(pk__in=newest.distinct("example").values("pk")).order_by("-pk")
    remedies = list(rows.select_related("label__by", "asked")[:most])
    found = with_outcome(Example.objects.filter(pk__in=[remedy.example_id for remedy in remedies]))
    by_pk = found.select_related("dataset__project").in_bulk()
    return [_story(access, remedy, by_pk[remedy.example_id]) for remedy in remedies]


def _story(access: Access, remedy: Remedy, example: Example) -> Story:
    label = remedy.label
    before = text_at(example, label.revision)
    is_changed = example.revision != label.revision
    state = _state(remedy, example)
    refused = _refused(example) if state == REFUSED else None
    return Story(
        remedy, label, example, reason_words(access, label.reasons),
        tuple(diff_conversations(before, example.conversation)) if is_changed else (),
        state, refused, reason_words(access, refused.reasons) if refused else (),
    )  # fmt: skip


def _state(remedy: Remedy, example: Example) -> str:
    if example.state == Example.State.WITHDRAWN:
        return OUT
    if example.state == Example.State.RETURNED:
        return WITH_AUTHOR
    outcome: str = example.outcome  # type: ignore[attr-defined]
    return {GOOD.value: ACCEPTED, BAD.value: REFUSED}.get(outcome, WAITS)


def _refused(example: Example) -> Label | None:
    bad = standing_labels().filter(example=example, revision=example.revision, verdict=BAD)
    return bad.select_related("by").order_by("-pk").first()
