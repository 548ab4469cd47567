"""Texts and rows that stand in no dataset: read from a file and measured, without a database."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import IO, Any

from annotate.formats import RecordError, read_record
from annotate.reading import LineError, open_source
from annotate.records import TEXT_TAG, Conversation, Turn
from review.copies import Copy, copies
from review.neardup.rule import Rule
from review.neardup.shingles import CHARACTERS, WORDS
from review.policies import DEFAULT_POLICY, Policy
from review.scorers import GROUPING, SCORERS, Battery, identities
from review.scorers.base import DETAILS, Measured, Resources, Scorer
from review.verdicts import Reason, verdict

BATCH = 500
SHINGLES = {"characters": CHARACTERS, "words": WORDS}


@dataclass(frozen=True, slots=True)
class Loose:
    """One text or row and the line it stands in, counted from 1."""

    line: int
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be read, and what to mend."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What a text is to the examples of a project: the ids of the first that says the same and of the nearest.

    `twins` counts the examples that answer the same prompt differently.
    """

    same_as: str = ""
    twins: int = 0
    near: str = ""
    near_similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Standard:
    """By what texts are measured and judged: a policy, and scorers with their options and what they read beside.

    `stored` says of a text and its values what it is to examples that are kept elsewhere.
    """

    policy: Policy = DEFAULT_POLICY
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    scorers: Sequence[Scorer] = SCORERS
    stored: Callable[[Conversation, Measured], Stored] = lambda conversation, values: Stored()

    @property
    def rule(self) -> Rule | None:
        """What counts as near; None where the limit is off."""
        limit = self.policy.limit("near")
        if limit is None or not limit.maximum:
            return None
        shingles = identities(self.options)[GROUPING[0]].options["shingles"]
        return Rule(SHINGLES[shingles], limit.maximum)


def read_loose(file: IO[bytes], name: str, *, as_texts: bool = False) -> Iterator[Loose | Unread]:
    """Yield what stands in a seekable file: rows where its first sign is { or [ or it is packed, else texts.

    Rows are read as an import reads them. A text is one line, or a JSON string in one; empty lines are none.
    Raises Refusal for a file of rows that cannot be read at all.
    """
    first = file.read(1)
    while first.isspace():
        first = file.read(1)
    file.seek(0)
    if not as_texts and first in {b"{", b"[", b"\x1f"}:
        yield from _rows(file, name)
    else:
        yield from _texts(file)


def _rows(file: Any, name: str) -> Iterator[Loose | Unread]:
    for item in open_source(file, name):
        if isinstance(item, LineError):
            yield Unread(item.number, item.reason)
            continue
        try:
            yield Loose(item.number, read_record(item.record))
        except RecordError as error:
            yield Unread(item.number, error.reason)


def _texts(file: IO[bytes]) -> Iterator[Loose | Unread]:
    for number, line in enumerate(file, start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            yield Unread(number, f"The line is not UTF-8 at byte {error.start + 1}: save the file as UTF-8.")
            continue
        if text:
            yield Loose(number, Conversation((Turn("assistant", _unquoted(text), tag=TEXT_TAG),)))


def _unquoted(line: str) -> str:
    if line[0] == '"':
        try:
            return str(json.loads(line))
        except ValueError:
            return line
    return line


def judged(loose: Sequence[Loose], standard: Standard | None = None) -> Iterator[dict[str, Any]]:
    """Yield of each text everything measured, the verdict and its reasons, as JSON takes it, in their order."""
    standard = standard or Standard()
    battery = Battery(standard.options, standard.resources, standard.scorers)
    measured: list[Measured] = []
    for batch in batched(loose, BATCH, strict=False):
        measured += battery.measure([one.conversation for one in batch])
    hashes = [(values["exact_hash"], values["prompt_hash"]) for values in measured]
    found = copies([one.conversation for one in loose], hashes, standard.rule)
    for one, values, copy in zip(loose, measured, found, strict=True):
        kept = standard.stored(one.conversation, values)
        said = _said(one, values, copy, kept, standard.policy)
        alike = {"same_as": copy.same_as, "near": copy.near}
        said |= {kind: loose[number].line for kind, number in alike.items() if number is not None}
        ids = {"same_as_example": kept.same_as, "near_example": kept.near}
        yield said | {kind: public_id for kind, public_id in ids.items() if public_id}


def _said(one: Loose, values: Measured, copy: Copy, kept: Stored, policy: Policy) -> dict[str, Any]:
    numbers = {field: value for field, value in values.items() if field != DETAILS} | {
        "exact_copy": max(copy.exact_copy, int(bool(kept.same_as))),
        "prompt_twins": copy.prompt_twins + kept.twins,
        "near_similarity": round(max(copy.near_similarity, kept.near_similarity), 6),
    }
    found = verdict(numbers, policy)
    said: dict[str, Any] = {"line": one.line, "verdict": found.state}
    if found.dropped_by:
        said["dropped_by"] = found.dropped_by
    said |= {"reasons": _listed(found.reasons), "flags": _listed(found.flags), "values": numbers}
    return said | ({DETAILS: values[DETAILS]} if values.get(DETAILS) else {})


def _listed(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [{"limit": reason.slug, "text": reason.text} for reason in reasons]
