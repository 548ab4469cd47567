"""What an author is told: what reviewers did with their examples, why, and what came of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotate.access import Access
from annotate.diff import diff_conversations
from annotate.http import example_of, page_or_partial, project_view
from annotate.queries import text_at
from annotate.records import Conversation
from annotate.templatetags.annotate_text import known_as
from review.models import QueueItem
from review.queries.stories import (
    ACCEPTED,
    OUT,
    REFUSED,
    WAITS,
    WITH_AUTHOR,
    Story,
    bad_before,
    reason_words,
    stories_of,
    story_of,
)

DESK, EXAMPLE = "review/author_desk.html", "review/example_story.html"
TONES = {
    ACCEPTED: ("good", "circle-check"), REFUSED: ("bad", "circle-x"), WAITS: ("", "clock"),
    WITH_AUTHOR: ("warn", "undo-2"), OUT: ("", "ban"),
}  # fmt: skip
# Where it is with its author nobody else is told by this page.
WORDS = {WAITS: "waits for a reviewer", WITH_AUTHOR: "with you, to mend"}


@require_safe
@project_view()
def author_desk(request: HttpRequest, access: Access) -> HttpResponse:
    """List what reviewers did with the person's own examples, with what was changed and why."""
    context = {"stories": [shown(story) for story in stories_of(access)]}
    return render(request, page_or_partial(request, DESK, "desk"), context)


@require_safe
@project_view()
def example_story(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show what a reviewer did last with an example they found bad, and what came of it."""
    example = example_of(access, public_id)
    story = story_of(access, example)
    # What is with its author or out has the note on its page already.
    told = story and story.state not in (WITH_AUTHOR, OUT)
    context = {"example": example, "story": shown(story) if story and told else None}
    return render(request, page_or_partial(request, EXAMPLE, "story"), context)


def mended_context(access: Access, item: QueueItem, text: Conversation) -> dict[str, object] | None:
    """Return what the reviewer of a mended text is told: why it was bad, and what was changed; None for another."""
    label = bad_before(item)
    if label is None:
        return None
    before = text_at(item.example, label.revision)
    return {
        "by": known_as(label.by, access), "at": label.at, "note": label.note,
        "reasons": reason_words(access, label.reasons), "changes": diff_conversations(before, text),
    }  # fmt: skip


def shown(story: Story) -> dict[str, object]:
    """Return a story as its template reads it."""
    tone, icon = TONES[story.state]
    return {"it": story, "tone": tone, "icon": icon, "state": WORDS.get(story.state, story.state)}
