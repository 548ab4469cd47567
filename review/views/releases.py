"""Releases: what there are, making one, what one holds, and its files."""

from pathlib import PurePosixPath
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from review.http import release_file_of, release_of
from review.queries.releases import release_folder
from review.release_forms import ReleaseForm
from review.services.releases import NameTaken, NothingToRelease, NotInOrder, release_create
from review.views.shelves import release_context, releases_context

LIST = "review/releases.html"


@require_safe
@project_view(*STAFF)
def releases(request: HttpRequest, access: Access) -> HttpResponse:
    """List the project's releases, and what one made now would hold."""
    form = ReleaseForm(project=access.project, initial={"selection": request.GET.get("selection", "")})
    return render(request, LIST, releases_context(access, form))


@require_POST
@project_view(*MANAGERS)
def release_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Start a release of some datasets' approved examples."""
    form = ReleaseForm(request.POST, project=access.project)
    if form.is_valid():
        try:
            made = release_create(project=access.project, by=access.user, **form.cleaned_data)
            return redirect("review:release", access.project.slug, made.public_id)
        except NameTaken as taken:
            form.add_error("name", str(taken))
        except NothingToRelease as nothing:
            form.add_error("selection" if form.cleaned_data["selection"] else "datasets", str(nothing))
        except NotInOrder as why:
            form.add_error("best_first", str(why))
    return render(request, LIST, releases_context(access, form), status=422)


@require_safe
@project_view(*STAFF)
def release(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show a release: how far it is, or what it states about itself."""
    return render(request, "review/release.html", release_context(release_of(access, public_id)))


@require_safe
@project_view(*STAFF)
def release_file(request: HttpRequest, access: Access, public_id: UUID, path: str) -> HttpResponseBase:
    """Send one file of a finished release; where it lies comes from its row, never from the address."""
    file = release_file_of(access, public_id, path)
    stored = (release_folder(file.release) / file.path).open("rb")
    # Whatever the lines hold, a browser only ever saves them.
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    name = PurePosixPath(file.path).name
    return FileResponse(
        stored, as_attachment=True, filename=name, content_type="application/octet-stream", headers=headers
    )
