"""Personal data in an example: shown where it stands, replaced by a click."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import Access
from annotate.http import editable_example_of, example_of, is_part, project_view
from annotate.models import Example
from annotate.services.examples import NotReady, StaleRevision
from review.forms import ReplaceForm
from review.personal import BY_SLUG, Kind, Piece, Place, pieces_at
from review.queries.personal import places_of
from review.services.personal_data import DraftThere, NothingToReplace, personal_data_replace

PAGE, SECTION = "review/personal_data.html", "review/_personal_data.html"
SHOWN = 200  # places; who has more replaces all, or these and then the next
AROUND = 80  # characters of a text that are shown beside what stands in it

EDITED = "Somebody edited this example meanwhile. Look again, then replace."
NOTHING = "Nothing was replaced: the text holds none of it."
UNCLEAR = "Pick what to replace."
DRAFTED = "You have a draft of this example: submit or discard it first, so that nothing typed is lost."


@dataclass(frozen=True, slots=True)
class Passage:
    """A turn's content or input with its personal data marked; `places` are keys and kinds for the buttons."""

    number: int
    role: str
    is_input: bool
    pieces: list[Piece]
    places: list[tuple[str, str, Kind]]


@require_safe
@project_view()
def personal_data(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show the personal data in an example, where it stands; htmx gets the section alone."""
    context = personal_data_context(access, example_of(access, public_id))
    return render(request, SECTION if is_part(request) else PAGE, context)


@require_POST
@project_view()
def replace(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Replace what was picked, or everything, by placeholders; 409 when somebody edited meanwhile."""
    found = editable_example_of(access, public_id)
    form = ReplaceForm(request.POST)
    if not form.is_valid():
        return _refused(request, access, found, 422, UNCLEAR)
    try:
        changed = personal_data_replace(example=found, by=access.user, **form.cleaned_data)
    except StaleRevision as stale:
        return _refused(request, access, stale.current, 409, EDITED)
    except NothingToReplace:
        return _refused(request, access, found, 422, NOTHING)
    except DraftThere:
        return _refused(request, access, found, 422, DRAFTED)
    except NotReady as refusal:
        return _refused(request, access, found, 422, str(refusal))
    messages.success(
        request, f"Replaced: this is revision {changed.revision} now; the history has the way back."
    )
    return redirect(changed)


def personal_data_context(access: Access, example: Example, refusal: str = "") -> dict[str, Any]:
    """Return what the section shows: the passages that hold personal data, and whether the person may replace it."""
    places = places_of(example)
    return {
        "example": example,
        "passages": passages_of(example, places[:SHOWN]),
        "more": max(0, len(places) - SHOWN),
        "count": len(places),
        "refusal": refusal,
        "may_replace": access.may_edit(example) and example.state == Example.State.SUBMITTED,
    }


def passages_of(example: Example, places: list[Place]) -> list[Passage]:
    """Return each content and input that holds one of the places, its pieces cut to what stands around them."""
    turns = example.conversation.turns
    strings = sorted({(place.turn, place.field) for place in places})
    return [
        Passage(
            number + 1, turns[number].role, field == "input",
            _shortened(pieces_at(turns, places, number, field)),
            [
                (place.key, getattr(turns[number], field)[place.span.start : place.span.end], BY_SLUG[place.span.kind])
                for place in places
                if (place.turn, place.field) == (number, field)
            ],
        )
        for number, field in strings
    ]  # fmt: skip


def _shortened(cut: list[Piece]) -> list[Piece]:
    last = len(cut) - 1
    return [
        piece if piece.kind else Piece(_around(piece.text, number > 0, number < last))
        for number, piece in enumerate(cut)
    ]


def _around(text: str, follows: bool, is_followed: bool) -> str:
    """Keep what stands next to a mark, after it or before it or both."""
    if len(text) <= (follows + is_followed) * AROUND:
        return text
    return (text[:AROUND] if follows else "") + "…" + (text[-AROUND:] if is_followed else "")


def _refused(request: HttpRequest, access: Access, example: Example, status: int, words: str) -> HttpResponse:
    return render(request, PAGE, personal_data_context(access, example, words), status=status)
