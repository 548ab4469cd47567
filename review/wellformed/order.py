"""Whether the turns follow each other as a conversation does, and whether tool turns answer calls."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.records import ROLES, Turn
from annotate.roles import is_call, is_empty, role_order_problems
from review.wellformed.issues import Finding

_ROLES = frozenset(ROLES)
# How a call is written as text, for files that have no key or word for it: a tag, a name with arguments, code to
# run, an object that names a function, or ReAct's "Action:". Wide, since a tool that answers blocks otherwise.
_WRITTEN_CALL = re.compile(
    r"<\|?[a-z_]+|\[TOOL_CALLS\]|```|\b[A-Za-z_][\w.]{0,60}[(\[]|\bAction ?:"
    r"|[\"'](?:name|function|tool|tool_name|action|recipient_name|query|command|code)[\"'] ?:",
)


def order_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield unknown roles, missing answers, empty turns, and turns out of order."""
    for number, turn in enumerate(turns):
        if turn.role not in _ROLES:
            yield Finding("unknown-role", number)
        if is_empty(turn):
            yield Finding("empty-system" if turn.role == "system" else "empty-turn", number)
    if not any(turn.role == "assistant" for turn in turns):
        yield Finding("no-answer")
    if not _is_plain(turns) and role_order_problems(turns):
        yield Finding("role-order")


def tool_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield tool turns that answer no call, and calls that nothing answers."""
    caller: Turn | None = None
    results = 0
    for number, turn in enumerate(turns):
        if turn.role == "tool":
            results += 1
            if caller and not _answers(turn, caller, results):
                yield Finding("tool-order", number)
            continue
        if turn.role == "user" and caller and is_call(caller) and not results:
            yield Finding("unanswered-call", number - 1)
        # A call may stand before or after words of the same speaker; the call is what is answered.
        if turn.role != "assistant":
            caller = None
        elif caller is None or results or not is_call(caller):
            caller, results = turn, 0


def _is_plain(turns: Sequence[Turn]) -> bool:
    return len(turns) == 2 and turns[0].role == "user" and turns[1].role == "assistant"


def _answers(result: Turn, caller: Turn, results: int) -> bool:
    calls = caller.extra.get("tool_calls")
    if not isinstance(calls, list) or not calls:
        return is_call(caller) or bool(_WRITTEN_CALL.search(caller.content))
    asked = {call["id"] for call in calls if isinstance(call, Mapping) and isinstance(call.get("id"), str)}
    named: Any = result.extra.get("tool_call_id")
    if asked and isinstance(named, str):
        return named in asked
    return results <= len(calls)
