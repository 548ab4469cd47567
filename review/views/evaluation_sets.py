"""What a model will be tested on: the project's evaluation sets."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.reading import Refusal
from annotate.uploads import is_too_large
from review.contamination import LONG, MAX_BYTES, NEAR
from review.file_forms import EvaluationSetForm
from review.http import evaluation_set_of
from review.models import EvaluationSet
from review.services.evaluation_sets import (
    SetThere,
    evaluation_set_add,
    evaluation_set_remove,
    evaluation_set_restore,
)

PAGE = "review/evaluation_sets.html"
ADDRESS = "review:evaluation_sets"


@require_safe
@project_view(*STAFF)
def evaluation_sets(request: HttpRequest, access: Access) -> HttpResponse:
    """Show which sets no example may hold, and those removed."""
    return render(request, PAGE, _context(access, EvaluationSetForm()))


@require_POST
@project_view(*MANAGERS)
def evaluation_set_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Take a set's file; one that cannot be read is refused with the reason and leaves nothing."""
    form = EvaluationSetForm(request.POST, request.FILES, too_large=is_too_large(request))
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            added = evaluation_set_add(
                project=access.project, name=form.cleaned_data["name"], by=access.user,
                content=file.read(MAX_BYTES + 1),
            )  # fmt: skip
            messages.success(request, f"{added}: {_items(added)} to look for. Every example is compared now.")
            return redirect(ADDRESS, access.project.slug)
        except (Refusal, SetThere) as refusal:
            form.add_error("file", str(refusal))
    status = 413 if is_too_large(request) else 422
    return render(request, PAGE, _context(access, form), status=status)


@require_POST
@project_view(*MANAGERS)
def evaluation_set_gone(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Take a set away; it can be put back."""
    removed = evaluation_set_remove(evaluation_set=evaluation_set_of(access, pk), by=access.user)
    messages.success(request, f"{removed} is removed; it can be put back below.")
    return redirect(ADDRESS, access.project.slug)


@require_POST
@project_view(*MANAGERS)
def evaluation_set_back(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Put a removed set back."""
    restored = evaluation_set_restore(evaluation_set=evaluation_set_of(access, pk), by=access.user)
    messages.success(request, f"{restored} is back: {_items(restored)} to look for.")
    return redirect(ADDRESS, access.project.slug)


def _items(evaluation_set: EvaluationSet) -> str:
    return "1 item" if evaluation_set.count == 1 else f"{evaluation_set.count:,} items"


def _context(access: Access, form: EvaluationSetForm) -> dict[str, Any]:
    sets = list(EvaluationSet.objects.filter(project=access.project).select_related("by"))
    return {
        "form": form,
        "sets": [one for one in sets if one.removed_at is None],
        "removed": [one for one in sets if one.removed_at],
        "long": LONG,
        "near": NEAR,
        "largest": MAX_BYTES,
    }
