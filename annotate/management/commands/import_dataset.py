"""Import a file into a dataset, as the import page does."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotate.formats import FORMATS
from annotate.models import Dataset, Project
from annotate.reading import Refusal
from annotate.services.imports import (
    import_create,
    import_discard,
    import_preview,
    import_start,
)
from annotate.services.projects import dataset_create
from jobs.models import Job
from jobs.waiting import job_wait


class Command(BaseCommand):
    help = "Import a JSONL or JSON file into a dataset and print what went in as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--dataset", required=True, metavar="NAME")
        parser.add_argument("--source", default=Dataset.Source.EXISTING, choices=Dataset.Source.values)
        parser.add_argument("--licence", default="")
        parser.add_argument(
            "--format",
            default="auto",
            choices=["auto", *(known.slug for known in FORMATS)],
        )
        parser.add_argument(
            "--create",
            action="store_true",
            help="Create the project and the dataset if missing.",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        started = time.monotonic()
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        dataset = self._dataset(options)
        job = self._import(path, dataset, "" if options["format"] == "auto" else options["format"])
        if job.state != Job.State.DONE:
            raise CommandError(job.error or f"The import was {job.get_state_display()}.")
        seconds = time.monotonic() - started
        counts = job.result
        return json.dumps(
            {
                "dataset": dataset.name,
                "examples": counts["examples"],
                "errors": counts["errors"],
                "duplicates": counts["duplicates"],
                "seconds": round(seconds, 3),
                "records_per_second": round((counts["examples"] + counts["errors"]) / seconds),
            }
        )

    def _import(self, path: Path, dataset: Dataset, format: str) -> Job:
        with path.open("rb") as file:
            source_import = import_create(dataset=dataset, file=file, name=path.name, by=None, format=format)
        try:
            import_preview(source_import=source_import)
        except Refusal as refusal:
            import_discard(source_import=source_import)
            raise CommandError(str(refusal)) from None
        return job_wait(import_start(source_import=source_import, by=None))

    def _dataset(self, options: dict[str, Any]) -> Dataset:
        slug, name = options["project"], options["dataset"]
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            if not options["create"]:
                raise CommandError(f"There is no project “{slug}”; --create makes it.")
            project = Project.objects.create(name=slug, slug=slug)
        dataset = Dataset.objects.filter(project=project, name=name).first()
        if dataset is None:
            if not options["create"]:
                raise CommandError(f"There is no dataset “{name}” in project “{slug}”; --create makes it.")
            dataset = dataset_create(
                project=project,
                name=name,
                source=options["source"],
                licence=options["licence"],
                by=None,
            )
        return dataset
