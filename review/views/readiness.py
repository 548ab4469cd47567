"""The checklist before fine-tuning: what is measured, what people sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from review.models import ReadinessSign
from review.project_forms import BudgetForm, SignForm
from review.queries.readiness import readiness
from review.readiness import BY_SLUG, POINTS, Point, findings
from review.services.readiness import readiness_sign
from review.training import MODELS, RANK, Memory, full_memory, qlora_memory, training_tokens

PAGE = "review/readiness.html"


@dataclass(frozen=True, slots=True)
class Line:
    """One point as the page shows it; `holds` is None while nobody has signed it."""

    point: Point
    holds: bool | None
    words: str
    signs: Sequence[ReadinessSign]

    @property
    def mark(self) -> tuple[str, str, str]:
        """Return icon, tone and words of the state."""
        if self.holds is None:
            return ("clock", "hm", "not signed yet")
        return ("circle-check", "ok", "holds") if self.holds else ("circle-x", "no", "does not hold")


@require_safe
@project_view(*STAFF)
def checklist(request: HttpRequest, access: Access) -> HttpResponse:
    """Show every point with its figures or its signature, and what a training run would take."""
    return render(request, PAGE, _context(access, BudgetForm(request.GET), SignForm()))


@require_POST
@project_view(*MANAGERS)
def sign(request: HttpRequest, access: Access) -> HttpResponse:
    """Sign a point, with a note."""
    form = SignForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _context(access, BudgetForm({}), form), status=422)
    point = BY_SLUG[form.cleaned_data["point"]]
    holds = form.cleaned_data["holds"] == "yes"
    readiness_sign(
        project=access.project, point=point.slug, holds=holds, note=form.cleaned_data["note"], by=access.user
    )
    messages.success(request, f"{point.label}: {'it holds' if holds else 'it does not hold'}, signed by you.")
    return redirect("review:readiness", access.project.slug)


def _context(access: Access, budget: BudgetForm, form: SignForm) -> dict[str, Any]:
    found = readiness(access.project)
    measured = findings(found.facts)
    lines = []
    for point in POINTS:
        signs = found.signs.get(point.slug, [])
        if point.measured:
            lines.append(Line(point, measured[point.slug].holds, measured[point.slug].words, ()))
        else:
            lines.append(Line(point, signs[0].holds if signs else None, "", signs))
    return {
        "lines": lines,
        "stale_since": found.stale_since,
        "holding": sum(line.holds is True for line in lines),
        "form": form,
        "wrong": form.data.get("point", "") if form.is_bound else "",
        **_budget(budget, found.tokens),
    }


def _budget(form: BudgetForm, tokens: int) -> dict[str, Any]:
    epochs, sequence, batch = (form.value(name) for name in ("epochs", "sequence", "batch"))
    memory: list[tuple[Memory, Memory]] = [
        (full_memory(model, sequence, batch), qlora_memory(model, sequence, batch)) for model in MODELS
    ]
    return {
        "tokens": tokens,
        "training": training_tokens(tokens, epochs),
        "memory": memory,
        "rank": RANK,
        "budget": BudgetForm(initial={"epochs": epochs, "sequence": sequence, "batch": batch}),
    }
