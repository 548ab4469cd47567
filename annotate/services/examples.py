"""Changes to examples: drafted, submitted, edited, restored, withdrawn."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.editing import is_blank
from annotate.models import Dataset, Draft, Example, Return, Revision
from annotate.records import Conversation
from annotate.roles import turn_problems


class StaleRevision(Exception):
    """The example was edited after the person opened it; carries the example as it is now."""

    def __init__(self, current: Example) -> None:
        super().__init__(f"example {current.public_id} is at revision {current.revision}")
        self.current = current


class StaleDraft(Exception):
    """The same person saved this draft from somewhere else meanwhile; carries the draft as it is now."""

    def __init__(self, current: Draft) -> None:
        super().__init__("the draft was saved from another window")
        self.current = current


class NotReady(Exception):
    """The text cannot be submitted as it is; `problems` says what to mend, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@transaction.atomic
def draft_start(*, dataset: Dataset, by: User) -> Example:
    """Begin a new example that only its author sees until it is submitted, or go on with a blank one."""
    begun = Draft.objects.filter(user=by, example__dataset=dataset, example__state=Example.State.DRAFT)
    for draft in begun.select_related("example"):
        if all(is_blank(turn) for turn in draft.conversation.turns):
            return draft.example
    example = Example.objects.create(
        dataset=dataset,
        state=Example.State.DRAFT,
        author=by,
        edited_by=by,
        content_hash=Conversation(()).content_hash(),
    )
    Draft.objects.create(example=example, user=by, based_on=1)
    return example


@transaction.atomic
def draft_save(*, example: Example, by: User, conversation: Conversation, based_on: int, saves: int) -> Draft:
    """Keep what a person has typed so far; `saves` is the number of the save they last saw (0 for none).

    Raises StaleDraft when the same person saved a later one from another window.
    """
    turns = conversation.as_json()
    now = timezone.now()
    if saves == 0:
        draft, created = Draft.objects.get_or_create(
            example=example,
            user=by,
            defaults={"based_on": based_on, "turns": turns, "saved_at": now},
        )
        if created:
            return draft
        raise StaleDraft(draft)
    mine = Draft.objects.filter(example=example, user=by)
    if not mine.filter(saves=saves).update(turns=turns, based_on=based_on, saves=saves + 1, saved_at=now):
        later = mine.first()
        if later is None:
            return Draft.objects.create(
                example=example, user=by, based_on=based_on, turns=turns, saved_at=now
            )
        raise StaleDraft(later)
    return mine.get()


@transaction.atomic
def draft_discard(*, example: Example, by: User) -> None:
    """Throw away what a person typed and did not submit; a new example that nobody submitted goes with it."""
    Draft.objects.filter(example=example, user=by).delete()
    Example.objects.filter(pk=example.pk, state=Example.State.DRAFT, author=by).delete()


def submit_problems(conversation: Conversation) -> list[str]:
    """Say what keeps a text from being submitted: nothing written, an empty turn, roles out of order."""
    if not conversation.turns:
        return ["Nothing is written yet."]
    return turn_problems(conversation.turns)


@transaction.atomic
def example_submit(*, example: Example, conversation: Conversation, based_on: int, by: User) -> Example:
    """Make the text the example's current one: the first of a draft, else a new revision over the old.

    Raises NotReady, also for a returned text that nobody changed, and StaleRevision when `based_on` is no longer
    the example's revision.
    """
    if problems := submit_problems(conversation):
        raise NotReady(problems)
    current = Example.objects.select_related("dataset__project").get(pk=example.pk)
    if current.revision != based_on:
        raise StaleRevision(current)
    changed = conversation.content_hash() != bytes(current.content_hash)
    if problem := _closed(current, changed):
        raise NotReady([problem])
    is_first = current.state == Example.State.DRAFT
    number = based_on + 1 if changed and not is_first else based_on
    now = timezone.now()
    updated = Example.objects.filter(pk=example.pk, revision=based_on).update(
        turns=conversation.as_json(), content_hash=conversation.content_hash(), revision=number,
        state=Example.State.SUBMITTED, edited_by=by if changed else current.edited_by,
        edited_at=now if changed else current.edited_at,
    )  # fmt: skip
    if not updated:
        raise StaleRevision(Example.objects.select_related("dataset__project").get(pk=example.pk))
    if number != based_on:
        # The row was at `based_on` when it was updated, so what was read before is the text replaced.
        Revision.objects.create(
            example=example, number=based_on, turns=current.turns, metadata=current.metadata,
            edited_by=current.edited_by, edited_at=current.edited_at,
        )  # fmt: skip
    Draft.objects.filter(example=example, user=by).delete()
    current.refresh_from_db()
    return current


def _closed(current: Example, changed: bool) -> str:
    """Say why an example takes no text, or not the one it has already; "" where it does."""
    if current.state == Example.State.WITHDRAWN:
        return "This example is withdrawn: put it back into its dataset first."
    if current.state == Example.State.RETURNED and not changed:
        return "This is the text as it was returned: change what the note asks for, then submit it."
    return ""


def draft_submit(
    *, example: Example, conversation: Conversation, based_on: int, saves: int, by: User
) -> Example:
    """Keep what was typed as the draft, then submit it, so that a text which is refused is never lost.

    Raises what `draft_save` and `example_submit` raise; the draft is kept where the second refuses.
    """
    draft_save(example=example, by=by, conversation=conversation, based_on=based_on, saves=saves)
    return example_submit(example=example, conversation=conversation, based_on=based_on, by=by)


def example_restore(*, example: Example, number: int, based_on: int, by: User) -> Example:
    """Make an earlier revision's text the current one again, as a new revision."""
    earlier = Revision.objects.get(example=example, number=number)
    return example_submit(example=example, conversation=earlier.conversation, based_on=based_on, by=by)


@transaction.atomic
def example_revert(*, example: Example, number: int, based_on: int, by: User) -> Example:
    """Undo an edit: the text of an earlier revision is the current one again, as its editor's and from when it was.

    So nobody becomes the editor of a text by taking their own back. Raises what `example_submit` raises.
    """
    earlier = Revision.objects.get(example=example, number=number)
    reverted = example_restore(example=example, number=number, based_on=based_on, by=by)
    reverted.edited_by, reverted.edited_at = earlier.edited_by, earlier.edited_at
    reverted.save(update_fields=["edited_by", "edited_at"])
    return reverted


def example_withdraw(*, example: Example, by: User) -> Example:
    """Take a submitted example out of its dataset; its text and history stay."""
    Example.objects.filter(pk=example.pk, state__in=(Example.State.SUBMITTED, Example.State.RETURNED)).update(
        state=Example.State.WITHDRAWN
    )
    example.refresh_from_db()
    return example


def example_reopen(*, example: Example, by: User) -> Example:
    """Put a withdrawn example back: to its author, where it was returned to them and not changed since."""
    at_this = Return.objects.filter(example=example, revision=example.revision)
    newest = at_this.order_by("-pk").values_list("removed", flat=True).first()
    state = Example.State.RETURNED if newest is False else Example.State.SUBMITTED
    Example.objects.filter(pk=example.pk, state=Example.State.WITHDRAWN).update(state=state)
    example.refresh_from_db()
    return example
