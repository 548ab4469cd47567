"""Pages about oneself: the one-time link, and one's own account."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import InvitationForm, LinkForm, NameForm
from accounts.http import SignedInRequest
from accounts.models import OneTimeLink
from accounts.services import LinkUnusable, link_find, link_use, person_rename

HOME = "/"


def _next_url(request: HttpRequest) -> str:
    """Return where the person was going, if that is a page of ours, else the home page."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if ours else resolve_url(HOME)


def _secret(response: HttpResponseBase) -> HttpResponseBase:
    # The address holds the token. `no-referrer` would also hide the origin, without which a form is refused.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show whom a one-time link is for; only the button spends it, since mail scanners follow links too."""
    try:
        found = link_find(token=token)
        form_class = InvitationForm if found.kind == OneTimeLink.Kind.INVITATION else LinkForm
        form = form_class(request.POST if request.method == "POST" else None, user=found.user)
        if form.is_valid():
            user = link_use(token=token, **form.cleaned_data)
            return _secret(perform_login(request, user, redirect_url=_next_url(request)))
    except LinkUnusable:
        return _secret(render(request, "accounts/link_unusable.html", status=410))
    context = {"link": found, "form": form, "next": _next_url(request)}
    return _secret(render(request, "accounts/link.html", context, status=422 if form.errors else 200))


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: SignedInRequest) -> HttpResponse:
    """Show one's own account and take a new name."""
    form = NameForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        person_rename(user=request.user, by=request.user, **form.cleaned_data)
        messages.success(request, "Your name is saved.")
        return redirect("accounts:me")
    return render(request, "accounts/me.html", {"form": form}, status=422 if form.errors else 200)
