"""Screen a dataset, as its page does."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.models import Job
from review.management.lookup import dataset_named, job_done, project_named
from review.queries.funnels import funnel
from review.services.grouping import KIND as GROUP
from review.services.grouping import subject_of as subject_of_project
from review.services.screening import KIND, screening_start, subject_of


class Command(BaseCommand):
    help = "Measure what needs it in a dataset and print what the limits keep as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--dataset", required=True, metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> str:
        dataset = dataset_named(project_named(options["project"]), options["dataset"])
        job = job_done(screening_start(dataset=dataset, by=None))
        # A screening that found new examples at its end has started another.
        while following := Job.objects.active().about(KIND, subject_of(dataset)).first():
            following = job_done(following)
            following.result["measured"] += job.result["measured"]
            following.result["seconds"] = round(following.result["seconds"] + job.result["seconds"], 3)
            job = following
        while grouping := Job.objects.active().about(GROUP, subject_of_project(dataset.project)).first():
            job_done(grouping)
        found = funnel(dataset)
        return json.dumps({
            "measured": job.result["measured"],
            "kept": found.kept,
            "dropped": found.dropped,
            "flagged": found.flagged,
            "seconds": job.result["seconds"],
            "scorers": job.result["scorers"],
        })
