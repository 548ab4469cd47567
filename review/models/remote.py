"""What other servers said of texts, so that the same text is asked about once."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class RemoteScore(models.Model):
    """A provider's score of one text, found again by the hash of what was sent; the text itself is not kept.

    Only scores: that a text could not be judged is asked anew.
    """

    provider = models.CharField(max_length=40)
    version = models.SmallIntegerField(help_text="Of the reading of this provider's answers.")
    model = models.CharField(max_length=200, help_text="The model that was asked for.")
    content_hash = models.BinaryField(max_length=16)
    score = models.FloatField()
    categories = models.JSONField(default=dict)
    also = models.JSONField(default=dict)
    answered_by = models.CharField(max_length=200, blank=True, help_text="The model as the server named it.")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["content_hash", "provider", "version", "model"], name="remotescore_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.score} by {self.provider}"
