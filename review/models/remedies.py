"""What a reviewer did about a bad example, besides saying that it is bad."""

from typing import ClassVar

from django.db import models

from annotate.models import Example, Return
from review.models.labels import Label
from review.models.queue import QueueItem


class Remedy(models.Model):
    """A reviewer's own text in the place of a bad one, or the bad one's way back to its author or out.

    `revision` is the text that a fix made, `returned` the note to the author, `asked` the seat of whoever looks
    at what came of it. Undone with its label, unless somebody acted on it before.
    """

    class Kind(models.TextChoices):
        FIX = "fix", "fixed"
        RETURN = "return", "returned"
        REMOVE = "remove", "removed"

    label = models.OneToOneField(Label, on_delete=models.PROTECT, related_name="remedy")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=6, choices=Kind)
    revision = models.IntegerField(null=True)
    returned = models.OneToOneField(Return, null=True, on_delete=models.SET_NULL, related_name="+")
    asked = models.OneToOneField(QueueItem, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"example {self.example_id} {self.get_kind_display()}"
