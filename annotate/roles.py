"""Which turn may follow which: the one rule that import, writing page and format scorer share."""

from collections.abc import Iterator, Sequence

from annotate.records import ROLES, TEXT_TAG, Turn

# Words by which chat files mark an assistant turn that calls a tool instead of answering.
CALL_WORDS = frozenset({"function_call", "tool_call", "function-call", "tool-call"})

_START = ""
_FOLLOWS = frozenset(
    {
        (_START, "system"),
        (_START, "user"),
        ("system", "user"),
        ("user", "assistant"),
        ("assistant", "user"),
        ("assistant", "tool"),
        ("tool", "tool"),
        ("tool", "assistant"),
    }
)


def is_call(turn: Turn) -> bool:
    """Whether an assistant turn calls a tool, by the word it was imported under or by its keys."""
    return turn.role == "assistant" and (
        turn.tag.lower() in CALL_WORDS or any(turn.extra.get(key) for key in ("tool_calls", "function_call"))
    )


def is_text(turns: Sequence[Turn]) -> bool:
    """Whether this is a text and no conversation: a single turn, imported as one."""
    return len(turns) == 1 and turns[0].role == "assistant" and turns[0].tag == TEXT_TAG


def is_empty(turn: Turn) -> bool:
    """Whether a turn says nothing; a call may stand in a key beside an empty text."""
    return not turn.text.strip() and not is_call(turn)


def empty_turn_problems(turns: Sequence[Turn]) -> list[str]:
    """Return one sentence for each empty turn; an empty system turn does no harm and is not counted."""
    return [
        f"Turn {number} ({turn.role}) is empty: write its text or remove the turn."
        for number, turn in enumerate(turns, start=1)
        if turn.role != "system" and is_empty(turn)
    ]


def role_order_problems(turns: Sequence[Turn]) -> list[str]:
    """Return one sentence for each place where the turns do not follow each other as a conversation does.

    At most one system turn, first; then user and assistant by turns, beginning with the user and ending with
    the assistant. Between them an assistant may call tools: a call stands before or after another assistant
    turn, and tool turns follow an assistant's. Beginning and end count: no turns at all are a problem.
    A text stands alone.
    """
    if is_text(turns):
        return []
    if not turns:
        return ["There are no turns: write a user turn and an assistant turn."]
    problems = list(_misplaced(turns))
    last = turns[-1].role
    if last != "assistant" and last in ROLES:
        problems.append(f"The last turn ({last}) has no answer: end with an assistant turn.")
    return problems


def turn_problems(turns: Sequence[Turn]) -> list[str]:
    """Return everything that keeps turns from being an example: order first, then empty turns."""
    return [*role_order_problems(turns), *empty_turn_problems(turns)]


def _misplaced(turns: Sequence[Turn]) -> Iterator[str]:
    before = _START
    for number, turn in enumerate(turns, start=1):
        if turn.role not in ROLES:
            yield f"Turn {number} has the unknown role “{turn.role[:40]}”: use system, user, assistant or tool."
            continue
        if (before, turn.role) not in _FOLLOWS and not _calls_go_together(turns, number):
            yield _fault(before, turn.role, number)
            if turn.role == "system":
                continue  # stepped over, so that it is one fault and not two
        before = turn.role


def _calls_go_together(turns: Sequence[Turn], number: int) -> bool:
    pair = turns[max(0, number - 2) : number]
    return [turn.role for turn in pair] == ["assistant"] * 2 and any(is_call(turn) for turn in pair)


def _fault(before: str, role: str, number: int) -> str:
    if role == "system":
        return f"Turn {number} (system) is out of place: a conversation has one system turn, the first."
    if role == before:
        between = "the assistant's answer" if role == "user" else "the user's turn"
        return f"Turns {number - 1} and {number} are both {role} turns: join them or write {between} between."
    if role == "user":
        return f"Turn {number} (user) follows a tool turn: write the assistant's answer between them."
    if role == "tool":
        return f"Turn {number} (tool) must follow an assistant turn that calls a tool."
    return f"Turn {number} (assistant) comes before any user turn: write the question before it or remove it."
