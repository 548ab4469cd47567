"""What the desk, the editor and the conflict page show."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from annotate.access import Access
from annotate.diff import diff_conversations
from annotate.editing import SHAPES, SINGLE, TURNS, fits_single, rows_of, with_problems
from annotate.forms import NewExampleForm, Sent
from annotate.models import Example
from annotate.queries import (
    draft_of,
    drafts_of,
    note_of,
    removed_of,
    returned_to,
    text_at,
    written_by,
)
from annotate.records import Conversation
from annotate.services.examples import StaleDraft, StaleRevision

SHAPE_KEY = "editor-shape"
SUBMITTED_SHOWN = 30
REMOVED_SHOWN = 5


def desk_context(access: Access) -> dict[str, Any]:
    """Return the lists beside the editor, and the form that begins a new example."""
    return {
        "drafts": drafts_of(access),
        "returned": returned_to(access),
        "removed": removed_of(access)[:REMOVED_SHOWN],
        "submitted": written_by(access).filter(state=Example.State.SUBMITTED)[:SUBMITTED_SHOWN],
        "author_desk_url": _url(settings.AUTHOR_DESK, access.project.slug),
        "new_form": NewExampleForm(project=access.project),
    }


def editor_context(
    access: Access,
    example: Example,
    *,
    shape: str,
    problems: list[str] | None = None,
    theirs: Conversation | None = None,
) -> dict[str, Any]:
    """Return what the editor shows of an example: the person's draft of it, or its text as it stands.

    `problems` are shown at their turns; `theirs` is another text to compare with.
    """
    draft = draft_of(example, access.user)
    typed = draft.conversation if draft else example.conversation
    based_on = draft.based_on if draft else example.revision
    shown = shape if shape in SHAPES and (shape == TURNS or fits_single(typed)) else _shape_of(typed)
    other = theirs or (example.conversation if draft and example.state != Example.State.DRAFT else None)
    rows, unplaced = with_problems(rows_of(typed, text_at(example, based_on), shown), typed, problems or [])
    return {
        "example": example, "draft": draft, "rows": rows, "problems": problems, "unplaced": unplaced,
        "shape": shown, "single_refused": shape == SINGLE and shown == TURNS,
        "based_on": based_on, "version": draft.saves if draft else 0,
        "is_stale": based_on != example.revision, "theirs": theirs,
        "changes": diff_conversations(other, typed) if other else (),
        "live_checks_url": _url(settings.LIVE_CHECKS, access.project.slug, example.public_id),
        "returned_with": note_of(example) if example.state == Example.State.RETURNED else None,
    }  # fmt: skip


def conflict_context(
    access: Access, example: Example, sent: Sent, stale: StaleDraft | StaleRevision
) -> dict[str, Any]:
    """Return both texts of a conflict, what parts them, and what the form needs to go on from either."""
    theirs = stale.current.conversation
    draft = draft_of(example, access.user)
    return {
        "example": example, "theirs": theirs, "mine": sent.conversation,
        "in_window": isinstance(stale, StaleDraft), "stale": stale.current,
        "rows": rows_of(sent.typed, text_at(example, sent.text_of), TURNS),
        "changes": diff_conversations(theirs, sent.conversation),
        "version": draft.saves if draft else 0, "text_of": sent.text_of, "shape": sent.next_shape,
        "based_on": sent.based_on if isinstance(stale, StaleDraft) else stale.current.revision,
    }  # fmt: skip


def _shape_of(conversation: Conversation) -> str:
    return SINGLE if fits_single(conversation) else TURNS


def _url(name: str, *arguments: object) -> str:
    """Return the address of a page that another app may have, or nothing."""
    return reverse(name, args=arguments) if name else ""
