"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import request_id


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed, from a page that needs neither the database nor the request."""
    page = render_to_string("500.html", {"request_id": request_id.current.get()})
    return HttpResponse(page, status=500)
