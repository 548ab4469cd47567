"""The API's own addresses: what there is, its schema, and the answer where nothing is."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts import api as of_accounts
from accounts.answers import Kept, problems
from accounts.bearer import BearerAuthentication
from annotate import api as of_projects
from jobs import api as of_jobs
from review import api as of_review


class ContentsSerializer(serializers.Serializer[dict[str, str]]):
    """Where everything begins."""

    me = serializers.URLField(help_text="Who you are.")
    projects = serializers.URLField(help_text="The projects that you are in.")
    schema = serializers.URLField(help_text="What can be asked, as OpenAPI.")


class Contents(APIView):
    @extend_schema(operation_id="contents", responses={200: ContentsSerializer, **problems(401)})
    def get(self, request: Request) -> Response:
        """Tell what there is."""
        return Response(
            {name: reverse(f"api:{name}", request=request) for name in ContentsSerializer().fields}
        )


class Schema(Kept, SpectacularAPIView):
    """The schema, which people read in a browser too: nothing is changed by it, so their session will do."""

    authentication_classes = (BearerAuthentication, SessionAuthentication)


class Nothing(APIView):
    """Every address below /api/ that is none: a problem too, and to whoever is signed in."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the schema says of tokens."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made under Your account, API tokens.",
        }


_project = "projects/<slug:project>"
_versions = f"{_project}/classifier/versions"
urlpatterns = [
    path("", Contents.as_view(), name="contents"),
    path("schema", Schema.as_view(), name="schema"),
    path("me", of_accounts.Me.as_view(), name="me"),
    path("projects", of_projects.Projects.as_view(), name="projects"),
    path(_project, of_projects.OneProject.as_view(), name="project"),
    path(f"{_project}/classifier/train", of_review.Training.as_view(), name="train"),
    path(_versions, of_review.Versions.as_view(), name="versions"),
    path(f"{_versions}/<int:number>", of_review.OneVersion.as_view(), name="version"),
    path(f"{_versions}/<int:number>/activate", of_review.Activation.as_view(), name="activate"),
    path("jobs/<uuid:public_id>", of_jobs.JobProgress.as_view(), name="job"),
]
