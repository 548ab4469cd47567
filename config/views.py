"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from accounts.answers import PROBLEM, problem_body
from config import request_id


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed, from a page that needs neither the database nor the request."""
    if request.path.startswith("/api/"):
        told = (
            f"Nothing is lost. If it happens again, tell a site admin the number {request_id.current.get()}."
        )
        return JsonResponse(problem_body(500, told), status=500, content_type=PROBLEM)
    page = render_to_string("500.html", {"request_id": request_id.current.get()})
    return HttpResponse(page, status=500)
