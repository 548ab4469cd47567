"""What became of an example's text, and the way back to an earlier one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import WRITERS, Access
from annotate.forms import RestoreForm
from annotate.http import editable_example_of, example_of, project_view
from annotate.models import Example, Revision
from annotate.queries import history as changes_of
from annotate.services.examples import NotReady, StaleRevision, example_restore

EDITED = "Somebody edited this example meanwhile. Look again, then restore."


def _page(
    request: HttpRequest, access: Access, found: Example, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {
        "example": found, "changes": changes_of(found), "may_edit": access.may_edit(found), "refusal": refusal
    }  # fmt: skip
    return render(request, "annotate/history.html", context, status=status)


@require_safe
@project_view()
def history(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show every revision of an example, newest first, with what each changed."""
    return _page(request, access, example_of(access, public_id))


@require_POST
@project_view(*WRITERS)
def restore(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Make an earlier revision's text the current one, as a new revision; 409 when somebody edited meanwhile."""
    found = editable_example_of(access, public_id)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        restored = example_restore(example=found, by=access.user, **form.cleaned_data)
    except Revision.DoesNotExist:
        raise Http404 from None
    except StaleRevision as stale:
        return _page(request, access, stale.current, 409, EDITED)
    except NotReady as refusal:
        return _page(request, access, found, 422, str(refusal))
    messages.success(request, f"Restored: this is revision {restored.revision} now.")
    return redirect("annotate:history", access.project.slug, found.public_id)
