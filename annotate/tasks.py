"""The kinds of job that annotate has."""

from typing import Any

from django.urls import reverse

from annotate.access import Role, role_in
from annotate.models import Import
from annotate.services.imports import import_abandon, import_finish
from annotate.services.loading import import_run
from jobs.kinds import Kind, register
from jobs.models import Job


def _role(user: Any, job: Job) -> str | None:
    source_import = Import.objects.select_related("dataset__project").filter(pk=job.payload["import"]).first()
    return role_in(user, source_import.dataset.project) if source_import else None


def _may_see(user: Any, job: Job) -> bool:
    return _role(user, job) in (Role.MANAGER, Role.REVIEWER)


def _may_cancel(user: Any, job: Job) -> bool:
    return _role(user, job) == Role.MANAGER


def _page(job: Job) -> str:
    source_import = Import.objects.select_related("dataset__project").get(pk=job.payload["import"])
    return reverse("annotate:import", args=[source_import.dataset.project.slug, source_import.public_id])


IMPORT = register(
    Kind(
        slug="import",
        run=import_run,
        finish=import_finish,
        abandon=import_abandon,
        may_see=_may_see,
        may_cancel=_may_cancel,
        page=_page,
        plural="Imports",
    )
)
