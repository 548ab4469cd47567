"""The editor's two shapes of one conversation, and what its buttons do to the turns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from annotate.records import Conversation, Turn
from annotate.roles import is_text

SINGLE, TURNS = "single", "turns"
SHAPES = (SINGLE, TURNS)
SINGLE_ROLES = ("system", "user", "assistant")
_NAMED = re.compile(r"Turns? (\d+)(?: and (\d+))? ")
NEXT_ROLE = {"system": "user", "user": "assistant", "assistant": "user", "tool": "assistant"}


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as the editor shows it; `was` is its place in the text it came from, "" for a new one."""

    role: str
    content: str = ""
    input: str = ""
    tag: str = ""
    was: int | str = ""
    problems: tuple[str, ...] = ()
    focus: bool = False


def is_blank(turn: Turn) -> bool:
    return not turn.content.strip() and not turn.input.strip()


def fits_single(conversation: Conversation) -> bool:
    """Whether the conversation is at most one system, one user and one assistant turn, in that order."""
    places = [
        SINGLE_ROLES.index(turn.role) if turn.role in SINGLE_ROLES else -1 for turn in conversation.turns
    ]
    return -1 not in places and all(a < b for a, b in pairwise(places))


def rows_of(conversation: Conversation, base: Conversation, shape: str) -> list[Row]:
    """Return what the editor shows: in `single` always a system, a user and an assistant row, else each turn.

    A text has its one row in either.     Where nothing is written yet, the user's row asks for the cursor.
    """
    rows = [_row(turn, base) for turn in conversation.turns]
    if shape == SINGLE and not is_text(conversation.turns):
        by_role = {row.role: row for row in rows}
        rows = [by_role.get(role) or Row(role) for role in SINGLE_ROLES]
    rows = rows or [Row("user"), Row("assistant")]
    if all(is_blank(turn) for turn in conversation.turns):
        rows = [replace(row, focus=row.role == "user") for row in rows]
    return rows


def _row(turn: Turn, base: Conversation) -> Row:
    # Only tag and extra keys are taken over from there, so any turn with the same ones will do.
    kept = (turn.tag, turn.extra)
    same = (place for place, old in enumerate(base.turns) if (old.tag, old.extra) == kept)
    return Row(turn.role, turn.content, turn.input, turn.tag, next(same, "") if any(kept) else "")


def with_problems(
    rows: Sequence[Row], conversation: Conversation, problems: Sequence[str]
) -> tuple[list[Row], list[str]]:
    """Return the rows with the problems of their turns, and the problems that no row shows.

    A problem belongs to the last turn that it names, as in `Turn 2 (assistant) is empty`.
    """
    shown, unplaced = list(rows), []
    for problem in problems:
        named = _NAMED.match(problem)
        place = _row_of(int(named[2] or named[1]) - 1, rows, conversation) if named else None
        if place is None:
            unplaced.append(problem)
        else:
            shown[place] = replace(shown[place], problems=(*shown[place].problems, problem))
    return shown, unplaced


def _row_of(turn: int, rows: Sequence[Row], conversation: Conversation) -> int | None:
    if turn >= len(conversation.turns):
        return None
    if len(rows) == len(conversation.turns):
        return turn
    # In the single shape a row stands for its role, whether or not there is such a turn.
    role = conversation.turns[turn].role
    return next((place for place, row in enumerate(rows) if row.role == role), None)


def read_turns(fields: Sequence[Mapping[str, str]], base: Conversation) -> Conversation:
    """Return the conversation that the editor sent: `role`, `content`, `input` and `was` per turn.

    What the editor cannot show (a turn's tag and extra keys, carriage returns) stays as it is in `base`.
    """
    # Browsers send every line end as CR LF: text that nobody touched must not become a change.
    as_it_was = {_plain(text): text for turn in base.turns for text in (turn.content, turn.input)}
    return Conversation(tuple(_turn(each, base, as_it_was) for each in fields), base.metadata)


def _turn(field: Mapping[str, str], base: Conversation, as_it_was: Mapping[str, str]) -> Turn:
    was = field["was"]
    old = base.turns[int(was)] if was.isdecimal() and int(was) < len(base.turns) else None
    content, given = _plain(field["content"]), _plain(field["input"] if field["role"] == "user" else "")
    return Turn(
        field["role"],
        as_it_was.get(content, content),
        as_it_was.get(given, given),
        tag=old.tag if old and old.role == field["role"] else "",
        extra=old.extra if old else {},
    )


def _plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def without_blank_system(conversation: Conversation) -> Conversation:
    """Return the conversation without a system prompt that was offered and not written."""
    turns = tuple(turn for turn in conversation.turns if turn.role != "system" or not is_blank(turn))
    return replace(conversation, turns=turns)


def apply(conversation: Conversation, action: str) -> Conversation:
    """Do what an editor button says: `add`, or `up`, `down` or `remove` and the turn's place from 0; else nothing."""
    turns = list(conversation.turns)
    word, _, number = action.partition(" ")
    place = int(number) if number.isdecimal() else -1
    if word == "add":
        turns.append(Turn(NEXT_ROLE[turns[-1].role] if turns else "user", ""))
    elif 0 <= place < len(turns):
        _change(turns, word, place)
    return replace(conversation, turns=tuple(turns))


def _change(turns: list[Turn], word: str, place: int) -> None:
    other = {"up": place - 1, "down": place + 1}.get(word, -1)
    if 0 <= other < len(turns):
        turns[place], turns[other] = turns[other], turns[place]
    elif word == "remove" and len(turns) > 1:
        del turns[place]


def for_submit(conversation: Conversation) -> Conversation:
    """Return the conversation without what the editor offers and nobody filled in.

    That is an empty system prompt, and an empty user turn after the last answer; nothing where all is empty.
    """
    turns = without_blank_system(conversation).turns
    if len(turns) > 1 and turns[-1].role == "user" and is_blank(turns[-1]):
        turns = turns[:-1]
    return replace(conversation, turns=() if all(is_blank(turn) for turn in turns) else turns)
