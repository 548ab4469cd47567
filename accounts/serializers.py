"""A person as the API shows them to themselves."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiToken, User


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ("name", "prefix", "created_at", "expires_at")
        read_only_fields = fields


class MeSerializer(serializers.ModelSerializer[User]):
    is_admin = serializers.BooleanField(
        source="is_superuser", help_text="May do everything in every project."
    )
    token = serializers.SerializerMethodField(help_text="The token that asks.")

    class Meta:
        model = User
        fields = ("email", "display_name", "pseudonym", "is_admin", "token")
        read_only_fields = fields

    @extend_schema_field(TokenSerializer)
    def get_token(self, user: User) -> Any:
        return TokenSerializer(self.context["request"].auth).data
