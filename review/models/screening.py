"""What the scorers found, and the versions of a project's policy and of the scorers."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

from annotate.models import Dataset, Example, Project


class PolicyVersion(models.Model):
    """A project's policy, its limits and its scorers' options, as it stood from `created_at` on."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="policy_versions")
    version = models.IntegerField()
    limits = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="policy_version")
        ]
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"policy version {self.version}"


class ScorerVersion(models.Model):
    """A scorer of one version with its options, as measurements name it; never changed."""

    slug = models.CharField(max_length=40)
    version = models.IntegerField()
    options = models.JSONField(default=dict)
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of slug, version and options as JSON."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class Measurement(models.Model):
    """What the scorers found for one example revision; stale once the example's revision is higher.

    A value that is null is unknown. One row is read for every example whenever a funnel is drawn, so what
    only explains a value lies in `details`, by the scorer's slug.
    """

    example = models.OneToOneField(
        Example, primary_key=True, on_delete=models.CASCADE, related_name="measurement"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    exact_hash = models.UUIDField(null=True, help_text="xxh3-128 of the normalised conversation.")
    prompt_hash = models.UUIDField(null=True, help_text="The same of what stands before the last answer.")
    revision = models.IntegerField()
    ruling = models.SmallIntegerField(
        default=0,
        db_default=0,
        help_text="1 where a manager keeps this revision whatever the limits say, -1 drops.",
    )
    exact_copy = models.SmallIntegerField(
        null=True, help_text="1 where a preferred example says exactly the same."
    )
    format_blocks = models.SmallIntegerField(null=True, help_text="How many of the format issues block.")
    format_warns = models.SmallIntegerField(null=True)
    tokens = models.IntegerField(null=True)
    prompt_twins = models.IntegerField(
        null=True, help_text="How many others answer the same instruction differently."
    )
    near_similarity = models.FloatField(
        null=True,
        help_text="Highest Jaccard similarity in its cluster; 0 for the keeper and where there is none.",
    )
    semantic_similarity = models.FloatField(null=True)
    toxicity = models.FloatField(null=True)
    toxicity_prompt = models.FloatField(null=True)
    toxicity_answer = models.FloatField(null=True)
    personal_data = models.IntegerField(null=True, help_text="How many spans of personal data.")
    contamination = models.FloatField(null=True, help_text="Largest share of an evaluation item found in it.")
    quality = models.FloatField(null=True, help_text="How probably reviewers call it good.")
    judge = models.FloatField(
        null=True, help_text="What a judging model says of it by the rubric, from 1 to 5."
    )
    language_certainty = models.FloatField(null=True)
    language = models.CharField(max_length=3, null=True)  # noqa: DJ001  unknown is not the empty string
    scorers = ArrayField(models.IntegerField(), default=list, help_text="The ScorerVersions that found it.")
    turn_tokens = ArrayField(models.IntegerField(), null=True)
    format_issues = ArrayField(models.CharField(max_length=40), null=True)
    details = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["exact_hash"], name="measurement_exact"),
            models.Index(fields=["prompt_hash"], name="measurement_prompt"),
            # Read from either end, for the best and the worst of a dataset.
            models.Index(
                F("dataset"),
                F("quality").desc(),
                F("example"),
                condition=models.Q(quality__isnull=False),
                name="measurement_quality",
            ),
        ]

    def __str__(self) -> str:
        return f"measurement of example {self.example_id}"
