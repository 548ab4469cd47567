"""Which tokenizer counts in a project, and the project's own tokenizers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.uploads import is_too_large
from review.file_forms import TokenizerForm
from review.http import tokenizer_of
from review.models import Tokenizer
from review.services.tokenizers import (
    MAX_BYTES,
    TokenizerRefused,
    chosen_tokenizer,
    tokenizer_add,
    tokenizer_choose,
    tokenizer_remove,
)
from review.tokenizers import BUILT_IN

PAGE = "review/tokenizers.html"
ADDRESS = "review:tokenizers"
BUILT_IN_WORDS = {
    "o200k_base": "GPT-4o and later models of OpenAI",
    "cl100k_base": "GPT-4 and GPT-3.5",
}


@require_safe
@project_view(*STAFF)
def tokenizers(request: HttpRequest, access: Access) -> HttpResponse:
    """Show which tokenizer counts, and which others there are."""
    return render(request, PAGE, _context(access, TokenizerForm()))


@require_POST
@project_view(*MANAGERS)
def tokenizer_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Take a tokenizer.json; one that cannot count is refused with the reason and leaves nothing."""
    form = TokenizerForm(request.POST, request.FILES, too_large=is_too_large(request))
    if form.is_valid():
        try:
            added = tokenizer_add(project=access.project, by=access.user, **form.cleaned_data)
            messages.success(request, f"{added} can be chosen now.")
            return redirect(ADDRESS, access.project.slug)
        except TokenizerRefused as refused:
            form.add_error("file", str(refused))
    status = 413 if is_too_large(request) else 422
    return render(request, PAGE, _context(access, form), status=status)


@require_POST
@project_view(*MANAGERS)
def tokenizer_use(request: HttpRequest, access: Access) -> HttpResponse:
    """Let another tokenizer count; everything in the project is counted anew."""
    try:
        tokenizer = request.POST.get("tokenizer", "")
        if tokenizer_choose(project=access.project, tokenizer=tokenizer, by=access.user):
            messages.success(request, "Saved as a new version of the policy; tokens are being counted anew.")
    except TokenizerRefused as refused:
        messages.error(request, str(refused))
    return redirect(ADDRESS, access.project.slug)


@require_POST
@project_view(*MANAGERS)
def tokenizer_gone(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Remove a tokenizer that does not count."""
    tokenizer = tokenizer_of(access, pk)
    try:
        tokenizer_remove(tokenizer=tokenizer)
        messages.success(request, f"{tokenizer} is removed.")
    except TokenizerRefused as refused:
        messages.error(request, str(refused))
    return redirect(ADDRESS, access.project.slug)


def _context(access: Access, form: TokenizerForm) -> dict[str, Any]:
    chosen = chosen_tokenizer(access.project)
    own = Tokenizer.objects.filter(project=access.project).defer("content").select_related("by")
    return {
        "form": form,
        "chosen": chosen,
        "built_in": [(name, BUILT_IN_WORDS[name]) for name in BUILT_IN],
        "own": own,
        "chosen_own": next((one for one in own if one.sha256 == chosen), None),
        "largest": MAX_BYTES,
    }
