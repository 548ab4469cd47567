"""Projects, who works in them, and their datasets."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user: Any) -> Self:
        """Projects that `user` is a member of; all of them for a site admin."""
        return self if user.is_superuser else self.filter(memberships__user=user)


class Project(models.Model):
    """One fine-tuning effort: objective, guidelines, tokenizer, limits, people."""

    class Objective(models.TextChoices):
        INSTRUCTION = "instruction_following", "instruction following"
        DOMAIN = "domain_adaptation", "domain adaptation"
        STYLE = "style_transfer", "style transfer"
        TASK = "task_specialization", "task specialization"
        SAFETY = "safety_alignment", "safety alignment"
        DISTILLATION = "distillation", "distillation"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    objective = models.CharField(max_length=30, choices=Objective, default=Objective.INSTRUCTION)
    description = models.TextField(blank=True)
    guidelines = models.TextField(blank=True, help_text="Markdown, shown beside the editor and in review.")
    guidelines_changed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("annotate:project", args=[self.slug])


class Membership(models.Model):
    """What one person may do in one project."""

    class Role(models.TextChoices):
        MANAGER = "manager", "manager"
        REVIEWER = "reviewer", "reviewer"
        ANNOTATOR = "annotator", "annotator"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role}"


class Dataset(models.Model):
    """A set of examples from one source inside a project, with licence and provenance."""

    class Source(models.TextChoices):
        HUMAN = "human", "human annotation"
        SCRAPED = "scraped", "web scraping"
        SELF_INSTRUCT = "self_instruct", "Self-Instruct"
        EVOL_INSTRUCT = "evol_instruct", "Evol-Instruct"
        TEACHER = "teacher", "synthetic from teacher"
        EXISTING = "existing", "existing dataset"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    source = models.CharField(max_length=20, choices=Source, default=Source.EXISTING)
    licence = models.CharField(
        max_length=80, blank=True, help_text="For example MIT, CC-BY-4.0, or own work."
    )
    origin = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where it comes from: an address, a team, a model.",
    )
    notes = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "slug"], name="dataset_slug_in_project"),
            models.UniqueConstraint(fields=["project", "name"], name="dataset_name_in_project"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(settings.DATASET_PAGE, args=[self.project.slug, self.slug])

    @property
    def is_written(self) -> bool:
        """Whether people write its examples here, rather than importing them."""
        return self.source == self.Source.HUMAN
