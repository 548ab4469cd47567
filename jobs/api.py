"""How far a job is, for a program that waits for it."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.answers import problems
from jobs.queries import job_seen_by, progress_of
from jobs.serializers import JobSerializer


class JobProgress(APIView):
    @extend_schema(operation_id="job", responses={200: JobSerializer, **problems(401, 404)})
    def get(self, request: Request, public_id: UUID) -> Response:
        """Tell how far a job is; ask again until `is_over`."""
        job = job_seen_by(request.user, public_id)
        if job is None:
            raise Http404
        return Response(JobSerializer(progress_of(job), context={"request": request}).data)
