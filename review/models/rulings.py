"""What a manager decides by hand over what the limits say."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Example, Project


class Ruling(models.Model):
    """One decision to keep or to drop some examples by hand, with who and why; taken back, never deleted.

    `before` of each item restores what held until then. A ruling speaks of the revision it was made on: an
    edited example is judged anew.
    """

    class Verdict(models.IntegerChoices):
        DROP = -1, "drop"
        NEITHER = 0, "leave it to the limits"
        KEEP = 1, "keep"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rulings")
    verdict = models.SmallIntegerField(choices=Verdict)
    note = models.CharField(max_length=300)
    count = models.IntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"ruling {self.pk}: {self.get_verdict_display()} {self.count}"


class RulingItem(models.Model):
    """One example of a ruling, in the revision that was judged."""

    ruling = models.ForeignKey(Ruling, on_delete=models.CASCADE, related_name="items")
    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="rulings")
    revision = models.IntegerField()
    before = models.SmallIntegerField(choices=Ruling.Verdict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ruling", "example"], name="rulingitem_example")
        ]

    def __str__(self) -> str:
        return f"example {self.example_id} in {self.ruling}"
