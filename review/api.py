"""The quality classifier by the API: its versions, training one, and activating one, as its page does."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.answers import Conflict, Kept, nothing_sent, problems
from annotate.access import MANAGERS, STAFF
from annotate.api import InProject
from jobs.queries import progress_of
from jobs.serializers import JobSerializer, job_address
from review.http import classifier_of
from review.models import ClassifierVersion
from review.queries.classifiers import versions_of
from review.serializers import ActivationSerializer, VersionSerializer
from review.services.classifiers import NotActivated, TooFewLabels, classifier_activate, classifier_train


@extend_schema_view(
    get=extend_schema(
        operation_id="versions", responses={200: VersionSerializer(many=True), **problems(401, 403, 404, 422)}
    )
)
class Versions(InProject, Kept, ListAPIView[ClassifierVersion]):
    """List a project's classifier versions with their figures, the newest first."""

    roles = STAFF
    serializer_class = VersionSerializer

    def get_queryset(self) -> Any:
        return versions_of(self.access.project)


class OneVersion(InProject, Kept):
    roles = STAFF

    @extend_schema(operation_id="version", responses={200: VersionSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, project: str, number: int) -> Response:
        """Tell what a classifier version was fitted to, and how well it does."""
        version = classifier_of(self.access, number)
        return Response(VersionSerializer(version, context={"request": request}).data)


class Training(InProject):
    roles = MANAGERS

    @extend_schema(
        operation_id="train",
        request=None,
        responses={202: JobSerializer, **problems(400, 401, 403, 404, 409, 415, 422)},
    )
    def post(self, request: Request, project: str) -> Response:
        """Train on the labels that there are; 409 says what labels are lacking.

        The job is answered, the one under way if there is one: its `result` names the new version once it is done.
        """
        nothing_sent(request)
        try:
            job = classifier_train(project=self.access.project, by=self.access.user)
        except TooFewLabels as reason:
            raise Conflict(str(reason)) from reason
        context = {"request": request}
        answer = JobSerializer(progress_of(job), context=context).data
        return Response(answer, HTTPStatus.ACCEPTED, headers={"Location": job_address(job, context)})


class Activation(InProject):
    roles = MANAGERS

    @extend_schema(
        operation_id="activate",
        request=None,
        responses={
            200: ActivationSerializer,
            202: ActivationSerializer,
            **problems(400, 401, 403, 404, 409, 415, 422),
        },
    )
    def post(self, request: Request, project: str, number: int) -> Response:
        """Score by a version from now on; 409 says why it must not be used.

        202 while there are examples to score, which the job does; 200 where all are scored already.
        """
        version = classifier_of(self.access, number)
        nothing_sent(request)
        try:
            job = classifier_activate(version=version, by=self.access.user)
        except NotActivated as reason:
            raise Conflict(f"Version {number} was not activated. {reason}") from reason
        answer = {"version": classifier_of(self.access, number), "job": job and progress_of(job)}
        status = HTTPStatus.ACCEPTED if job else HTTPStatus.OK
        return Response(ActivationSerializer(answer, context={"request": request}).data, status)
