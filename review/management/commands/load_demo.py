"""Load the demo project: its people, its datasets, screened and sampled, most of it labelled."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from annotate.models import Dataset, Membership, Project
from annotate.services.imports import import_create, import_start
from annotate.services.projects import dataset_create, project_create
from jobs.models import Job
from jobs.waiting import job_wait
from jobs.work import job_work
from review.models import Label, QueueItem
from review.services import grouping, screening
from review.services.claims import claim_next
from review.services.labels import label_add

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
# The first of each role is who a demo's sign-in links are for; the second reviewer gave the labels that are there.
PEOPLE = (
    ("manager@winnow.example", "Mara", Membership.Role.MANAGER),
    ("reviewer@winnow.example", "Rune", Membership.Role.REVIEWER),
    ("annotator@winnow.example", "Anouk", Membership.Role.ANNOTATOR),
    ("colleague@winnow.example", "Ciara", Membership.Role.REVIEWER),
)


class Command(BaseCommand):
    help = "Load the demo project and its people, who sign in by one-time links; what is there already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=DEMO, help="Where project.json and the files lie.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        folder: Path = options["folder"]
        told = json.loads((folder / "project.json").read_text("utf-8"))
        project = Project.objects.filter(slug=told["slug"]).first() or _project(told)
        missing = [entry for entry in told["datasets"] if not _is_loaded(project, entry)]
        nobody_has = not Label.objects.filter(example__dataset__project=project).exists()
        for entry in missing:
            dataset = _load(project, entry, folder)
            if entry["reviewed"] and nobody_has:
                _label(dataset, demo_faults(folder))
        return f"Loaded the demo project “{project}”." if missing else None


def _project(told: dict[str, Any]) -> Project:
    people = {email: _person(email, name) for email, name, _ in PEOPLE}
    fields = {key: told[key] for key in ("name", "slug", "objective", "description", "guidelines")}
    project = project_create(by=people[PEOPLE[0][0]], **fields)
    for email, _, role in PEOPLE[1:]:
        Membership.objects.create(project=project, user=people[email], role=role)
    return project


def _person(email: str, name: str) -> User:
    return User.objects.filter(email__iexact=email).first() or User.objects.create_user(
        email, display_name=name
    )


def _is_loaded(project: Project, entry: dict[str, str]) -> bool:
    return Dataset.objects.filter(
        project=project, name=entry["name"], imports__done_at__isnull=False
    ).exists()


def _load(project: Project, entry: dict[str, Any], folder: Path) -> Dataset:
    dataset = Dataset.objects.filter(project=project, name=entry["name"]).first() or dataset_create(
        project=project,
        by=project.created_by,
        **{key: entry[key] for key in ("name", "source", "licence", "origin")},
    )
    with (folder / entry["file"]).open("rb") as file:
        source = import_create(dataset=dataset, file=file, name=entry["file"], by=project.created_by)
    _do(import_start(source_import=source, by=project.created_by))
    for kind, subject in (
        (screening.KIND, screening.subject_of(dataset)),
        (grouping.KIND, grouping.subject_of(project)),
    ):
        while job := Job.objects.active().about(kind, subject).first():
            _do(job)
    return dataset


def _do(job: Job) -> None:
    """Work on a job here, although a worker may be up or may have been a moment ago."""
    job_work(job.pk)
    job.refresh_from_db()
    if job_wait(job).state != Job.State.DONE:
        raise CommandError(f"{job.label} did not succeed: {job.error}")


def demo_faults(folder: Path = DEMO) -> dict[tuple[str, int], str]:
    """Return the reason for which a reviewer would call a record bad, by its file and number."""
    told = json.loads((folder / "faults.json").read_text("utf-8"))
    reasons = {kind: what["reason"] for kind, what in told["kinds"].items() if "reason" in what}
    return {
        (one["file"], one["line"]): reasons[one["kind"]] for one in told["faults"] if one["kind"] in reasons
    }


def _label(dataset: Dataset, faults: dict[tuple[str, int], str]) -> None:
    """Have the colleague label a dataset's sample; what other datasets have waiting is for whoever tries the demo."""
    colleague = User.objects.get(email=PEOPLE[3][0])
    others = QueueItem.objects.open().filter(project=dataset.project).exclude(example__dataset=dataset)
    passed = list(others)
    while item := claim_next(project=dataset.project, by=colleague, after=passed):
        example = item.example
        source = example.source_import.name if example.source_import else ""
        reason = faults.get((source, example.line_number or 0))
        verdict, reasons = ("bad", [reason]) if reason else ("good", [])
        label_add(item=item, by=colleague, revision=example.revision, verdict=verdict, reasons=reasons)
