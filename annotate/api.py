"""Projects by the API, and what every view of the API inside one shares."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.answers import Kept, problems
from annotate.access import EVERYONE, Access, access_to
from annotate.queries import projects_of
from annotate.serializers import ProjectSerializer, WholeProjectSerializer


class InProject(APIView):
    """A view inside one project: `access` is the person's, by the pages' rule: 404 outside, 403 for other roles."""

    roles: tuple[str, ...] = EVERYONE
    access: Access

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = access_to(request.user, kwargs["project"], self.roles)


@extend_schema_view(
    get=extend_schema(
        operation_id="projects", responses={200: ProjectSerializer(many=True), **problems(401, 404, 422)}
    )
)
class Projects(Kept, ListAPIView[Any]):
    """List the projects that you are in."""

    serializer_class = ProjectSerializer

    def get_queryset(self) -> Any:
        user, found = self.request.user, projects_of(self.request.user)
        return [Access(user, project, project.role) for project in found]  # type: ignore[attr-defined]


class OneProject(InProject, Kept):
    @extend_schema(operation_id="project", responses={200: WholeProjectSerializer, **problems(401, 404)})
    def get(self, request: Request, project: str) -> Response:
        """Tell what a project is for, and which datasets it has."""
        return Response(WholeProjectSerializer(self.access, context={"request": request}).data)
