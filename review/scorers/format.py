"""Whether an example is a well-formed conversation that a model can be trained on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.records import Conversation, Turn
from review.scorers.base import DETAILS, Measure, Measured, Option, Resources
from review.wellformed.announced_json import json_faults
from review.wellformed.code import fence_faults
from review.wellformed.echoes import echo_faults
from review.wellformed.endings import ending_faults
from review.wellformed.issues import BLOCKING, ISSUES, Finding
from review.wellformed.leftovers import leftover_faults
from review.wellformed.order import order_faults, tool_faults
from review.wellformed.phrases import phrase_faults
from review.wellformed.signs import sign_faults

__all__ = ["ISSUES", "Format"]

_CHECKS: tuple[Callable[[Sequence[Turn]], Iterator[Finding]], ...] = (
    order_faults,
    tool_faults,
    echo_faults,
    leftover_faults,
    json_faults,
    sign_faults,
    ending_faults,
    fence_faults,
    phrase_faults,
)
_PLACE = {issue.slug: place for place, issue in enumerate(ISSUES)}


@dataclass(frozen=True, slots=True)
class Format:
    """Finds faults in the form of a conversation, whatever it says.

    `format_issues` are slugs of the issues below, in their order, each once; `format_blocks` and
    `format_warns` count those that block and those that only warn. The details name the turn, counted from 0,
    of every issue that stands in one. Text in code blocks and inline code is code and may hold what it likes.
    Wordings are looked for in English, and the commonest few in German, French, Spanish, Portuguese and Chinese.
    """

    slug: ClassVar[str] = "format"
    label: ClassVar[str] = "Format"
    version: ClassVar[int] = 2
    fields: ClassVar[tuple[str, ...]] = ("format_issues", "format_blocks", "format_warns")
    options: ClassVar[tuple[Option, ...]] = ()

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        return _measured


def _measured(conversations: Sequence[Conversation]) -> list[Measured]:
    return [_one(conversation.turns) for conversation in conversations]


def _one(turns: Sequence[Turn]) -> Measured:
    findings = [finding for check in _CHECKS for finding in check(turns)]
    if not findings:
        return {"format_issues": [], "format_blocks": 0, "format_warns": 0}
    issues = sorted({finding.slug for finding in findings}, key=_PLACE.__getitem__)
    blocks = len(BLOCKING.intersection(issues))
    measured: Measured = {
        "format_issues": issues,
        "format_blocks": blocks,
        "format_warns": len(issues) - blocks,
    }
    if placed := [
        {"issue": finding.slug, "turn": finding.turn} for finding in findings if finding.turn is not None
    ]:
        measured[DETAILS] = placed
    return measured
