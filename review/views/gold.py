"""Gold examples: which there are, how they are answered, and marking one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, Access
from annotate.http import example_of, project_view
from annotate.models import Example
from annotate.queries import text_at
from review.models import GoldExample, Label
from review.people_forms import GoldForm
from review.queries.gold import gold_supply
from review.queries.gold_answers import GoldAnswers, gold_answered, gold_of
from review.queries.rules import rules_of
from review.services.gold import NotGold, gold_mark, gold_retire
from review.views.people_tabs import people_tabs
from review.views.rules import supply_words

PAGE, FORM = "review/gold.html", "review/gold_form.html"
SHOWN = {"": "In use", "doubtful": "Doubtful", "retired": "Retired"}


@require_safe
@project_view(*MANAGERS)
def gold(request: HttpRequest, access: Access) -> HttpResponse:
    """List the gold examples with how reviewers answer them."""
    show = request.GET.get("show", "")
    if show not in SHOWN:
        raise Http404
    return render(request, PAGE, _context(access, show))


@require_safe
@project_view(*MANAGERS)
def gold_form(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Ask for the right label of an example; a label that the address names is offered as it is."""
    example = example_of(access, public_id)
    known = GoldExample.objects.filter(example=example).first() or _label(
        example, request.GET.get("label", "")
    )
    initial: dict[str, Any] = {"revision": known.revision if known else example.revision}
    if known and known.verdict != Label.Verdict.UNDONE:
        initial |= {"verdict": known.verdict, "reasons": known.reasons, "note": known.note}
    form = GoldForm(initial=initial, reasons=rules_of(access.project).offered, newest=example.revision)
    return render(request, FORM, _form_context(access, example, form, initial["revision"]))


@require_POST
@project_view(*MANAGERS)
def gold_save(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Mark an example as gold, at the revision that was read."""
    example, rules = example_of(access, public_id), rules_of(access.project)
    form = GoldForm(request.POST, reasons=rules.reasons, newest=example.revision)
    if form.is_valid():
        try:
            gold_mark(example=example, by=access.user, **form.cleaned_data)
        except NotGold as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "It is a gold example now. You are never asked it yourself.")
            return redirect("review:gold", access.project.slug)
    revision = form.cleaned_data.get("revision") or example.revision
    return render(request, FORM, _form_context(access, example, form, revision), status=422)


@require_POST
@project_view(*MANAGERS)
def gold_gone(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Ask a gold example of nobody any more."""
    gold_retire(gold=_found(access, pk), by=access.user)
    messages.success(
        request, "Retired: it is asked of nobody any more. The answers that were given still count."
    )
    return redirect("review:gold", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def gold_back(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Take a retired gold example into use again, with the label that it had."""
    found = _found(access, pk)
    try:
        gold_mark(
            example=found.example, verdict=found.verdict, reasons=found.reasons, note=found.note,
            revision=found.revision, by=access.user,
        )  # fmt: skip
    except NotGold as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "It is in use again.")
    return redirect("review:gold", access.project.slug)


def _found(access: Access, pk: int) -> GoldExample:
    found = gold_of(access, pk)
    if found is None:
        raise Http404
    return found


def _label(example: Example, pk: str) -> Label | None:
    known = pk.isascii() and pk.isdigit() and len(pk) < 19
    return example.labels.filter(pk=int(pk)).first() if known else None


def _context(access: Access, show: str) -> dict[str, Any]:
    every = gold_answered(access.project)
    parts: dict[str, list[GoldAnswers]] = {
        "": [one for one in every if one.gold.retired_at is None],
        "retired": [one for one in every if one.gold.retired_at],
    }
    parts["doubtful"] = [one for one in parts[""] if one.is_doubtful]
    supply, address = gold_supply(access.project), reverse("review:gold", args=[access.project.slug])
    words = {reason.slug: reason.label for reason in rules_of(access.project).reasons}
    return {
        "tabs": people_tabs(access, "gold"),
        "parts": [
            {
                "label": label,
                "url": f"{address}?show={slug}" if slug else address,
                "current": slug == show,
                "count": len(parts[slug]),
            }
            for slug, label in SHOWN.items()
        ],
        "rows": [(one, [words.get(slug, slug) for slug in one.gold.reasons]) for one in parts[show]],
        "show": show,
        "doubtful": len(parts["doubtful"]),
        "supply": supply,
        "supply_words": supply_words(supply),
        "rules": rules_of(access.project).stored,
        "labels_url": reverse("review:reviewer_labels", args=[access.project.slug]),
    }


def _form_context(access: Access, example: Example, form: GoldForm, revision: int) -> dict[str, Any]:
    data: Any = form.data if form.is_bound else form.initial
    chosen = data.getlist("reasons") if form.is_bound else data.get("reasons", [])
    return {
        "tabs": people_tabs(access, "gold"),
        "example": example,
        "form": form,
        "revision": revision,
        "conversation": text_at(example, revision),
        "reasons": [
            {"reason": reason, "digit": place if place <= 9 else ""}
            for place, reason in enumerate(rules_of(access.project).offered, start=1)
        ],
        "card": {"chosen": chosen, "reasons_error": " ".join(map(str, form.errors.get("reasons", [])))},
        "verdict": data.get("verdict", ""),
        "note": data.get("note", ""),
        "gold": GoldExample.objects.filter(example=example).select_related("by").first(),
    }
