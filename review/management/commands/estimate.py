"""Say what a reviewed sample tells of its population, from counts alone."""

import json
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.estimates import (
    CONFIDENCE,
    Gold,
    clopper_pearson,
    corrected,
    estimate,
    recommend,
    sequence_bounds,
)

REFUSED = 2
TOLERATED = 0.05


class Command(BaseCommand):
    help = """\
Print as one JSON object what a random sample says of its population: the bad share with its intervals, the sentence,
what to do about it, and with --gold-bad and --gold-good the share corrected for the reviewers' own errors. The counts
are all it needs: no database is touched.

The exit code is 0; 2 for numbers that cannot be.
"""
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bad", type=int, required=True, help="how many of the reviewed ones are bad")
        parser.add_argument("--reviewed", type=int, required=True, help="how many of the sample are decided")
        parser.add_argument("--population", type=int, required=True, help="how many it was drawn from")
        parser.add_argument(
            "--tolerated",
            type=float,
            default=TOLERATED,
            help=f"the bad share that may be, {TOLERATED} unless said",
        )
        parser.add_argument("--confidence", type=float, default=CONFIDENCE, help=f"{CONFIDENCE} unless said")
        parser.add_argument(
            "--unsettled",
            type=int,
            default=0,
            help="looked at, with no verdict that holds; not among --reviewed",
        )
        parser.add_argument("--left", type=int, default=0, help="sampled and not decided yet")
        parser.add_argument(
            "--gold-bad",
            type=_part_of,
            metavar="CAUGHT/ALL",
            help="bad gold examples that were judged bad, of all",
        )
        parser.add_argument(
            "--gold-good", type=_part_of, metavar="PASSED/ALL", help="good gold examples judged good, of all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["gold_bad"] is None) != (options["gold_good"] is None):
            raise CommandError("--gold-bad and --gold-good go together.", returncode=REFUSED)
        try:
            said = _said(options)
        except ValueError as refusal:
            raise CommandError(f"These numbers cannot be: {refusal}.", returncode=REFUSED) from refusal
        self.stdout.write(json.dumps(said, indent=2))


def _said(options: dict[str, Any]) -> dict[str, Any]:
    bad, reviewed, population = options["bad"], options["reviewed"], options["population"]
    confidence = options["confidence"]
    found = estimate(bad, reviewed, population, confidence)
    binomial = clopper_pearson(bad, reviewed, confidence)
    sequence = sequence_bounds(bad, reviewed, population, confidence)
    gold = Gold(*options["gold_bad"], *options["gold_good"]) if options["gold_bad"] else None
    return {
        "bad": bad,
        "reviewed": reviewed,
        "population": population,
        "confidence": confidence,
        "share": found.share,
        "sentence": found.sentence,
        "wilson": _ends(found.low, found.high),
        "exact": _ends(found.exact_low, found.exact_high),
        "upper": found.upper,
        "at_most": found.at_most,
        "clopper_pearson": _ends(binomial.low, binomial.high) if binomial else None,
        "sequence": _ends(sequence.low / population, sequence.high / population) if population else None,
        "tolerated": options["tolerated"],
        "recommendation": asdict(
            recommend(
                bad,
                reviewed,
                population,
                tolerated=options["tolerated"],
                confidence=confidence,
                unsettled=options["unsettled"],
                left=options["left"],
            )
        ),
        "correction": asdict(corrected(bad, reviewed, gold, confidence)) if gold else None,
    }


def _ends(low: float | None, high: float | None) -> dict[str, float] | None:
    return None if low is None or high is None else {"low": low, "high": high}


def _part_of(text: str) -> tuple[int, int]:
    part, slash, whole = text.partition("/")
    if not (slash and part.isdecimal() and whole.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is not two counts such as 46/50")
    return int(part), int(whole)
