"""Screen a dataset, as its page does."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotate.models import Dataset
from jobs.models import Job
from review.management.lookup import dataset_named, job_done, project_named
from review.queries.funnels import funnel
from review.services import grouping, screening


class Command(BaseCommand):
    help = "Measure what needs it in a dataset and print what the limits keep as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--dataset", required=True, metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> str:
        dataset = dataset_named(project_named(options["project"]), options["dataset"])
        results = [job.result for job in _screened(dataset)]
        for job in _under_way(grouping.KIND, grouping.subject_of(dataset.project)):
            job_done(job)
        found = funnel(dataset)
        return json.dumps(
            {
                "measured": sum(result["measured"] for result in results),
                "kept": found.kept,
                "dropped": found.dropped,
                "flagged": found.flagged,
                "seconds": round(sum(result["seconds"] for result in results), 3),
                "scorers": _added_up([result["scorers"] for result in results]),
            }
        )


def _screened(dataset: Dataset) -> list[Job]:
    """Screen until nothing is left: a screening that found new examples at its end has started another."""
    first = job_done(screening.screening_start(dataset=dataset, by=None))
    return [first, *map(job_done, _under_way(screening.KIND, screening.subject_of(dataset)))]


def _under_way(kind: str, subject: str) -> Any:
    return iter(lambda: Job.objects.active().about(kind, subject).first(), None)


def _added_up(rates: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float | None]]:
    """Add up what each scorer measured and the seconds it took; with them, its rate for each second."""
    told: dict[str, dict[str, float | None]] = {}
    for slug in rates[0]:
        measured, seconds = (sum(rate[slug][key] for rate in rates) for key in ("measured", "seconds"))
        rate = round(measured / seconds) if seconds else None
        told[slug] = {"measured": measured, "seconds": round(seconds, 3), "rate": rate}
    return told
