"""Train a project's quality classifier, as its page does."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.management.lookup import job_done, project_named
from review.queries.classifiers import versions_of
from review.services.classifiers import TooFewLabels, classifier_train

FIGURES = (
    "count", "bad", "auc", "auc_interval", "length_auc", "gain", "gain_interval", "average_precision", "base_rate",
    "brier", "ece", "is_scaled", "beats_length", "standing",
)  # fmt: skip


class Command(BaseCommand):
    help = "Train on the labels that there are and print the new version with its figures as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> str:
        project = project_named(options["project"])
        try:
            job = job_done(classifier_train(project=project, by=None))
        except TooFewLabels as reason:
            raise CommandError(str(reason)) from reason
        version = versions_of(project).get(number=job.result["version"])
        return json.dumps(
            {
                "version": version.number,
                "digest": version.digest,
                "step": version.step,
                "good": version.good,
                "bad": version.bad,
                "active": version.is_active,
                "evaluation": {name: version.evaluation[name] for name in FIGURES},
                "seconds": round(version.seconds, 3),
            }
        )
