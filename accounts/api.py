"""What the API says of whoever asks."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.answers import problems
from accounts.models import User
from accounts.serializers import MeSerializer


class Me(APIView):
    @extend_schema(operation_id="me", responses={200: MeSerializer, **problems(401)})
    def get(self, request: Request) -> Response:
        """Tell whose token asks, and until when it may."""
        return Response(MeSerializer(cast("User", request.user), context={"request": request}).data)
