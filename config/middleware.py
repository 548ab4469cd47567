"""What every response carries, whoever made it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from config import request_id

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class RequestIdMiddleware:
    """Give each request a number of its own, in the log, on the error page and as X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = request_id.new()
        token = request_id.current.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.current.reset(token)
        response["X-Request-ID"] = number
        return response


class HeadersMiddleware:
    """Keep other sites from embedding our answers and caches from keeping our pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        # Static files bring their own rule; pages show people's data.
        response.setdefault("Cache-Control", "private, no-store")
        return response
