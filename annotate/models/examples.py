"""Examples: the text as it stands, as it stood before, and as somebody is typing it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from annotate.ids import new_public_id
from annotate.models.imports import Import
from annotate.models.projects import Dataset, Project
from annotate.records import Conversation


class ExampleQuerySet(models.QuerySet["Example"]):
    def visible(self) -> Self:
        """Without what a running, failed or cancelled import has written so far."""
        return self.exclude(source_import__in=Import.objects.filter(done_at=None).values("pk"))

    def in_project(self, project: Project) -> Self:
        return self.filter(dataset__in=Dataset.objects.filter(project=project).values("pk"))

    def submitted(self) -> Self:
        """What counts as part of its dataset: neither a draft nor returned to its author nor withdrawn."""
        return self.visible().filter(state=Example.State.SUBMITTED)

    def written_by(self, user: Any) -> Self:
        return self.filter(author=user)


class Example(models.Model):
    """One conversation: a list of turns, in its current revision."""

    class State(models.IntegerChoices):
        DRAFT = 0, "draft"
        RETURNED = 10, "returned"
        SUBMITTED = 20, "submitted"
        WITHDRAWN = 30, "withdrawn"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="examples", db_index=False)
    source_import = models.ForeignKey(
        Import, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line_number = models.BigIntegerField(null=True)
    state = models.SmallIntegerField(choices=State, default=State.SUBMITTED, db_default=State.SUBMITTED)
    revision = models.IntegerField(default=1, db_default=1)
    turns = models.JSONField(default=list)
    metadata = models.JSONField(default=dict, help_text="Keys of the imported record that no format knows.")
    raw = models.TextField(blank=True, help_text="The imported record, character for character.")
    content_hash = models.BinaryField(max_length=16)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    edited_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = ExampleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_import", "line_number"],
                condition=Q(source_import__isnull=False),
                name="example_import_line",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["dataset", "id"], include=["state", "source_import"], name="example_of_dataset"
            ),
            models.Index(
                fields=["author", "state"],
                condition=Q(author__isnull=False),
                name="example_author_state",
            ),
            # What an import wrote and nobody touched since is most of a large dataset: counts over such a
            # dataset look at the others only.
            models.Index(
                fields=["dataset", "id"],
                condition=~Q(state=20) | Q(revision__gt=1),
                name="example_touched",
            ),
            models.Index(
                fields=["dataset", "id"],
                condition=Q(source_import=None) | Q(revision__gt=1),
                name="example_by_hand",
            ),
        ]

    def __str__(self) -> str:
        return self.conversation.title() or "Untitled"

    def get_absolute_url(self) -> str:
        return reverse("annotate:example", args=[self.dataset.project.slug, self.public_id])

    @property
    def conversation(self) -> Conversation:
        return Conversation.from_json(self.turns, self.metadata)


class Revision(models.Model):
    """Text that an edit replaced; append-only."""

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    number = models.IntegerField()
    turns = models.JSONField()
    metadata = models.JSONField(default=dict)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()
    superseded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["example", "number"], name="revision_number")
        ]
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"revision {self.number} of example {self.example_id}"

    @property
    def conversation(self) -> Conversation:
        return Conversation.from_json(self.turns, self.metadata)


class Draft(models.Model):
    """What one person has typed for one example and not yet submitted."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    based_on = models.IntegerField(help_text="The revision that the person had before them.")
    turns = models.JSONField(default=list)
    saves = models.IntegerField(
        default=1,
        help_text="Raised by every autosave; two tabs cannot overwrite each other.",
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["example", "user"], name="draft_per_person")]

    def __str__(self) -> str:
        return f"draft of example {self.example_id} by {self.user}"

    @property
    def conversation(self) -> Conversation:
        return Conversation.from_json(self.turns)


class Return(models.Model):
    """An example was handed back to its author with a note that says what to mend, or removed; the newest counts."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="returns")
    revision = models.IntegerField(help_text="The text that was handed back.")
    removed = models.BooleanField(
        default=False, db_default=False, help_text="Taken out of its dataset instead."
    )
    reasons = models.JSONField(default=list, help_text="In words.")
    note = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"revision {self.revision} of example {self.example_id} returned"
