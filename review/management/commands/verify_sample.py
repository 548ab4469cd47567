"""Draw a sample again from the lists of its draws, and say what in the database does not fit."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.management.lookup import dataset_named, project_named
from review.models import Sample
from review.proofs import ListBroken, Redrawn, drawn_anew, ids_read
from review.queries.proofs import Proof, proof_of
from review.queries.sample_rows import samples_of
from review.sampling import SEED_BYTES


class Command(BaseCommand):
    help = (
        "Recompute samples from their seeds, the lists of what they were drawn from and the labels, and print what"
        " does not fit. With --ids it draws from that list alone, without a database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sample", nargs="?", type=int, help="The number of a sample.")
        parser.add_argument("--project", metavar="SLUG", help="Together with --dataset: all samples of that.")
        parser.add_argument("--dataset", metavar="NAME")
        parser.add_argument(
            "--ids", type=Path, metavar="FILE", help="A list of ids, one a line, plain or gzip."
        )
        parser.add_argument("--seed", metavar="HEX")
        parser.add_argument("--size", type=int, metavar="N")
        parser.add_argument("--digest", metavar="HEX", help="What the list's digest should be.")
        parser.add_argument("--bound", metavar="HEX", help="What the largest drawn key should be.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ids"]:
            self._list(options)
            return
        proofs = [proof_of(sample) for sample in _samples(options)]
        if options["json"]:
            self.stdout.write(json.dumps([proof.as_dict() for proof in proofs]))
        else:
            for proof in proofs:
                self.stdout.write(_words(proof))
        if any(proof.problems for proof in proofs):
            raise CommandError("Not all of it is what was drawn.")

    def _list(self, options: dict[str, Any]) -> None:
        """Draw from a list alone and compare with what is stated."""
        try:
            seed, size = bytes.fromhex(options["seed"] or ""), options["size"] or 0
            if len(seed) != SEED_BYTES or size < 1:
                raise CommandError(
                    "With --ids, --seed takes 64 hexadecimal digits and --size a number from 1."
                )
            found = drawn_anew(list(ids_read(options["ids"])), seed, size)
        except ValueError:
            raise CommandError("The seed is not hexadecimal.") from None
        except ListBroken as error:
            raise CommandError(f"The list of ids is broken: {error}.") from None
        told = _told(found)
        self.stdout.write(json.dumps(told) if options["json"] else _list_words(told))
        for name in ("digest", "bound"):
            if options[name] and options[name] != told[name]:
                raise CommandError(f"The {name} is {told[name]} and not {options[name]}.")


def _samples(options: dict[str, Any]) -> list[Sample]:
    if options["dataset"]:
        if not options["project"]:
            raise CommandError("--dataset needs --project.")
        samples = list(samples_of(dataset_named(project_named(options["project"]), options["dataset"])))
        if not samples:
            raise CommandError(f"Nothing of “{options['dataset']}” is drawn yet.")
        return samples
    found = Sample.objects.select_related("dataset__project", "source_import").filter(pk=options["sample"])
    if not found:
        raise CommandError("Name a sample by its number, or a dataset by --project and --dataset.")
    return list(found)


def _words(proof: Proof) -> str:
    said = f"Sample {proof.sample.pk} of {proof.sample.source_import or 'what was written'} in {proof.sample.dataset}"
    drawn = ", then ".join(f"{stage.size:,} of {stage.population:,}" for stage in proof.stages)
    lines = [f"{said}: {drawn or 'nothing'} drawn, {proof.items:,} items."]
    return "\n".join(
        [*lines, *(f"  {problem}" for problem in proof.problems or ["All of it is what was drawn."])]
    )


def _told(found: Redrawn) -> dict[str, Any]:
    keys = found.keys
    return {
        "population": found.population,
        "digest": found.digest,
        "bound": max(keys.values(), default=b"").hex(),
        "chosen": [str(public_id) for public_id in keys],
    }


def _list_words(told: dict[str, Any]) -> str:
    facts = [f"{name} {told[name]}" for name in ("population", "digest", "bound")]
    return "\n".join([*facts, *told["chosen"]])
