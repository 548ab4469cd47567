"""The targeted queue, filled from the page that lists a project's examples."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotate.access import MANAGERS, Access
from annotate.forms import FilterForm
from annotate.http import project_view
from annotate.models import Example
from annotate.queries import browse
from review.forms import PickForm
from review.http import back_to
from review.services.targets import targeted_add

MOST = 10_000
NOT_QUEUED = "waits for review already, or is not submitted"


@require_POST
@project_view(*MANAGERS)
def targeted_send(request: HttpRequest, access: Access) -> HttpResponse:
    """Put the picked examples, or all that the page is narrowed to, in the targeted queue."""
    back = back_to(request, reverse("annotate:browse", args=[access.project.slug]))
    form = PickForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["example"])))
        return redirect(back)
    filters = FilterForm(QueryDict(urlsplit(back).query), project=access.project).filters
    found = browse(access.project, filters)
    if not form.cleaned_data["whole"]:
        picked = form.cleaned_data["example"]
        found = Example.objects.in_project(access.project).visible().filter(public_id__in=picked)
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        messages.warning(request, f"Nothing was queued: these are more than {MOST:,}. Narrow them first.")
        return redirect(back)
    why = {"by": "browse"} | ({"words": filters.text} if filters.text else {})
    added = targeted_add(project=access.project, examples=ids, by=access.user, why=why)
    (messages.success if added else messages.warning)(request, _words(added, len(ids) - added))
    return redirect(back)


def _words(added: int, left: int) -> str:
    if not added:
        return f"Nothing was queued: each of these {NOT_QUEUED}."
    queued = f"{added:,} example{' is' if added == 1 else 's are'} queued for targeted review."
    return f"{queued} {left:,} {'was' if left == 1 else 'were'} not: each {NOT_QUEUED}." if left else queued
