"""Whether an example is a well-formed conversation that a model can be trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from annotate.records import ROLES, Conversation, Turn
from annotate.roles import is_empty, role_order_problems
from review.scorers.base import Measured


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of format fault: its stored slug, a sentence for people, and what it does."""

    slug: str
    sentence: str
    severity: Literal["blocks", "warns"]


ISSUES: tuple[Issue, ...] = (
    Issue("unknown-role", "A turn has a role other than system, user, assistant or tool.", "blocks"),
    Issue("no-answer", "There is no assistant turn, so there is nothing to learn.", "blocks"),
    Issue("empty-turn", "A user, assistant or tool turn is empty or only white space.", "blocks"),
    Issue("role-order", "The turns do not follow each other as a conversation does.", "blocks"),
    Issue("echo", "An assistant turn only repeats the turn before it.", "blocks"),
    Issue("empty-system", "The system turn is empty; leave it out or fill it.", "warns"),
)

_BLOCKING = frozenset(issue.slug for issue in ISSUES if issue.severity == "blocks")


@dataclass(frozen=True, slots=True)
class Format:
    """Finds format faults.

    Yields `format_issues` (list of `ISSUES` slugs, in their order, each once) and `format_blocks`
    (int: how many of them block).
    """

    slug: ClassVar[str] = "format"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("format_issues", "format_blocks")

    def __call__(self, conversations: Sequence[Conversation]) -> list[Measured]:
        return [_measured(conversation.turns) for conversation in conversations]


def _measured(turns: Sequence[Turn]) -> Measured:
    found = _found(turns)
    issues = [issue.slug for issue in ISSUES if issue.slug in found]
    return {"format_issues": issues, "format_blocks": len(_BLOCKING.intersection(issues))}


def _found(turns: Sequence[Turn]) -> set[str]:
    roles = [turn.role for turn in turns]
    found = {"empty-system" if turn.role == "system" else "empty-turn" for turn in turns if is_empty(turn)}
    if not set(ROLES).issuperset(roles):
        found.add("unknown-role")
    if "assistant" not in roles:
        found.add("no-answer")
    if role_order_problems(turns):
        found.add("role-order")
    if any(_echoes(before, turn) for before, turn in pairwise(turns)):
        found.add("echo")
    return found


def _echoes(before: Turn, turn: Turn) -> bool:
    return turn.role == "assistant" and turn.content.strip() == before.text.strip() != ""
