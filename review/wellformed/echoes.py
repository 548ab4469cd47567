"""Answers that give back what was asked."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from annotate.records import Turn
from review.wellformed.issues import Finding

_WORD = re.compile(r"\w+")
# Below this, question and answer may rightly be the same: a greeting answers a greeting.
FEWEST_WORDS = 3
FIRST_WORDS = 5
SHARED = 0.9


def echo_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield answers that equal the turn before them, and answers that begin with it.

    "echo": the same text but for white space at the ends, of at least three words or with a question mark.
    "near-echo": the same words without regard to case and punctuation; or the answer's first five words are
    the turn's, and nine tenths of the turn's words come back. An answer that gives back only the input beside
    an instruction is neither: a correction of a faultless sentence is that sentence.
    """
    for number in range(1, len(turns)):
        turn, before = turns[number], turns[number - 1]
        if turn.role != "assistant" or before.role == "assistant":
            continue
        answer = turn.content.strip()
        if not answer or not (asked := before.text.strip()):
            continue
        if answer == asked and (len(asked.split()) >= FEWEST_WORDS or "?" in asked):
            yield Finding("echo", number)
        elif _begins_alike(answer, asked) and _is_near(answer, asked):
            yield Finding("near-echo", number)


def _begins_alike(answer: str, asked: str) -> bool:
    """Whether it is worth comparing words: the first ones are the same."""
    first, second = _WORD.search(answer), _WORD.search(asked)
    return bool(first and second and first[0].casefold() == second[0].casefold())


def _is_near(answer: str, asked: str) -> bool:
    given = _WORD.findall(answer[: 2 * len(asked)].casefold())
    wanted = _WORD.findall(asked.casefold())
    if given == wanted and answer[: 2 * len(asked)] == answer:
        return len(wanted) >= FEWEST_WORDS or answer == asked
    if len(wanted) < FIRST_WORDS or given[:FIRST_WORDS] != wanted[:FIRST_WORDS]:
        return False
    shared = Counter(given) & Counter(wanted)
    return shared.total() >= SHARED * len(wanted)
