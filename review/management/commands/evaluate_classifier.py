"""Try the quality classifier on labels that a file holds."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotate.reading import Refusal, open_source
from review.quality.classifier import SEED, Unfit
from review.quality.curves import HOLDOUT, SEEDS, SIZES, CurvePoint, learning_curve
from review.quality.evaluation import Evaluation
from review.quality.folds import components
from review.quality.labels import MOST, Labels, chosen_rows
from review.quality.matrices import Texts
from review.quality.training import Training, train
from review.quality.trials import Trial, Unusable, labels_of, read_trials

UNREAD, REFUSED = 1, 2
ERRORS_SHOWN = 20
MOST_SEEDS = 100
DIGITS = 4


class Command(BaseCommand):
    help = f"""\
Train the quality classifier on a file's labels and print as one JSON object how well it tells good from bad: for each
size of --sizes trained on so many labels and tried on rows held out, and once by cross-validation on all of them.

A row is a record in any format that an import reads, with `label`, "good" or "bad", and perhaps `group`: rows of one
group, with the same prompt or with nearly the same text are never on both sides. A number `judge`, what a model says of
it from 1 to 5, is one more feature where at least half of the rows have it. The file may be packed by gzip. Of
more than {MOST:,} rows so many are taken. No database is touched.

The exit code is 0; 1 where a row could not be used (the others were); 2 where nothing could be tried.
"""
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        shown = ",".join(map(str, SIZES))
        parser.add_argument("file", metavar="FILE.jsonl", help="what to read")
        parser.add_argument(
            "--sizes", type=_sizes, default=SIZES, help=f"numbers of labels, {shown} unless said"
        )
        parser.add_argument(
            "--seeds", type=_seeds, default=SEEDS, help=f"runs for each size, {SEEDS} unless said"
        )
        parser.add_argument(
            "--holdout", type=_share, default=HOLDOUT, help=f"share of rows held out, {HOLDOUT} unless said"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        trials, errors = _read(options["file"])
        try:
            said = _said(trials, options)
        except Unfit as refusal:
            told = "".join(f"\nLine {error.line}: {error.reason}" for error in errors[:ERRORS_SHOWN])
            raise CommandError(f"Nothing can be tried: {refusal}{told}", returncode=REFUSED) from refusal
        said["errors"] = [{"line": error.line, "error": error.reason} for error in errors[:ERRORS_SHOWN]]
        said["unusable"] = len(errors)
        self.stdout.write(json.dumps(said, indent=2))
        if errors:
            sys.exit(UNREAD)


def _read(name: str) -> tuple[list[Trial], list[Unusable]]:
    try:
        read = list(read_trials(open_source(name, name)))
    except Refusal as refusal:
        raise CommandError(str(refusal), returncode=REFUSED) from refusal
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=REFUSED) from error
    trials = [item for item in read if isinstance(item, Trial)]
    return trials, [item for item in read if isinstance(item, Unusable)]


def _said(trials: list[Trial], options: dict[str, Any]) -> dict[str, Any]:
    labels = labels_of(trials)
    rows = chosen_rows(labels)
    labels, used = labels.take(rows), [trials[row] for row in rows]
    texts = Texts.of([trial.conversation for trial in used], [trial.judge for trial in used])
    whole = train(texts, labels)
    curve = learning_curve(
        texts, labels, options["sizes"], seeds=options["seeds"], holdout=options["holdout"]
    )
    tried = {point.labels for point in curve}
    return {
        "rows": len(trials),
        "used": len(labels),
        "bad": labels.bad_count,
        "groups": _groups(labels),
        "curve": [_point(point) for point in curve],
        "sizes_not_tried": [size for size in options["sizes"] if size not in tried],
        "cross_validation": _whole(whole),
        "judge": {"scored": texts.judged, "used": whole.classifier.neutral is not None},
        "seed": SEED,
    }


def _groups(labels: Labels) -> int:
    return int(components(labels.groups).max(initial=-1)) + 1


def _point(point: CurvePoint) -> dict[str, Any]:
    return {
        "labels": point.labels,
        "step": point.step.value,
        "runs": point.runs,
        "auc": _rounded(asdict(point.auc)),
        "auc_interval": _rounded(asdict(point.interval)) if point.interval else None,
        "length_auc": _rounded(asdict(point.length_auc)),
        "brier": _rounded(asdict(point.brier)),
        "ece": _rounded(asdict(point.ece)),
    }


def _whole(training: Training) -> dict[str, Any]:
    found: Evaluation = training.evaluation
    figures = {
        "auc": found.auc,
        "length_auc": found.length_auc,
        "gain": found.gain,
        "brier": found.brier,
        "ece": found.ece,
        "base_rate": found.base_rate,
        "average_precision": found.average_precision,
    }
    return {
        "labels": found.labels,
        "step": training.step.value,
        **_rounded(figures),
        "auc_interval": _rounded(asdict(found.auc_interval)) if found.auc_interval else None,
        "gain_interval": _rounded(asdict(found.gain_interval)) if found.gain_interval else None,
        "scaled": found.is_scaled,
        "better_than_length": found.beats_length,
        "standing": found.standing,
    }


def _rounded(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, DIGITS) for name, value in figures.items()}


def _sizes(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) for part in parts):
        raise ArgumentTypeError(f"{text!r} are not numbers of labels such as 50,100,200")
    return tuple(sorted({int(part) for part in parts}))


def _seeds(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MOST_SEEDS):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_SEEDS}")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise ArgumentTypeError(f"{text!r} is not a share between 0 and 1")
    return share
