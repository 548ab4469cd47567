"""Requests and who makes them: what views of signed-in people get, and what others get instead."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse

from accounts.models import User

# htmx takes this status as: stop polling.
STOP_POLLING = 286
SIGNED_OUT = {"text": "You are signed out. Load the page anew to sign in.", "tone": "bad"}


class SignedInRequest(HttpRequest):
    user: User


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is signed out to the sign-in page.

    A part that htmx asks for would be that page, put in the place of the part: such a request is told so instead.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        # Our own modules ask with HX-Request as well; they look for the redirect themselves.
        if "HX-Current-URL" not in request.headers:
            return super().handle_no_permission(request, view_func)
        told = {"HX-Reswap": "none", "HX-Trigger": json.dumps({"toast": SIGNED_OUT})}
        return HttpResponse(status=STOP_POLLING, headers=told)
