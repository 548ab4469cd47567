"""Looking for examples by what they mean."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotate.access import STAFF, Access
from annotate.http import example_of, project_view
from review.forms import MeaningForm
from review.queries.likeness import NoMeaning, like_example, like_text


@require_safe
@project_view(*STAFF)
def similar(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the examples closest in meaning to an example or to some words."""
    form = MeaningForm(request.GET)
    if not form.is_valid():
        raise Http404
    to, words = form.cleaned_data["to"], form.cleaned_data["q"]
    context = {"words": words, "example": example_of(access, to) if to else None}
    try:
        if context["example"]:
            context["rows"] = like_example(context["example"])
        elif words:
            context["rows"] = like_text(access.project, words)
    except NoMeaning as nothing:
        context["problem"] = str(nothing)
    return render(request, "review/similar.html", context)
