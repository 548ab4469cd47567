"""The quality classifier as the API shows it."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from jobs.serializers import JobSerializer
from review.models import ClassifierVersion


class IntervalSerializer(serializers.Serializer[Any]):
    """A 95 % interval."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class FiguresSerializer(serializers.Serializer[Any]):
    """How well a version does, on labels of the random sample that it was not fitted to; null where nothing tells."""

    count = serializers.IntegerField(help_text="On how many labels of the random sample the figures rest.")
    bad = serializers.IntegerField(help_text="How many of them are bad.")
    auc = serializers.FloatField(allow_null=True, help_text="ROC-AUC.")
    auc_interval = IntervalSerializer(allow_null=True)
    length_auc = serializers.FloatField(allow_null=True, help_text="ROC-AUC of the answer's length alone.")
    gain = serializers.FloatField(allow_null=True, help_text="How much `auc` is above `length_auc`.")
    gain_interval = IntervalSerializer(allow_null=True)
    average_precision = serializers.FloatField(allow_null=True, help_text="For bad.")
    base_rate = serializers.FloatField(
        allow_null=True, help_text="The bad share: average precision by chance."
    )
    brier = serializers.FloatField(allow_null=True, help_text="Mean squared error of its probabilities.")
    ece = serializers.FloatField(allow_null=True, help_text="Expected calibration error; 0 is perfect.")
    is_scaled = serializers.BooleanField(help_text="Whether Platt scaling lowered the Brier score.")
    beats_length = serializers.BooleanField(help_text="Whether it surely does; no other is activated.")
    standing = serializers.CharField(help_text="The same in words.")


class VersionSerializer(serializers.ModelSerializer[ClassifierVersion]):
    labels = serializers.SerializerMethodField(help_text="How many labels it was fitted to.")
    is_active = serializers.BooleanField(help_text="Whether it scores the project's examples.")
    evaluation = FiguresSerializer()
    url = serializers.SerializerMethodField()

    class Meta:
        model = ClassifierVersion
        fields = (
            "number", "step", "labels", "good", "bad", "labels_digest", "digest", "is_active", "made_at",
            "activated_at", "retired_at", "seconds", "evaluation", "url",
        )  # fmt: skip
        read_only_fields = fields
        extra_kwargs: ClassVar = {
            "number": {"help_text": "Versions of a project are counted from 1."},
            "good": {"help_text": "How many of them are good."},
            "bad": {"help_text": "How many of them are bad."},
            "labels_digest": {"help_text": "SHA-256 over the labels: ids, verdicts and weights."},
            "digest": {"help_text": "SHA-256 of the model: the same labels make the same one."},
            "made_at": {"help_text": "When it was trained."},
            "activated_at": {"help_text": "When it began to score, the last time."},
            "retired_at": {"help_text": "When it stopped."},
            "seconds": {"help_text": "How long training took."},
        }

    def get_labels(self, version: ClassifierVersion) -> int:
        return version.good + version.bad

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, version: ClassifierVersion) -> str:
        request = self.context["request"]
        project = request.parser_context["kwargs"]["project"]
        return reverse("api:version", [project, version.number], request=request)


class ActivationSerializer(serializers.Serializer[Any]):
    """The version that is active now, and the job that scores by it; null where all is scored already."""

    version = VersionSerializer()
    job = JobSerializer(allow_null=True)
