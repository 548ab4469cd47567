"""Draw a dataset's samples, or print those that were drawn when it was screened."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.management.lookup import dataset_named, project_named
from review.queries.funnels import funnel
from review.services.samples import samples_draw


class Command(BaseCommand):
    help = (
        "Draw the random sample of each import of a dataset, if it is not drawn yet, and print one JSON object"
        " for each, that of the newest import last. What was written here comes first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--dataset", required=True, metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> str:
        dataset = dataset_named(project_named(options["project"]), options["dataset"])
        samples = samples_draw(dataset=dataset, by=None)
        if not samples:
            found = funnel(dataset)
            why = (
                "nothing in it is screened yet: run screen first"
                if found.unmeasured
                else "the limits keep nothing of it"
            )
            raise CommandError(f"No sample of {dataset} can be drawn: {why}.")
        samples.sort(key=lambda sample: sample.source_import_id or 0)
        return "\n".join(
            json.dumps(
                {
                    "sample": sample.pk,
                    "population": sample.population,
                    "size": sample.size,
                    "seed": bytes(sample.seed).hex(),
                }
            )
            for sample in samples
        )
