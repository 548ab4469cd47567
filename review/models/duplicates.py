"""Clusters of examples that say the same, and the bands that find them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Example, Project


class Band(models.Model):
    """One band hash of one example's MinHash signature; 25 rows for each example.

    A row of a superseded text does no harm, because every candidate is verified on its text; there is no
    foreign key, because millions of rows arrive at once.
    """

    h = models.BigIntegerField()
    example_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey("h", "example_id")

    def __str__(self) -> str:
        return f"band {self.h} of example {self.example_id}"


class DuplicateCluster(models.Model):
    """Examples of one project that count as one, and which of them is kept."""

    class Kind(models.TextChoices):
        EXACT = "exact", "exact"
        NEAR = "near", "near"
        SEMANTIC = "semantic", "similar in meaning"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="clusters")
    kind = models.CharField(max_length=8, choices=Kind)
    keeper = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="+")
    size = models.IntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["project", "kind", "-size", "id"], name="cluster_by_size"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} cluster {self.pk} of {self.size}"


class ClusterMember(models.Model):
    """One example in a cluster; an example is in at most one cluster of each kind.

    `similarity` is the highest to any other member; `chosen_by` is who made it the keeper by hand.
    """

    cluster = models.ForeignKey(DuplicateCluster, on_delete=models.CASCADE, related_name="members")
    kind = models.CharField(max_length=8, choices=DuplicateCluster.Kind)
    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="cluster_memberships")
    revision = models.IntegerField()
    similarity = models.FloatField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["example", "kind"], name="clustermember_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["chosen_at"],
                condition=models.Q(chosen_at__isnull=False),
                name="clustermember_chosen",
            ),
        ]

    def __str__(self) -> str:
        return f"example {self.example_id} in {self.cluster_id}"
