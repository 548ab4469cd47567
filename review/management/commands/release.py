"""Release the approved examples of a project, as its page does, and copy the files out."""

import json
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotate.formats import FORMATS
from jobs.models import Job
from review.management.lookup import dataset_named, job_done, project_named, selection_named
from review.manifests import verify_manifest
from review.models import Release
from review.queries.releases import release_folder
from review.services.releases import NameTaken, NothingToRelease, NotInOrder, release_create


class Command(BaseCommand):
    help = "Release what is approved, copy the files and the manifest to a folder and print one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=[known.slug for known in FORMATS])
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument(
            "--name", default="", help="What the release is called; otherwise it is numbered."
        )
        parser.add_argument(
            "--dataset", action="append", metavar="NAME", help="Only this one; may be given several times."
        )
        parser.add_argument("--selection", default="", metavar="NAME", help="Only what this selection chose.")
        parser.add_argument(
            "--best-first",
            action="store_true",
            help="In the order of the classifier's scores, the best first.",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        out: Path = options["out"]
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} is not an empty folder: name one that is empty or does not exist.")
        if options["selection"] and options["dataset"]:
            raise CommandError("A selection is released of its own datasets: leave --dataset out.")
        release = self._release(options)
        job = job_done(Job.objects.get(release=release))
        release.refresh_from_db()
        _copy(release, out)
        files = [
            {"path": str(out / file.path), "sha256": file.sha256, "examples": file.examples}
            for file in release.files.order_by("pk")
        ]
        told = {"release": release.name, "examples": release.examples, "files": files}
        return json.dumps(told | {"seconds": job.result["seconds"]})

    def _release(self, options: dict[str, Any]) -> Release:
        project = project_named(options["project"])
        names = options["dataset"]
        try:
            return release_create(
                project=project,
                format=options["format"],
                name=options["name"],
                datasets=[dataset_named(project, name) for name in names] if names else None,
                selection=selection_named(project, options["selection"]) if options["selection"] else None,
                best_first=options["best_first"],
                by=None,
            )
        except (NothingToRelease, NameTaken, NotInOrder) as refusal:
            raise CommandError(str(refusal)) from None


def _copy(release: Release, out: Path) -> None:
    try:
        shutil.copytree(release_folder(release), out, dirs_exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The release “{release}” is made, but could not be copied to {out}: {error}."
        ) from None
    if problems := verify_manifest(out):
        raise CommandError(f"The copy in {out} is not the release “{release}”: {' '.join(problems)}")
