"""Make a selection again from what there is now, and say whether it is the same."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.management.lookup import project_named, selection_named
from review.services.selection_checks import selection_again


class Command(BaseCommand):
    help = (
        "Choose a selection again by the same version of the classifier, sizes and seed, and print as one JSON object"
        " whether it is the same and what differs. Ends with an error where it is not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("selection", metavar="NAME")
        parser.add_argument("--project", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        selection = selection_named(project_named(options["project"]), options["selection"])
        again = selection_again(selection=selection)
        stored = {"selection": selection.name, "stored": selection.digest, "pool_then": selection.pool}
        self.stdout.write(json.dumps(stored | asdict(again)))
        if not again.same:
            raise CommandError(
                f"It comes out otherwise now: {again.both:,} of {selection.examples:,} would be chosen again."
            )
