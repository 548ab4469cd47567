"""Measure and judge texts that stand in no dataset."""

import json
import shutil
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import closing
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from annotate.reading import Refusal
from review.loose import Loose, Standard, Unread, judged, read_loose
from review.management.lookup import project_named
from review.queries.loose import standard_of

IN_MEMORY = 64_000_000
UNREAD, DROPPED, REFUSED = 1, 3, 2


class Command(BaseCommand):
    help = """\
Measure texts or rows by every scorer and print one JSON object a line: the verdict, its reasons and flags, every
value, what explains it, and which other line says the same (same_as) or nearly the same (near).

Rows are JSON Lines or a JSON array in any format that an import reads, packed by gzip or not. Anything else is
texts, one a line (a JSON string may hold line breaks); a text is taken for an answer whose question is not known.
A line that cannot be read gives an object with its number and the error. Without --project no database is
touched; with it, texts are compared with its examples too (same_as_example, near_example). Nothing is stored.

The exit code is 0; 1 where a line could not be read; 2 where nothing could; with --fail 3 where a text is dropped.
"""
    # It reads no row and serves no page: nothing of the site needs to be in order for it.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", metavar="FILE", help="what to read; standard input without one"
        )
        parser.add_argument("--texts", action="store_true", help="take every line for a text, { or [ or not")
        parser.add_argument(
            "--project", metavar="SLUG", help="judge by this project's policy and scorers' options"
        )
        parser.add_argument(
            "--fail", action="store_true", help="end with exit code 3 where a text is dropped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        standard = standard_of(project_named(options["project"])) if options["project"] else Standard()
        try:
            with closing(_opened(options["file"])) as file:
                read = list(read_loose(file, options["file"] or "standard input", as_texts=options["texts"]))
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        unread = [one for one in read if isinstance(one, Unread)]
        loose = [one for one in read if isinstance(one, Loose)]
        try:
            dropped = self._print(unread, loose, standard)
        except ValueError as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        if unread or (dropped and options["fail"]):
            sys.exit(UNREAD if unread else DROPPED)

    def _print(self, unread: list[Unread], loose: list[Loose], standard: Standard) -> bool:
        """Print every line's object in the order of the lines; return whether any text is dropped."""
        errors = [{"line": one.line, "error": one.reason} for one in unread]
        dropped = False
        for said in judged(loose, standard):
            while errors and errors[0]["line"] < said["line"]:
                self._line(errors.pop(0))
            self._line(said)
            dropped |= said["verdict"] == "dropped"
        for error in errors:
            self._line(error)
        return dropped

    def _line(self, said: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(said))


def _opened(name: str | None) -> IO[bytes]:
    """Open a file, or take in standard input, which cannot be read twice; raises CommandError."""
    if name:
        try:
            return Path(name).open("rb")
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=REFUSED) from error
    taken = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  whoever reads it closes it
    shutil.copyfileobj(sys.stdin.buffer, taken)
    taken.seek(0)
    return taken
