"""Lookups of review's pages, each inside the person's project."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from annotate.access import Access
from review.models import DuplicateCluster, EvaluationSet, QueueItem, Release, ReleaseFile, Ruling, Tokenizer


def item_of(access: Access, pk: int) -> QueueItem:
    """Return the project's queue item of that id, or raise Http404."""
    item = QueueItem.objects.filter(pk=pk, project=access.project).first()
    if item is None:
        raise Http404
    return item


def release_of(access: Access, public_id: UUID) -> Release:
    """Return the project's release of that id, or raise Http404."""
    found = Release.objects.select_related("project", "job", "by")
    release = found.filter(project=access.project, public_id=public_id).first()
    if release is None:
        raise Http404
    return release


def release_file_of(access: Access, public_id: UUID, path: str) -> ReleaseFile:
    """Return a file of a finished release by the path that its row states, or raise Http404."""
    release = release_of(access, public_id)
    file = release.files.select_related("release").filter(path=path).first()
    if file is None or release.done_at is None:
        raise Http404
    return file


def ruling_of(access: Access, pk: int) -> Ruling:
    """Return the project's ruling of that id, or raise Http404."""
    rulings = Ruling.objects.select_related("project", "by", "undone_by")
    ruling = rulings.filter(project=access.project, pk=pk).first()
    if ruling is None:
        raise Http404
    return ruling


def cluster_of(access: Access, pk: int) -> DuplicateCluster:
    """Return the project's cluster of that id, or raise Http404."""
    clusters = DuplicateCluster.objects.select_related("project", "keeper")
    cluster = clusters.filter(project=access.project, pk=pk).first()
    if cluster is None:
        raise Http404
    return cluster


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Return the path of this site that the form names to go back to, or `otherwise`."""
    asked = request.POST.get("back", "")
    return asked if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise


def tokenizer_of(access: Access, pk: int) -> Tokenizer:
    """Return the project's own tokenizer of that id, or raise Http404."""
    tokenizer = Tokenizer.objects.defer("content").filter(project=access.project, pk=pk).first()
    if tokenizer is None:
        raise Http404
    return tokenizer


def evaluation_set_of(access: Access, pk: int) -> EvaluationSet:
    """Return the project's evaluation set of that id, or raise Http404."""
    found = EvaluationSet.objects.select_related("project").filter(project=access.project, pk=pk).first()
    if found is None:
        raise Http404
    return found
