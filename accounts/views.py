"""Pages about oneself: the one-time link, one's own account, keys and API tokens."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import InvitationForm, KeyForm, LinkForm, NameForm, TokenForm
from accounts.http import SignedInRequest
from accounts.keys import Action, key_of, shown
from accounts.models import ApiToken, OneTimeLink
from accounts.services import (
    KeyRefused,
    LinkUnusable,
    TooManyTokens,
    key_move,
    keys_reset,
    link_find,
    link_use,
    person_rename,
    token_make,
    token_revoke,
)

HOME = "/"
ENDED_SHOWN = 20


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


def _tokens_page(request: SignedInRequest, form: TokenForm, **context: object) -> HttpResponse:
    mine, now = request.user.api_tokens.all(), timezone.now()
    rows = {"live": mine.live(now), "ended": mine.ended(now)[:ENDED_SHOWN]}
    context |= {"form": form, **rows}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True, app="account")  # type: ignore[untyped-decorator]
def tokens(request: SignedInRequest) -> HttpResponse:
    """List one's API tokens and make another, whose secret this answer alone shows.

    Whoever has a password confirms it first: a token outlives a session that somebody left open.
    """
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, secret = token_make(user=request.user, by=request.user, **form.cleaned_data)
        except TooManyTokens as refusal:
            form.add_error(None, str(refusal))
        else:
            return _tokens_page(request, TokenForm(), made=made, secret=secret)
    return _tokens_page(request, form)


@require_POST
def token_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    token = ApiToken.objects.filter(user=request.user, pk=pk).first()
    if token is None:
        raise Http404
    token_revoke(token=token, by=request.user)
    messages.success(request, f"“{token.name}” is revoked: nothing gets in with it any more.")
    return redirect("accounts:tokens")
