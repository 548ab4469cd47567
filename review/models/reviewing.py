"""How a project is reviewed: its rules, its gold examples, and who may review at present."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from annotate.models import Example, Project
from review.sampling import DEFAULT_MINIMUM, DEFAULT_RATE

SHARE = (MinValueValidator(0.0), MaxValueValidator(1.0))


def default_reasons() -> list[dict[str, Any]]:
    """Return what a project starts with; a slug is for ever, its words are the manager's."""
    return [
        {"slug": "incorrect", "label": "incorrect"},
        {"slug": "incomplete", "label": "incomplete"},
        {"slug": "ignores_instruction", "label": "ignores the instruction"},
        {"slug": "unclear_instruction", "label": "unclear instruction"},
        {"slug": "format_or_style", "label": "format or style"},
        {"slug": "unsafe", "label": "unsafe"},
        {"slug": "duplicate", "label": "duplicate"},
        {"slug": "other", "label": "other", "note": True},
    ]


class ReviewRules(models.Model):
    """How a project is reviewed; without a row the defaults hold. Shares lie between 0 and 1.

    `reasons` lists {slug, label, note (a note is required), retired}; a retired reason stays readable.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="review_rules")
    rate = models.FloatField(default=DEFAULT_RATE, validators=SHARE, help_text="Of an import.")
    minimum = models.IntegerField(default=DEFAULT_MINIMUM, validators=[MinValueValidator(1)])
    written_rate = models.FloatField(default=1.0, validators=SHARE, help_text="Of what people write.")
    overlap = models.FloatField(default=0.2, validators=SHARE, help_text="Labelled twice.")
    gold_rate = models.FloatField(default=0.05, validators=SHARE)
    gold_window = models.IntegerField(default=20, validators=[MinValueValidator(5)])
    gold_accuracy = models.FloatField(default=0.7, validators=SHARE)
    qualification = models.IntegerField(
        default=0, validators=[MinValueValidator(0)], help_text="Gold examples before the first real one."
    )
    findings_first = models.BooleanField(default=False)
    fix_second_look = models.BooleanField(default=False)
    tolerated = models.FloatField(default=0.05, validators=SHARE)
    confidence = models.FloatField(
        default=0.95, validators=[MinValueValidator(0.5), MaxValueValidator(0.999)]
    )
    alpha_wanted = models.FloatField(default=0.667, validators=SHARE)
    target = models.IntegerField(default=1_000, validators=[MinValueValidator(1)])
    reasons = models.JSONField(default=default_reasons)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"review rules of {self.project}"


class GoldExample(models.Model):
    """An example whose right label is known, at one revision; used to qualify and check reviewers."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gold_examples")
    example = models.OneToOneField(Example, on_delete=models.PROTECT, related_name="gold")
    revision = models.IntegerField()
    verdict = models.CharField(max_length=4, choices=[("good", "good"), ("bad", "bad")])
    reasons = models.JSONField(default=list)
    note = models.TextField(blank=True, help_text="Why; shown to whoever was paused.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "retired_at"], name="gold_in_use")]

    def __str__(self) -> str:
        return f"gold example {self.example_id}: {self.verdict}"


class ReviewerPause(models.Model):
    """A reviewer was paused, by the gold check or by a manager, until somebody resumes them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    right = models.IntegerField(help_text="Of the last `asked` gold examples.")
    asked = models.IntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "user"], condition=models.Q(resumed_at=None), name="paused_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} paused in {self.project}"


class Qualification(models.Model):
    """A reviewer answered as many gold examples as the project asked for, well enough; it holds from then on."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    right = models.IntegerField()
    asked = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user"], name="qualified_once")]

    def __str__(self) -> str:
        return f"{self.user} qualified in {self.project}"


class ReadinessSign(models.Model):
    """A person's word on a point of the checklist that cannot be measured; the newest counts."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="readiness_signs")
    point = models.CharField(max_length=40)
    holds = models.BooleanField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.point}: {self.holds}"
