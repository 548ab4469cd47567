"""Duplicates: one cluster at a time, each member compared with the keeper, and what is kept of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import example_of, project_view
from review.forms import ClusterForm, KeeperForm, NoteForm
from review.http import cluster_of
from review.models import DuplicateCluster, Ruling
from review.queries.clusters import members_of
from review.services.clusters import ClusterGone, NotAMember, cluster_keep_all, keeper_choose
from review.services.locks import Busy
from review.services.rulings import NothingToRule, ruling_make
from review.views.clusters import cluster_url, duplicates_context

GONE = "Nothing was changed: this cluster is no more, because its examples were edited or compared anew."
OUT = "Nothing was changed: that example was edited or withdrawn since it was compared."
BUSY = "Nothing was changed: a screening is writing what it found here. Try again in a moment."
KEPT = "Nothing was changed: all of these are kept by hand already."
NONE_KEPT = "Nothing was changed: none of these is kept by hand."
ONE_IS_ENOUGH = "One of these duplicates is enough."


@require_safe
@project_view(*STAFF)
def duplicates(request: HttpRequest, access: Access) -> HttpResponse:
    """Show one cluster of duplicates, and those around it, the largest first."""
    return render(request, "review/duplicates.html", duplicates_context(access, ClusterForm(request.GET)))


@require_POST
@project_view(*MANAGERS)
def keeper(request: HttpRequest, access: Access, cluster: int) -> HttpResponse:
    """Keep another member of a cluster than the rule chose."""
    found, form = cluster_of(access, cluster), KeeperForm(request.POST)
    if not form.is_valid():
        messages.error(request, OUT)
        return redirect(cluster_url(found))
    example = example_of(access, form.cleaned_data["example"])
    try:
        keeper_choose(cluster=found, example=example, by=access.user)
    except (ClusterGone, NotAMember, Busy) as refused:
        messages.warning(request, {ClusterGone: GONE, NotAMember: OUT, Busy: BUSY}[type(refused)])
    else:
        messages.success(request, "This one is kept now; the others are compared with it.")
    return redirect(cluster_url(found))


@require_POST
@project_view(*MANAGERS)
def keep_all(request: HttpRequest, access: Access, cluster: int) -> HttpResponse:
    """Keep every member of a cluster by hand."""
    found, form = cluster_of(access, cluster), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["note"])))
        return redirect(cluster_url(found))
    try:
        made = cluster_keep_all(cluster=found, note=form.cleaned_data["note"], by=access.user)
    except (ClusterGone, NothingToRule) as refused:
        messages.warning(request, {ClusterGone: GONE, NothingToRule: KEPT}[type(refused)])
        return redirect(cluster_url(found))
    return redirect(cluster_url(found, ruled=made.pk))


@require_POST
@project_view(*MANAGERS)
def keep_one(request: HttpRequest, access: Access, cluster: int) -> HttpResponse:
    """Leave a cluster to the limit again, which drops all but its keeper."""
    found = cluster_of(access, cluster)
    try:
        made = _leave_to_limits(access, found)
    except NothingToRule:
        messages.warning(request, NONE_KEPT)
        return redirect(cluster_url(found))
    return redirect(cluster_url(found, ruled=made.pk))


def _leave_to_limits(access: Access, cluster: DuplicateCluster) -> Ruling:
    return ruling_make(
        project=access.project, verdict=Ruling.Verdict.NEITHER, note=ONE_IS_ENOUGH, by=access.user,
        queryset=members_of(cluster),
    )  # fmt: skip
