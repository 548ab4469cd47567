"""A project and its datasets as the API shows them to one of its people."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from annotate.access import Access
from annotate.models import Dataset, Membership, Project
from annotate.queries import datasets_of


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    examples = serializers.IntegerField(source="example_count", help_text="How many count as part of it.")

    class Meta:
        model = Dataset
        fields = ("slug", "name", "source", "licence", "origin", "examples")
        read_only_fields = fields


class ProjectSerializer(serializers.Serializer[Access]):
    """A project, and what the person who asks is in it."""

    slug = serializers.SlugField(source="project.slug", help_text="What addresses call it.")
    name = serializers.CharField(source="project.name")
    objective = serializers.ChoiceField(Project.Objective.choices, source="project.objective")
    role = serializers.ChoiceField(Membership.Role.choices, help_text="What you are in it.")
    created_at = serializers.DateTimeField(source="project.created_at")
    url = serializers.SerializerMethodField(help_text="Where the whole of it is.")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, access: Access) -> str:
        return reverse("api:project", [access.project.slug], request=self.context["request"])


class WholeProjectSerializer(ProjectSerializer):
    """A project with its texts and its datasets."""

    description = serializers.CharField(source="project.description")
    guidelines = serializers.CharField(source="project.guidelines", help_text="Markdown.")
    datasets = serializers.SerializerMethodField()

    @extend_schema_field(DatasetSerializer(many=True))
    def get_datasets(self, access: Access) -> object:
        return DatasetSerializer(datasets_of(access.project), many=True).data
