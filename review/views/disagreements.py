"""The disagreement list: labelled bad, and good by the classifier; a manager sends from it to a second look."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.models import Example
from review.forms import PickForm
from review.http import back_to
from review.limits import number
from review.models import ClassifierVersion
from review.people_forms import PageForm
from review.queries.disagreements import (
    Disagreement,
    disagreements_of,
    disagreements_shown,
    newest_version,
    threshold_of,
)
from review.services.second_looks import second_looks_ask
from review.views.people_tabs import people_tabs

PAGE_SIZE = 25
NOT_SENT = "waits for review already, was changed meanwhile, or is one too many at once"


@require_safe
@project_view(*STAFF)
def disagreements(request: HttpRequest, access: Access) -> HttpResponse:
    """List what the newest version takes for good out of fold and a reviewer called bad."""
    version, found = _found(access)
    page = PageForm(request.GET).value("page") or 1
    rows = found[PAGE_SIZE * (page - 1) : PAGE_SIZE * page]
    context: dict[str, Any] = {
        "tabs": people_tabs(access, "second_looks"),
        "version": version,
        "threshold": number(threshold_of(access.project)),
        "count": len(found),
        "rows": disagreements_shown(access, rows),
        "first": request.path,
        "previous": f"?{urlencode({'page': page - 1})}" if page > 1 else "",
        "next": f"?{urlencode({'page': page + 1})}" if len(found) > PAGE_SIZE * page else "",
    }
    return render(request, "review/disagreements.html", context)


@require_POST
@project_view(*MANAGERS)
def disagreements_send(request: HttpRequest, access: Access) -> HttpResponse:
    """Ask for a second look at those that were picked, or at all."""
    back = back_to(request, reverse("review:disagreements", args=[access.project.slug]))
    form, (version, found) = PickForm(request.POST), _found(access)
    if not form.is_valid() or version is None:
        messages.warning(request, " ".join(map(str, form.errors.get("example", ["There is no version."]))))
        return redirect(back)
    if not form.cleaned_data["whole"]:
        here = Example.objects.in_project(access.project).filter(public_id__in=form.cleaned_data["example"])
        picked = set(here.values_list("pk", flat=True))
        found = [one for one in found if one.example in picked]
    labels = [one.label for one in found]
    added = second_looks_ask(version=version, labels=labels, by=access.user)
    (messages.success if added else messages.warning)(request, _words(added, len(found) - added))
    return redirect(back)


def _found(access: Access) -> tuple[ClassifierVersion | None, list[Disagreement]]:
    version = newest_version(access.project)
    return version, disagreements_of(version, threshold_of(access.project)) if version else []


def _words(added: int, left: int) -> str:
    if not added:
        return f"Nothing was sent: each of these {NOT_SENT}."
    sent = f"{added:,} wait{'s' * (added == 1)} for a second look."
    return f"{sent} {left:,} {'was' if left == 1 else 'were'} not sent: each {NOT_SENT}." if left else sent
