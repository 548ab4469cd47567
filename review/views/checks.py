"""The checks beside the editor: one line each, what is wrong first."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from annotate.access import WRITERS, Access
from annotate.editing import is_blank
from annotate.forms import read_editor
from annotate.http import editable_example_of, project_view
from annotate.models import Example
from review.limits import Limit, bounds_words
from review.personal import KINDS
from review.queries.checks import TextCheck, scorers_ready, text_check
from review.wellformed.issues import ISSUES

DROPS, FLAGS, FINE = "no", "hm", "ok"
ICONS = {DROPS: "circle-x", FLAGS: "triangle-alert", FINE: "circle-check"}
SAYS = {DROPS: "Would be dropped", FLAGS: "Look at it", FINE: "Fine"}
_ORDER = (DROPS, FLAGS, FINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One check: how it went, of what, its value, why in a sentence, and the example it speaks of."""

    tone: str
    label: str
    value: str = ""
    why: str = ""
    example: Example | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.tone]

    @property
    def says(self) -> str:
        return SAYS[self.tone]


@require_POST
@project_view(*WRITERS)
def check(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Answer what the scorers and limits say of the text as it is typed; nothing is stored."""
    try:
        example = editable_example_of(access, public_id)
    except Http404:
        if Example.objects.filter(public_id=public_id).exists():
            raise
        # A draft that was thrown away while its last check was on the way.
        return HttpResponse(status=204)
    typed = read_editor(request.POST, example).typed
    if all(is_blank(turn) for turn in typed.turns):
        scorers_ready(access.project)  # while the person looks for the first words
        return render(request, "review/_check.html", {"lines": []})
    found = text_check(project=access.project, conversation=typed, example=example)
    context = {"lines": lines_of(found), "state": found.verdict.state, "values": found.values}
    return render(request, "review/_check.html", context)


def lines_of(found: TextCheck) -> list[Line]:
    """Lay out every check that the policy asks for, what would drop the text first."""
    judged = (limit for limit in found.policy.limits if limit.bounds() and limit.field in found.compared)
    lines = [line for limit in judged for line in _lines(limit, found)]
    return sorted(lines, key=lambda line: _ORDER.index(line.tone))


def _lines(limit: Limit, found: TextCheck) -> Iterator[Line]:
    reason = limit.reason(found.compared[limit.field])
    tone = FINE if not reason else DROPS if limit.drops else FLAGS
    if limit.slug == "format":
        yield from _format_lines(found) or [Line(FINE, limit.label)]
    elif limit.slug == "length":
        tokens = found.compared[limit.field]
        yield Line(tone, limit.label, f"{tokens:,} tokens", reason and f"The limit is {bounds_words(limit)}.")
    elif limit.slug in found.alike:
        yield from (
            Line(
                tone,
                limit.label,
                "" if row.similarity is None else _percent(row.similarity),
                example=row.example,
            )
            for row in found.alike[limit.slug]
        )
        if not found.alike[limit.slug]:
            yield Line(tone, limit.label)
    elif limit.slug == "personal-data":
        yield Line(tone, limit.label, why=_kinds(found))
    else:
        value = found.compared[limit.field]
        yield Line(tone, limit.label, f"{value:.2f}" if value else "", reason)


def _percent(similarity: float) -> str:
    # Downwards: 100 % is the same text.
    return f"{int(similarity * 100)} % alike"


def _format_lines(found: TextCheck) -> list[Line]:
    tones = {"blocks": DROPS, "warns": FLAGS}
    issues = [issue for issue in ISSUES if issue.slug in found.values["format_issues"]]
    return [Line(tones[issue.severity], "Format", why=issue.sentence) for issue in issues]


def _kinds(found: TextCheck) -> str:
    spans = found.values.get("details", {}).get("personal-data", [])
    labels = {kind.slug: kind.label for kind in KINDS}
    return ", ".join(dict.fromkeys(labels.get(span["kind"], span["kind"]) for span in spans))
