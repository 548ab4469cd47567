"""What all answers of the API share: problems, pages of a list, and what a client may keep."""

from http import HTTPStatus
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotAuthenticated, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from accounts.bearer import HOW

PROBLEM = "application/problem+json"
INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
DIGITS = 9
TITLES = {
    400: "The request could not be read",
    401: "Not signed in",
    403: "Not open to you",
    404: "Nothing is here",
    405: "Not done this way",
    406: "Not to be had in this form",
    409: "Not possible now",
    415: "Not JSON",
    422: "Not valid",
    429: "Too many requests",
    500: "Winnow failed",
}
LOST = "The address is wrong, or what it names was moved or is not open to you. No address of the API ends in a slash."


class ProblemSerializer(serializers.Serializer[dict[str, Any]]):
    """What is wrong, as RFC 9457 has it."""

    title = serializers.CharField(help_text="What kind of problem it is; the same for every one of a status.")
    status = serializers.IntegerField(help_text="The status of the answer.")
    detail = serializers.CharField(help_text="What is wrong here, and what to mend.")


class Conflict(APIException):
    """What was asked for cannot be done as things stand; its words say why."""

    status_code = HTTPStatus.CONFLICT


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of a view as a problem; None leaves what nobody foresaw to the page of status 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.status_code = INVALID
    # Whatever form the answer would have had: the schema's would have been YAML.
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    status = response.status_code
    response.data = problem_body(status, _detail(error, response.data))
    response.content_type = PROBLEM
    return response


def problem_body(status: int, detail: str) -> dict[str, Any]:
    """Return what an answer of this status holds."""
    return {"title": TITLES.get(status, HTTPStatus(status).phrase), "status": status, "detail": detail}


def _detail(error: Exception, data: Any) -> str:
    if isinstance(error, NotAuthenticated):
        return f"This needs a token. {HOW}"
    if isinstance(error, Http404):
        return LOST
    if isinstance(error, ValidationError) and isinstance(data, dict):
        return " ".join(f"{field}: {' '.join(map(str, words))}" for field, words in data.items())
    return str(data["detail"]) if isinstance(data, dict) else " ".join(map(str, data))


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Return what the schema says of answers that are problems."""
    return {(status, PROBLEM): OpenApiResponse(ProblemSerializer, TITLES[status]) for status in statuses}


class Paging(PageNumberPagination):
    """Lists come in pages of 50; `size` asks for others, up to 200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "size"
    page_query_description = "Which page, from 1."
    page_size_query_description = "How many on a page, up to 200."
    invalid_page_message = "There is no such page."

    def get_page_size(self, request: Request) -> int:
        return _number(request, "size", self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Paginator[Any]) -> int:
        return _number(request, "page", 1, 10**DIGITS)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what the schema says of a page, without an example from somebody else's site."""
        found = super().get_paginated_response_schema(schema)
        for name in ("count", "next", "previous"):
            del found["properties"][name]["example"]
        return found


def _number(request: Request, name: str, otherwise: int, most: int) -> int:
    text = request.query_params.get(name, str(otherwise))
    if not (text.isdecimal() and len(text) <= DIGITS and 1 <= int(text) <= most):
        raise ValidationError({name: [f"A whole number from 1 to {most:,} is expected."]})
    return int(text)


def nothing_sent(request: Request) -> None:
    """Refuse what the body holds where none is read: nobody shall think that it counted. Raises ValidationError."""
    if request.data:
        raise ValidationError(["This takes no fields: send nothing with it."])


@method_decorator(conditional_page, "dispatch")
class Kept(APIView):
    """A view whose answer a client may keep and ask about anew: it has an ETag, and is 304 while nothing changed."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ["Authorization"])
        return response
