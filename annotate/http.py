"""What every page of a project shares: who is asking, and whether the answer is a page or a part of one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from annotate.access import EVERYONE, Access, access_to
from annotate.models import Dataset, Example, Import, Membership

type ProjectView[**P] = Callable[Concatenate[HttpRequest, Access, P], HttpResponseBase]


def project_view[**P](
    *roles: str,
) -> Callable[[ProjectView[P]], Callable[..., HttpResponseBase]]:
    """Give a view the person's `Access` in place of the project's slug; 404 outside it, 403 for other roles."""

    def decorate(view: ProjectView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapped(
            request: HttpRequest, project: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            access = access_to(request.user, project, roles or EVERYONE)
            request.access = access  # type: ignore[attr-defined]
            response = view(request, access, *args, **kwargs)
            patch_vary_headers(response, ("HX-Request",))
            return response

        return wrapped

    return decorate


def is_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of a page (not for Back and boosted links)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def page_or_partial(request: HttpRequest, template: str, partial: str) -> str:
    """Name the whole page, or its partial when htmx asks for a part."""
    return f"{template}#{partial}" if is_part(request) else template


def dataset_of(access: Access, slug: str) -> Dataset:
    """Return the project's dataset of that slug, or raise Http404."""
    dataset = Dataset.objects.select_related("project").filter(project=access.project, slug=slug).first()
    if dataset is None:
        raise Http404
    return dataset


def member_of(access: Access, pk: int) -> Membership:
    """Return the project's membership of that id, or raise Http404."""
    membership = (
        Membership.objects.select_related("user", "project").filter(project=access.project, pk=pk).first()
    )
    if membership is None:
        raise Http404
    return membership


def import_of(access: Access, public_id: UUID) -> Import:
    """Return the project's import of that id, or raise Http404."""
    found = Import.objects.select_related("dataset__project", "job", "by")
    source_import = found.filter(dataset__project=access.project, public_id=public_id).first()
    if source_import is None:
        raise Http404
    return source_import


def example_of(access: Access, public_id: UUID) -> Example:
    """Return the project's example of that id if the person may read it, or raise Http404."""
    found = Example.objects.visible().select_related(
        "dataset__project", "author", "edited_by", "source_import"
    )
    example = found.filter(dataset__project=access.project, public_id=public_id).first()
    if example is None or not access.may_read(example):
        raise Http404
    if example.state == Example.State.DRAFT and example.author_id != access.user.pk:
        raise Http404
    return example


def editable_example_of(access: Access, public_id: UUID) -> Example:
    """Return the project's example of that id if the person may read it; PermissionDenied if they may not edit it."""
    example = example_of(access, public_id)
    if not access.may_edit(example):
        raise PermissionDenied("Only its author and managers change this example.")
    return example
