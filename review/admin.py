"""Datasets in the site admin: what they are, and their release in any format."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from annotate.formats import FORMATS, Format
from annotate.models import Dataset, Project
from review.services.releases import NothingToRelease, release_create

type Action = Callable[["DatasetAdmin", HttpRequest, QuerySet[Dataset]], None]


def release_action(known: Format) -> Action:
    """Return the action that starts a release in a format: one for each project among the chosen datasets."""

    def release(model_admin: "DatasetAdmin", request: HttpRequest, datasets: QuerySet[Dataset]) -> None:
        by = cast("User", request.user)
        for project in Project.objects.filter(pk__in=datasets.values("project")):
            chosen = list(datasets.filter(project=project))
            try:
                made = release_create(project=project, format=known.slug, datasets=chosen, by=by)
            except NothingToRelease as refusal:
                model_admin.message_user(request, f"{project}: {refusal}", messages.ERROR)
            else:
                model_admin.message_user(request, f"{project}: {made} is being made.", messages.SUCCESS)

    release.__name__ = f"release_{known.slug}".replace("-", "_")
    return admin.action(release, description=f"Release as {known.label}")


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin[Dataset]):
    actions = tuple(release_action(known) for known in FORMATS)
    list_display = ("name", "project", "source", "licence", "created_at")
    list_filter = ("project", "source")
    list_select_related = ("project",)
    search_fields = ("name", "project__name", "origin")
    fields = ("project", "name", "slug", "source", "licence", "origin", "notes", "created_by", "created_at")
    # Addresses are made of the slug, and a dataset stays in its project.
    readonly_fields = ("project", "slug", "created_by", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        return False
