"""Pages about oneself: the one-time link, and one's own account."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import InvitationForm, KeyForm, LinkForm, NameForm
from accounts.http import SignedInRequest
from accounts.keys import Action, key_of, shown
from accounts.models import OneTimeLink
from accounts.services import (
    KeyRefused,
    LinkUnusable,
    key_move,
    keys_reset,
    link_find,
    link_use,
    person_rename,
)

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


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: SignedInRequest) -> HttpResponse:
    """Show what can be done by a key, and take another key for it."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    refused: dict[str, str] = {}
    if form.is_valid():
        action, key = form.cleaned_data["action"], form.cleaned_data["key"]
        try:
            _move(request, action, key)
        except KeyRefused as why:
            refused = {"slug": action.slug, "words": str(why), "key": key}
        else:
            return redirect(f"{request.path}#{action.slug if action else 'main'}")
    rows = [
        {
            "action": action,
            "key": key_of(action, request.user.keys),
            "moved": action.slug in request.user.keys,
        }
        for action in settings.KEY_ACTIONS
    ]
    context = {"rows": rows, "refused": refused, "any_moved": bool(request.user.keys)}
    return render(request, "accounts/keys.html", context, status=422 if refused or form.errors else 200)


def _move(request: SignedInRequest, action: Action | None, key: str) -> None:
    if action is None:
        keys_reset(user=request.user, by=request.user)
        messages.success(request, "All keys are as they came.")
        return
    user = key_move(user=request.user, action=action, key=key, actions=settings.KEY_ACTIONS, by=request.user)
    messages.success(request, f"“{action.label}” is on {shown(key_of(action, user.keys))}.")
