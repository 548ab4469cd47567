"""Lookups of review's pages, each inside the person's project."""

from functools import cache
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from annotate.access import Access
from annotate.http import dataset_of
from review.codes import coded, decoded
from review.models import (
    ClassifierVersion,
    DuplicateCluster,
    EvaluationSet,
    QueueItem,
    Release,
    ReleaseFile,
    Ruling,
    Sample,
    Selection,
    Tokenizer,
)
from review.queries.classifiers import versions_of
from review.queries.shown import items_read


def item_of(access: Access, code: int) -> QueueItem:
    """Return the project's queue item of that code, with its example, or raise Http404."""
    number = decoded(code, _key()) if code < 2**62 else 0
    item = items_read(access.project.pk, [number]).get(number)
    if item is None:
        raise Http404
    return item


def item_code(item: QueueItem) -> int:
    """Return what addresses call a queue item: its own number would tell seats of gold from others."""
    return coded(item.pk, _key())


@cache
def _key() -> bytes:
    return blake2b(settings.SECRET_KEY.encode(), person=b"queue item", digest_size=32).digest()


def sample_of(access: Access, dataset: str, pk: int) -> Sample:
    """Return the sample of that id of the project's dataset, or raise Http404."""
    samples = Sample.objects.select_related("dataset__project", "source_import", "policy", "by")
    sample = samples.filter(dataset=dataset_of(access, dataset), pk=pk).first()
    if sample is None:
        raise Http404
    return sample


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


def selection_of(access: Access, public_id: UUID) -> Selection:
    """Return the project's selection of that id, or raise Http404."""
    found = Selection.objects.select_related("project", "classifier", "job", "by")
    selection = found.filter(project=access.project, public_id=public_id).first()
    if selection is None:
        raise Http404
    return selection


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


def classifier_of(access: Access, number: int) -> ClassifierVersion:
    """Return the project's classifier version of that number, without what is large in it, or raise Http404."""
    version = versions_of(access.project).select_related("by", "activated_by").filter(number=number).first()
    if version is None:
        raise Http404
    return version


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
